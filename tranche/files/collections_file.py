"""The user's own collateral cash, from dated rows or numbered periods → one number per path, period and component."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tranche.errors import DataError, Place, Problem
from tranche.terms.dates import PaymentDates

from .cash_table import MOST_PROBLEMS, CashTable, read_table, refuse

_EPOCH = dt.date(1970, 1, 1).toordinal()


def read_collections(path: Path, payment_dates: PaymentDates, components: Sequence[str]) -> NDArray[np.float64]:
    """Collections [paths, T, components] in the deal's currency from the CSV or Parquet file at `path`.

    The table has a column per component, `date` (or `period`, 1..T), and `path` (numbered from 0 without gaps) when
    there is more than one. A dated row belongs to the first payment date whose determination date is on or after
    it; several rows of one period add up. Every path has at least one row for every period: write 0 where nothing came.

    Raises DataError with file, line and column of what is wrong (a NaN, a text, a negative amount, a date outside the
    deal, a period without rows, …), or MissingExtra.
    """
    table = read_table(Path(path), components)
    period = _numbered(table, payment_dates) if table.by_period else _dated(table, payment_dates)
    labels, row_path = np.unique(
        np.zeros(len(period), dtype=np.int64) if table.paths is None else table.paths, return_inverse=True
    )
    _refuse_gaps(table, labels)
    slot = row_path * payment_dates.periods + period
    slots = len(labels) * payment_dates.periods
    rows = np.bincount(slot, minlength=slots)
    if table.by_period:
        _refuse_repeated(table, slot, rows)
    _refuse_missing(table, payment_dates, labels, rows)
    sums = [np.bincount(slot, weights=column, minlength=slots) for column in table.cash.T]
    return np.column_stack(sums).astype(np.float64).reshape(len(labels), payment_dates.periods, len(components))


def _dated(table: CashTable, dates: PaymentDates) -> NDArray[np.int64]:
    """The period (0-based) of each row by its date."""
    last_days = np.array([date.toordinal() - _EPOCH for date in dates.determination])
    period = np.searchsorted(last_days, table.when, side="left")
    found = []
    for row in np.flatnonzero((table.when < dates.closing.toordinal() - _EPOCH) | (period >= dates.periods)):
        date = dt.date.fromordinal(int(table.when[row]) + _EPOCH)
        late = period[row] >= dates.periods
        what = f"{date} is after the last determination date" if late else f"{date} is before the closing"
        fix = f"collections run from {dates.closing} to {dates.determination[-1]}"
        found.append(Problem(what, fix, table.place(int(row), "date")))
        if len(found) > MOST_PROBLEMS:
            break
    if found:
        raise refuse(found)
    return period


def _numbered(table: CashTable, dates: PaymentDates) -> NDArray[np.int64]:
    """The period (0-based) of each row by its number."""
    beyond = np.flatnonzero(table.when > dates.periods)
    if len(beyond):
        fix = f"the deal has periods 1 to {dates.periods}"
        raise refuse(
            [Problem(f"there is no period {table.when[row]}", fix, table.place(int(row), "period")) for row in beyond]
        )
    return table.when - 1


def _refuse_repeated(table: CashTable, slot: NDArray[np.int64], rows: NDArray[np.int64]) -> None:
    """A numbered period may have one row in each path."""
    if rows.max() <= 1:
        return
    order = np.argsort(slot, kind="stable")
    again = np.sort(order[1:][slot[order][1:] == slot[order][:-1]])
    found = []
    for row in again[: MOST_PROBLEMS + 1]:
        path = "" if table.paths is None else f" of path {table.paths[row]}"
        what = f"period {table.when[row]}{path} is there twice"
        found.append(Problem(what, "keep one row, or write dates, which add up", table.place(int(row), "period")))
    raise refuse(found)


def _refuse_gaps(table: CashTable, labels: NDArray[np.int64]) -> None:
    """Paths are known by their number, in results and in `explain`: the file's numbers must be these."""
    if len(labels) and labels[-1] != len(labels) - 1:
        wrong = int(labels[np.flatnonzero(labels != np.arange(len(labels)))[0]])
        what = f"there are {len(labels)} paths, and one is numbered {wrong}"
        raise DataError(Problem(what, f"number them from 0 to {len(labels) - 1}", Place("path", table.file)))


def _refuse_missing(table: CashTable, dates: PaymentDates, labels: NDArray[np.int64], rows: NDArray[np.int64]) -> None:
    """Each path must have a row in each period: a gap is more often a lost month than a month without cash."""
    missing = np.flatnonzero(rows == 0)
    if not len(missing):
        return
    column = "period" if table.by_period else "date"
    found = []
    for slot in missing[:MOST_PROBLEMS]:
        path, period = divmod(int(slot), dates.periods)
        begins = dates.closing if period == 0 else dates.determination[period - 1] + dt.timedelta(days=1)
        who = "" if table.paths is None else f" for path {labels[path]}"
        what = f"period {period + 1} ({begins} to {dates.determination[period]}) has no row{who}"
        found.append(Problem(what, "add the row; write 0 when nothing was collected", Place(column, table.file)))
    if len(missing) > MOST_PROBLEMS:
        more = f"{len(missing) - MOST_PROBLEMS} more periods have no row"
        found.append(Problem(more, "is the file complete?", Place(column, table.file)))
    raise DataError(found)
