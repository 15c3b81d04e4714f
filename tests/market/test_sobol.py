"""Quasi-random paths: the bits of the twin, nets, the laws of pseudo-random ones, and less error."""

from __future__ import annotations

import math
import pickle
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import kstest, qmc

import tranche
from tests.market.markets import DEPENDENCES, EVERY_FACTOR, START, walks
from tranche.errors import UsageError
from tranche.market import sobol, twin
from tranche.market.lower import tape
from tranche.market.scenario import scenario

DEALS = Path(__file__).parents[2] / "deals"
TIMES = [0.0, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5]
MARKETS = {**{name: walks(dependence) for name, dependence in DEPENDENCES.items()}, "every factor": EVERY_FACTOR}


@pytest.mark.parametrize("market", MARKETS.values(), ids=MARKETS)
def test_the_kernel_has_the_bits_of_the_twin_in_slices_and_alone(market):
    source = scenario(market, TIMES, 7, start=START, sampling="sobol")
    made, points = sobol.plan(tape(market, TIMES, START), TIMES, 7)
    whole = source.rows(0, 200)
    for path in (0, 1, 77, 199):
        assert np.array_equal(whole[path], twin.draw(made, 7, path, sobol=points)), path
        assert np.array_equal(source.rows(path, 1)[0], whole[path])
    assert np.array_equal(source.rows(2**40 + 3, 1)[0], twin.draw(made, 7, 2**40 + 3, sobol=points))
    assert np.array_equal(np.concatenate([source.rows(0, 77), source.rows(77, 123)]), whole)
    assert np.array_equal(pickle.loads(pickle.dumps(source)).rows(0, 70), whole[:70])


def test_unscrambled_points_are_scipys():
    """In another order: scipy walks by Gray's code."""
    numbers = sobol._directions(5)
    plan = sobol.SobolPlan(5, numbers, np.zeros(5, dtype=np.uint64), *(np.zeros((1, 1)),) * 3)
    ours = np.array([[twin.sobol_uniform(plan, d, p) for d in range(5)] for p in range(64)]) - 2.0**-53
    theirs = qmc.Sobol(5, scramble=False, bits=52).random(64)
    assert np.array_equal(np.sort(ours, axis=0), np.sort(theirs, axis=0))
    assert {tuple(row) for row in ours} == {tuple(row) for row in theirs}


@pytest.mark.parametrize("seed", [0, 5, 2**64 - 1])
def test_scrambled_points_are_nets(seed):
    """Of 2**10 points every interval of 2**-10 has one in each dimension, every square of 2**-5 · 2**-5 one in the
    first two."""
    direction, shift = sobol._scrambled(8, seed)
    plan = sobol.SobolPlan(8, direction, shift, *(np.zeros((1, 1)),) * 3)
    u = np.array([[twin.sobol_uniform(plan, d, p) for d in range(8)] for p in range(1024)])
    for d in range(8):
        assert sorted((u[:, d] * 1024).astype(int)) == list(range(1024))
    cells = {(int(a * 32), int(b * 32)) for a, b in u[:, :2]}
    assert len(cells) == 1024


def test_the_bridge_is_orthogonal_and_begins_with_the_end():
    bridge = sobol.brownian_bridge(TIMES)
    assert bridge @ bridge.T == pytest.approx(np.eye(6), abs=1e-14)
    end = bridge.T @ np.sqrt(np.diff(TIMES))
    assert end == pytest.approx([math.sqrt(1.5), 0, 0, 0, 0, 0], abs=1e-14)


@pytest.mark.parametrize("name", ["gaussian", "t", "clayton", "regime", "frank"])
def test_marginal_laws_and_the_first_driver(name):
    rows = {
        key: np.log(scenario(walks(DEPENDENCES[key]), TIMES, 3, sampling="sobol").rows(0, 2**14)[:, :, :4] / 2.0)
        for key in ("independent", name)
    }
    assert np.array_equal(rows[name][:, :, 0], rows["independent"][:, :, 0])
    end = (rows[name][:, -1] + 0.08 * 1.5) / (0.4 * math.sqrt(1.5))
    for j in range(4):
        assert kstest(end[:, j], "norm").pvalue > 1e-3
    steps = np.diff(rows[name], axis=1) + 0.08 * np.diff(TIMES)[1:, None]
    assert np.abs(np.corrcoef(steps[:, :, 0].T) - np.eye(5)).max() < 4 / math.sqrt(2**14)


def test_it_errs_less():
    """E[max(S_a − 2, 0)] at the end of a year and a half, by 4,096 paths of 20 seeds, against pseudo-random ones."""
    errors = {}
    for sampling in ("random", "sobol"):
        found = [
            np.maximum(scenario(walks(DEPENDENCES["gaussian"]), TIMES, s, sampling=sampling).rows(0, 4096)[:, -1, 0] -
            2, 0) for s in range(20)
        ]
        errors[sampling] = np.std([each.mean() for each in found])
    assert errors["sobol"] < errors["random"] / 8


def test_too_many_dimensions_are_refused_with_a_way_out():
    with pytest.raises(UsageError, match="sampling: random"):
        scenario(walks(DEPENDENCES["gaussian"], 8), [k / 12 for k in range(3_000)], 1, sampling="sobol")


def test_a_run_takes_the_sampling():
    deal = tranche.load(DEALS / "gpu_ddtl_2024.yaml")
    runs = [tranche.run(deal, 256, sampling=sampling) for sampling in ("random", "antithetic", "sobol")]
    losses = {run.tranches().loc["equity", "irr"] for run in runs}
    assert len(losses) == 3
    with pytest.raises(UsageError, match="unknown sampling 'sobl'"):
        tranche.run(deal, 256, sampling="sobl")
