"""The compiler and the twin against the specification of each verb: exactly, on random deals."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.compiler.specification import Specification
from tranche import engine
from tranche.compiler import compile_deal
from tranche.deal import Deal
from tranche.program import Program
from tranche.reference import exact, run_path
from tranche.testing.strategies import called_deals, collections_for, deals

Run = tuple[Deal, dict[str, NDArray[np.float64]]]


@st.composite
def runs(draw: st.DrawFn, of: st.SearchStrategy[Deal]) -> Run:
    deal = draw(of)
    return deal, draw(collections_for(deal, most=2))


def differences(
    deal: Deal, collections: dict[str, NDArray[np.float64]], path: int, program: Program | None = None
) -> list[str]:
    """Where the compiled deal (`program`, where it is there already) and the specification part, the first one
    first."""
    program = compile_deal(deal) if program is None else program
    inputs = engine.scenario(program, [engine.cash_flows(program, collections)])
    compiled = run_path(program, inputs.rows(path, 1)[0], exact).movements
    specified = Specification(deal, {name: rows[path].tolist() for name, rows in collections.items()}).run()
    names = [record.name for record in program.records]
    found = []
    for t, (row, meant) in enumerate(zip(compiled, specified, strict=True)):
        made: dict[str, Any] = dict(zip(names, row, strict=True))
        for name in sorted({*made, *meant}):
            a, b = made.get(name, Fraction(0)), meant.get(name, Fraction(0))
            if a != b:
                found.append(f"period {t + 1}: {name} is {float(a)!r}, the specification says {float(b)!r}")
    return found


@settings(max_examples=max(150, settings().max_examples))
@given(run=runs(deals(most_periods=6)))
def test_a_compiled_deal_does_what_the_specification_says(run: Run) -> None:
    assert_the_same(*run)


@given(run=runs(called_deals()))
def test_calls_redeem_at_the_price_that_the_specification_works_out(run: Run) -> None:
    """Deals of few words, so that prices are seen that a random deal rarely comes to: what makes the holder whole up to
    a date on which an amortising debt still owes something, a pool that is bought when a facility has lent."""
    assert_the_same(*run)


def assert_the_same(deal: Deal, collections: dict[str, NDArray[np.float64]]) -> None:
    program = compile_deal(deal)
    for path in range(len(next(iter(collections.values())))):
        found = differences(deal, collections, path, program)
        assert not found, f"{found[:4]}\n{deal}"
