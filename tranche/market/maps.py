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

from .laws import ONE, ZERO, Near, log_of_gamma, normal, precise, solve, student
from .rational import CLOSE, Rational, fit
from .starts import log_of_gamma_start, normal_start, student_start

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
        return (_student_quantile(z, nu) / z if z else _stretch(nu)).ln()

    return fit(log_ratio, 0.0, FARTHEST * FARTHEST, gather=2)


@lru_cache(maxsize=CACHED)
def student_value_centre(dof: float) -> Rational:
    """R with T⁻¹(Φ(z)) = z·R(z² − h), z² up to 2h: the widest range of a few that is fitted closely."""
    nu = Decimal(dof)

    def fitted(high: float) -> Rational:
        def value(shifted: Decimal) -> Decimal:
            square = shifted + Decimal(high / 2.0)
            z = square.sqrt() if square > 0 else ZERO
            return _student_quantile(z, nu) / z if z else _stretch(nu)

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
        farthest = _student_quantile(Decimal(FARTHEST), nu)
        high = float((1 + farthest * farthest / nu).ln())

    def slope(v: Decimal) -> Decimal:
        if v == 0:
            return nu.sqrt() / _stretch(nu)
        upper, _ = student((nu * (v.exp() - 1)).sqrt(), nu)
        return _normal_quantile(upper) / v.sqrt()

    return fit(slope, 0.0, high, gather=2)


@lru_cache(maxsize=CACHED)
def student_centre(dof: float) -> Rational:
    """R with Φ⁻¹(T(x)) = x·R(u − h), u = x²/(x² + dof) up to 2h = 0.8, or to the score FARTHEST where that is less."""
    nu = Decimal(dof)
    with precise():
        farthest = _student_quantile(Decimal(FARTHEST), nu)
        high = min(WIDEST, float(farthest * farthest / (farthest * farthest + nu)))

    def slope(shifted: Decimal) -> Decimal:
        u = shifted + Decimal(high / 2.0)
        if u <= 0:
            return 1 / _stretch(nu)
        x = (nu * u / (1 - u)).sqrt()
        upper, _ = student(x, nu)
        return _normal_quantile(upper) / x

    return fit(slope, -high / 2.0, high / 2.0, degree=8)


@lru_cache(maxsize=CACHED)
def gamma_power(shape: float, power: float, unit: float) -> tuple[Rational, Rational]:
    """R below and above zero with (G/unit)**power = e**R(z), G the quantile of a gamma variable at Φ(z)."""
    a, by = Decimal(shape), Decimal(power)
    with precise():
        log_size = Decimal(unit).ln()

    def below(z: Decimal) -> Decimal:
        tail, _ = normal(-z)
        return by * (_log_of_gamma_quantile(tail, 1 - tail, z, a) - log_size)

    def above(z: Decimal) -> Decimal:
        tail, _ = normal(z)
        return by * (_log_of_gamma_quantile(1 - tail, tail, z, a) - log_size)

    return fit(below, -FARTHEST, 0.0), fit(above, 0.0, FARTHEST)


@lru_cache(maxsize=1)
def mills() -> Rational:
    """R with Φ(−z) = e**(−z²/2)·R(z) for z ≥ 0."""

    def ratio(z: Decimal) -> Decimal:
        upper, density = normal(z)
        return upper / density * normal(ZERO)[1]  # e**(−z²/2) = φ(z) / φ(0)

    return fit(ratio, 0.0, FARTHEST)


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


def _stretch(nu: Decimal) -> Decimal:
    """T⁻¹(Φ(z)) / z at z = 0."""
    return normal(ZERO)[1] / student(ZERO, nu)[1]


def _normal_quantile(upper: Decimal) -> Decimal:
    """z ≥ 0 with 1 − Φ(z) = `upper`."""

    def near(z: Decimal) -> Near:
        tail, density = normal(z)
        return tail - upper, density, (z, ONE, ZERO, ZERO)

    return solve(near, normal_start(float(1 - 2 * upper), float(2 * upper)))


def _student_quantile(z: Decimal, nu: Decimal) -> Decimal:
    """x with T(x) = Φ(z), z > 0."""
    upper, _ = normal(z)

    def near(x: Decimal) -> Near:
        tail, density = student(x, nu)
        # x ± i√ν are the poles of g = (ν+1)/2 · (1/(x + i√ν) + 1/(x − i√ν))
        square, s = x * x, nu + x * x
        g = (nu + 1) * x / s
        g1 = (nu + 1) * (nu - square) / (s * s)
        g2 = 2 * g * (square - 3 * nu) / (s * s)
        g3 = -6 * (nu + 1) * (square * (square - 6 * nu) + nu * nu) / s**4
        return tail - upper, density, (g, g1, g2, g3)

    return solve(near, student_start(float(1 - 2 * upper), float(2 * upper), float(nu), float(z)))


def _log_of_gamma_quantile(below: Decimal, above: Decimal, z: Decimal, shape: Decimal) -> Decimal:
    """y with P(shape, e**y) = Φ(z) = `below`."""

    def near(y: Decimal) -> Near:
        x = y.exp()
        lower, density = log_of_gamma(y, x, shape)
        return below - lower, density, (x - shape, x, x, x)

    return solve(near, log_of_gamma_start(float(below), float(above), float(shape), float(z)))
