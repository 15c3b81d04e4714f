"""The maps between normal scores and other laws, against scipy, and the distribution functions they are fitted to."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pytest
from scipy import stats
from scipy.special import (
    bernoulli,
    betainc,
    chdtri,
    erf,
    gammainccinv,
    gammaincinv,
    hyp1f1,
    hyp2f1,
    ndtr,
    ndtri,
    stdtr,
    stdtrit,
)

from tranche.market import laws, maps, starts, twin
from tranche.market.series import gauss, kummer

Z = np.concatenate([np.linspace(-8.3, 8.3, 401), [1e-8, -1e-12, 0.0]])
# (degrees of freedom, error of a score): what maps.py promises
PROMISED = [(1.0, 1e-9), (2.0, 1e-11), (3.0, 1e-12), (4.0, 1e-12), (7.5, 1e-12), (30.0, 1e-12), (1000.0, 1e-12)]


@pytest.mark.parametrize(("dof", "error"), PROMISED)
def test_scores_to_values_and_back(dof, error):
    value, score = maps.student_value_constants(dof, 1.0), maps.student_score_constants(dof)
    for z in Z.tolist():
        x = twin.student_value(value, z)
        assert twin.student_score(score, x) == pytest.approx(z, rel=error, abs=error)


@pytest.mark.parametrize(("dof", "error"), PROMISED)
def test_values_have_the_quantiles_of_student(dof, error):
    constants = maps.student_value_constants(dof, 2.0)
    for z in np.linspace(-6, 0, 61).tolist():
        quantile = 2.0 * stdtrit(dof, ndtr(z))
        assert twin.student_value(constants, z) == pytest.approx(quantile, rel=max(50 * error, 2e-11))


@pytest.mark.parametrize(("dof", "error"), PROMISED)
def test_scores_have_the_probabilities_of_student(dof, error):
    constants = maps.student_score_constants(dof)
    for x in (-np.geomspace(1e-6, 60, 60)).tolist():
        probability = stdtr(dof, x)
        if probability > 1e-16:
            score = twin.student_score(constants, x)
            assert score == pytest.approx(ndtri(probability), rel=max(2e-10, 5 * error), abs=1e-10)


@pytest.mark.parametrize("dof", [2.0, 5.0, 31.0])
def test_chi_square_from_a_score(dof):
    below, above = maps.gamma_power(dof / 2.0, 1.0, 0.5)
    for z in np.linspace(-6, 6, 49).tolist():
        got = math.exp((below if z < 0 else above)(z))
        exact = 2.0 * gammaincinv(dof / 2.0, ndtr(z)) if z < 0 else chdtri(dof, ndtr(-z))  # the smaller tail
        assert got == pytest.approx(exact, rel=1e-10)


def test_normal_distribution_function():
    constants = maps.mills().constants
    for z in np.linspace(-8.5, 8.5, 301).tolist():
        assert twin.normal_cdf(constants, z) == pytest.approx(float(ndtr(z)), rel=2e-14)


def test_distribution_functions_to_many_digits():
    """Φ(−3), T₄(−3), T₂(−3) and T₂(−1/2), P(1, 3), ln Γ(1/2); 30 digits of the first worked out with mpmath."""
    with laws.precise():
        assert abs(laws.normal(Decimal(3))[0] - Decimal("0.00134989803163009452665181476759")) < Decimal("1e-31")
        upper, density = laws.student(Decimal(3), Decimal(4))
        assert float(upper) == pytest.approx(float(stats.t.sf(3, 4)), rel=1e-14)
        assert float(density) == pytest.approx(float(stats.t.pdf(3, 4)), rel=1e-14)
        # T with 2 degrees of freedom: 1/2 − x / (2 √(2 + x²)); by either series
        for x in (Decimal(3), Decimal("0.5"), Decimal(-3)):
            exact = (1 - x / (x * x + 2).sqrt()) / 2
            assert abs(laws.student(x, Decimal(2))[0] - exact) < Decimal("1e-110")
        # P(1, x) = 1 − e^−x, with density e^−x
        lower, density = laws.log_of_gamma(Decimal(3).ln(), Decimal(3), Decimal(1))
        assert abs(lower - (1 - Decimal(-3).exp())) < Decimal("1e-110")
        assert abs(density - 3 * Decimal(-3).exp()) < Decimal("1e-110")
        # Γ(1/2) = √π
        assert abs(laws.log_gamma(Decimal("0.5")) - laws.pi().ln() / 2) < Decimal("1e-108")


def test_a_tail_of_student_has_90_digits():
    """Cauchy's at the cotangent of 1e-19·π, the difference 1/2 − arctan(x)/π of twice the digits."""
    with laws.precise(190):
        angle = laws.pi() * Decimal("1e-19")
        sine = angle - angle**3 / 6 + angle**5 / 120 - angle**7 / 5040 + angle**9 / 362880
        x = (1 - sine * sine).sqrt() / sine
    with laws.precise():
        upper, _ = laws.student(+x, Decimal(1))
        assert abs(upper / Decimal("1e-19") - 1) < Decimal("1e-90")


