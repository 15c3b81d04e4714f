"""A CSV or Parquet table of cash flows → columns of numbers, every bad cell told by its line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.errors import DataError, Invalid, Place, Problem
from tranche.terms.day import WANTED, day

from .cash_frame import read_frame

MOST_PROBLEMS = 20
_EPOCH = dt.date(1970, 1, 1).toordinal()
_LARGEST_LABEL = 2.0**53


@attrs.frozen(eq=False)
class CashTable:
    """Rows as the file has them. `lines` [rows] (rows of a Parquet file, from 1); `when` [rows] days since 1970-01-01,
    or period numbers when `by_period`; `paths` [rows] labels, or None; `cash` [rows, components]."""

    file: str
    lines: NDArray[np.int64]
    by_period: bool
    when: NDArray[np.int64]
    paths: NDArray[np.int64] | None
    cash: NDArray[np.float64]

    def place(self, row: int, column: str) -> Place:
        return Place(column, self.file, int(self.lines[row]))


def read_table(path: Path, components: Sequence[str]) -> CashTable:
    """The table in `path` (`.csv` or `.parquet`). Raises DataError with each bad cell, or MissingExtra."""
    frame, first_line = read_frame(path, components)
    blank = np.asarray(frame.isna().all(axis=1))
    lines = np.arange(first_line, first_line + len(frame), dtype=np.int64)[~blank]
    return _Cells(str(path), frame[~blank], lines, components).table()


def refuse(problems: list[Problem]) -> DataError:
    """A DataError with the first MOST_PROBLEMS of `problems`."""
    if len(problems) > MOST_PROBLEMS:
        place = Place(file=problems[0].place.file)
        more = Problem(f"{len(problems) - MOST_PROBLEMS} more problems", "mend the ones above first", place)
        problems = [*problems[:MOST_PROBLEMS], more]
    return DataError(problems)


class _Cells:
    """Turns the columns of a frame into numbers and keeps what is wrong."""

    def __init__(self, file: str, frame: Any, lines: NDArray[np.int64], components: Sequence[str]) -> None:
        self.file, self.frame, self.lines, self.components = file, frame, lines, components
        self.problems: list[Problem] = []

    def table(self) -> CashTable:
        """The rows read, in the order of the file. Raises DataError with every cell that is wrong, and its line."""
        if not len(self.frame):
            raise DataError(Problem("the file has no rows", "write one row per payment period", Place(file=self.file)))
        by_period = "period" in self.frame
        when = self._labels("period", 1) if by_period else self._days()
        paths = self._labels("path", 0) if "path" in self.frame else None
        columns = [self._cash(name) for name in self.components]
        if self.problems:
            raise refuse(sorted(self.problems, key=lambda one: (one.place.line, one.place.path)))
        return CashTable(self.file, self.lines, by_period, when, paths, np.column_stack(columns))

    def _tell(self, rows: NDArray[np.bool_], column: str, what: str, fix: str) -> None:
        for row in np.flatnonzero(rows)[: MOST_PROBLEMS + 1]:
            cell = describe_cell(self.frame[column].iloc[row])
            self.problems.append(Problem(f"{cell} {what}", fix, Place(column, self.file, int(self.lines[row]))))

    def _numbers(self, column: str, wanted: str) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        import pandas as pd

        values = np.asarray(pd.to_numeric(self.frame[column], errors="coerce"), dtype=np.float64)
        good = np.isfinite(values)
        self._tell(~good, column, "is not a number", wanted)
        return values, good

    def _cash(self, column: str) -> NDArray[np.float64]:
        values, good = self._numbers(column, "write the cash of this row as a plain number such as 1250000.50")
        self._tell(good & (values < 0), column, "is negative", "collections are 0 or more: put costs into fees")
        return values

    def _labels(self, column: str, least: int) -> NDArray[np.int64]:
        wanted = f"write a whole number, {least} or more"
        values, good = self._numbers(column, wanted)
        with np.errstate(invalid="ignore"):
            wrong = good & ((values != np.floor(values)) | (values < least) | (values > _LARGEST_LABEL))
        self._tell(wrong, column, f"is not a {column}", wanted)
        return np.where(good & ~wrong, values, least).astype(np.int64)

    def _days(self) -> NDArray[np.int64]:
        import pandas as pd

        column = self.frame["date"]
        if pd.api.types.is_datetime64_any_dtype(column):
            found = column.dt.tz_localize(None).to_numpy().astype("datetime64[D]")
            self._tell(np.isnat(found), "date", "is not a date", f"write {WANTED}")
            return np.asarray(found.astype(np.int64))
        codes, unique = pd.factorize(column, use_na_sentinel=False)
        ordinals = np.zeros(len(unique), dtype=np.int64)
        for i, value in enumerate(unique):
            try:
                ordinals[i] = day(value).toordinal() - _EPOCH
            except Invalid as invalid:
                self._tell(codes == i, "date", "is not a date", invalid.fix)
        return ordinals[codes]


def describe_cell(value: Any) -> str:
    """A cell for a message: numbers plain, texts quoted and cut."""
    import pandas as pd

    if value is None or value == "" or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return "an empty cell"
    if isinstance(value, (float, np.floating, int, np.integer)):
        return f"{float(value):g}"
    text = str(value)
    return repr(text if len(text) <= 40 else text[:37] + "…")
