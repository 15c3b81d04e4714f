"""CSV and Parquet files → data frames whose columns are the ones a deal wants."""

from __future__ import annotations

import csv
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tranche.errors import DataError, MissingExtra, Place, Problem, nearest

WHEN = ("date", "period")
_EXTRA = "\0beyond"  # catches cells beyond the last column, which pandas would drop


def read_frame(path: Path, components: Sequence[str]) -> tuple[Any, int]:
    """The data frame in `path`, and the line of its first row. Raises DataError, or MissingExtra."""
    if path.suffix.lower() == ".csv":
        return _read_csv(path, components), 2
    if path.suffix.lower() in (".parquet", ".pq"):
        return _read_parquet(path, components), 1
    raise _refusal(path, f"the ending {path.suffix!r} is not known", "write a .csv or a .parquet file")


def _refusal(path: Path, what: str, fix: str = "", line: int = 0) -> DataError:
    return DataError(Problem(what, fix, Place(file=str(path), line=line)))


def _check_columns(path: Path, columns: list[str], components: Sequence[str]) -> None:
    """The header must say when, may say which path, and has every component once."""
    known = [*WHEN, "path", *components]
    line = 1 if path.suffix.lower() == ".csv" else 0
    found = []

    def tell(column: str, what: str, fix: str) -> None:
        found.append(Problem(what, fix, Place(column, str(path), line)))

    for column in sorted(set(columns)):
        if column not in known:
            separator = "separate columns by commas; " if ";" in column or "\t" in column else ""
            tell(column[:40], f"unknown column {column[:40]!r}", separator + nearest(column[:40], known))
        if columns.count(column) > 1:
            tell(column[:40], f"the column {column[:40]!r} is there {columns.count(column)} times", "keep one")
    for component in components:
        if component not in columns:
            tell(component, f"the column {component!r} is missing", "add it: the deal's collections name it")
    if not set(WHEN) & set(columns):
        tell("date", "there is no column that says when", "add `date` (such as 2025-01-31), or `period` (1, 2, 3, …)")
    if set(WHEN) <= set(columns):
        tell("period", "there are both `date` and `period`", "keep one")
    if found:
        raise DataError(found)


def _read_csv(path: Path, components: Sequence[str]) -> Any:
    import pandas as pd

    columns = _csv_header(path)
    _check_columns(path, columns, components)
    kinds: dict[str, Any] = {column: "category" if column == "date" else "float64" for column in columns}
    options: dict[str, Any] = {
        "header": None, "names": [*columns, _EXTRA], "skiprows": 1, "skip_blank_lines": False, "index_col": False,
        "encoding": "utf-8-sig",
    }  # fmt: skip
    # the nearest float to what is written; older pandas reads others unless told so, newer ones always do
    exact: dict[str, Any] = {"float_precision": "round_trip"} if int(pd.__version__.partition(".")[0]) < 4 else {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pd.errors.ParserWarning)  # more cells than names: seen in _EXTRA below
            warnings.simplefilter("ignore", DeprecationWarning)  # float_precision, see below
            try:
                frame = pd.read_csv(path, dtype={**kinds, _EXTRA: "category"}, **exact, **options)
            except (ValueError, OverflowError) as error:
                if isinstance(error, (pd.errors.ParserError, UnicodeDecodeError)):
                    raise
                # a cell that is no number: read it all as text, so that it can be shown
                frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""], **options)
    except pd.errors.ParserError as error:
        match = re.search(r"(in line|at row) (\d+)", str(error))
        line = int(match[2]) + (match[1] == "at row") if match else 0  # pandas counts rows from 0, lines from 1
        raise _refusal(path, f"not a CSV table: {str(error).strip()}", "mend this line", line) from None
    except UnicodeDecodeError as error:
        raise _not_utf8(path, error) from None
    beyond = frame.index[frame[_EXTRA].notna()]
    if len(beyond):
        what = f"the row has more cells than the header has columns ({len(columns)})"
        raise _refusal(path, what, "write numbers without thousands separators", int(beyond[0]) + 2)
    return frame.drop(columns=_EXTRA)


def _not_utf8(path: Path, error: UnicodeDecodeError) -> DataError:
    """Where the text stops being UTF-8; pandas knows the place inside its own buffer only."""
    try:
        raw = path.read_bytes()
        raw.decode()
    except UnicodeDecodeError as found:
        error = found
    line = raw.count(b"\n", 0, error.start) + 1
    return _refusal(path, f"byte {error.start} is not UTF-8", "save the file as UTF-8", line)


def _csv_header(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:  # pandas tells what is no UTF-8
            reader = csv.reader(stream)
            header = next(reader, None)
            lines = reader.line_num
    except (OSError, csv.Error) as error:
        raise _refusal(path, f"the header cannot be read: {error}", "write a CSV table in UTF-8") from None
    if not header:
        raise _refusal(path, "the first line has no column names", "begin with a header such as date,cash", 1)
    if lines > 1:
        raise _refusal(path, "the header runs over several lines", "close the quotes on line 1", 1)
    return [column.strip() for column in header]


def _read_parquet(path: Path, components: Sequence[str]) -> Any:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        fix = "pip install 'tranche-finance[parquet]', or write the table as CSV"
        raise MissingExtra(Problem("reading Parquet needs pyarrow", fix, Place(file=str(path)))) from None
    try:
        _check_columns(path, list(pq.read_schema(path).names), components)
        return pq.read_table(path).to_pandas()
    except (pa.ArrowException, OSError) as error:
        raise _refusal(path, f"not a Parquet table: {str(error).splitlines()[0]}", "write it again") from None
