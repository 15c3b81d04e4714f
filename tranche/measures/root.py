"""The root of a function in a bracket: Brent's method, step by step that of scipy.optimize.brentq, and so of its bits.

Importing scipy.optimize takes longer than the rates of return of hundreds of deals, and calling it as long as this."""

from __future__ import annotations

import math
from collections.abc import Callable

MOST = 100  # steps


def root(
    function: Callable[[float], float], low: float, high: float, at_low: float, at_high: float, tolerance: float
) -> float:
    """An x from `low` to `high` where `function` is zero, whose values there are `at_low` and `at_high`: right to
    `tolerance`, absolute and relative. Inverse quadratic steps, secants or bisections, whichever is safe, inside the
    bracket, which keeps a change of sign. Raises ValueError: a value is not a number, or the two have one sign."""
    last, now, value_last, value_now = low, high, _number(at_low, low), _number(at_high, high)
    if value_last == 0.0 or value_now == 0.0:
        return last if value_last == 0.0 else now
    if not value_last < 0.0 < value_now and not value_now < 0.0 < value_last:
        raise ValueError(f"no change of sign between {low!r} and {high!r}")
    other = value_other = step_before = step = 0.0  # `other`: across the root from `now`
    for _ in range(MOST):
        if value_last < 0.0 < value_now or value_now < 0.0 < value_last:
            other, value_other = last, value_last
            step_before = step = now - last
        if abs(value_other) < abs(value_now):
            last, now, other = now, other, now
            value_last, value_now, value_other = value_now, value_other, value_now
        least, half = (tolerance + tolerance * abs(now)) / 2, (other - now) / 2
        if value_now == 0.0 or abs(half) < least:
            return now
        if abs(step_before) > least and abs(value_now) < abs(value_last):
            tried = _step(last, now, other, value_last, value_now, value_other)
            if 2 * abs(tried) < min(abs(step_before), 3 * abs(half) - least):
                step_before, step = step, tried
            else:
                step_before = step = half
        else:
            step_before = step = half
        last, value_last = now, value_now
        now += step if abs(step) > least else math.copysign(least, half)
        value_now = _number(function(now), now)
    raise RuntimeError(f"no root after {MOST} steps, at {now!r}")


def _step(last: float, now: float, other: float, value_last: float, value_now: float, value_other: float) -> float:
    """From `now` to where a line through two points, or a parabola through three, is zero; infinite where nowhere."""
    if last == other:
        above, below = -value_now * (now - last), value_now - value_last
    else:
        slope_last = (value_last - value_now) / (last - now)
        slope_other = (value_other - value_now) / (other - now)
        above = -value_now * (value_other * slope_other - value_last * slope_last)
        below = slope_other * slope_last * (value_other - value_last)
    return above / below if below else math.inf


def _number(value: float, where: float) -> float:
    if math.isnan(value):
        raise ValueError(f"the value at {where!r} is not a number")
    return value
