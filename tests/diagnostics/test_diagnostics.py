"""Tables of dependence against closed forms, and pictures of each."""

import numpy as np
import pandas as pd
import pytest

from tests.calibration import simulate
from tests.calibration.histories import converging
from tranche.calibration import calibrate
from tranche.calibration.correlation import matrix_of
from tranche.closed_forms.quantile_dependence import quantile_dependence as exact
from tranche.diagnostics import figure
from tranche.diagnostics.changes import history_changes, market_changes
from tranche.diagnostics.exceedance_correlation import exceedance_correlation, plot_exceedance_correlation
from tranche.diagnostics.fan_chart import fan, plot_fan
from tranche.diagnostics.quantile_dependence import plot_quantile_dependence, quantile_dependence
from tranche.diagnostics.regime_probabilities import plot_regime_probabilities, regime_probabilities
from tranche.diagnostics.rolling_correlation import plot_rolling_correlation, rolling_correlation
from tranche.diagnostics.tail_dependence import plot_tail_dependence, tail_dependence
from tranche.errors import UsageError
from tranche.market.terms import Lognormal, Market, Reverting

MARKET = Market(
    factors=(
        Lognormal(name="rent", initial=2.0, drift=-0.2, volatility=0.3),
        Reverting(name="use", initial=0.9, mean=0.8, speed=2.0, volatility=0.1),
    )
)
TIMES = [k / 12 for k in range(25)]


@pytest.fixture(scope="module")
def clayton():
    return simulate.clayton(np.random.default_rng(1), 40_000, 1.5)


def test_quantile_dependence_of_a_clayton_copula(clayton):
    frame = quantile_dependence(clayton[:, 0], clayton[:, 1])
    for q, row in frame.iterrows():
        assert abs(row.lower - exact("clayton", 1.5, q)) < 3 * row.lower_se
        assert abs(row.upper - exact("clayton", 1.5, q, upper=True)) < 3 * row.upper_se
    assert frame.loc[0.05].lower > frame.loc[0.05].gaussian + 3 * frame.loc[0.05].lower_se
    assert frame.loc[0.05].upper < frame.loc[0.05].gaussian
    assert quantile_dependence(clayton[:100, 0], clayton[:100, 1]).index[0] == 0.05


def test_tail_dependence_by_pair(clayton):
    changes = pd.DataFrame({"a": clayton[:, 0], "b": clayton[:, 1], "c": np.random.default_rng(2).random(40_000)})
    frame = tail_dependence(changes)
    assert list(frame.index) == ["a ~ b", "a ~ c", "b ~ c"]
    assert frame.loc["a ~ b"].lower == quantile_dependence(changes.a, changes.b).loc[0.05].lower
    assert abs(frame.loc["a ~ c"].lower - 0.05) < 3 * frame.loc["a ~ c"].lower_se


def test_exceedance_correlation(clayton):
    frame = exceedance_correlation(clayton[:3_000, 0], clayton[:3_000, 1], simulations=99)
    below = frame[frame.side == "below"]
    assert (below.correlation > below.high).sum() >= 3
    assert list(frame.index) == sorted(frame.index)


def test_rolling_correlation_stays_in_its_band_when_nothing_changes():
    u = simulate.gaussian(np.random.default_rng(5), 4_000, matrix_of(np.array([0.5]), 2))
    frame = rolling_correlation(pd.DataFrame(u, columns=["a", "b"]), 60)
    rolled = frame["a ~ b"].dropna()
    assert len(rolled) == 4_000 - 59
    inside = (rolled > frame["low a ~ b"].iloc[0]) & (rolled < frame["high a ~ b"].iloc[0])
    assert inside.mean() == pytest.approx(0.95, abs=0.04)
    with pytest.raises(UsageError, match="a window of 5"):
        rolling_correlation(frame, 5)


def test_regime_probabilities():
    found = calibrate(converging(300), reverts=["use"], bootstrap=0)
    frame = regime_probabilities(found)
    assert frame.index[-1] == found.history.dates[-1]
    assert frame.smoothed.between(0, 1).all()
    alone = calibrate(converging(100).__class__(("btc",), *_one(converging(100))))
    with pytest.raises(UsageError, match="no regimes"):
        regime_probabilities(alone)


def _one(history):
    return history.dates, history.levels[:, 1:2], history.frequency, history.dt


def test_fans_have_the_quantiles_of_the_law():
    frame = fan(MARKET, TIMES, paths=40_000, seed=1)
    z = {0.05: -1.6448536, 0.5: 0.0, 0.95: 1.6448536}
    for p, score in z.items():
        level = 2.0 * np.exp((-0.2 - 0.045) * 2 + 0.3 * np.sqrt(2) * score)
        assert frame["rent", p].iloc[-1] == pytest.approx(level, rel=0.02)
    assert frame["rent", "mean"].iloc[-1] == pytest.approx(2 * np.exp(-0.4), rel=0.01)
    assert list(dict.fromkeys(frame.columns.get_level_values(0))) == ["rent", "use"]
    with pytest.raises(UsageError, match="no factors"):
        fan(Market(), TIMES)
    with pytest.raises(UsageError, match="numbers in all"):
        fan(MARKET, TIMES, paths=10**9)
    with pytest.raises(UsageError, match="did you mean 'rent'"):
        plot_fan(frame, "rnt")


def test_changes():
    history = converging(100)
    frame = history_changes(history)
    assert frame["btc"].iloc[0] == pytest.approx(np.log(history.column("btc")[1] / history.column("btc")[0]))
    drawn = market_changes(MARKET, TIMES, paths=20_000)
    assert drawn["rent"].std() == pytest.approx(0.3 / np.sqrt(12), rel=0.02)
    with pytest.raises(UsageError, match="one period has no change"):
        market_changes(MARKET, TIMES[:2])


def test_pictures(clayton):
    pytest.importorskip("plotly")
    changes = pd.DataFrame(clayton[:300], columns=["a", "b"])
    figures = [
        plot_quantile_dependence(quantile_dependence(changes.a, changes.b)),
        plot_tail_dependence(tail_dependence(changes)),
        plot_exceedance_correlation(exceedance_correlation(changes.a, changes.b, simulations=19)),
        plot_rolling_correlation(rolling_correlation(changes)),
        plot_regime_probabilities(regime_probabilities(calibrate(converging(100), reverts=["use"], bootstrap=0))),
        plot_fan(fan(MARKET, TIMES, paths=200), "rent"),
    ]
    assert all(len(one.data) >= 2 for one in figures)
    text = figure.page(figures, "<A title>")
    assert text.count("Plotly.newPlot") == 6
    assert "&lt;A title&gt;" in text
    assert "<script src=" not in text, "a page needs nothing from the network"
