"""Against pyvinecopulib: our densities and fits of two, and what a vine gains over one family for all pairs."""

import math

import numpy as np
import pytest
from scipy.special import ndtri

from tests.calibration import simulate
from tests.calibration.histories import converging, weekly
from tests.market.markets import vine_pair, walks
from tranche.calibration import calibrate, density, history_of
from tranche.calibration.calibration import label
from tranche.calibration.correlation import matrix_of
from tranche.calibration.market import _vine, market_of
from tranche.calibration.ranks import pseudo_observations
from tranche.calibration.static_copula import fit_static
from tranche.calibration.vine import VineFit, fit_vine
from tranche.files import dump_market, load_market
from tranche.market.dependence.pair_copula import PARAMETERS
from tranche.market.scenario import scenario
from tranche.market.terms import Vine

pv = pytest.importorskip("pyvinecopulib")
RHO = matrix_of(np.array([0.6]), 2)
VINE = Vine(
    pairs=(
        vine_pair("b ~ a", "clayton", 1.5), vine_pair("b ~ c", "gumbel", 1.8, rotation=270),
        vine_pair("c ~ a | b", "t", 0.4, dof=4.0),
    )
)  # fmt: skip
LAWS = {
    "gaussian": (lambda u: density.gaussian(ndtri(u), RHO), [[0.6]]),
    "student": (lambda u: density.student(u, RHO, 4.0), [[0.6], [4.0]]),
    "clayton": (lambda u: density.clayton(u, 1.5), [[1.5]]),
    "gumbel": (lambda u: density.gumbel(u, 1.8), [[1.8]]),
    "frank": (lambda u: density.frank(u, 4.0), [[4.0]]),
}


@pytest.mark.oracle
@pytest.mark.parametrize("name", LAWS)
def test_densities(name):
    from pyvinecopulib import families

    u = np.random.default_rng(1).uniform(0.01, 0.99, (200, 2))
    law, parameters = LAWS[name]
    other = pv.Bicop(family=getattr(families, name), parameters=np.array(parameters))
    assert law(u) == pytest.approx(np.log(other.pdf(u)), abs=1e-6)


@pytest.mark.oracle
@pytest.mark.parametrize(
    ("name", "family", "draw"),
    [
        ("gaussian", "gaussian", lambda rng: simulate.gaussian(rng, 1_000, RHO)),
        ("clayton", "clayton", lambda rng: simulate.clayton(rng, 1_000, 1.5)),
        ("gumbel", "gumbel", lambda rng: simulate.gumbel(rng, 1_000, 1.8)),
        ("frank", "frank", lambda rng: simulate.frank(rng, 1_000, 4.0)),
        ("student", "t", lambda rng: simulate.student(rng, 1_000, RHO, 4.0)),
    ],
)
def test_maxima(name, family, draw):
    from pyvinecopulib import families

    u = pseudo_observations(draw(np.random.default_rng(2)))
    ours = fit_static(u, ("a", "b"), [family])[0]
    theirs = pv.Bicop(family=getattr(families, name))
    theirs.fit(u, controls=pv.FitControlsBicop(parametric_method="mle"))
    assert ours.log_likelihood == pytest.approx(theirs.loglik(u), abs=0.02)
    assert ours.log_likelihood >= theirs.loglik(u) - 1e-3
    assert next(iter(ours.parameters.values())).value == pytest.approx(theirs.parameters[0, 0], rel=2e-3)


def test_a_vine_stands_beside_the_others():
    found = calibrate(converging(300), reverts=["use"], bootstrap=0, vine=True)
    table = found.copulas()
    assert table.loc["vine", "bic"] == found.vine.bic
    assert list(table.bic) == sorted(table.bic)
    assert label(found.chosen) == table.index[~table.index.isin(['regime'])][0]


