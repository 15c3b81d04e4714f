"""Yield curves, by QuantLib."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

Points = tuple[tuple[dt.date, float], ...]
"""(date, continuously compounded zero rate from the closing), the dates rising."""


def forwards(zeros: Sequence[tuple[float, float]], times: Sequence[float]) -> list[float]:
    """Instantaneous forward rates at `times` (years from the closing) of the curve through `zeros` (years, zero rate).

    The slope of a monotone cubic spline through rate·time, which is −ln of the discount factor; after the last point
    the mean forward between the last two. One point is a flat curve.
    """
    if len(zeros) == 1:
        return [zeros[0][1] for _ in times]
    import QuantLib as ql

    ends = [0.0, *(years for years, _ in zeros if years > 0)]
    totals = [0.0, *(years * rate for years, rate in zeros if years > 0)]
    spline = ql.MonotonicCubicNaturalSpline(ends, totals)
    last = (totals[-1] - totals[-2]) / (ends[-1] - ends[-2])
    return [float(spline.derivative(t, True)) if t <= ends[-1] else last for t in times]
