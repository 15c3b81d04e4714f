"""Levels in words: every step that is tested, and none that is not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tranche.deal import CoverageTest, Formula, LevelSchedule
from tranche.deal.formula import Name, Number
from tranche.deal.level_words import begins, steps, words

COLLECTIONS, DUE = Formula(Name("collections"), "collections"), Formula(Name("due"), "due")
FIRST, SECOND, THIRD = dt.date(2025, 1, 1), dt.date(2026, 1, 1), dt.date(2027, 1, 1)
FALLING = LevelSchedule(((FIRST, 1.3), (SECOND, 1.2), (THIRD, 1.0825)))


def stated(**more: Any) -> CoverageTest:
    return CoverageTest(**{"name": "dscr", "numerator": COLLECTIONS, "denominator": DUE, **more})


@pytest.mark.parametrize(
    ("first", "said"),
    [
        (None, "1.30x from 2025-01-01, 1.20x from 2026-01-01, 1.0825x from 2027-01-01"),
        (FIRST, "1.30x from 2025-01-01, 1.20x from 2026-01-01, 1.0825x from 2027-01-01"),
        (dt.date(2026, 6, 1), "1.20x from 2026-06-01, 1.0825x from 2027-01-01"),
        (SECOND, "1.20x from 2026-01-01, 1.0825x from 2027-01-01"),
        (dt.date(2028, 1, 1), "1.0825x from 2028-01-01"),
    ],
)
def test_a_schedule_begins_with_the_first_test(first: dt.date | None, said: str) -> None:
    assert words(stated(lock_up=FALLING, first_test=first), FALLING) == said


def test_one_level() -> None:
    assert words(stated(lock_up=1.2), 1.2) == "1.20x"
    assert words(stated(lock_up=1.2, first_test=SECOND), 1.2) == "1.20x from 2026-01-01"
    assert words(stated(trigger=13.01, denominator=Formula(Number(1.0), "1")), 13.01) == "13.01"


def test_a_long_schedule_is_said_by_its_ends() -> None:
    years = LevelSchedule(tuple((dt.date(2025 + k, 1, 1), 2.0 - k / 10) for k in range(10)))
    assert words(stated(lock_up=years), years) == "2.00x from 2025-01-01, 8 more, 1.10x from 2034-01-01"


def test_when_a_test_begins() -> None:
    assert begins(stated(lock_up=1.2)) is None
    assert begins(stated(lock_up=FALLING, default=1.0)) is None
    assert begins(stated(lock_up=FALLING)) == FIRST
    assert begins(stated(lock_up=FALLING, default=1.0, first_test=SECOND)) == SECOND


def test_a_level_is_in_force_as_the_steps_say() -> None:
    test = stated(lock_up=FALLING, first_test=dt.date(2025, 6, 1))
    for day in (dt.date(2025, 7, 1), SECOND, dt.date(2026, 12, 31), THIRD, dt.date(2030, 1, 1)):
        told = [value for start, value in steps(test, FALLING) if start is not None and start <= day]
        assert told[-1] == FALLING.at(day)
