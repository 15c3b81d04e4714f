"""From a history to a market: everything that was put into the history is found in it."""

import numpy as np
import pytest

from tests.calibration.histories import converging, weekly
from tranche.calibration import calibrate, history_of
from tranche.calibration.calibration import label
from tranche.calibration.market import market_of
from tranche.errors import DataError, UsageError
from tranche.files import dump_market, load_market


@pytest.fixture(scope="module")
def found():
    return calibrate(converging(700), reverts=["use"], stress="btc", bootstrap=19)


def test_the_regimes_are_chosen(found):
    assert label(found.chosen) == "regime"
    assert "calm equals stress is rejected" in found.reason
    parameters = found.parameters().set_index(["law", "parameter"])
    for key, value in {
        ("rent: lognormal", "volatility"): 0.35,
        ("btc: lognormal", "volatility"): 0.55,
        ("use: reverting", "mean"): 0.8,
        ("regime", "calm rent ~ btc"): 0.05,
        ("regime", "stress rent ~ btc"): 0.85,
        ("regime", "stress rent ~ use"): 0.0,
        ("regime", "stay calm"): 0.98,
    }.items():
        value_found, se = parameters.loc[key]
        assert abs(value_found - value) < 3.0 * se, key


def test_tables(found):
    copulas = found.copulas()
    assert copulas.index[0] == "regime"
    assert list(copulas["bic"]) == sorted(copulas["bic"])
    assert {"stress_link on btc, drawdown", "stress_link on btc, volatility", "gaussian", "t"} <= set(copulas.index)
    tests = found.tests()
    assert len(tests) == 1 + 3 + 2
    assert tests.iloc[0].p_value == pytest.approx(1 / 20)
    assert list(tests[tests.test == "Forbes-Rigobon"].pair) == ["rent | btc", "use | btc"]


def test_without_convergence_a_static_copula_is_chosen():
    rng = np.random.default_rng(3)
    z = rng.standard_normal((300, 2)) @ np.linalg.cholesky([[1, 0.6], [0.6, 1]]).T
    levels = 100 * np.exp(np.cumsum(np.vstack([[0, 0], 0.05 * z]), axis=0))
    history = history_of(weekly(300), {"a": levels[:, 0], "b": levels[:, 1]})
    one = calibrate(history, bootstrap=19)
    assert label(one.chosen) == "gaussian"
    assert "not rejected" in one.reason
    assert label(calibrate(history, bootstrap=0, dependence="clayton").chosen) == "clayton"
    assert "regimes are not considered" in calibrate(history, bootstrap=0).reason


def test_one_series_has_no_dependence():
    history = converging(200)
    alone = history_of(history.dates, {"btc": history.column("btc")})
    one = calibrate(alone)
    assert one.chosen is None
    assert one.tests().empty


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"reverts": ["usee"]}, "there is no series 'usee'; did you mean 'use'"),
        ({"stress": "btx"}, "there is no series 'btx'; did you mean 'btc'"),
        ({"stress": "use", "reverts": ["use"]}, "use reverts"),
        ({"filter": "garhc"}, "unknown filter 'garhc'; did you mean 'garch'"),
        ({"dependence": "regimes"}, "unknown dependence 'regimes'; did you mean 'regime'"),
        ({"dependence": "stress_link"}, "a stress link needs its series"),
        ({"bootstrap": -1}, "-1 bootstrap draws"),
    ],
)
def test_what_makes_no_sense(options, said):
    with pytest.raises(UsageError) as caught:
        calibrate(converging(100), **options)
    assert said in str(caught.value)


def test_clusters_that_nobody_filtered_are_told(found):
    assert found.warnings == ()
    rng = np.random.default_rng(3)
    sizes = np.where(np.arange(400) // 50 % 2 == 0, 0.02, 0.12)
    levels = 100 * np.exp(np.cumsum(np.append(0, sizes * rng.standard_normal(400))))
    one = calibrate(history_of(weekly(400), {"x": levels}))
    assert "clusters" in one.warnings[0]


@pytest.mark.parametrize("kind", ["auto", "gaussian", "t", "clayton", "survival_gumbel", "stress_link", "vine"])
def test_the_market_file_reads_back_as_the_same_market(kind, tmp_path):
    if kind == "vine":
        pytest.importorskip("pyvinecopulib")
    one = calibrate(converging(300), reverts=["use"], stress="btc", bootstrap=0, dependence=kind)
    market = market_of(one)
    file = tmp_path / "market.yaml"
    file.write_text(dump_market(market))
    assert load_market(file) == market
    assert all("(se " in factor.note and "made.csv" in factor.note for factor in market.factors)
    assert "(se " in market.assumptions[0]


def test_regimes_in_continuous_time(found):
    """q = π + (1 − π)·k and p = 1 − π·(1 − k), k = e^(−dt/(lasts·(1 − π))): the market's chain is the fitted one when
    it is seen at the same steps."""
    regime, dt = found.regime, found.history.dt
    share, lasts = regime.in_time(dt)
    k = np.exp(-dt / (lasts.value * (1 - share.value)))
    assert share.value + (1 - share.value) * k == pytest.approx(regime.chain.stay_stress)
    assert 1 - share.value * (1 - k) == pytest.approx(regime.chain.stay_calm)
    assert share.value == pytest.approx(regime.chain.share_stress)
    assert 0 < share.se < 0.3
    assert 0 < lasts.se < lasts.value
    market = market_of(found)
    assert market.dependence.probability == pytest.approx(share.value, rel=1e-5)


@pytest.mark.parametrize("seed", [-1, 2**64, 1.5])
@pytest.mark.parametrize("bootstrap", [0, 19])
def test_a_seed_that_is_none(seed, bootstrap):
    with pytest.raises(UsageError, match=r"seed is .*; a whole number from 0 to 18,446,744,073,709,551,615"):
        calibrate(converging(100), bootstrap=bootstrap, seed=seed)


@pytest.mark.parametrize(("power", "always"), [(1.0, "the same way"), (2.0, "the same way"), (-1.0, "opposite ways")])
def test_two_series_that_are_one_are_named(power, always):
    history = converging(100)
    levels = {"btc": history.column("btc"), "rent": history.column("rent"), "copy": history.column("btc") ** power}
    with pytest.raises(DataError, match=f"copy: btc and copy always move {always}; keep one of them"):
        calibrate(history_of(history.dates, levels), bootstrap=0)
