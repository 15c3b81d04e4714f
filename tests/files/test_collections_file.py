"""Cash flows from CSV and Parquet: which period a row belongs to, and every bad cell with its line."""

from __future__ import annotations

import datetime as dt
import sys

import numpy as np
import pytest

from tranche.errors import DataError, MissingExtra
from tranche.files import read_collections
from tranche.terms import payment_dates

D = dt.date
QUARTER = payment_dates(D(2025, 1, 1), D(2025, 4, 1))
EARLY = payment_dates(D(2025, 1, 1), D(2025, 4, 1), determination_days=5)


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write a file in an empty working folder, so that messages carry its bare name."""
    monkeypatch.chdir(tmp_path)

    def to_file(content, name="cash.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path.relative_to(tmp_path)

    return to_file


def told(path, components=("cash",), dates=QUARTER):
    with pytest.raises(DataError) as caught:
        read_collections(path, dates, components)
    return [str(problem) for problem in caught.value]


def test_dated_rows_add_up_and_their_order_does_not_matter(write):
    path = write("date,cash\n2025-03-02,30\n2025-01-01,1\n2025-02-01,2\n2025-02-02,10\n2025-04-01,0.5\n2025-03-01,5\n")
    assert read_collections(path, QUARTER, ("cash",)).tolist() == [[[3.0], [15.0], [30.5]]]


def test_determination_dates_divide_the_periods(write):
    """They are 27 January, 24 February and 27 March."""
    path = write("date,cash\n2025-01-27,1\n2025-01-28,2\n2025-02-24,4\n2025-02-25,8\n2025-03-27,16\n")
    assert read_collections(path, EARLY, ("cash",)).tolist() == [[[1.0], [6.0], [24.0]]]
    path = write("date,cash\n2025-01-27,1\n2025-02-24,4\n2025-03-28,16\n")
    assert told(path, dates=EARLY) == [
        "cash.csv:4 date: 2025-03-28 is after the last determination date; "
        "collections run from 2025-01-01 to 2025-03-27"
    ]


def test_paths_and_components(write):
    path = write("path,period,principal,interest\n1,1,1,10\n1,2,2,20\n1,3,3,30\n0,3,6,60\n0,2,5,50\n0,1,4,40\n\n")
    assert read_collections(path, QUARTER, ("interest", "principal")).tolist() == [
        [[40, 4], [50, 5], [60, 6]],
        [[10, 1], [20, 2], [30, 3]],
    ]


def test_numbers_are_read_to_the_last_bit(write):
    numbers = np.random.default_rng(0).random(3) * 1e6
    path = write("period,cash\n" + "".join(f"{i + 1},{x!r}\n" for i, x in enumerate(numbers.tolist())))
    assert read_collections(path, QUARTER, ("cash",))[0, :, 0].tolist() == numbers.tolist()


def test_every_bad_cell_is_told_by_its_line(write):
    path = write(
        "date,cash\n2025-02-01,1\n\n2025-02-30,2\n2025-03-01,x\n2025-03-02,-3\n,5\n2025-03-05,\n2025-03-06,inf\n"
    )
    assert told(path) == [
        "cash.csv:4 date: '2025-02-30' is not a date; write a date as year-month-day, such as 2025-01-31",
        "cash.csv:5 cash: 'x' is not a number; write the cash of this row as a plain number such as 1250000.50",
        "cash.csv:6 cash: '-3' is negative; collections are 0 or more: put costs into fees",
        "cash.csv:7 date: an empty cell is not a date; write a date as year-month-day, such as 2025-01-31",
        "cash.csv:8 cash: an empty cell is not a number; "
        "write the cash of this row as a plain number such as 1250000.50",
        "cash.csv:9 cash: 'inf' is not a number; write the cash of this row as a plain number such as 1250000.50",
    ]


def test_nan_alone(write):
    path = write("period,cash\n1,1\n2,NaN\n3,1\n")
    assert told(path)[0].startswith("cash.csv:3 cash: an empty cell is not a number")


def test_a_missing_month(write):
    path = write("date,cash\n2025-02-01,1\n2025-04-01,1\n")
    assert told(path) == [
        "cash.csv date: period 2 (2025-02-02 to 2025-03-01) has no row; add the row; write 0 when nothing was collected"
    ]
    path = write("date,path,cash\n2025-02-01,0,1\n2025-03-01,0,1\n2025-04-01,0,1\n2025-03-01,1,1\n2025-04-01,1,1\n")
    assert told(path) == [
        "cash.csv date: period 1 (2025-01-01 to 2025-02-01) has no row for path 1; "
        "add the row; write 0 when nothing was collected"
    ]


def test_paths_are_known_by_their_numbers(write):
    path = write("path,period,cash\n1,1,1\n1,2,1\n1,3,1\n2,1,1\n2,2,1\n2,3,1\n")
    assert told(path) == ["cash.csv path: there are 2 paths, and one is numbered 1; number them from 0 to 1"]


def test_paths_of_unequal_length(write):
    path = write("period,path,cash\n1,0,1\n2,0,1\n3,0,1\n1,1,1\n")
    assert [line.split(";")[0] for line in told(path)] == [
        "cash.csv period: period 2 (2025-02-02 to 2025-03-01) has no row for path 1",
        "cash.csv period: period 3 (2025-03-02 to 2025-04-01) has no row for path 1",
    ]


def test_a_period_twice(write):
    path = write("period,path,cash\n1,0,1\n2,0,1\n3,0,1\n2,0,2\n")
    assert told(path)[0].startswith("cash.csv:5 period: period 2 of path 0 is there twice; keep one row")


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("date,cash\n2024-12-31,1\n", "cash.csv:2 date: 2024-12-31 is before the closing"),
        ("period,cash\n4,1\n", "cash.csv:2 period: there is no period 4; the deal has periods 1 to 3"),
        ("period,cash\n0,1\n", "cash.csv:2 period: 0 is not a period"),
        ("period,cash\n1.5,1\n", "cash.csv:2 period: 1.5 is not a period"),
        ("period,path,cash\n1,-1,1\n", "cash.csv:2 path: -1 is not a path"),
        ("period,path,cash\n1,99999999999999999999,1\n", "cash.csv:2 path: 1e+20 is not a path"),
        ("date,csh\n2025-02-01,1\n", "cash.csv:1 csh: unknown column 'csh'; did you mean 'cash'?"),
        ("date\n2025-02-01\n", "cash.csv:1 cash: the column 'cash' is missing"),
        ("cash\n1\n", "cash.csv:1 date: there is no column that says when"),
        ("date,period,cash\n2025-02-01,1,1\n", "cash.csv:1 period: there are both `date` and `period`"),
        ("date,cash,cash\n2025-02-01,1,1\n", "cash.csv:1 cash: the column 'cash' is there 2 times"),
        ("date;cash\n2025-02-01;1\n", "cash.csv:1 date;cash: unknown column 'date;cash'; separate columns by commas"),
        ("date,cash\n2025-02-01,1,000\n2025-03-01,2,000\n", "cash.csv:2: the row has more cells"),
        ("date,cash\n2025-02-01,1\n2025-03-01,2,000\n", "cash.csv:3: the row has more cells"),
        ("date,cash\n2025-02-01,1,0,0,0\n", "cash.csv:2: the row has more cells"),
        ("date,cash\n2025-02-01,1\n2025-02-01,1,0,0,0\n", "cash.csv:3: not a CSV table"),
        ('date,cash\n2025-02-01,"1\n', "cash.csv:2: not a CSV table"),
        ('"date\n",cash\n', "cash.csv:1: the header runs over several lines"),
        ("", "cash.csv:1: the first line has no column names"),
        ("date,cash\n", "cash.csv: the file has no rows"),
        (b"date,cash\n2025-02-01,1\n2025-03-01,\xff\n", "cash.csv:3: byte 34 is not UTF-8"),
    ],
)
def test_refused(write, text, start):
    assert told(write(text))[0].startswith(start)


def test_the_first_twenty_problems_and_a_count(write):
    found = told(write("period,cash\n" + "1,x\n" * 50))
    assert len(found) == 21
    assert found[-1].endswith("more problems; mend the ones above first")


def test_unknown_ending(write):
    assert "the ending '.xlsx' is not known" in told(write("x", "cash.xlsx"))[0]


@pytest.mark.parametrize("name", ["none.csv", "none.parquet"])
def test_no_file(write, name):
    write("")
    assert name in told(__import__("pathlib").Path(name))[0]


@pytest.mark.parametrize("kind", ["date", "timestamp", "text"])
def test_parquet(tmp_path, kind):
    pd = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    days = [D(2025, 2, 1), D(2025, 3, 1), D(2025, 4, 1)]
    column = {"date": days, "timestamp": pd.to_datetime(days), "text": [day.isoformat() for day in days]}[kind]
    path = tmp_path / "cash.parquet"
    pd.DataFrame({"date": column, "cash": [1, 2.5, 3]}).to_parquet(path)
    assert read_collections(path, QUARTER, ("cash",)).tolist() == [[[1.0], [2.5], [3.0]]]


def test_parquet_cells(tmp_path):
    pd = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    path = tmp_path / "cash.parquet"
    pd.DataFrame({"period": [1, 2, 3], "cash": ["1", "x", None]}).to_parquet(path)
    found = told(path)
    assert found[0].startswith(f"{path}:2 cash: 'x' is not a number")
    assert found[1].startswith(f"{path}:3 cash: an empty cell is not a number")
    path.write_bytes(b"not parquet")
    assert "not a Parquet table" in told(path)[0]


def test_parquet_without_pyarrow(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra, match=r"reading Parquet needs pyarrow; pip install 'tranche-finance\[parquet\]'"):
        read_collections(tmp_path / "cash.parquet", QUARTER, ("cash",))
