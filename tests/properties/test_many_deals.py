"""Many more random deals than the other properties see: `make test-all` draws 12,000 here, beside some 9,000 elsewhere.

A shard is a test of its own, so that processes share them; each has its own seed, made from the run's.
"""

from __future__ import annotations

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from tests.compiler.test_specification import differences
from tranche.testing import invariants, observe
from tranche.testing.strategies import called_deals, collections_for, deals

SHARDS = 24
EXAMPLES = 500  # in each
CHECKED = tuple(  # what the other properties check of one run; the rest needs several
    check for check in invariants.ALWAYS
    if check not in (invariants.same_bits_any_width_any_threads_any_slices, invariants.permutation_equivariant)
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("shard", range(SHARDS))
def test_invariants_and_specification(shard: int, pytestconfig: pytest.Config) -> None:
    base = int(pytestconfig.getoption("hypothesis_seed", None) or 0)
    seen = 0

    @seed(SHARDS * base + shard)
    @settings(max_examples=EXAMPLES, derandomize=False)
    @given(data=st.data())
    def check(data: st.DataObject) -> None:
        nonlocal seen
        about_calls = data.draw(st.integers(0, 7)) == 7
        deal = data.draw(called_deals(most_periods=6) if about_calls else deals(most_periods=6, most_debts=4))
        collections = data.draw(collections_for(deal, most=2))
        observed = observe(deal, collections)
        for invariant in CHECKED:
            invariant(observed)
        for path in range(observed.paths):
            found = differences(deal, collections, path, observed.program)
            assert not found, f"{found[:4]}\n{deal}"
        seen += 1

    check()
    assert seen >= EXAMPLES
