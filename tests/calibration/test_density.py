"""Copula densities: against figures computed elsewhere, against scipy, and by integrating one variable away."""

import json
import math
from decimal import Decimal, localcontext
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtri, stdtrit
from scipy.stats import multivariate_normal, multivariate_t, norm, t

from tranche.calibration import density
from tranche.calibration.correlation import correlations_of, free_of, from_free, likeliest, matrix_of, normalised

ORACLE = json.loads((Path(__file__).parents[1] / "oracles" / "copula_and_credit.json").read_text())
RHO = matrix_of(np.array([0.5]), 2)
THREE = matrix_of(np.array([0.5, -0.2, 0.3]), 3)
ARCHIMEDEAN = [(density.clayton, 0.7), (density.clayton, 3.0), (density.gumbel, 1.0), (density.gumbel, 2.5),
               (density.frank, 0.5), (density.frank, 6.0)]  # fmt: skip


@pytest.mark.oracle
@pytest.mark.parametrize("point", ORACLE["copula_points"]["values"])
def test_published_points(point):
    u = np.array([[float(part) for part in point.split(",")]])
    wanted = ORACLE["copula_points"]["values"][point]
    found = {
        "gaussian_rho0_5": density.gaussian(ndtri(u), RHO),
        "clayton_1": density.clayton(u, 1.0),
        "gumbel_1_5": density.gumbel(u, 1.5),
        "t4_rho0_5": density.student(u, RHO, 4.0),
    }
    for name, value in found.items():
        assert math.exp(value[0]) == pytest.approx(float(wanted[name]["pdf"]), rel=1e-10)


def test_gaussian_and_t_are_joint_over_margins():
    u = np.random.default_rng(1).random((50, 3))
    z, x = ndtri(u), stdtrit(4.5, u)
    joint = multivariate_normal(np.zeros(3), THREE).logpdf(z) - norm.logpdf(z).sum(axis=1)
    assert density.gaussian(z, THREE) == pytest.approx(joint, abs=1e-12)
    assert density.gaussian(z, np.broadcast_to(THREE, (50, 3, 3))) == pytest.approx(joint, abs=1e-12)
    joint = multivariate_t(np.zeros(3), THREE, 4.5).logpdf(x) - t.logpdf(x, 4.5).sum(axis=1)
    assert density.student(u, THREE, 4.5) == pytest.approx(joint, abs=1e-12)


@pytest.mark.parametrize(("law", "theta"), ARCHIMEDEAN)
@pytest.mark.parametrize("size", [2, 3, 4, 6])
def test_integrating_the_last_variable_leaves_the_others(law, theta, size):
    points = np.random.default_rng(2).uniform(0.1, 0.9, (5, size - 1))
    nodes, weights = np.polynomial.legendre.leggauss(400)
    w = 0.5 * (nodes + 1.0)
    w = w**3 * (10.0 - 15.0 * w + 6.0 * w * w)  # packs nodes at both ends, where densities are steep
    x = 0.5 * (nodes + 1.0)
    slope = 30.0 * x * x * (1.0 - x) ** 2
    for point in points:
        u = np.column_stack([np.tile(point, (len(w), 1)), w])
        total = float((0.5 * weights * slope * np.exp(law(u, theta))).sum())
        rest = math.exp(law(point[None, :], theta)[0]) if size > 2 else 1.0
        assert total == pytest.approx(rest, rel=2e-6)


@pytest.mark.parametrize("theta", [5, 60, 150])
@pytest.mark.parametrize("point", [("0.8", "0.78"), ("0.99", "0.985"), ("0.5", "0.51"), ("0.001", "0.002")])
def test_frank_far_out_in_four_hundred_digits(theta, point):
    """θ(1 − e^−θ)·e^(−θ(u + v))/(1 − e^−θ − (1 − e^−θu)(1 − e^−θv))²; Nelsen, An Introduction to Copulas, table 4.1."""
    with localcontext() as context:
        context.prec = 400
        u, v, t = (Decimal(one) for one in (*point, theta))
        below = 1 - (-t).exp() - (1 - (-t * u).exp()) * (1 - (-t * v).exp())
        wanted = (t * (1 - (-t).exp()) * (-t * (u + v)).exp() / below**2).ln()
    found = density.frank(np.array([[float(one) for one in point]]), float(theta))
    assert found[0] == pytest.approx(float(wanted), abs=1e-9)


def test_clayton_far_out_in_four_hundred_digits():
    """(1 + θ)(uv)^(−1−θ)(u^−θ + v^−θ − 1)^(−2−1/θ) where a power is beyond what a float holds."""
    with localcontext() as context:
        context.prec = 400
        u, v, t = Decimal("0.0002"), Decimal("0.00021"), Decimal(98)
        total = u**-t + v**-t - 1
        wanted = ((1 + t).ln() - (1 + t) * (u * v).ln()) - (2 + 1 / t) * total.ln()
    assert density.clayton(np.array([[0.0002, 0.00021]]), 98.0)[0] == pytest.approx(float(wanted), abs=1e-9)


def test_frank_below_zero_is_frank_turned():
    u = np.random.default_rng(3).random((20, 2))
    turned = np.column_stack([u[:, 0], 1.0 - u[:, 1]])
    assert density.frank(u, -4.0) == pytest.approx(density.frank(turned, 4.0), abs=1e-12)
    assert density.frank(u, 1e-12) == pytest.approx(np.zeros(20))


def test_free_parameters_are_a_matrix_and_back():
    assert from_free(free_of(THREE), 3) == pytest.approx(THREE, abs=1e-14)
    wild = from_free(np.array([9.0, -30.0, 4.0]), 3)
    assert np.diag(wild) == pytest.approx(np.ones(3))
    assert np.linalg.eigvalsh(wild)[0] > 0.0
    assert matrix_of(correlations_of(THREE), 3) == pytest.approx(THREE)


def test_the_likeliest_correlations_beat_their_neighbours():
    """In two dimensions the maximum is the root of a cubic; in four dimensions no neighbour is better."""
    moment = np.array([[1.3, 0.5], [0.5, 0.8]])
    roots = np.roots([1.0, -0.5, 1.3 + 0.8 - 1.0, -0.5])
    real = [float(root.real) for root in roots if abs(root.imag) < 1e-9]
    assert likeliest(moment)[0, 1] == pytest.approx(real[0], abs=1e-9)

    x = np.random.default_rng(4).standard_normal((30, 4)) @ np.random.default_rng(5).standard_normal((4, 4))
    scale = np.array([1.0, 0.8, 0.7, 1.2])
    moment = normalised(x.T @ x) * np.outer(scale, scale)
    found = likeliest(moment)

    def value(matrix):
        return -np.linalg.slogdet(matrix)[1] - np.trace(np.linalg.solve(matrix, moment))

    for k in range(6):
        for move in (1e-4, -1e-4):
            near = correlations_of(found)
            near[k] += move
            assert value(matrix_of(near, 4)) < value(found)
    batch = likeliest(np.stack([moment, np.eye(4) + 0.1, normalised(moment)]))
    assert batch[0] == pytest.approx(found, abs=1e-8)
