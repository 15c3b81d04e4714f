"""Stresses: what they draw, and how small the one is that is left of a fault."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tranche
from tests.testing.test_plugin import CAPPED, GOOD
from tranche.compiler import fees as compiled_fees
from tranche.compiler.context import Context
from tranche.compiler.masks import Mask
from tranche.compiler.values import INFINITE
from tranche.compiler.verbs import VERBS
from tranche.deal import Step
from tranche.files import loads
from tranche.program import Op
from tranche.testing import BrokenInvariant, invariants
from tranche.testing.strategies import Stress, stresses

DEALS = Path(__file__).parents[2] / "deals"
RESERVED = loads(
    GOOD.replace(
        "waterfall:\n",
        "accounts:\n  dsra: {target: 3m, initial: 3m}\nwaterfall:\n  - draw: dsra\n    for: senior.interest\n",
    )
)


@pytest.mark.parametrize("name", ["benchmark", "gpu_ddtl_2024"])
def test_a_stress_is_a_path_of_everything_that_the_deal_reads(name: str) -> None:
    deal = tranche.load(DEALS / f"{name}.yaml")

    @given(stress=stresses(deal))
    def check(stress: Stress) -> None:
        seen = stress.observe()
        assert seen.paths == 1
        assert np.isfinite(stress.rows).all()
        assert "on every date" in repr(stress) or "path " in repr(stress)

    check()


def test_a_reserve_counted_twice_is_found_and_told_on_few_dates(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = VERBS["draw"]

    def twice(context: Context, step: Step, mask: Mask) -> None:
        """What was drawn enters the cash again."""
        before = context.emitter.frozen(context.cash)
        plain(context, step, mask)
        drawn = context.emitter.compute(Op.SUB, context.cash, before)
        context.emitter.emit(Op.RECEIVE, context.cash, drawn, context.emitter.state("unseen"))

    monkeypatch.setitem(VERBS, "draw", twice)
    found: list[Stress] = []

    @given(stress=stresses(RESERVED))
    def check(stress: Stress) -> None:
        try:
            invariants.cash_conserved(stress.observe())
        except BrokenInvariant:
            found.append(stress)
            raise

    with pytest.raises(BrokenInvariant, match="neither paid nor held"):
        check()
    assert repr(found[-1]).count(";") <= 1


def test_a_fee_outside_its_cap_is_found_and_told_on_few_dates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled_fees, "_room", lambda context, fee: INFINITE)
    found: list[Stress] = []

    @given(stress=stresses(loads(CAPPED)))
    def check(stress: Stress) -> None:
        try:
            invariants.fees_within_caps(stress.observe())
        except BrokenInvariant:
            found.append(stress)
            raise

    with pytest.raises(BrokenInvariant, match=r"counsel is paid .* in its senior place; its cap a date is 1000000"):
        check()
    assert repr(found[-1]).count(";") <= 1


@given(data=st.data())
def test_the_simplest_stress_changes_nothing(data: Any) -> None:
    stress = data.draw(stresses(loads(GOOD)))
    assert stress.rows.shape == (6, 1)
