"""Regimes and stress links of t copulas: what a market drew is found again, and no t where there is none."""

import math

import numpy as np
import pytest

from tests.calibration import simulate
from tests.calibration.histories import weekly
from tests.market.markets import walks
from tranche.calibration import calibrate, density, history_of
from tranche.calibration.correlation import matrix_of
from tranche.calibration.market import market_of
from tranche.calibration.ranks import normal_scores
from tranche.calibration.regime_copula import fit_regimes
from tranche.calibration.regime_student import fit_student_regimes
from tranche.calibration.stress_link import fit_stress_link, fit_student_link, stress_of
from tranche.files import dump_market, load_market
from tranche.market.scenario import scenario
from tranche.market.terms import Gaussian, Regime, StressLink, Student

NAMES = ("a", "b")
STEP = 7 / 365.25


def levels(dependence, n, seed):
    """n weeks of two prices: path 0 of a market, drawn by our kernel, [n + 1, 2]."""
    rows = scenario(walks(dependence, 2), [k * STEP for k in range(n + 1)], seed).rows(0, 1)[0, :, :2]
    return np.vstack([[2.0, 2.0], rows])


def scores(path):
    return normal_scores(np.diff(np.log(path), axis=0))


def joined(rho, dof=None):
    pairs = (("a", "b", rho),)
    return Gaussian(correlations=pairs) if dof is None else Student(correlations=pairs, dof=dof)


def regime(calm, stress):
    return Regime(probability=0.3, lasts=1.0, calm=joined(0.1, calm), stress=joined(0.7, stress))


def fitted(dependence, n, seed):
    """Every kind of regimes by label."""
    z = scores(levels(dependence, n, seed))
    gaussian = fit_regimes(z, NAMES)
    return {fit.label: fit for fit in (gaussian, *fit_student_regimes(z, NAMES, gaussian))}


def check(fit, **wanted):
    for name, value in wanted.items():
        estimate = fit.parameters[name.replace("_", " ").replace("rho", "a ~ b")]
        assert abs(estimate.value - value) < 3.0 * estimate.se, name
        assert estimate.se < max(0.1, 0.5 * value), name


def in_steps(dependence):
    """The chance to stay in calm and in stress over a week, of the market's chain in continuous time."""
    share, rate = dependence.probability, 1.0 / (dependence.lasts * (1.0 - dependence.probability))
    kept = math.exp(-rate * STEP)
    return {"stay_calm": 1.0 - share * (1.0 - kept), "stay_stress": share + (1.0 - share) * kept}


@pytest.mark.parametrize(
    ("calm", "stress", "label"),
    [(5.0, 5.0, "regime of t, one dof"), (None, 3.0, "regime, t in stress"), (4.0, None, "regime, t in calm")],
)
def test_regimes_of_t_that_were_drawn_are_found(calm, stress, label):
    dependence = regime(calm, stress)
    found = fitted(dependence, 2_500, 11)
    best = min(found.values(), key=lambda fit: fit.bic)
    assert best.label == label
    assert best.bic < found["regime"].bic - 10.0
    assert best.aic < found["regime"].aic
    dof = {"dof": calm} if calm == stress else {f"{of}_dof": x for of, x in (("calm", calm), ("stress", stress)) if x}
    check(best, calm_rho=0.1, stress_rho=0.7, **dof, **in_steps(dependence))


@pytest.mark.slow
def test_a_dof_of_each_regime():
    dependence = regime(12.0, 2.5)
    found = fitted(dependence, 6_000, 12)
    best = min(found.values(), key=lambda fit: fit.bic)
    assert best.label == "regime of t"
    check(best, calm_rho=0.1, stress_rho=0.7, calm_dof=12.0, stress_dof=2.5, **in_steps(dependence))


def test_gaussian_regimes_stay_gaussian():
    found = fitted(regime(None, None), 1_500, 13)
    assert min(found.values(), key=lambda fit: fit.bic).label == "regime"


