"""The kernel's readings of tests against the twin's: the same Program otherwise, to the last bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import tranche
from tranche.deal import Deal
from tranche.explanation.alternatives import ALL
from tranche.explanation.probes import compared, probed
from tranche.inputs import prepare
from tranche.program import Op, Program, check
from tranche.reference import Number, PathResult, run_path
from tranche.testing.strategies import collections_for, deals

ROOT = Path(__file__).parents[2]


@settings(max_examples=settings().max_examples // 3)
@given(deal=deals(most_periods=6, most_debts=3), data=st.data())
def test_an_alternative_is_what_the_twin_makes_of_it(deal: Deal, data: st.DataObject) -> None:
    collections = data.draw(collections_for(deal, most=2))
    explanation = tranche.explain(deal, 0, collections=collections)
    alternatives, program = explanation.alternatives, explanation.program
    for run, rows in ((alternatives.actual, alternatives.rows), (alternatives.held(ALL), alternatives.mean)):
        twin, seen = twin_of(program, rows)
        assert list(run.totals.values()) == twin.totals
        assert run.flows.tolist() == twin.movements
        assert run.readings == seen


def twin_of(program: Program, rows: NDArray[np.float64]) -> tuple[PathResult, list[dict[int, tuple[Number, ...]]]]:
    """The twin's run, and what its tests compared."""
    seen: list[dict[int, tuple[Number, ...]]] = [{} for _ in range(program.periods)]

    def watch(t: int, at: int, op: Op, before: dict[str, Number], after: dict[str, Number], amount: Number) -> None:
        if "denominator" in before:
            seen[t][at] = (before["numerator"], before["denominator"], before["level"], amount != 0)

    return run_path(program, rows, watch=watch), seen


@pytest.mark.parametrize("path", ["deals/gpu_lease_abs.yaml", "deals/features/tests_equity_cure.yaml"])
def test_the_probed_program_is_sound_and_keeps_every_figure(path: str) -> None:
    inputs = prepare(tranche.load(ROOT / path), fuse=False)
    program = inputs.program
    other = probed(program)
    check(other)
    assert len(other.records) == len(program.records) + 4 * len(compared(program))
    rows = inputs.rows(0, 1)[0]
    own, more = run_path(program, rows).movements, run_path(other, rows).movements
    assert [date[: len(program.records)] for date in more] == own
    assert np.isfinite(own).all()