def test_a_vine_sees_that_pairs_differ():
    rng = np.random.default_rng(3)
    pair = simulate.clayton(rng, 1_500, 3.0)
    u = pseudo_observations(np.column_stack([pair, rng.random(1_500)]))
    vine = fit_vine(u, ("a", "b", "c"))
    assert vine.bic < min(fit.bic for fit in fit_static(u, ("a", "b", "c")))
    assert vine.bic == pytest.approx(math.log(1_500) * len(vine.parameters) - 2 * vine.log_likelihood)
    assert "clayton" in {pair.copula.family for pair in vine.pairs}


@pytest.fixture(scope="module")
def drawn():
    """Two thousand weeks of three prices, [n + 1, 3]: path 0 of a market, drawn by our kernel."""
    levels = scenario(walks(VINE, 3), [k / 52 for k in range(2_001)], 3).rows(0, 1)[0, :, :3]
    return np.vstack([[2.0] * 3, levels])


def test_the_vine_that_was_drawn_is_found(drawn):
    found = fit_vine(pseudo_observations(np.diff(np.log(drawn), axis=0)), ("a", "b", "c"))
    wanted = {frozenset(pair.ends): pair for pair in VINE.pairs}
    for pair in found.pairs:
        true = wanted[frozenset(pair.ends)]
        assert pair.copula.family == true.copula.family, pair.label
        turned = {90: 270, 270: 90}.get(true.copula.rotation, true.copula.rotation)
        assert pair.copula.rotation == (true.copula.rotation if pair.first == true.first else turned)
        assert set(pair.given) == set(true.given)
        values = {"dof": true.copula.dof} if true.copula.dof else {}
        values[PARAMETERS[true.copula.family][0]] = true.copula.parameter
        for called, value in values.items():
            estimate = found.parameters[f"{pair.label} {pair.copula.family} {called}"]
            assert abs(estimate.value - value) < 3.0 * estimate.se, (pair.label, called)
            assert estimate.se < 0.4 * abs(value)


@pytest.mark.slow
def test_the_vine_is_chosen_and_the_market_file_states_it(drawn, tmp_path):
    history = history_of(weekly(2_000), {name: drawn[:, k] for k, name in enumerate("abc")}, "drawn.csv")
    found = calibrate(history, bootstrap=0, vine=True)
    assert label(found.chosen) == "vine"
    market = market_of(found)
    (tmp_path / "market.yaml").write_text(dump_market(market))
    assert load_market(tmp_path / "market.yaml") == market
    stated = [pair.copula for pair in market.dependence.pairs]
    for pair, copula in zip(found.vine.pairs, stated, strict=True):
        assert copula.parameter == pytest.approx(pair.copula.parameter, rel=1e-5)
    assert "b ~ a clayton theta" in market.assumptions[0] or "a ~ b clayton theta" in market.assumptions[0]


@pytest.mark.slow
def test_the_errors_are_how_far_estimates_scatter():
    """Sixty samples of 800: the standard deviation of the estimates beside the mean of their errors."""
    found = []
    for seed in range(60):
        levels = scenario(walks(VINE, 3), [k / 52 for k in range(801)], 100 + seed).rows(0, 1)[0, :, :3]
        moves = np.diff(np.log(np.vstack([[2.0] * 3, levels])), axis=0)
        fit = fit_vine(pseudo_observations(moves), ("a", "b", "c"))
        found += [fit.parameters[name] for name in fit.parameters if name.endswith("clayton theta")]
    values, errors = np.array([e.value for e in found]), np.array([e.se for e in found])
    assert len(found) > 50
    ratio = values.std(ddof=1) / errors.mean()
    assert abs(ratio - 1.0) < 3.0 / math.sqrt(2.0 * len(found))


def test_small_parameters_have_a_place_in_the_market():
    pairs = (vine_pair("a ~ b", "clayton", 0.004, rotation=90), vine_pair("b ~ c", "gumbel", 1.0),
             vine_pair("a ~ c | b", "frank", -0.002))  # fmt: skip
    made, _ = _vine(VineFit(names=("a", "b", "c"), pairs=pairs, parameters={}, log_likelihood=0.0, n=10))
    assert [pair.copula.family for pair in made.pairs] == ["independent", "gumbel", "independent"]
