"""Histories of market levels: dates and one column for each series, every bad cell told by its line."""

from __future__ import annotations

import csv
import datetime as dt
import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.deal.names import check_identifier
from tranche.errors import DataError, Invalid, Place, Problem
from tranche.terms.day import day

FEWEST_ROWS = 60
MOST_BYTES = 100_000_000
MOST_SERIES = 12
MOST_PROBLEMS = 20
DAYS_A_YEAR = 365.25
# frequency → fewest and most days between neighbouring dates; weekends and holidays are no gaps
SPACING = {"daily": (1, 5), "weekly": (5, 10), "monthly": (26, 36), "quarterly": (85, 97)}


@attrs.frozen(eq=False)
class History:
    """`levels` [rows, series] of `names` on `dates`, which rise; `frequency` a key of SPACING; `dt` the mean step in
    years, so that what is estimated per annum does not depend on the counting of holidays. `source` for the notes."""

    names: tuple[str, ...]
    dates: tuple[dt.date, ...]
    levels: NDArray[np.float64]
    frequency: str
    dt: float
    source: str = ""

    def column(self, name: str) -> NDArray[np.float64]:
        """[rows]: the levels of one series."""
        return self.levels[:, self.names.index(name)]


def read_history(path: str | Path) -> History:
    """The history in a CSV file: a header with `date` and a name for each series, then a row a date.

    Raises DataError with the line and column of everything that is wrong: a cell that is no number or no date, dates
    out of order or given twice, a gap, too few rows.
    """
    file = Path(path)
    try:
        if file.stat().st_size > MOST_BYTES:
            raise _wrong(file, f"the file is larger than {MOST_BYTES:,} bytes", "a row a day, a column a series")
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream)
            rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except OSError as error:
        raise _wrong(file, f"the file cannot be read: {error.strerror or error}", "name a CSV file") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise _wrong(file, f"not a CSV table in UTF-8: {error}", "date,btc,rent and a row a date") from None
    rows = [(line, row) for line, row in rows if any(row)]
    if not rows:
        raise _wrong(file, "the file is empty", "date,btc,rent and a row a date")
    names, where = _header(file, *rows[0])
    return _Rows(file, names, where, rows[1:]).history()


def history_of(dates: Sequence[dt.date], levels: dict[str, Sequence[float]], source: str = "") -> History:
    """A history made in Python: as many `levels` of each series as there are `dates`. Raises DataError."""
    columns = {name: np.asarray(column, dtype=np.float64) for name, column in levels.items()}
    for name, column in columns.items():
        if column.shape != (len(dates),) or not np.isfinite(column).all():
            what = f"{name} is not a finite number for each of the {len(dates)} dates"
            raise DataError(Problem(what, "one level a date", Place(name)))
    problems = [Problem(what, fix) for _, what, fix in _calendar_problems(list(dates))]
    if problems:
        raise DataError(problems)
    return _history(tuple(columns), list(dates), np.column_stack(list(columns.values())), source)


def _wrong(file: Path, what: str, fix: str, line: int = 0, column: str = "") -> DataError:
    return DataError(Problem(what, fix, Place(column, str(file), line)))


def _header(file: Path, line: int, cells: list[str]) -> tuple[tuple[str, ...], int]:
    """The names of the series and the place of the date."""
    problems = []
    for name in sorted({name for name in cells if cells.count(name) > 1}):
        problems.append(Problem(f"the column {name!r} is there twice", "keep one", Place(name, str(file), line)))
    if "date" not in cells:
        problems.append(Problem("there is no column `date`", "date,btc,rent", Place("date", str(file), line)))
    names = tuple(name for name in cells if name != "date")
    for name in names:
        try:
            check_identifier(name)
        except Invalid as invalid:
            problems.append(Problem(invalid.what, invalid.fix, Place(name[:40], str(file), line)))
    if not names:
        problems.append(Problem("there are no series", "a column each", Place(file=str(file), line=line)))
    if len(names) > MOST_SERIES:
        what = f"there are {len(names)} series"
        problems.append(Problem(what, f"at most {MOST_SERIES}", Place(file=str(file), line=line)))
    if problems:
        raise DataError(problems)
    return names, cells.index("date")


