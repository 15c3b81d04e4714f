"""The tests of convergence: they see what is there, and nothing where nothing is, as often as they should."""

import math

import numpy as np
import pytest

from tests.calibration import simulate
from tranche.calibration.calibration import contagion_words
from tranche.calibration.contagion import ContagionTest, contagion_test
from tranche.calibration.correlation import matrix_of
from tranche.calibration.honesty import convergence_test, exceedance_test
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


def linear(rng, n):
    """Nothing but the variance of x changes, and the rest has fat tails."""
    state = simulate.chain(rng, n, 0.99, 0.98)
    x = rng.standard_normal(n) * np.where(state == 1, 3.0, 1.0)
    return x, 0.6 * x + rng.standard_t(5, n)


def test_the_adjusted_test_rejects_a_true_null_as_often_as_it_says():
    """With Fisher's error, which takes no notice of what the adjustment does to it, hardly ever."""
    rng = np.random.default_rng(8)
    found = [contagion_test(*linear(rng, 600)) for _ in range(400)]
    p = np.array([one.p_adjusted for one in found])
    for level in (0.05, 0.2, 0.5):
        three_errors = 3 * math.sqrt(level * (1 - level) / 400)
        assert np.mean(p <= level) == pytest.approx(level, abs=three_errors + 0.01)
    assert np.mean([one.p_raw <= 0.05 for one in found]) > 0.5, "the mechanical rise"
    z = np.array([math.atanh(one.adjusted) - math.atanh(one.calm) for one in found])
    assert z.mean() == pytest.approx(0.0, abs=3 * z.std() / 20)


def together(rng, n):
    """Volatility in common, as of a GARCH, and a correlation of 0.5 that never changes."""
    state = simulate.chain(rng, n, 0.99, 0.97)
    e = rng.standard_normal((n, 2)) * np.where(state == 1, 3.0, 1.0)[:, None]
    return e[:, 0], 0.5 * e[:, 0] + math.sqrt(0.75) * e[:, 1]


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_volatility_in_common_is_not_called_a_rise(sign):
    x, y = together(np.random.default_rng(3), 4_000)
    found = contagion_test(x, sign * y, ("a", "b"))
    assert found.p_raw > 0.05
    assert found.p_adjusted < 1e-3
    assert abs(found.adjusted) < abs(found.calm)
    assert contagion_words(found) == "no rise; adjusted by too much if the variance of b moves with that of a"


def test_words_of_a_test_of_contagion():
    def of(calm, stress, adjusted, p_raw=0.01, p_adjusted=0.01):
        return contagion_words(ContagionTest(("a", "b"), calm, stress, 4.0, adjusted, 300, 100, p_raw, p_adjusted))

    assert of(0.3, 0.8, 0.6) == "rises with turbulence"
    assert of(0.3, 0.8, 0.6, p_adjusted=0.06) == "no change once the variance is allowed for"
    assert of(0.5, 0.55, 0.3, p_raw=0.4).startswith("no rise; adjusted by too much")
    assert of(0.8, 0.3, 0.2) == "weaker in turbulence"
    assert of(0.2, -0.6, -0.4) == "falls with turbulence"
    assert of(-0.2, -0.8, -0.6) == "falls with turbulence"
    assert of(-0.5, -0.55, -0.3, p_raw=0.4).startswith("no rise; adjusted by too much")
    assert of(math.nan, math.nan, math.nan, math.nan, math.nan) == "a or b seldom moves: nothing to compare"


@pytest.mark.parametrize("until", [40, 290, 300])
@pytest.mark.parametrize("turned", [False, True])
def test_a_series_that_seldom_moves_has_no_test(until, turned):
    rng = np.random.default_rng(4)
    x, y = rng.standard_normal(300), np.where(np.arange(300) < until, 0.0, 1.0) * rng.standard_normal(300)
    if until == 40:
        y = np.where(np.arange(300) == 100, -0.1, 0.0)
    found = contagion_test(*((y, x) if turned else (x, y)))
    assert found.is_empty
    assert math.isnan(found.calm)


def test_exceedances_of_a_series_that_seldom_moves():
    """Two changes in 300 steps: beyond most thresholds one of the two stands still, which is no correlation."""
    moves = np.zeros(300)
    moves[[40, 60]] = -0.04, -0.05
    found = exceedance_test(np.random.default_rng(4).standard_normal(300), moves, simulations=19)
    assert np.isnan(found.correlation).all()
    assert math.isnan(found.p_value)


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
