"""Day counts: what part of a year lies between two dates."""

from __future__ import annotations

import datetime as dt
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from tranche.errors import Invalid, nearest

if TYPE_CHECKING:
    import QuantLib as ql

# name → QuantLib class and its convention (ISDA 2006 definitions, section 4.16)
DAY_COUNTS: dict[str, tuple[str, str]] = {
    "30/360": ("Thirty360", "BondBasis"),
    "30e/360": ("Thirty360", "European"),
    "act/360": ("Actual360", ""),
    "act/365f": ("Actual365Fixed", ""),
    "act/act": ("ActualActual", "ISDA"),
}


@cache
def day_counter(name: str) -> ql.DayCounter:
    """The QuantLib day counter of a name in DAY_COUNTS. Raises Invalid."""
    import QuantLib as ql

    if name not in DAY_COUNTS:
        raise Invalid(f"unknown day count {name!r}", nearest(name, DAY_COUNTS))
    kind, rule = DAY_COUNTS[name]
    factory = getattr(ql, kind)
    return factory(getattr(factory, rule)) if rule else factory()


@lru_cache(maxsize=65_536)  # the deals of a batch share their dates
def year_fraction(name: str, start: dt.date, end: dt.date) -> float:
    """Years from `start` to `end` by the day count `name`; negative when `end` is earlier. Raises Invalid."""
    from .dates import to_quantlib

    return float(day_counter(name).yearFraction(to_quantlib(start), to_quantlib(end)))
