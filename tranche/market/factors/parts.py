"""What the dynamics of several factors share. Exact over any period, so that the payment frequency does not matter."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from functools import lru_cache

from tranche._kernels.scenario import exp

from ..laws import precise
from ..maps import student_value_constants
from ..tape import Op
from ..writer import Writer

LN2 = 0.6931471805599453
LARGEST_LOG = 700.0  # the kernel's exponential ends at 708
DEVIATIONS = 12.0  # no score leaves ±8.3; one draw of Student's t in 1e12 may go beyond


def log(x: float) -> float:
    """ln x, correctly rounded on every machine."""
    with precise():
        return float(Decimal(x).ln())


def mean_decay(x: float) -> float:
    """(1 − e**−x) / x, the mean of e**−s over 0 ≤ s ≤ x; by its series where the difference would cancel."""
    if abs(x) > 0.5:
        return (1.0 - exp(-x)) / x
    total = term = 1.0
    for n in range(2, 16):
        term *= -x / n
        total += term
    return total


@lru_cache(maxsize=4_096)  # periods are of few lengths
def reversion(speed: float, volatility: float, dt: float) -> tuple[float, float, float]:
    """decay, shift and scale of an Ornstein–Uhlenbeck process about 0 over `dt` years: exact in law."""
    return exp(-speed * dt), 0.0, volatility * math.sqrt(dt * mean_decay(2 * speed * dt))


def speed_of(half_life: float | None) -> float:
    """The speed at which a deviation halves in `half_life` years; 0 for None, which never reverts."""
    return LN2 / half_life if half_life else 0.0


def innovation(writer: Writer, z: int, dof: float | None) -> int:
    """The register of the innovation behind a score: the score, or Student's t of variance 1 at its probability."""
    if dof is None:
        return z
    unit = math.sqrt((dof - 2.0) / dof)
    return writer.make(Op.T_VALUE, z, constants=student_value_constants(dof, unit))


def check_reach(writer: Writer, start: float, shifts: list[float], scales: list[float]) -> None:
    """Raises DealError when the logarithm of a factor leaves floating point within DEVIATIONS."""
    reach = abs(log(start)) if start > 0 else 0.0
    reach += math.fsum(map(abs, shifts)) + DEVIATIONS * math.sqrt(math.fsum(s * s for s in scales))
    if reach > LARGEST_LOG:
        raise writer.problem(
            f"drift and volatility carry {writer.owner!r} beyond floating point",
            "decimals per annum, such as -0.25 and 0.35",
        )


def first_period(writer: Writer, date: dt.date) -> int:
    """The number, from 0, of the first period that ends on `date` or later; −1 when it is not after the closing."""
    years = writer.years_to(date)
    if years <= 0:
        return -1
    return next((t for t, end in enumerate(writer.times[1:]) if end >= years - 1e-9), writer.periods)
