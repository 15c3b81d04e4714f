"""Static copulas: what was drawn is found again, with errors that are the spread of the estimates."""

import numpy as np
import pytest

from tests.calibration import simulate
from tranche.calibration.correlation import matrix_of
from tranche.calibration.ranks import pseudo_observations
from tranche.calibration.static_copula import fit_gaussian, fit_static, fit_t

RHO = matrix_of(np.array([0.6]), 2)
THREE = matrix_of(np.array([0.5, -0.2, 0.3]), 3)
DRAWN = {
    "gaussian": (lambda rng: simulate.gaussian(rng, 3_000, RHO), {"a ~ b": 0.6}),
    "t": (lambda rng: simulate.student(rng, 3_000, RHO, 4.0), {"a ~ b": 0.6, "dof": 4.0}),
    "clayton": (lambda rng: simulate.clayton(rng, 3_000, 1.5), {"theta": 1.5}),
    "survival_clayton": (lambda rng: 1.0 - simulate.clayton(rng, 3_000, 1.5), {"theta": 1.5}),
    "gumbel": (lambda rng: simulate.gumbel(rng, 3_000, 1.8), {"theta": 1.8}),
    "survival_gumbel": (lambda rng: 1.0 - simulate.gumbel(rng, 3_000, 1.8), {"theta": 1.8}),
    "frank": (lambda rng: simulate.frank(rng, 3_000, 4.0), {"theta": 4.0}),
}


@pytest.mark.parametrize("family", DRAWN)
def test_the_family_drawn_has_the_best_bic_and_its_parameters_return(family):
    draw, wanted = DRAWN[family]
    best = fit_static(pseudo_observations(draw(np.random.default_rng(11))), ("a", "b"))[0]
    assert best.family == family
    for name, value in wanted.items():
        found = best.parameters[name]
        assert abs(found.value - value) < 3.0 * found.se
        assert found.se < 0.2 * max(1.0, value)


def test_three_dimensions():
    rng = np.random.default_rng(5)
    found = fit_t(pseudo_observations(simulate.student(rng, 3_000, THREE, 5.0)), ("a", "b", "c"))
    assert list(found.parameters) == ["a ~ b", "a ~ c", "b ~ c", "dof"]
    for value, (name, estimate) in zip((0.5, -0.2, 0.3, 5.0), found.parameters.items(), strict=True):
        assert abs(estimate.value - value) < 3.0 * estimate.se, name
    fits = fit_static(pseudo_observations(simulate.clayton(rng, 2_000, 1.0, size=3)), ("a", "b", "c"))
    assert fits[0].family == "clayton"
    assert fits[0].tails() == (pytest.approx(2 ** (-1 / fits[0].parameters["theta"].value)), 0.0)


def test_negative_dependence_leaves_only_what_can_have_it():
    u = pseudo_observations(simulate.gaussian(np.random.default_rng(3), 500, matrix_of(np.array([-0.5]), 2)))
    assert {fit.family for fit in fit_static(u, ("a", "b"))} == {"independent", "gaussian", "t", "frank"}


def test_what_nothing_ties_is_independent():
    """BIC takes a copula of one parameter over none in P(χ²₁ > ln 500) = 1.3% of such histories, one of seven of
    them in a few times as many: of twelve histories seldom in more than two."""
    rng = np.random.default_rng(17)
    best = [fit_static(pseudo_observations(rng.random((500, 2))), ("a", "b"))[0] for _ in range(12)]
    assert sum(fit.family == "independent" for fit in best) >= 10
    [fit] = [fit for fit in best if fit.family == "independent"][:1]
    assert (fit.parameters, fit.log_likelihood, fit.aic, fit.bic, fit.tails()) == ({}, 0.0, 0.0, 0.0, (0.0, 0.0))


@pytest.mark.parametrize(
    ("fit", "draw", "name"),
    [
        (fit_gaussian, lambda rng: simulate.gaussian(rng, 400, RHO), "a ~ b"),
        (lambda u, names: fit_static(u, names, ["clayton"])[0], lambda rng: simulate.clayton(rng, 400, 1.5), "theta"),
    ],
)
def test_standard_errors_are_the_spread_of_the_estimates(fit, draw, name):
    """200 histories: the mean of the errors within 15% of the spread (whose own error is 5%). Without what ranks add,
    Clayton's would be far off."""
    rng = np.random.default_rng(21)
    found = [fit(pseudo_observations(draw(rng)), ("a", "b")).parameters[name] for _ in range(200)]
    spread = np.std([one.value for one in found])
    assert np.mean([one.se for one in found]) == pytest.approx(spread, rel=0.15)


def test_information_criteria():
    u = pseudo_observations(simulate.gaussian(np.random.default_rng(3), 500, RHO))
    fit = fit_gaussian(u, ("a", "b"))
    assert fit.aic == pytest.approx(2.0 - 2.0 * fit.log_likelihood)
    assert fit.bic == pytest.approx(np.log(500) - 2.0 * fit.log_likelihood)
    assert fit_t(u, ("a", "b")).log_likelihood >= fit.log_likelihood - 0.05
