"""The market of a calibration: whatever was fitted, its file is read back, or it says what no market can state."""

import attrs
import numpy as np
import pytest
from scipy.special import ndtri

from tests.calibration import simulate
from tests.calibration.histories import weekly
from tests.market.markets import vine_pair
from tranche.calibration import calibrate, history_of
from tranche.calibration.calibrate import _choice
from tranche.calibration.calibration import label
from tranche.calibration.estimate import Estimate
from tranche.calibration.honesty import ConvergenceTest
from tranche.calibration.market import _vine, market_of
from tranche.calibration.static_copula import CopulaFit
from tranche.calibration.vine import VineFit
from tranche.closed_forms.regimes import TwoRegimes
from tranche.errors import DataError
from tranche.files import dump_market, load_market
from tranche.market.terms import Clayton, Frank, Independent, PairCopula, Vine, VinePair


def history(z, deviation=0.05, drift=0.0, dates=None):
    levels = 100 * np.exp(np.cumsum(np.vstack([np.zeros(z.shape[1]), drift + deviation * z]), axis=0))
    names = "abcd"[: z.shape[1]]
    return history_of(dates or weekly(len(z)), {name: levels[:, k] for k, name in enumerate(names)}, "made.csv")


def one_pair(theta):
    copula = PairCopula(family="frank", parameter=theta)
    return Vine(pairs=(VinePair(first="a", second="b", copula=copula),))


def read_back(found, tmp_path):
    market = market_of(found)
    (tmp_path / "market.yaml").write_text(dump_market(market))
    assert load_market(tmp_path / "market.yaml") == market
    return market


def frank_below_0(rng, n, theta):
    u, w = rng.random(n), rng.random(n)
    v = -np.log1p(w * np.expm1(-theta) / (w + (1 - w) * np.exp(-theta * u))) / theta
    return ndtri(np.column_stack([u, v]))


def test_a_frank_copula_below_0_is_a_vine_of_its_pair(tmp_path):
    found = calibrate(history(frank_below_0(np.random.default_rng(9), 600, -6.0)), bootstrap=0)
    assert label(found.chosen) == "frank"
    theta = found.chosen.parameters["theta"]
    assert abs(theta.value + 6.0) < 3 * theta.se
    [pair] = read_back(found, tmp_path).dependence.pairs
    assert (pair.label, pair.copula.family) == ("a ~ b", "frank")
    assert pair.copula.parameter == pytest.approx(theta.value, rel=1e-5)


@pytest.mark.parametrize("rho", [0.0, -0.2, -0.5])
def test_pairs_that_hang_together_weakly_or_the_other_way_have_a_market(rho, tmp_path):
    rng = np.random.default_rng(11)
    for _ in range(6):
        z = rng.standard_normal((300, 2)) @ np.linalg.cholesky([[1, rho], [rho, 1]]).T
        found = calibrate(history(z), bootstrap=0)
        market = read_back(found, tmp_path)
        assert found.chosen.bic <= 0.0, "independence is one of the candidates"
        assert (market.dependence == Independent()) == (label(found.chosen) == "independent")


def test_independence_can_be_asked_for(tmp_path):
    z = simulate.gaussian(np.random.default_rng(1), 200, np.array([[1.0, 0.6], [0.6, 1.0]]))
    market = read_back(calibrate(history(ndtri(z)), bootstrap=0, dependence="independent"), tmp_path)
    assert market.dependence == Independent()
    assert market.assumptions[0] == "Dependence is independent."


@pytest.fixture(scope="module")
def tied():
    return calibrate(history(ndtri(simulate.clayton(np.random.default_rng(5), 200, 1.0))), bootstrap=0)


def with_theta(found, family, theta):
    parameters = {"theta": Estimate(theta, 0.1)}
    return attrs.evolve(found, chosen=CopulaFit(family, ("a", "b"), parameters, 1.0, 200))


@pytest.mark.parametrize("family", ["clayton", "survival_clayton", "frank"])
@pytest.mark.parametrize("theta", [0.004, -0.004])
def test_a_theta_next_to_0_is_independence(family, theta, tied, tmp_path):
    market = read_back(with_theta(tied, family, theta), tmp_path)
    assert market.dependence == Independent()
    base = family.removeprefix("survival_")
    assert f"stated as independence, for markets have no {base} theta nearer to 0 than 0.01" in market.assumptions[0]


