"""The drawing of the waterfall says what its colours mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from tranche.compiler import compile_deal
from tranche.description import svg
from tranche.files import load

DEALS = Path(__file__).parents[2] / "deals"


@pytest.mark.parametrize(("deal", "other"), [("btc_miner_loan", True), ("features/swap", True), ("benchmark", False)])
def test_coins_and_hedges_are_in_the_legend(deal: str, other: bool) -> None:
    """They share a colour, which the drawing had and the legend had not."""
    drawn = svg(compile_deal(load(DEALS / f"{deal}.yaml"), fuse=False))
    assert (">other</text>" in drawn) is other
    assert ">debt</text>" in drawn
