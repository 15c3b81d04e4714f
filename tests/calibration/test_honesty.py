"""The tests of convergence: they see what is there, and nothing where nothing is, as often as they should."""

import math

import numpy as np
import pytest

from tests.calibration import simulate
from tranche.calibration.correlation import matrix_of
from tranche.calibration.honesty import contagion_test, convergence_test, exceedance_test
from tranche.calibration.ranks import normal_scores
from tranche.closed_forms.exceedance_correlation import exceedance_correlation

HALF = matrix_of(np.array([0.5]), 2)


def test_a_gaussian_copula_stays_in_its_band_whatever_its_margins():
    u = simulate.gaussian(np.random.default_rng(2), 2_000, HALF)
    found = exceedance_test(-np.log(u[:, 0]), u[:, 1] ** 3, simulations=199)
    # the first margin was turned round
    assert found.rho == pytest.approx(-0.5, abs=0.05)
    u = simulate.gaussian(np.random.default_rng(2), 2_000, HALF)
    found = exceedance_test(np.exp(u[:, 0]), u[:, 1] ** 3, simulations=199)
    assert found.p_value > 0.05
    known = np.isfinite(found.correlation)
    assert ((found.low <= found.correlation) & (found.correlation <= found.high))[known].mean() > 0.8
    assert found.null[0] == pytest.approx(exceedance_correlation(found.rho, 1.5))
    assert found.null[6] > found.null[3] > found.null[0], "the null itself falls outwards: that is no convergence"


def test_lower_tail_dependence_leaves_the_band_below_and_not_above():
    u = simulate.clayton(np.random.default_rng(4), 3_000, 1.5)
    found = exceedance_test(u[:, 0], u[:, 1], simulations=199)
    assert found.p_value == pytest.approx(1 / 200)
    assert (found.correlation > found.high)[3:6].all()
    assert not (found.correlation > found.high)[8:].any()


def test_the_exceedance_test_rejects_a_true_null_as_often_as_it_says():
    rng = np.random.default_rng(9)
    p = []
    for k in range(100):
        u = simulate.gaussian(rng, 300, HALF)
        p.append(exceedance_test(u[:, 0], u[:, 1], simulations=39, seed=k).p_value)
    assert np.mean(np.array(p) <= 0.1) == pytest.approx(0.1, abs=0.09)  # three standard errors of 100 draws


def turbulent(rng, n, shock_correlation):
    """x with bursts of volatility; y = 0.6 x + noise, linear, unless the correlation itself rises in the bursts."""
    state = simulate.chain(rng, n, 0.995, 0.98)
    x = rng.standard_normal(n) * np.where(state == 1, 3.0, 1.0)
    noise = rng.standard_normal(n)
    if shock_correlation is None:
        return x, 0.6 * x + noise
    rho = np.where(state == 1, shock_correlation, 0.3)
    return x, rho * x + np.sqrt(1 - rho**2) * np.where(state == 1, 3.0, 1.0) * noise


def test_a_correlation_that_only_seems_to_rise_is_seen_through():
    found = contagion_test(*turbulent(np.random.default_rng(1), 4_000, None))
    assert found.stress > found.calm + 0.15
    assert found.p_raw < 1e-6
    assert found.variance_ratio > 2.0
    assert found.adjusted == pytest.approx(found.calm, abs=0.06)
    assert found.p_adjusted > 0.05
    assert found.n_calm + found.n_stress == 4_000 - 20


def test_a_correlation_that_rises_is_still_seen():
    found = contagion_test(*turbulent(np.random.default_rng(1), 4_000, 0.95))
    assert found.adjusted > found.calm + 0.2
    assert found.p_adjusted < 1e-6


def test_convergence_that_is_there_is_found_and_none_is_not():
    rng = np.random.default_rng(12)
    state = simulate.chain(rng, 600, 0.97, 0.92)
    far = simulate.gaussian(rng, 600, matrix_of(np.array([0.9]), 2))
    near = simulate.gaussian(rng, 600, matrix_of(np.array([0.0]), 2))
    there = convergence_test(normal_scores(np.where(state[:, None] == 1, far, near)), bootstrap=39)
    assert there.p_value == pytest.approx(1 / 40)
    assert there.ratio > there.drawn.max()
    none = convergence_test(normal_scores(simulate.gaussian(rng, 600, HALF)), bootstrap=39)
    assert none.p_value > 0.1
    assert not math.isnan(none.ratio)


def test_the_same_seed_is_the_same_test():
    z = normal_scores(simulate.gaussian(np.random.default_rng(1), 200, HALF))
    one, other = (convergence_test(z, bootstrap=19, seed=5) for _ in range(2))
    assert (one.drawn == other.drawn).all()
    assert one.p_value == other.p_value