@pytest.mark.parametrize(
    ("family", "theta", "stated"),
    [
        ("clayton", 70.0, Clayton(theta=50)),
        ("survival_clayton", 70.0, Clayton(theta=50, survival=True)),
        ("frank", 150.0, Frank(theta=100)),
        ("frank", -150.0, one_pair(-100.0)),
    ],
)
def test_a_theta_beyond_the_edge_is_stated_at_it(family, theta, stated, tied, tmp_path):
    market = read_back(with_theta(tied, family, theta), tmp_path)
    assert market.dependence == stated
    assert f"theta {theta:.4g} (se 0.1); theta stated as" in market.assumptions[0]
    assert "the edge of what markets take" in market.assumptions[0]


def test_a_theta_within_is_stated_as_it_is(tied, tmp_path):
    market = read_back(with_theta(tied, "frank", 3.0), tmp_path)
    assert market.dependence == Frank(theta=3.0)
    assert market.assumptions[0] == "Dependence is frank: theta 3 (se 0.1)."


def test_series_that_are_all_but_one_have_a_market_without_a_warning_of_numpy(tmp_path):
    """A Clayton copula with θ = 70, by its conditional distribution."""
    u, w = np.random.default_rng(5).uniform(0.01, 0.99, (2, 400))
    v = (1 + u**-70.0 * (w ** (-70 / 71) - 1)) ** (-1 / 70)
    read_back(calibrate(history(ndtri(np.column_stack([u, np.minimum(v, 0.999)]))), bootstrap=0), tmp_path)


def days(n):
    return [weekly(0)[0] + k * (weekly(1)[1] - weekly(0)[0]) / 7 for k in range(n + 1)]


@pytest.mark.parametrize(
    ("deviation", "drift", "said"),
    [
        (0.06, 0.05, "factors.a.lognormal.drift: a market cannot state this: drift is 1[0-9]"),
        (1.3, -0.9, "factors.a.lognormal.volatility: a market cannot state this: volatility is 2[0-9]"),
    ],
)
def test_what_no_market_can_state_is_told(deviation, drift, said):
    z = np.random.default_rng(2).standard_normal((70, 1))
    with pytest.raises(DataError, match=said) as caught:
        market_of(calibrate(history(z, deviation, drift, days(70))))
    assert "write " in str(caught.value)
    assert "made.csv" in str(caught.value)


def test_regimes_that_do_not_last_are_not_chosen():
    rng = np.random.default_rng(3)
    found = calibrate(history(rng.standard_normal((120, 2))), bootstrap=0)
    best = attrs.evolve(found.regimes[0], chain=TwoRegimes(0.3, 0.4), log_likelihood=1e3)
    rejected = ConvergenceTest(100.0, 0.005, np.zeros(199))
    chosen, reason = _choice("auto", found.static, None, [best], (), rejected)
    assert chosen is found.static[0]
    assert reason == "calm equals stress is rejected (p = 0.005), but by regimes that do not last"
    lasting = attrs.evolve(best, chain=TwoRegimes(0.9, 0.8))
    assert _choice("auto", found.static, None, [best, lasting], (), rejected)[0] is lasting


def test_fat_tails_that_a_reverting_factor_cannot_have_are_told():
    rng = np.random.default_rng(3)
    levels = [5.0]
    for e in rng.standard_t(3.0, 800):
        levels.append(5.0 + 0.9 * (levels[-1] - 5.0) + 0.02 * e)
    found = calibrate(history_of(weekly(800), {"u": levels}, "made.csv"), reverts=["u"])
    assert found.marginals[0].dof is not None
    [said] = found.warnings
    assert said.startswith("the residuals of u have fat tails (t with dof ")
    assert said[1:] in "".join(market_of(found).assumptions)


def test_a_vine_says_what_it_leaves_out():
    pairs = (vine_pair("a ~ b", "clayton", 0.004), vine_pair("b ~ c", "clayton", 70.0))
    made, said = _vine(VineFit(names=("a", "b", "c"), pairs=pairs, parameters={}, log_likelihood=0.0, n=10))
    assert isinstance(made, Vine)
    assert [pair.copula.parameter for pair in made.pairs] == [0.0, 50.0]
    assert [one.split(":")[0] for one in said] == ["a ~ b", "b ~ c"]
