"""Maps between normal scores and other laws, as the constants of the steps T_VALUE, T_SCORE, POSITIVE and CDF.

All are smooth functions of one number over the scores −9 … 9 (a draw has 53 bits and none is beyond ±8.3), fitted once
for each number of degrees of freedom by `rational.fit`. The error that a fit finds for itself is in `Rational.error`;
measured over scores of ±8.3 the maps are within 1e-13 of the true value for 3 degrees of freedom and more, 1e-11 for 2,
1e-9 for 1 (`tests/market/test_maps.py`).
"""

from __future__ import annotations

import math
from decimal import Decimal
from functools import lru_cache

from .laws import (
    gamma_density,
    gamma_lower,
    normal_density,
    normal_upper,
    precise,
    solve,
    student_density,
    student_upper,
)
from .rational import CLOSE, Rational, fit

FARTHEST = 9.0  # scores
WIDEST = 0.8  # x² / (x² + dof) up to which a score needs no logarithm
HIGHS = (16.0, 12.25, 9.0, 6.25, 4.0)  # squares of scores
CACHED = 256


@lru_cache(maxsize=CACHED)
def student_value(dof: float) -> Rational:
    """R with T⁻¹(Φ(z)) = z·e**R(z²), Student's t with `dof` degrees of freedom."""
    nu = Decimal(dof)

    def log_ratio(square: Decimal) -> Decimal:
        z = square.sqrt()
        if z == 0:
            return (normal_density(z) / student_density(z, nu)).ln()
        return (_student_quantile(normal_upper(z), nu) / z).ln()

    return fit(log_ratio, 0.0, FARTHEST * FARTHEST, gather=2)


@lru_cache(maxsize=CACHED)
def student_value_centre(dof: float) -> Rational:
    """R with T⁻¹(Φ(z)) = z·R(z² − h), z² up to 2h: the widest range of a few that is fitted closely."""
    nu = Decimal(dof)

    def fitted(high: float) -> Rational:
        def value(shifted: Decimal) -> Decimal:
            square = shifted + Decimal(high / 2.0)
            z = square.sqrt() if square > 0 else Decimal(0)
            if z == 0:
                return normal_density(z) / student_density(z, nu)
            return _student_quantile(normal_upper(z), nu) / z

        return fit(value, -high / 2.0, high / 2.0, degree=8)

    found = fitted(HIGHS[0])
    for high in HIGHS[1:]:
        if found.error <= CLOSE:
            break
        found = fitted(high)
    return found


@lru_cache(maxsize=CACHED)
def student_score(dof: float) -> Rational:
    """R with Φ⁻¹(T(x)) = √v·R(v) for x ≥ 0, v = ln(1 + x²/dof)."""
    nu = Decimal(dof)
    with precise():
        farthest = _student_quantile(normal_upper(Decimal(FARTHEST)), nu)
        high = float((1 + farthest * farthest / nu).ln())

    def slope(v: Decimal) -> Decimal:
        if v == 0:
            return nu.sqrt() * student_density(v, nu) / normal_density(v)
        upper = student_upper((nu * (v.exp() - 1)).sqrt(), nu)
        return _normal_quantile(upper) / v.sqrt()

    return fit(slope, 0.0, high, gather=2)


@lru_cache(maxsize=CACHED)
def student_centre(dof: float) -> Rational:
    """R with Φ⁻¹(T(x)) = x·R(u − h), u = x²/(x² + dof) up to 2h = 0.8, or to the score FARTHEST where that is less."""
    nu = Decimal(dof)
    with precise():
        farthest = _student_quantile(normal_upper(Decimal(FARTHEST)), nu)
        high = min(WIDEST, float(farthest * farthest / (farthest * farthest + nu)))

    def slope(shifted: Decimal) -> Decimal:
        u = shifted + Decimal(high / 2.0)
        if u <= 0:
            return student_density(Decimal(0), nu) / normal_density(Decimal(0))
        x = (nu * u / (1 - u)).sqrt()
        upper = student_upper(x, nu)
        return _normal_quantile(upper) / x

    return fit(slope, -high / 2.0, high / 2.0, degree=8)


@lru_cache(maxsize=CACHED)
def gamma_power(shape: float, power: float, unit: float) -> tuple[Rational, Rational]:
    """R below and above zero with (G/unit)**power = e**R(z), G the quantile of a gamma variable at Φ(z)."""
    from scipy import special

    a, by, size = Decimal(shape), Decimal(power), Decimal(unit)

    def below(z: Decimal) -> Decimal:
        return _quantile(normal_upper(-z), z)

    def above(z: Decimal) -> Decimal:
        return _quantile(1 - normal_upper(z), z)

    def _quantile(p: Decimal, z: Decimal) -> Decimal:
        if z < 0:
            start = special.gammaincinv(shape, float(p))
        else:
            start = special.gammainccinv(shape, float(normal_upper(z)))
        found = solve(
            lambda y: gamma_lower(y.exp(), a) - p,
            lambda y: gamma_density(y.exp(), a) * y.exp(),
            float(Decimal(float(start)).ln()),
        )
        return by * (found - size.ln())

    return fit(below, -FARTHEST, 0.0), fit(above, 0.0, FARTHEST)


@lru_cache(maxsize=1)
def mills() -> Rational:
    """R with Φ(−z) = e**(−z²/2)·R(z) for z ≥ 0."""
    return fit(lambda z: normal_upper(z) * (z * z / 2).exp(), 0.0, FARTHEST)


def student_value_constants(dof: float, unit: float) -> tuple[float, ...]:
    """For T_VALUE: values in multiples of `unit`."""
    centre = student_value_centre(dof)
    return (unit, centre.high, 2.0 * centre.high, *centre.top, *centre.bottom, *student_value(dof).constants)


def student_score_constants(dof: float) -> tuple[float, ...]:
    """For T_SCORE."""
    centre = student_centre(dof)
    beyond = 2.0 * centre.high / (1.0 - 2.0 * centre.high) if 2.0 * centre.high == WIDEST else math.inf
    return (1.0 / dof, centre.high, beyond, *centre.top, *centre.bottom, *student_score(dof).constants)


def gamma_power_constants(shape: float, power: float, unit: float) -> tuple[float, ...]:
    """For POSITIVE."""
    below, above = gamma_power(shape, power, unit)
    return (*below.constants, *above.constants)


def _normal_quantile(upper: Decimal) -> Decimal:
    from scipy import special  # where a law is fitted: who reads deals and runs none needs none

    start = float(-special.ndtri(float(upper)))
    return solve(lambda z: normal_upper(z) - upper, lambda z: -normal_density(z), start)


def _student_quantile(upper: Decimal, nu: Decimal) -> Decimal:
    from scipy import special

    start = float(-special.stdtrit(float(nu), float(upper)))
    return solve(lambda x: student_upper(x, nu) - upper, lambda x: -student_density(x, nu), start)
