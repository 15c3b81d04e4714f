from __future__ import annotations

import datetime as dt

import pytest

from tranche.errors import Invalid
from tranche.terms import day


def test_iso_and_date():
    assert day("2024-02-29") == day(dt.date(2024, 2, 29)) == dt.date(2024, 2, 29)


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("2025-02-29", "no day of the calendar"),
        ("2025-13-01", "no day of the calendar"),
        ("01/02/2025", "is not a date"),
        ("20250101", "is not a date"),
        ("2025-1-1", "is not a date"),
        (2025, "the number 2025 is not a date"),
        (None, "nothing is not a date"),
        (True, "true (yes/no) is not a date"),
        (dt.datetime(2025, 1, 1), "is not a date"),
        ("1800-01-01", "the year 1800 is out of range"),
        ("2199-01-01", "the year 2199 is out of range"),
    ],
)
def test_refused(written, what):
    with pytest.raises(Invalid) as caught:
        day(written)
    assert what in caught.value.what
    assert caught.value.fix