class _Rows:
    """Turns cells into dates and numbers and keeps what is wrong."""

    def __init__(self, file: Path, names: tuple[str, ...], where: int, rows: list[tuple[int, list[str]]]) -> None:
        self.file, self.names, self.where, self.rows = file, names, where, rows
        self.problems: list[Problem] = []

    def history(self) -> History:
        width = len(self.names) + 1
        dates: list[dt.date] = []
        levels: list[list[float]] = []
        for line, row in self.rows:
            if len(row) != width:
                self._tell(line, "", f"the row has {len(row)} cells, the header {width}", "one cell a column")
                continue
            try:
                dates.append(day(row[self.where]))
            except Invalid as invalid:
                self._tell(line, "date", invalid.what, invalid.fix)
                continue
            cells = row[: self.where] + row[self.where + 1 :]
            levels.append([self._number(line, name, cell) for name, cell in zip(self.names, cells, strict=True)])
        if not self.problems:
            for k, what, fix in _calendar_problems(dates):
                self._tell(self.rows[k][0] if k >= 0 else 0, "date", what, fix)
        if self.problems:
            raise _refuse(self.problems)
        return _history(self.names, dates, np.array(levels), str(self.file))

    def _tell(self, line: int, column: str, what: str, fix: str) -> None:
        self.problems.append(Problem(what, fix, Place(column, str(self.file), line)))

    def _number(self, line: int, column: str, cell: str) -> float:
        try:
            value = float(cell)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            said = "an empty cell" if not cell else repr(cell[:40])
            fix = "drop the date, or the series" if not cell else "a plain number such as 1250000.50"
            self._tell(line, column, f"{said} is not a number", fix)
        return value


def _calendar_problems(dates: list[dt.date]) -> list[tuple[int, str, str]]:
    """(row, what, fix) of everything that is wrong with the dates; row -1 where it is about all of them."""
    if len(dates) < FEWEST_ROWS:
        return [(-1, f"there are {len(dates)} rows", f"at least {FEWEST_ROWS}: less says nothing about dependence")]
    steps = [(b - a).days for a, b in pairwise(dates)]
    wrong = [k for k, step in enumerate(steps) if step <= 0]
    if wrong:
        return [
            (k + 1, f"{dates[k + 1]} follows {dates[k]}", "sort the rows by date, each date once") for k in wrong
        ]
    usual = int(np.median(steps))
    found = next((name for name, (low, high) in SPACING.items() if low <= usual <= high), None)
    if found is None:
        return [(-1, f"dates are {usual} days apart in the median", f"a history that is {', '.join(SPACING)}")]
    low, high = SPACING[found]
    return [
        (k + 1, f"{step} days from {dates[k]} to {dates[k + 1]} in a {found} history", f"{low} to {high} days a step")
        for k, step in enumerate(steps)
        if not low <= step <= high
    ]


def _refuse(problems: list[Problem]) -> DataError:
    if len(problems) > MOST_PROBLEMS:
        more = Problem(f"{len(problems) - MOST_PROBLEMS} more problems", "mend the ones above first", problems[0].place)
        problems = [*problems[:MOST_PROBLEMS], attrs.evolve(more, place=Place(file=problems[0].place.file))]
    return DataError(problems)


def _history(names: tuple[str, ...], dates: list[dt.date], levels: NDArray[np.float64], source: str) -> History:
    usual = int(np.median([(b - a).days for a, b in pairwise(dates)]))
    frequency = next(name for name, (low, high) in SPACING.items() if low <= usual <= high)
    years = (dates[-1] - dates[0]).days / DAYS_A_YEAR
    return History(names, tuple(dates), levels, frequency, years / (len(dates) - 1), source)
