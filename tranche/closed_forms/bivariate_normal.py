"""The distribution function of two correlated standard normals."""

from __future__ import annotations

import math


def bivariate_normal(h: float, k: float, rho: float) -> float:
    """P(X ≤ h, Y ≤ k) of standard normals with correlation `rho`, −1 ≤ rho ≤ 1; absolute error below 1e-13.

    Φ(h)·Φ(k) + 1/2π · ∫₀^{asin ρ} exp(−(h² + k² − 2hk·sin s) / (2·cos² s)) ds. Plackett, Biometrika 41 (1954).
    """
    from scipy.integrate import quad
    from scipy.special import ndtr

    if rho >= 1.0:
        return float(ndtr(min(h, k)))
    if rho <= -1.0:
        return max(0.0, float(ndtr(h)) - float(ndtr(-k)))
    if math.isinf(h) or math.isinf(k):
        return 0.0 if -math.inf in (h, k) else float(ndtr(min(h, k)))

    def density(s: float) -> float:
        return math.exp(-(h * h + k * k - 2.0 * h * k * math.sin(s)) / (2.0 * math.cos(s) ** 2))

    value, _ = quad(density, 0.0, math.asin(rho), epsabs=1e-15, epsrel=1e-13, limit=200)
    return float(ndtr(h) * ndtr(k)) + float(value) / (2.0 * math.pi)
