"""Laws of single series: the parameters drawn return within their errors, and the errors are the spread."""

import numpy as np
import pytest

from tests.calibration.histories import converging, reverting, weekly
from tranche.calibration import marginal
from tranche.calibration.history import history_of
from tranche.calibration.volatility_filter import volatility_filter
from tranche.errors import DataError

STEP = 7 / 365.25


def prices(rng, n=600, dof=None, volatility=0.5, drift=0.1):
    z = rng.standard_normal(n) if dof is None else rng.standard_t(dof, n) * np.sqrt((dof - 2) / dof)
    moves = (drift - volatility**2 / 2) * STEP + volatility * np.sqrt(STEP) * z
    return history_of(weekly(n), {"x": 100 * np.exp(np.cumsum(np.append(0, moves)))})


def test_lognormal():
    law = marginal.lognormal(converging(), "rent")
    assert law.kind == "lognormal"
    for name, value in {"drift": -0.25, "volatility": 0.35}.items():
        assert abs(law.parameters[name].value - value) < 3.0 * law.parameters[name].se
    assert law.residuals.mean() == pytest.approx(0.0, abs=1e-12)
    assert law.residuals.std() == pytest.approx(1.0)
    assert law.dof is None


@pytest.mark.parametrize("dof", [None, 5.0])
def test_errors_of_a_lognormal_are_the_spread(dof):
    rng = np.random.default_rng(4)
    found = [marginal.lognormal(prices(rng, 400, dof), "x").parameters for _ in range(250)]
    for name in ("drift", "volatility"):
        spread = np.std([one[name].value for one in found])
        assert np.mean([one[name].se for one in found]) == pytest.approx(spread, rel=0.2), name


def test_fat_tails():
    law = marginal.lognormal(prices(np.random.default_rng(2), 2_000, 4.0), "x")
    assert law.dof is not None
    assert abs(law.dof.value - 4.0) < 3.0 * law.dof.se
    assert law.dof.se < 1.0


def test_reverting():
    rng = np.random.default_rng(5)
    found = []
    for _ in range(100):
        levels = reverting(rng, 1_000, 0.8, 4.0, 0.12, STEP)
        found.append(marginal.reverting(history_of(weekly(1_000), {"use": levels}), "use").parameters)
    for name, value in {"mean": 0.8, "volatility": 0.12}.items():
        estimates = [one[name].value for one in found]
        assert abs(np.mean(estimates) - value) < 3 * np.std(estimates) / 10
        assert np.median([one[name].se for one in found]) == pytest.approx(np.std(estimates), rel=0.3)
    # a speed is known to be overstated in short histories, by about (1 + 3φ)/n a step
    assert np.mean([one["speed"].value for one in found]) == pytest.approx(4.0 + 4.0 / (1_000 * STEP), abs=0.6)


def test_what_has_no_law():
    up = history_of(weekly(100), {"x": np.exp(np.arange(101) / 9.0)})
    with pytest.raises(DataError, match="does not revert"):
        marginal.reverting(up, "x")
    zero = history_of(weekly(100), {"x": np.arange(101)})
    with pytest.raises(DataError, match=r"x is 0 on 2000-01-07.*--reverting x"):
        marginal.lognormal(zero, "x")
    flat = history_of(weekly(100), {"x": np.ones(101)})
    for law in (marginal.lognormal, marginal.reverting):
        with pytest.raises(DataError, match="x never moves"):
            law(flat, "x")


def test_bounds_and_what_stands_at_them():
    levels = np.minimum(reverting(np.random.default_rng(3), 500, 0.95, 3.0, 0.2, STEP), 1.0)
    law = marginal.reverting(history_of(weekly(500), {"use": levels}), "use")
    assert (law.low, law.high) == (0.0, 1.0)
    assert "stands at its bound" in law.warnings[0]
    wide = marginal.reverting(history_of(weekly(500), {"spread": 40 * levels - 35}), "spread")
    assert wide.low < (40 * levels - 35).min()
    assert wide.high > 5.0


def clustered(n=2_000, seed=7):
    rng = np.random.default_rng(seed)
    moves, variance = [], 1.0
    for e in rng.standard_normal(n):
        moves.append(np.sqrt(variance) * e)
        variance = 0.05 + 0.15 * moves[-1] ** 2 + 0.8 * variance
    return history_of(weekly(n), {"x": 100 * np.exp(np.cumsum(np.append(0, 0.06 * np.array(moves))))})


def test_clusters_are_seen():
    assert marginal.lognormal(clustered(), "x").clusters < 1e-6
    assert marginal.lognormal(prices(np.random.default_rng(1), 2_000), "x").clusters > 0.01


def test_and_filtered():
    pytest.importorskip("arch")
    history = clustered()
    law = volatility_filter(history, marginal.lognormal(history, "x"), "garch")
    assert law.clusters > 0.01
    for name, value in {"alpha": 0.15, "beta": 0.8}.items():
        estimate = law.parameters[f"garch_{name}"]
        assert abs(estimate.value - value) < 3.0 * estimate.se
    # variance 0.05/(1 − 0.95) = 1 in the long run: 6% a week
    assert law.parameters["volatility"].value == pytest.approx(0.06 / np.sqrt(STEP), rel=0.15)
    assert volatility_filter(history, marginal.lognormal(history, "x"), "gjr").filtered.startswith("gjr")
