"""Whether a correlation rises when one of the two is turbulent, beyond what turbulence does to any correlation."""

from __future__ import annotations

import math

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.closed_forms.conditional_correlation import forbes_rigobon

Array = NDArray[np.float64]
MOVES = 5  # of a series in a period, or it has no correlation there


@attrs.frozen
class ContagionTest:
    """Correlation of a pair while the conditioning series was quiet and while its variance was high (its trailing
    variance in the top quarter), `variance_ratio` between the two, the second correlation with that allowed for
    (`adjusted`, Forbes & Rigobon 2002), and the two-sided p-values that each differs from the quiet one.

    The adjustment assumes that only the variance of the conditioning series x changed: y = βx + a rest whose variance
    stayed. Where the variance of the rest rose with that of x, as volatilities in common do, it takes out too much and
    `adjusted` is nearer to 0 than a correlation that never changed. All figures are NaN where one of the two hardly
    moves in one of the periods (`is_empty`).
    """

    pair: tuple[str, str]
    calm: float
    stress: float
    variance_ratio: float
    adjusted: float
    n_calm: int
    n_stress: int
    p_raw: float
    p_adjusted: float

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing to compare."""
        return math.isnan(self.p_adjusted)


def contagion_test(x: Array, y: Array, pair: tuple[str, str] = ("x", "y"), window: int = 20) -> ContagionTest:
    """Whether the correlation of x and y rises when x [n] is turbulent, once the mechanical rise is taken out.

    Steps are sorted by the variance of x over the `window` steps before them, so that the sorting does not use the
    returns that are correlated. p_raw by Fisher's z of two correlations; p_adjusted by z as well, whose error after the
    adjustment comes by the delta method from the regression of each period (`_tie`): more variance of x tells more
    about β, so that it is smaller than Fisher's.
    """
    square = np.cumsum(np.concatenate([[0.0], (x - x.mean()) ** 2]))
    trailing = (square[window:-1] - square[: -window - 1]) / window
    late_x, late_y = x[window:], y[window:]
    turbulent = trailing > np.quantile(trailing, 0.75)
    parts = [(late_x[mask], late_y[mask]) for mask in (~turbulent, turbulent)]
    n_calm, n_stress = (len(a) for a, _ in parts)
    if not all(_moves(a) and _moves(b) for a, b in parts):
        nothing = (math.nan,) * 4
        return ContagionTest(pair, *nothing, n_calm, n_stress, math.nan, math.nan)
    calm, stress = (_inside(float(np.corrcoef(a, b)[0, 1])) for a, b in parts)
    ratio = float(parts[1][0].var() / parts[0][0].var())
    adjusted = forbes_rigobon(stress, ratio)
    raw = math.atanh(stress) - math.atanh(calm)
    p_raw = _two_sided(raw / math.sqrt(1.0 / (n_calm - 3.0) + 1.0 / (n_stress - 3.0)))
    (before, its), (after, error) = (_tie(a, b, float(parts[0][0].std())) for a, b in parts)
    p_adjusted = _two_sided((after - before) / math.hypot(its, error))
    return ContagionTest(pair, calm, stress, ratio, adjusted, n_calm, n_stress, p_raw, p_adjusted)


def _moves(x: Array) -> bool:
    """Whether it moves often enough, and by more than rounding."""
    return int((np.abs(x - np.median(x)) > 1e-12).sum()) >= MOVES if len(x) else False


def _tie(x: Array, y: Array, unit: float) -> tuple[float, float]:
    """Fisher's z of the correlation that y = βx + e has where x deviates by `unit`, and its error given x.

    ρ = q/√(1 + q²) with q = β·unit/σ_e, so that z = asinh q. Each step moves q by unit·x·e/(var x·σ_e) through β and by
    −q·(e²/σ_e² − 1)/2 through σ_e, and z by 1/√(1 + q²) of it, whatever the tails of e.
    """
    x, y = x - x.mean(), y - y.mean()
    spread = float(x.var())
    beta = float((x * y).mean()) / spread
    # a rest that is all but nothing: ρ within _inside
    e = y - beta * x
    deviation = max(float(e.std()), 1e-3 * abs(beta) * math.sqrt(spread))
    q = beta * unit / deviation
    influence = unit * x * e / (spread * deviation) - q * (e * e / deviation**2 - 1.0) / 2.0
    return math.asinh(q), math.sqrt(float(influence @ influence) / (1.0 + q * q)) / len(x)


def _two_sided(z: float) -> float:
    from scipy.special import ndtr

    return float(2.0 * ndtr(-abs(z)))


def _inside(rho: float) -> float:
    return max(-0.999999, min(0.999999, rho))
