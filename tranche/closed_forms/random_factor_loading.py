"""A large homogeneous pool whose loading on the common factor rises in bad states."""

from __future__ import annotations

import math
from functools import lru_cache

import attrs

from tranche.errors import Invalid

from .bivariate_normal import bivariate_normal


@attrs.frozen
class RandomFactorLoading:
    """X = a(M)·M + v·ε + m with a(M) = `stress` where M ≤ `threshold`, else `calm`; M, ε standard normal.

    m and v give X mean 0 and variance 1, so that the law of one name is nearly, and its default probability exactly,
    what it was; loadings from 0 to below 1. Andersen & Sidenius, J. Credit Risk 1 (2004). Raises Invalid.
    """

    stress: float
    calm: float
    threshold: float

    def __attrs_post_init__(self) -> None:
        for value in (self.stress, self.calm):
            if not 0.0 <= value < 1.0:
                raise Invalid(f"the loading is {value:g}", "0 or more, below 1")
        if not math.isfinite(self.threshold):
            raise Invalid(f"the threshold is {self.threshold}", "a finite number of standard deviations")
        if self._variance >= 1.0:
            raise Invalid(f"the common factor alone has variance {self._variance:g}", "smaller loadings")

    @property
    def mean(self) -> float:
        """m = −E[a(M)·M] = (stress − calm)·φ(threshold)."""
        return (self.stress - self.calm) * _density(self.threshold)

    @property
    def idiosyncratic(self) -> float:
        """v = √(1 − Var[a(M)·M])."""
        return math.sqrt(1.0 - self._variance)

    @property
    def _variance(self) -> float:
        from scipy.special import ndtr

        theta = self.threshold
        below = float(ndtr(theta)) - theta * _density(theta)  # E[M²; M ≤ θ]
        return self.stress**2 * below + self.calm**2 * (1.0 - below) - self.mean**2

    def latent_cdf(self, x: float) -> float:
        """P(X ≤ x): the law of one name's latent variable."""
        from scipy.special import ndtr

        v, theta = self.idiosyncratic, self.threshold

        def up_to(loading: float) -> float:  # P(X ≤ x, M ≤ θ) if the loading were this everywhere
            scale = math.sqrt(v * v + loading * loading)
            return bivariate_normal((x - self.mean) / scale, theta, loading / scale)

        scale = math.sqrt(v * v + self.calm * self.calm)
        return up_to(self.stress) + float(ndtr((x - self.mean) / scale)) - up_to(self.calm)

    def default_threshold(self, pd: float) -> float:
        """c with P(X ≤ c) = `pd`, 0 < pd < 1. Raises Invalid."""
        from scipy.optimize import brentq

        if not 0.0 < pd < 1.0:
            raise Invalid(f"the probability of default is {pd:g}", "a number between 0 and 1")
        return float(brentq(lambda x: self.latent_cdf(x) - pd, -40.0, 40.0, xtol=1e-14, rtol=1e-14))

    def tranche_loss(self, pd: float, recovery: float, attach: float, detach: float) -> float:
        """Expected loss of the tranche from `attach` to `detach` of a large pool, fraction of its notional. Raises
        Invalid."""
        if not 0.0 <= recovery < 1.0:
            raise Invalid(f"the recovery is {recovery:g}", "0 or more, below 1")
        if not 0.0 <= attach < detach <= 1.0:
            raise Invalid(f"a tranche from {attach:g} to {detach:g}", "0 <= attach < detach <= 1")
        c, lost = _threshold(self, pd), 1.0 - recovery
        excess = self._stop_loss(c, pd, attach / lost) - self._stop_loss(c, pd, detach / lost)
        return lost * excess / (detach - attach)

    def _stop_loss(self, c: float, pd: float, k: float) -> float:
        """E[max(p(M) − k, 0)] with p(M) the share defaulted given M: the pieces on both sides of the threshold."""
        if k >= 1.0:
            return 0.0
        if k <= 0.0:
            return pd - k
        low = self._piece(c, k, self.stress, -math.inf, self.threshold)
        return low + self._piece(c, k, self.calm, self.threshold, math.inf)

    def _piece(self, c: float, k: float, loading: float, low: float, high: float) -> float:
        """E[max(p − k, 0); low < M ≤ high]: p falls in M where the loading is positive, and exceeds k below m*."""
        from scipy.special import ndtr, ndtri

        v, level = self.idiosyncratic, (c - self.mean)
        if loading == 0.0:
            gain = float(ndtr(level / v)) - k
            return max(gain, 0.0) * float(ndtr(high) - ndtr(low))
        reach = min(high, (level - v * float(ndtri(k))) / loading)
        if reach <= low:
            return 0.0
        scale = math.sqrt(v * v + loading * loading)
        joint = bivariate_normal(level / scale, reach, loading / scale)
        joint -= bivariate_normal(level / scale, low, loading / scale)
        return joint - k * float(ndtr(reach) - ndtr(low))


@lru_cache(maxsize=256)
def _threshold(model: RandomFactorLoading, pd: float) -> float:
    return model.default_threshold(pd)


def _density(x: float) -> float:
    return math.exp(-x * x / 2.0) / math.sqrt(2.0 * math.pi)
