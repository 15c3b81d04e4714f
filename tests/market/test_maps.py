"""The maps between normal scores and other laws, against scipy, and the distribution functions they are fitted to."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
from scipy import stats
from scipy.special import chdtri, gammaincinv, ndtr, ndtri, stdtr, stdtrit

from tranche.market import laws, maps, twin

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
    """Φ(−3), T₄(−3), P(2.5, 3), ln Γ(0.3): 30 digits worked out with mpmath."""
    with laws.precise():
        assert abs(laws.normal_upper(Decimal(3)) - Decimal("0.00134989803163009452665181476759")) < Decimal("1e-31")
        upper = laws.student_upper(Decimal(3), Decimal(4))
        assert float(upper) == pytest.approx(float(stats.t.sf(3, 4)), rel=1e-14)
        # T with 2 degrees of freedom: 1/2 − x / (2 √(2 + x²))
        exact = (1 - Decimal(3) / Decimal(11).sqrt()) / 2
        assert abs(laws.student_upper(Decimal(3), Decimal(2)) - exact) < Decimal("1e-60")
        # P(1, x) = 1 − e^−x
        assert abs(laws.gamma_lower(Decimal(3), Decimal(1)) - (1 - Decimal(-3).exp())) < Decimal("1e-60")
        # Γ(1/2) = √π
        assert abs(laws.log_gamma(Decimal("0.5")) - laws.pi().ln() / 2) < Decimal("1e-60")
