"""Business-day calendars and conventions by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from tranche.errors import Invalid, nearest

if TYPE_CHECKING:
    import QuantLib as ql

# name → QuantLib class and market, so that naming a calendar does not import QuantLib
CALENDARS: dict[str, tuple[str, str]] = {
    "none": ("NullCalendar", ""),
    "weekends": ("WeekendsOnly", ""),
    "target": ("TARGET", ""),
    "us": ("UnitedStates", "Settlement"),
    "us-sofr": ("UnitedStates", "SOFR"),
    "us-government": ("UnitedStates", "GovernmentBond"),
    "us-fed": ("UnitedStates", "FederalReserve"),
    "us-nyse": ("UnitedStates", "NYSE"),
    "uk": ("UnitedKingdom", "Settlement"),
    "canada": ("Canada", "Settlement"),
    "japan": ("Japan", ""),
    "switzerland": ("Switzerland", ""),
    "australia": ("Australia", ""),
    "singapore": ("Singapore", ""),
}

# name → QuantLib constant
CONVENTIONS: dict[str, str] = {
    "unadjusted": "Unadjusted",
    "following": "Following",
    "modified-following": "ModifiedFollowing",
    "preceding": "Preceding",
}


def calendar_parts(name: str) -> tuple[str, ...]:
    """The names in `us` or in `us + uk` (a date must be a business day in both). Raises Invalid for an unknown one."""
    parts = tuple(part.strip() for part in name.split("+"))
    for part in parts:
        if part not in CALENDARS:
            raise Invalid(f"unknown calendar {part!r}", nearest(part, CALENDARS))
    return parts


@cache
def calendar(name: str) -> ql.Calendar:
    """The QuantLib calendar of a name in CALENDARS, or of several joined by `+`. Raises Invalid."""
    import QuantLib as ql

    made: Any = None
    for part in calendar_parts(name):
        kind, market = CALENDARS[part]
        factory: Callable[..., Any] = getattr(ql, kind)
        one = factory(getattr(factory, market)) if market else factory()
        made = one if made is None else ql.JointCalendar(made, one)
    return made


def convention(name: str) -> int:
    """The QuantLib constant of a name in CONVENTIONS. Raises Invalid."""
    import QuantLib as ql

    if name not in CONVENTIONS:
        raise Invalid(f"unknown business-day convention {name!r}", nearest(name, CONVENTIONS))
    return int(getattr(ql, CONVENTIONS[name]))
