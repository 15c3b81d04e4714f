"""Reference rates that are known in advance."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right

from tranche.errors import Invalid

from .terms import ReferenceRate


def rate_on(reference: ReferenceRate, date: dt.date) -> float:
    """The rate on `date`, decimal per annum: that of the last point on or before it, of the first point before all.
    Raises Invalid for a rate without points."""
    if not reference.points:
        raise Invalid(f"reference rate {reference.name!r} has no points", "at least one date and its rate")
    points = sorted(reference.points)
    return points[max(0, bisect_right(points, date, key=lambda point: point[0]) - 1)][1]