def test_coefficients_of_stirlings_series():
    """1/12, −1/360, 1/1260, and all against scipy's Bernoulli numbers."""
    found = [float(c) for c in laws.stirling()]
    assert found[:3] == [1 / 12, -1 / 360, 1 / 1260]
    numbers = bernoulli(2 * laws.TERMS)
    assert found == pytest.approx([numbers[n] / (n * (n - 1)) for n in range(2, 2 * laws.TERMS + 1, 2)], rel=1e-13)


@pytest.mark.parametrize("number", [float, Decimal])
def test_series_of_the_distribution_functions(number):
    least = number("1e-17")
    for c, x in (("1.5", "0"), ("1.5", "40.5"), ("3.7", "12.25"), ("500.5", "620")):
        got = float(kummer(number(c), number(x), least))
        assert got == pytest.approx(float(hyp1f1(1.0, float(c), float(x))), rel=1e-12)
    for a, c, y in (("2", "1.5", "0"), ("2.5", "1.5", "0.25"), ("1000", "501", "0.45"), ("0.3", "1.15", "0.5")):
        got = float(gauss(number(a), number(c), number(y), least))
        assert got == pytest.approx(float(hyp2f1(float(a), 1.0, float(c), float(y))), rel=1e-12)


DOFS = (0.3, 0.75, 1.0, 2.05, 3.7, 4.0, 30.0, 200.0, 1000.0, 1e5)
SCORES = (1e-9, 1e-3, 0.3, 0.67, 0.68, 1.0, 2.5, 5.0, 8.3, 9.0)


@pytest.mark.parametrize("z", SCORES)
def test_starts_of_normal_scores(z):
    assert starts.normal_start(erf(z / math.sqrt(2)), 2 * ndtr(-z)) == pytest.approx(z, rel=1e-13)


@pytest.mark.parametrize("dof", DOFS)
@pytest.mark.parametrize("z", SCORES)
def test_starts_of_student_values(dof, z):
    got = starts.student_start(erf(z / math.sqrt(2)), 2 * ndtr(-z), dof, z)
    if z < 1e-6:  # Φ and T are lines
        assert got == pytest.approx(z / math.sqrt(2 * math.pi) / stats.t.pdf(0.0, dof), rel=1e-12)
    elif z < 1.0:
        assert betainc(0.5, dof / 2, got * got / (dof + got * got)) == pytest.approx(erf(z / math.sqrt(2)), rel=1e-10)
    else:
        assert betainc(dof / 2, 0.5, dof / (dof + got * got)) == pytest.approx(2 * ndtr(-z), rel=1e-10)


@pytest.mark.parametrize("shape", [0.3, 0.5, 1.0, 2.5, 16.0, 500.5, 1e5])
@pytest.mark.parametrize("z", [*SCORES, *(-z for z in SCORES)])
def test_starts_of_gamma_values(shape, z):
    got = starts.log_of_gamma_start(ndtr(z), ndtr(-z), shape, z)
    exact = gammaincinv(shape, ndtr(z)) if z < 0 else gammainccinv(shape, ndtr(-z))
    assert got == pytest.approx(math.log(exact), rel=1e-11, abs=1e-11)


