"""The inverse normal and the exponential of the kernel, against scipy and against libm."""

import math

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import kstest

from tranche._kernels.scenario import exp, inverse_normal
from tranche.market import twin

# Two roundings of each side: measured with 50 digits, ours is within 6.6e-16 and scipy's within 7.8e-16.
NEAR = 1.5e-15


def sample() -> np.ndarray:
    rng = np.random.default_rng(1)
    edges = [0.5, 0.075, 0.925, math.exp(-25.0), 2.0**-53, 1 - 2.0**-53]
    around = [np.nextafter(edge, side) for edge in edges for side in (0.0, 1.0)]
    body, tail = rng.random(20_000), 10.0 ** -rng.uniform(0.3, 300, 5_000)
    return np.concatenate([edges, [u for u in around if 0 < u < 1], body, tail])


def test_inverse_normal_equals_scipy():
    u = sample()
    assert inverse_normal(u) == pytest.approx(ndtri(u), rel=NEAR, abs=1e-300)


def test_inverse_normal_is_odd_and_rises():
    u = np.sort(np.concatenate([np.arange(1, 4000) / 4096 + 2.0**-53, 2.0 ** -np.arange(2.0, 53)]))
    z = inverse_normal(u)
    assert np.array_equal(inverse_normal(1 - u), -z)
    assert (np.diff(z) > 0).all()


def test_inverse_normal_of_any_length_has_the_same_bits():
    u = sample()[:300]
    whole = inverse_normal(u)
    for n in (0, 1, 7, 8, 9, 63, 65):
        assert np.array_equal(inverse_normal(u[:n]), whole[:n])


def test_the_twin_has_the_same_bits():
    u = sample()
    assert np.array_equal(inverse_normal(u), [twin.inverse_normal(float(x)) for x in u])


def test_exp_is_within_one_unit_in_the_last_place():
    for x in np.random.default_rng(2).uniform(-708, 708, 5_000):
        assert abs(exp(x) - math.exp(x)) <= math.ulp(math.exp(x))
        assert exp(x) == twin.exp(float(x))


@pytest.mark.parametrize(("x", "expected"), [(0.0, 1.0), (-0.0, 1.0), (1e6, math.exp(708.0)), (-1e6, math.exp(-708.0))])
def test_exp_at_its_bounds(x, expected):
    assert exp(x) == twin.exp(x) == pytest.approx(expected, rel=1e-15)


def test_draws_are_normal():
    draws = [twin.inverse_normal(twin.uniform(seed=9, path=p, period=0, driver=0)) for p in range(20_000)]
    assert kstest(draws, "norm").pvalue > 1e-3
