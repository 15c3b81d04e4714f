"""Every factor and every dependence: the kernel has the bits of the twin, whatever the slices, widths and paths."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from tests.market.markets import DEPENDENCES, EVERY_FACTOR, START, walks
from tranche.market import twin
from tranche.market.lower import tape
from tranche.market.scenario import scenario

TIMES = [month / 12 for month in range(25)]
MARKETS = {**{name: walks(dependence) for name, dependence in DEPENDENCES.items()}, "every factor": EVERY_FACTOR}
PATHS = (0, 1, 63, 2**32 + 5)


@pytest.mark.parametrize("sampling", ["random", "antithetic"])
@pytest.mark.parametrize("market", MARKETS.values(), ids=MARKETS)
def test_the_kernel_has_the_bits_of_the_twin(market, sampling):
    source = scenario(market, TIMES, 7, start=START, sampling=sampling)
    made = tape(market, TIMES, START)
    for path in PATHS:
        drawn = twin.draw(made, 7, path, antithetic=sampling == "antithetic")
        assert np.array_equal(source.rows(path, 1)[0], drawn), path


@pytest.mark.parametrize("market", MARKETS.values(), ids=MARKETS)
def test_one_path_slices_and_widths_have_the_same_bits(market, fill):
    source = scenario(market, TIMES, 3, start=START)
    whole = source.rows(0, 200)
    columns = len(source.columns)
    assert np.array_equal(np.concatenate([source.rows(0, 77), source.rows(77, 123)]), whole)
    assert np.array_equal(source.rows(130, 1)[0], whole[130])
    for width, lanes in ((64, 64), (128, 100), (37, 37)):
        block = fill(source, 50, lanes, width, extra=1)
        assert np.array_equal(block[:, :columns, :lanes].transpose(2, 0, 1), whole[50 : 50 + lanes])
        assert np.isnan(block[:, columns:]).all() and np.isnan(block[:, :, lanes:]).all()
    assert np.array_equal(pickle.loads(pickle.dumps(source)).rows(5, 70), whole[5:75])


@pytest.mark.parametrize("dependence", DEPENDENCES.values(), ids=DEPENDENCES)
def test_the_first_driver_keeps_its_bits_and_a_driver_more_moves_none(dependence):
    alone = scenario(walks(DEPENDENCES["independent"]), TIMES, 3).rows(0, 300)
    joint = scenario(walks(dependence), TIMES, 3).rows(0, 300)
    assert np.array_equal(joint[:, :, 0], alone[:, :, 0])
    more = scenario(walks(dependence, 6), TIMES, 3).rows(0, 300)
    assert np.array_equal(more[:, :, :4], joint[:, :, :4])


def test_antithetic_paths_are_turned_round():
    rows = scenario(walks(DEPENDENCES["gaussian"]), TIMES, 3, sampling="antithetic").rows(0, 10)
    steps = np.diff(np.log(rows), axis=1)
    assert steps[0::2] + 0.08 / 12 == pytest.approx(-(steps[1::2] + 0.08 / 12), abs=1e-13)
