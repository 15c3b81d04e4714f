"""A root by Brent's method: the steps of scipy.optimize.brentq to the last bit, without scipy.optimize, whose import
takes longer than the rates of a hundred deals."""

from __future__ import annotations

import math
from collections.abc import Callable

MOST_STEPS = 100


def root(function: Callable[[float], float], low: float, high: float, *, tolerance: float) -> float:
    """Where a continuous function that has two signs at `low` and `high` is 0, to `tolerance`, absolute and relative.

    Raises ArithmeticError where it has not, and where MOST_STEPS do not find it."""
    before, now, across = low, high, 0.0  # the last two points, and one on the other side of the root
    f_before, f_now, f_across = function(before), function(now), 0.0
    if f_before == 0.0:
        return before
    if f_now != 0.0 and not (f_before < 0.0 < f_now or f_now < 0.0 < f_before):
        raise ArithmeticError(f"no two signs: {f_before!r} at {low!r}, {f_now!r} at {high!r}")
    step = step_before = 0.0
    for _ in range(MOST_STEPS):
        if f_before != 0.0 and f_now != 0.0 and (f_before < 0.0) != (f_now < 0.0):
            across, f_across = before, f_before
            step = step_before = now - before
        if abs(f_across) < abs(f_now):
            before, now, across = now, across, now
            f_before, f_now, f_across = f_now, f_across, f_now
        close = (tolerance + tolerance * abs(now)) / 2.0
        half = (across - now) / 2.0
        if f_now == 0.0 or abs(half) < close:
            return now
        tried = math.inf  # a step to where a line or a parabola through the points has its root
        if abs(step_before) > close and abs(f_now) < abs(f_before):
            if before == across:
                tried = -f_now * (now - before) / (f_now - f_before)
            else:
                slope_before = (f_before - f_now) / (before - now)
                slope_across = (f_across - f_now) / (across - now)
                rise = f_across * slope_across - f_before * slope_before
                tried = -f_now * rise / (slope_across * slope_before * (f_across - f_before))
        if 2.0 * abs(tried) < min(abs(step_before), 3.0 * abs(half) - close):
            step_before, step = step, tried
        else:
            step_before = step = half
        before, f_before = now, f_now
        if abs(step) > close:
            now += step
        else:
            now += close if half > 0.0 else -close
        f_now = function(now)
    raise ArithmeticError(f"{MOST_STEPS} steps of Brent's method do not find the root")
