"""Histories in files: whatever is wrong is told with its line and column."""

import datetime as dt

import pytest

from tranche.calibration.history import history_of, read_history
from tranche.errors import DataError

WEEK = [dt.date(2024, 1, 5) + dt.timedelta(weeks=k) for k in range(80)]


def table(rows, header="date,btc,rent"):
    return "\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n"


def good():
    return [[day, 100 + k, 2.5 - k / 100] for k, day in enumerate(WEEK)]


def told(tmp_path, text):
    file = tmp_path / "data.csv"
    file.write_text(text)
    with pytest.raises(DataError) as caught:
        read_history(file)
    return [str(one).replace(str(file), "data.csv") for one in caught.value]


def test_a_good_file(tmp_path):
    file = tmp_path / "data.csv"
    file.write_text("\ufeff" + table(good()) + "\n,,\n")
    found = read_history(file)
    assert found.names == ("btc", "rent")
    assert found.frequency == "weekly"
    assert found.dt == pytest.approx(7 / 365.25)
    assert found.column("rent")[-1] == pytest.approx(2.5 - 0.79)
    assert found.dates[0] == WEEK[0]


@pytest.mark.parametrize(
    ("row", "column", "value", "said"),
    [
        (3, 1, "n/a", "data.csv:5 btc: 'n/a' is not a number; a plain number such as 1250000.50"),
        (3, 2, "", "data.csv:5 rent: an empty cell is not a number; drop the date, or the series"),
        (3, 2, "inf", "data.csv:5 rent: 'inf' is not a number; a plain number such as 1250000.50"),
        (3, 0, "5.1.24", "data.csv:5 date: '5.1.24' is not a date; write a date as year-month-day, such as 2025-01-31"),
        (3, 0, "1900-01-03", "data.csv:5 date: the year 1900 is out of range; years 1901 to 2198 are known"),
        (3, 0, "2024-02-30", "data.csv:5 date: 2024-02-30 is no day of the calendar: day is out of range for month; "
                             "write a date as year-month-day, such as 2025-01-31"),
        (3, 0, WEEK[2], "data.csv:5 date: 2024-01-19 follows 2024-01-19; sort the rows by date, each date once"),
        (3, 0, WEEK[1], "data.csv:5 date: 2024-01-12 follows 2024-01-19; sort the rows by date, each date once"),
    ],
)  # fmt: skip
def test_bad_cells(tmp_path, row, column, value, said):
    rows = good()
    rows[row][column] = value
    assert said in told(tmp_path, table(rows))


def test_all_bad_cells_at_once(tmp_path):
    rows = good()
    rows[3][1] = rows[7][2] = "x"
    assert [line.split(" ")[0] for line in told(tmp_path, table(rows))] == ["data.csv:5", "data.csv:9"]


def test_gaps(tmp_path):
    rows = good()
    del rows[10:13]
    [said] = told(tmp_path, table(rows))
    assert said == (
        "data.csv:12 date: 28 days from 2024-03-08 to 2024-04-05 in a weekly history; 5 to 10 days a step"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        (table(good()[:40]), "there are 40 rows; at least 60"),
        (table(good(), "day,btc,rent"), "there is no column `date`"),
        (table(good(), "date,btc,btc"), "the column 'btc' is there twice"),
        (table(good(), "date,btc,2nd"), "'2nd' cannot be a name"),
        (table([[day] for day in WEEK], "date"), "there are no series"),
        (table([[*row, 1] for row in good()]), "the row has 4 cells, the header 3"),
        (table([[WEEK[0] + dt.timedelta(days=400 * k), 1, 2] for k in range(70)]), "400 days apart in the median"),
        ("date,btc\n2024-01-01,\x00\xff", "not a CSV table in UTF-8"),
    ],
)
def test_files_that_are_no_history(tmp_path, text, said):
    file = tmp_path / "data.csv"
    file.write_bytes(text.encode("latin-1") if "\xff" in text else text.encode())
    with pytest.raises(DataError) as caught:
        read_history(file)
    assert any(said in str(one) for one in caught.value), list(map(str, caught.value))


def test_there_is_no_file(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read_history(tmp_path / "none.csv")


def test_holidays_are_no_gaps_in_a_daily_history():
    days = [day for k in range(200) if (day := dt.date(2024, 1, 1) + dt.timedelta(days=k)).weekday() < 5]
    days.remove(dt.date(2024, 4, 1))
    found = history_of(days, {"x": list(range(1, len(days) + 1))})
    assert found.frequency == "daily"
    assert 1 / found.dt == pytest.approx(261, abs=4)


def test_made_in_python_it_is_checked_too():
    with pytest.raises(DataError, match="x is not a finite number for each of the 80 dates"):
        history_of(WEEK, {"x": [1.0] * 79})
