"""Against pyvinecopulib: our densities and fits of two, and what a vine gains over one family for all pairs."""

import math

import numpy as np
import pytest
from scipy.special import ndtri

from tests.calibration import simulate
from tests.calibration.histories import converging
from tranche.calibration import calibrate, density
from tranche.calibration.correlation import matrix_of
from tranche.calibration.ranks import pseudo_observations
from tranche.calibration.static_copula import fit_static
from tranche.calibration.vine import fit_vine

pv = pytest.importorskip("pyvinecopulib")
RHO = matrix_of(np.array([0.6]), 2)
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


def test_a_vine_sees_that_pairs_differ():
    rng = np.random.default_rng(3)
    pair = simulate.clayton(rng, 1_500, 3.0)
    u = pseudo_observations(np.column_stack([pair, rng.random(1_500)]))
    vine = fit_vine(u, ("a", "b", "c"))
    assert vine.count >= 1
    assert vine.bic < min(fit.bic for fit in fit_static(u, ("a", "b", "c")))
    assert vine.bic == pytest.approx(math.log(1_500) * vine.count - 2 * vine.log_likelihood)
    assert "Clayton" in vine.pairs
