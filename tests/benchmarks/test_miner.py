"""The miner of the benchmark does what it is said to do: it mines, sells power back, is called, and is sold."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import miner
from benchmarks.fleet import drawn, nanoseconds
from tranche import engine


@pytest.mark.parametrize("size", miner.SIZES, ids=str)
def test_every_size_runs(size: miner.Size) -> None:
    inputs = drawn(size.text, 64)
    names = [record.name for record in inputs.program.records]
    flows = engine.path_flows(inputs, 0, 64)
    happens = ["miner.revenue", "miner.income", *(f"t{k}.called" for k in range(size.treasuries))]
    assert all((np.asarray(flows[:, :, names.index(name)]) > 0).any() for name in happens)
    assert len(nanoseconds([inputs], 64, 1)) == 1
