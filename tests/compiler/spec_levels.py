"""The levels of a coverage test by date, from the docstrings of `tranche.deal.test` and `LevelSchedule`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tranche.deal import CoverageTest


def written(test: CoverageTest, name: str, date: dt.date) -> float | None:
    """The level that is written for a date, tested or not; None where there is none yet."""
    level = getattr(test, name)
    if level is None or isinstance(level, int | float):
        return level
    begun = [number for start, number in level.points if start <= date]
    return begun[-1] if begun else None


def tested(test: CoverageTest, name: str, dates: Sequence[dt.date], t: int) -> float | None:
    """The level of payment date t; None when it is not tested on it."""
    begun = [date for date in dates if test.first_test is None or date >= test.first_test]
    return written(test, name, dates[t]) if dates[t] in begun[:: test.every] else None
