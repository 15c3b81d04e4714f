"""The distribution function of a copula of two."""

from __future__ import annotations

import math

from tranche.errors import Invalid

from .bivariate_normal import bivariate_normal
from .families import check_parameter, split_family


def copula_cdf(family: str, u: float, v: float, parameter: float, dof: float | None = None) -> float:
    """C(u, v) = P(U ≤ u, V ≤ v), 0 ≤ u, v ≤ 1; of a survival copula u + v − 1 + C(1 − u, 1 − v).

        gaussian   Φ₂(Φ⁻¹(u), Φ⁻¹(v); ρ)
        t          ∫₀ᵘ P(V ≤ v | U = s) ds, by quadrature to 1e-12
        clayton    (u^−θ + v^−θ − 1)^(−1/θ)
        gumbel     exp(−((−ln u)^θ + (−ln v)^θ)^(1/θ))
        frank      −1/θ · ln(1 + (e^−θu − 1)(e^−θv − 1)/(e^−θ − 1))
        joe        1 − ((1−u)^θ + (1−v)^θ − (1−u)^θ(1−v)^θ)^(1/θ)

    Raises Invalid.
    """
    base, is_survival = split_family(family)
    check_parameter(base, parameter, dof)
    for value in (u, v):
        if not 0.0 <= value <= 1.0:
            raise Invalid(f"{value:g} is not a probability", "a number from 0 to 1")
    if is_survival:
        return u + v - 1.0 + copula_cdf(base, 1.0 - u, 1.0 - v, parameter, dof)
    if u == 0.0 or v == 0.0:
        return 0.0
    if u == 1.0 or v == 1.0:
        return min(u, v)
    return _inside(base, u, v, parameter, dof)


def _inside(base: str, u: float, v: float, theta: float, dof: float | None) -> float:
    from scipy.special import ndtri

    match base:
        case "gaussian":
            return bivariate_normal(float(ndtri(u)), float(ndtri(v)), theta)
        case "t":
            assert dof is not None
            return _t(u, v, theta, dof)
        case "clayton":
            if theta == 0.0:
                return u * v
            # u**-θ + v**-θ - 1 with the larger power taken out, which would overflow for small u
            high, low = max(-theta * math.log(u), -theta * math.log(v)), min(-theta * math.log(u), -theta * math.log(v))
            return math.exp(-(high + math.log1p(math.exp(low - high) - math.exp(-high))) / theta)
        case "gumbel":
            total = (-math.log(u)) ** theta + (-math.log(v)) ** theta
            return math.exp(-math.pow(total, 1.0 / theta))
        case "frank":
            if theta == 0.0:
                return u * v
            part = math.expm1(-theta * u) * math.expm1(-theta * v) / math.expm1(-theta)
            return -math.log1p(part) / theta
    a, b = (1.0 - u) ** theta, (1.0 - v) ** theta
    return 1.0 - math.pow(a + b - a * b, 1.0 / theta)


def _t(u: float, v: float, rho: float, dof: float) -> float:
    from scipy.integrate import quad
    from scipy.special import stdtr, stdtrit

    if rho >= 1.0:
        return min(u, v)
    if rho <= -1.0:
        return max(0.0, u + v - 1.0)
    y = float(stdtrit(dof, v))

    def conditional(s: float) -> float:
        x = float(stdtrit(dof, s))
        return float(stdtr(dof + 1.0, (y - rho * x) * math.sqrt((dof + 1.0) / ((dof + x * x) * (1.0 - rho * rho)))))

    value, _ = quad(conditional, 0.0, u, epsabs=1e-14, epsrel=1e-12, limit=400)
    return float(value)