def test_a_gamma_value_may_be_less_than_any_float():
    """P(a, x) = x**a / Γ(a+1) where x is tiny."""
    got = starts.log_of_gamma_start(1e-19, 1.0, 0.001, -9.0)
    assert got == pytest.approx((math.log(1e-19) + math.lgamma(1.001)) / 0.001, rel=1e-14)


@pytest.mark.parametrize("start", [2.0, 1.0, 0.1, -1.0, 2.5, 3.0])
def test_a_quantile_is_found_from_a_poor_start(start):
    with laws.precise():
        tail = laws.student(Decimal(2), Decimal(3))[0]

        def near(x: Decimal) -> laws.Near:
            upper, density = laws.student(x, Decimal(3))
            s = 3 + x * x  # g = 4x/s and its derivatives
            slopes = 4 * x / s, 4 * (3 - x * x) / s**2, 8 * x * (x * x - 9) / s**3
            return upper - tail, density, (*slopes, -24 * (x**4 - 18 * x * x + 9) / s**4)

        assert abs(laws.solve(near, start) - 2) < Decimal("1e-85")


Z27, UPPER27 = Decimal("2.7"), Decimal("0.003466973803040668")  # a score and, nearly, its tail
QUANTILES = {
    "normal": lambda: maps._normal_quantile(UPPER27),
    "student": lambda: maps._student_quantile(Z27, Decimal("3.7")),
    "gamma": lambda: maps._log_of_gamma_quantile(1 - UPPER27, UPPER27, Z27, Decimal("3.7")),
}


@pytest.fixture(params=QUANTILES.values(), ids=QUANTILES)
def root(request, monkeypatch):
    """What is solved for one of the quantiles, and the root."""
    asked: list[Callable[[Decimal], laws.Near]] = []

    def noted(law: Callable[[Decimal], laws.Near], start: float) -> Decimal:
        asked.append(law)
        return laws.solve(law, start)

    monkeypatch.setattr(maps, "solve", noted)
    with laws.precise():
        found = request.param()
        yield asked[0], found


def test_the_derivatives_of_the_laws(root):
    """Of the distribution function, of the logarithm of its density, and three more, by differences."""
    law, _ = root
    h, x = Decimal("1e-20"), Decimal("1.3")
    left, here, right = law(x - h), law(x), law(x + h)
    below, at, above = ((-short, density.ln(), *(-d for d in g)) for short, density, g in (left, here, right))
    slopes = [(b - a) / (2 * h) for a, b in zip(below, above, strict=True)]
    assert abs(slopes[0] / here[1] - 1) < Decimal("1e-35")
    for slope, wanted in zip(slopes[1:-1], at[2:], strict=True):
        assert abs(slope - wanted) < Decimal("1e-35")


@pytest.mark.parametrize("off", [2e-15, -2e-15])
def test_from_15_digits_one_step_gives_80(root, off):
    law, exact = root
    calls = 0

    def counted(x: Decimal) -> laws.Near:
        nonlocal calls
        calls += 1
        return law(x)

    assert abs(laws.solve(counted, float(exact) * (1 + off)) / exact - 1) < Decimal("1e-80")
    assert calls == 1


def test_no_quantile_is_found_where_there_is_none():
    with laws.precise(), pytest.raises(ArithmeticError, match="no quantile"):
        laws.solve(lambda x: (laws.ONE, laws.ONE, (laws.ZERO,) * 4), 1.0)


@pytest.mark.parametrize(
    ("law", "of"),
    [("student_value", (4.0,)), ("student_value", (300.0,)), ("student_score", (1000.0,)), ("student_centre", (4.0,)),
     ("student_value_centre", (300.0,)), ("gamma_power", (250.5, -0.5, 0.5))],
)  # fmt: skip
def test_coefficients_have_no_memory_of_where_a_root_was_looked_for(law, of, monkeypatch):
    """Libraries of C differ in the last bits of a logarithm, and nothing else may differ between machines."""
    fitted = getattr(maps, law).__wrapped__
    before = fitted(*of)
    for name in ("normal_start", "student_start", "log_of_gamma_start"):
        start = getattr(starts, name)
        monkeypatch.setattr(maps, name, lambda *at, start=start: start(*at) * (1.0 + 2.0**-50))
    assert fitted(*of) == before
