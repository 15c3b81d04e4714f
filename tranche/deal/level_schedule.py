"""A level of a test that changes over the life of a deal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import attrs

from tranche.errors import Invalid
from tranche.terms.day import day
from tranche.terms.number import describe

MOST_POINTS = 1_200


def _points(instance: Any, attribute: Any, value: Any) -> None:
    wanted = "give (date, level) pairs in the order of their dates, such as ((date(2025, 1, 31), 1.2),)"
    if not isinstance(value, tuple) or not 1 <= len(value) <= MOST_POINTS:
        raise Invalid(f"{attribute.name} is {describe(value)}", wanted)
    for point in value:
        if not isinstance(point, tuple) or len(point) != 2:
            raise Invalid(f"{attribute.name} has {describe(point)}", wanted)
        day(point[0])
    for (first, _), (second, _) in pairwise(value):
        if second <= first:
            raise Invalid(f"the level of {second} stands after that of {first}", "write the dates in their order")


@attrs.frozen
class LevelSchedule:
    """`points`: each level holds from its date until the next one's. Before the first date there is no level, so that
    nothing is tested."""

    points: tuple[tuple[dt.date, float], ...] = attrs.field(validator=_points)

    def at(self, date: dt.date) -> float | None:
        """The level on `date`; None before the first."""
        found = [level for start, level in self.points if start <= date]
        return found[-1] if found else None


Level = float | LevelSchedule


def level_on(level: Level, date: dt.date) -> float | None:
    """A level on a date; None where a schedule has not begun."""
    return level.at(date) if isinstance(level, LevelSchedule) else level


def levels_of(level: Level) -> tuple[float, ...]:
    """Every number that a level takes, in order."""
    return tuple(value for _, value in level.points) if isinstance(level, LevelSchedule) else (level,)


def dates_of(*levels: Level) -> tuple[dt.date, ...]:
    """The dates on which any of these levels changes; one date where none does."""
    found = {start for level in levels if isinstance(level, LevelSchedule) for start, _ in level.points}
    return tuple(sorted(found)) or (dt.date.max,)


def each_level(inner: Callable[[Any, Any, Any], None]) -> Callable[[Any, Any, Any], None]:
    """A validator: every number of a level passes `inner`."""

    def validate(instance: Any, attribute: Any, value: Any) -> None:
        for number in levels_of(value):
            inner(instance, attribute, number)

    return validate
