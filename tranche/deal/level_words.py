"""What the levels of a test are, and from when, for people."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from .formula import Number
from .level_schedule import Level, LevelSchedule
from .test import CoverageTest

MOST_STEPS = 4  # a longer schedule is said by its ends

Step = tuple[dt.date | None, float]  # from when (None: from the start), and the level


def steps(test: CoverageTest, level: Level) -> tuple[Step, ...]:
    """A level as it is tested: what changes before the first test date is left out."""
    if not isinstance(level, LevelSchedule):
        return ((test.first_test, level),)
    if test.first_test is None:
        return level.points
    begin, ends = test.first_test, [later for (_, _), (later, _) in pairwise(level.points)]
    kept = zip(level.points, [*ends, dt.date.max], strict=True)
    return tuple((max(start, begin), value) for (start, value), end in kept if end > begin)


def begins(test: CoverageTest) -> dt.date | None:
    """From when any level is tested; None: from the start."""
    starts = [steps(test, level)[0][0] for level in test.levels.values()]
    return None if None in starts else min((start for start in starts if start is not None), default=None)


def number(test: CoverageTest, value: float) -> str:
    """`1.20x`, `1.0825x`, `75%`; a test of an amount, which is over 1, has no x: `13.01`."""
    if test.unit == "%":
        return f"{100.0 * value:,.10g}%"
    said = f"{value:,.2f}" if round(value, 2) == value else f"{value:,.10g}"
    return said if test.denominator.tree == Number(1.0) else f"{said}x"


def words(test: CoverageTest, level: Level) -> str:
    """`1.20x`, `1.00x from 2027-06-30` or `1.15x from 2027-06-30, 1.00x from 2030-12-01`."""
    told = [f"{number(test, value)} from {start}" if start else number(test, value)
            for start, value in steps(test, level)]  # fmt: skip
    return ", ".join(told) if len(told) <= MOST_STEPS else f"{told[0]}, {len(told) - 2} more, {told[-1]}"
