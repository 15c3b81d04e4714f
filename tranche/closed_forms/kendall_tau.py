"""Kendall's rank correlation of a copula."""

from __future__ import annotations

import math

from tranche.errors import Invalid

from .families import check_parameter, split_family


def kendall_tau(family: str, parameter: float) -> float:
    """τ = 4·E[C(U, V)] − 1.

        gaussian, t   2/π · asin ρ, whatever the degrees of freedom
        clayton       θ / (θ + 2)
        gumbel        1 − 1/θ
        frank         1 − 4/θ · (1 − D₁(θ)), D₁ the Debye function
        joe           1 − 4 Σ_{k≥1} 1 / (k·(θk + 2)·(θ(k − 1) + 2))

    A survival copula has the τ of its family. McNeil, Frey & Embrechts, Quantitative Risk Management (2015), 7.2.
    Raises Invalid.
    """
    base, _ = split_family(family)
    check_parameter(base, parameter, dof=1.0)
    match base:
        case "gaussian" | "t":
            return 2.0 / math.pi * math.asin(parameter)
        case "clayton":
            return parameter / (parameter + 2.0)
        case "gumbel":
            return 1.0 - 1.0 / parameter
        case "frank":
            return _frank(parameter)
    return _joe(parameter)


def parameter_of_tau(family: str, tau: float) -> float:
    """The parameter whose copula has this τ: the inverse of `kendall_tau`. Raises Invalid where there is none."""
    from scipy.optimize import brentq

    base, _ = split_family(family)
    lowest = -1.0 if base in ("gaussian", "t", "frank") else 0.0
    ends = base in ("gaussian", "t")
    if not lowest <= tau <= 1.0 or (not ends and abs(tau) == 1.0):
        raise Invalid(f"a {base} copula has no Kendall tau of {tau:g}", f"a number from {lowest:g} to below 1")
    match base:
        case "gaussian" | "t":
            return math.sin(math.pi * tau / 2.0)
        case "clayton":
            return 2.0 * tau / (1.0 - tau)
        case "gumbel":
            return 1.0 / (1.0 - tau)
        case "frank":
            if tau == 0.0:
                return 0.0
            reach = 1.0
            while _frank(reach) < abs(tau):
                reach *= 2.0
            found = brentq(lambda theta: _frank(theta) - abs(tau), 0.0, reach, xtol=1e-14, rtol=1e-14)
            return math.copysign(float(found), tau)
    reach = 2.0
    while _joe(reach) < tau:
        reach *= 2.0
    return float(brentq(lambda theta: _joe(theta) - tau, 1.0, reach, xtol=1e-14, rtol=1e-14))


def debye(order: int, x: float) -> float:
    """D_n(x) = n/xⁿ · ∫₀ˣ sⁿ / (eˢ − 1) ds."""
    from scipy.integrate import quad

    if x == 0.0:
        return 1.0
    if x < 0.0:  # s / (e**s - 1) at -s is the same at s, plus s
        return debye(order, -x) - order * x / (order + 1)
    value, _ = quad(lambda s: s**order / math.expm1(s) if s else float(order == 1), 0.0, x, epsabs=0.0, epsrel=1e-13)
    return order / x**order * float(value)


def _frank(theta: float) -> float:
    if abs(theta) < 1e-3:  # the two terms of 1 - D1 cancel: its series
        return theta / 9.0 - theta**3 / 900.0
    return 1.0 - 4.0 / theta * (1.0 - debye(1, theta))


def _joe(theta: float) -> float:
    """By the digamma function; at θ = 2 its two terms cancel and only the derivative is left."""
    from scipy.special import digamma, polygamma

    if abs(theta - 2.0) < 1e-5:
        # first two terms around 2: the sum is 1 - trigamma(2), and its slope by the same expansion
        first, second = float(polygamma(1, 2.0)), float(polygamma(2, 2.0))
        return 1.0 - first + (theta - 2.0) * (first / 2.0 + second / 4.0)
    return 1.0 + 2.0 * float(digamma(2.0) - digamma(2.0 / theta + 1.0)) / (2.0 - theta)
