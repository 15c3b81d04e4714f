"""Year fractions against figures worked by hand from ISDA 2006, section 4.16."""

from __future__ import annotations

import datetime as dt

import pytest

from tranche.errors import Invalid
from tranche.terms import DAY_COUNTS, year_fraction

JAN_31, FEB_28, JUL_31 = dt.date(2025, 1, 31), dt.date(2025, 2, 28), dt.date(2025, 7, 31)
NOV_2003, MAY_2004 = dt.date(2003, 11, 1), dt.date(2004, 5, 1)


@pytest.mark.parametrize(
    ("name", "start", "end", "years"),
    [
        ("30/360", dt.date(2025, 1, 1), dt.date(2025, 2, 1), 30 / 360),
        ("30/360", JAN_31, FEB_28, 28 / 360),  # the 31st counts as the 30th: 30·1 + 28 − 30
        ("30/360", JAN_31, JUL_31, 180 / 360),
        ("30/360", dt.date(2025, 1, 15), JUL_31, 196 / 360),  # the end stays 31 unless the start is 30 or 31
        ("30e/360", dt.date(2025, 1, 15), JUL_31, 195 / 360),  # the end is always cut to 30
        ("act/360", JAN_31, FEB_28, 28 / 360),
        ("act/360", dt.date(2024, 1, 1), dt.date(2025, 1, 1), 366 / 360),
        ("act/365f", dt.date(2024, 1, 1), dt.date(2025, 1, 1), 366 / 365),
        ("act/act", NOV_2003, MAY_2004, 61 / 365 + 121 / 366),  # ISDA's own example: 0.497724380567
        ("act/act", dt.date(2024, 1, 1), dt.date(2025, 1, 1), 1.0),
    ],
)
def test_by_hand(name, start, end, years):
    assert year_fraction(name, start, end) == pytest.approx(years, abs=1e-15)


@pytest.mark.parametrize("name", DAY_COUNTS)
def test_direction_and_zero(name):
    assert year_fraction(name, JAN_31, JAN_31) == 0
    assert year_fraction(name, FEB_28, JAN_31) < 0 < year_fraction(name, JAN_31, FEB_28)


def test_unknown_name():
    with pytest.raises(Invalid, match="unknown day count '30/365'; did you mean '30/360'"):
        year_fraction("30/365", JAN_31, FEB_28)
