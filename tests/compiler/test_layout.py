"""Deals of one form share their layout; what a layout depends on makes another form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.compiler import compile_deal, layout
from tranche.deal import Deal, Debt
from tranche.files import load
from tranche.testing.strategies import deals

DEALS = Path(__file__).parents[2] / "deals"
USUAL = load(DEALS / "gpu_ddtl_2024.yaml")


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    layout._known.clear()
    yield
    layout._known.clear()


def test_a_sweep_over_a_coupon_is_laid_out_once() -> None:
    seen = [compile_deal(USUAL.with_({"senior.coupon": f"SOFR + {bp}bp"})) for bp in (300, 450, 600)]
    assert len(layout._known) == 1
    assert all(program.instructions is seen[0].instructions for program in seen)
    assert len({program.hash for program in seen}) == 3


@pytest.mark.parametrize("change", [
    {"senior.amortisation": "bullet"}, {"agent.rate": 0}, {"waterfall.performing[6].share": "100%"},
    {"collateral.fleet.lease.end": "2029-05-16"}, {"dsra.target": "-senior.debt_service"},
])  # fmt: skip
def test_a_deal_after_another_is_what_it_is_alone(change: dict[str, object]) -> None:
    """Whatever is known of others: zeros, signs, series that become constants, other steps."""
    other = USUAL.with_(change)
    alone = [compile_deal(deal).hash for deal in (USUAL, other)]
    layout._known.clear()
    assert compile_deal(other).hash == alone[1]
    assert compile_deal(USUAL).hash == alone[0]
    assert compile_deal(other, fuse=False).hash != alone[1]


@given(deals(), st.sampled_from([0.0, 0.05, 0.3]), st.booleans())
def test_random_deals_are_what_they_are_alone(deal: Deal, coupon: float, fused: bool) -> None:
    debt = next(tranche for tranche in deal.tranches if isinstance(tranche, Debt))
    changed = deal.with_({f"tranches.{debt.name}.coupon": repr(coupon)})
    compile_deal(deal, fuse=fused)
    after = compile_deal(changed, fuse=fused)
    layout._known.clear()
    assert compile_deal(changed, fuse=fused).hash == after.hash


def test_few_are_remembered() -> None:
    for k in range(1, layout._known.most + 10):
        compile_deal(USUAL.with_({"dsra.target": " + ".join(["senior.debt_service"] * k)}))
    assert len(layout._known) == layout._known.most