def test_it_is_a_maximum():
    """No point nearby has a higher likelihood, the filter's own; and the truth has not."""
    found = fitted(regime(5.0, 5.0), 500, 14)["regime of t, one dof"]
    z = scores(levels(regime(5.0, 5.0), 500, 14))
    from tranche.calibration.regime_copula import forward
    from tranche.calibration.scores import Scores

    def likelihood(p):
        both = [Scores(z).log_density(matrix_of(np.array([rho]), 2), p[4]) for rho in p[2:4]]
        return forward(np.stack(both, axis=1)[None], p[None, :2])[1].sum()

    at = np.array([estimate.value for estimate in found.parameters.values()])
    best = likelihood(at)
    assert best == pytest.approx(found.log_likelihood, abs=1e-9)
    for k in range(5):
        for side in (-1.0, 1.0):
            moved = at.copy()
            moved[k] += side * 0.1 * found.parameters[list(found.parameters)[k]].se
            assert likelihood(moved) < best
    stays = in_steps(regime(5.0, 5.0))
    assert likelihood(np.array([stays["stay_calm"], stays["stay_stress"], 0.1, 0.7, 5.0])) < best


@pytest.mark.slow
def test_the_market_states_the_regimes_of_t(tmp_path):
    path = levels(regime(None, 3.0), 2_500, 11)
    history = history_of(weekly(2_500), {"a": path[:, 0], "b": path[:, 1]}, "drawn.csv")
    found = calibrate(history, bootstrap=19)
    assert found.chosen is found.regime
    assert found.copulas().index[0] == found.regime.label == "regime, t in stress"
    market = market_of(found)
    assert isinstance(market.dependence.calm, Gaussian)
    assert market.dependence.stress.dof == pytest.approx(found.regime.dof[1], rel=1e-5)
    (tmp_path / "market.yaml").write_text(dump_market(market))
    assert load_market(tmp_path / "market.yaml") == market


def linked(dof):
    return StressLink(on="b", steepness=6.0, threshold=0.8, calm=joined(0.05, dof), stress=joined(0.85, dof))


def fitted_links(dof, n, seed):
    path = levels(linked(dof), n, seed)
    z = scores(path)
    gaussian = fit_stress_link(z, stress_of(path[:, 1], z[:, 1], STEP, 0.4, "drawdown"), NAMES, "b")
    return gaussian, fit_student_link(z, stress_of(path[:, 1], z[:, 1], STEP, 0.4, "drawdown"), gaussian)


@pytest.mark.slow
def test_a_gaussian_link_gains_no_more_by_a_t_copula_than_chance():
    """The dof lies at the edge of its range: twice the gain is 0 half of the time, and beyond 6.63 once in 200."""
    gains = []
    for seed in range(20, 40):
        gaussian, of_t = fitted_links(None, 600, seed)
        gains.append(0.0 if of_t is None else 2.0 * (of_t.log_likelihood - gaussian.log_likelihood))
    assert sum(gain < 0.05 for gain in gains) >= 5
    assert sum(gain > 6.63 for gain in gains) <= 1


def test_a_stress_link_of_t_that_was_drawn_is_found():
    gaussian, of_t = fitted_links(4.0, 1_200, 15)
    assert of_t.bic < gaussian.bic - 50.0
    assert of_t.label == "stress_link of t on b, drawdown"
    check(of_t, calm_rho=0.05, stress_rho=0.85, threshold=0.8, dof=4.0)
    steepness = of_t.parameters["steepness"]
    assert abs(steepness.value - 6.0) < 3.0 * steepness.se


def test_one_matrix_a_row_is_each_rows_own_density():
    rng = np.random.default_rng(1)
    u = simulate.student(rng, 20, matrix_of(np.array([0.3, 0.2, 0.5]), 3), 4.0)
    x = np.asarray(u) * 4.0 - 2.0
    matrices = matrix_of(rng.uniform(-0.4, 0.4, (20, 3)), 3)
    together = density.student_scores(x, matrices, 4.0)
    for k in range(20):
        assert together[k] == pytest.approx(density.student_scores(x[k : k + 1], matrices[k], 4.0)[0], abs=1e-13)
