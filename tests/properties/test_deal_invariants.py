"""Every invariant on random deals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tranche
from tranche.compiler import compile_deal
from tranche.deal import Deal
from tranche.engine import cash_flows, path_flows, run_program, scenario
from tranche.program import OPERAND_ROLES, Op, Program
from tranche.testing import Observed, invariants, observe
from tranche.testing.strategies import collections_for, deals, simple_deals

FEATURES = Path(__file__).parents[2] / "deals" / "features"


@st.composite
def observed(draw: st.DrawFn, most_periods: int = 12, most_paths: int = 6) -> Observed:
    deal = draw(deals(most_periods=most_periods, most_debts=3))
    return observe(deal, draw(collections_for(deal, most=most_paths)))


@given(seen=observed())
def test_cash_is_conserved_and_no_payment_is_wrong(seen: Observed) -> None:
    invariants.cash_conserved(seen)
    invariants.no_negative_payment(seen)
    invariants.accounts_non_negative(seen)
    invariants.balances_within_bounds(seen)
    invariants.seniority_respected(seen)
    invariants.default_is_final(seen)


@given(seen=observed(most_periods=6, most_paths=2))
def test_cash_is_conserved_exactly_and_nothing_is_paid_above_its_due(seen: Observed) -> None:
    invariants.exact_conservation(seen)
    invariants.never_above_due(seen)


@given(seen=observed(most_paths=4))
def test_the_kernel_gives_the_bits_of_the_twin(seen: Observed) -> None:
    invariants.kernel_equals_reference(seen)


@given(seen=observed())
def test_bits_depend_on_neither_width_nor_threads_nor_slices_nor_order(seen: Observed) -> None:
    invariants.same_bits_any_width_any_threads_any_slices(seen)
    invariants.permutation_equivariant(seen)


@given(seen=observed(), power=st.integers(-8, 8))
def test_scaling_by_a_power_of_two_scales_every_flow_exactly(seen: Observed, power: int) -> None:
    invariants.scales(seen, 2.0**power)


@given(run=st.data(), factor=st.sampled_from((3.0, 0.1, 1e-3, 7.7)))
def test_scaling_by_any_number_scales_every_flow(run: st.DataObject, factor: float) -> None:
    deal = run.draw(simple_deals())
    invariants.scales(observe(deal, run.draw(collections_for(deal))), factor)


@given(run=st.data(), more=st.sampled_from((0.0, 0.01, 1.0, 30.0)))
def test_more_cash_never_hurts_the_senior(run: st.DataObject, more: float) -> None:
    deal = run.draw(simple_deals())
    cash = run.draw(collections_for(deal))["cash"]
    notional = sum(tranche.notional for tranche in deal.tranches)
    periods = cash.shape[1]
    when = run.draw(st.lists(st.booleans(), min_size=periods, max_size=periods))
    extra = np.asarray(when) * (more * notional / periods)
    invariants.more_cash_never_hurts_senior(observe(deal, cash), cash + extra)


@given(deal=deals(most_periods=12), data=st.data())
def test_fusing_instructions_changes_no_bit(deal: Deal, data: st.DataObject) -> None:
    collections = data.draw(collections_for(deal))
    runs = []
    for fuse in (True, False):
        program = compile_deal(deal, fuse=fuse)
        inputs = scenario(program, [cash_flows(program, collections)])
        paths = inputs.paths or 0
        names = [record.name for record in program.records]
        order = np.argsort(names)
        results, flows = run_program(inputs, paths), path_flows(inputs, 0, paths)
        runs.append((sorted(names), results.totals[:, order], results.sums[:, :, order], flows[:, :, order]))
    (names, *fused), (plain_names, *plain) = runs
    assert names == plain_names
    for a, b in zip(fused, plain, strict=True):
        assert a.tobytes() == b.tobytes()


def totals_read(program: Program) -> set[str]:
    """The totals of flows that an instruction reads: they begin anew on each date where flows are kept."""
    totals = {record.register: record.name for record in program.records if record.flow}
    found = set()
    for instruction in program.instructions:
        roles = OPERAND_ROLES[Op(instruction["op"])]
        found |= {totals.get(int(n), "") for n, (_, role) in zip(instruction["r"], roles, strict=False) if role == "r"}
    return found - {""}


@pytest.mark.parametrize("path", sorted(FEATURES.glob("*.yaml")), ids=lambda path: path.stem)
def test_no_instruction_reads_what_totals_a_flow(path: Path) -> None:
    assert not totals_read(compile_deal(tranche.load(path)))


@pytest.mark.slow
@given(deal=deals(most_periods=6))
def test_no_instruction_of_a_random_deal_reads_what_totals_a_flow(deal: Deal) -> None:
    assert not totals_read(compile_deal(deal))


@pytest.mark.parametrize("name", invariants.__all__)
def test_every_invariant_is_documented(name: str) -> None:
    assert (getattr(invariants, name).__doc__ or "").strip()
