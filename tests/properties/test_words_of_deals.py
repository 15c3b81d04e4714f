"""Random deals in words: described, warned of, explained, without ever failing, and true to the figures."""

from __future__ import annotations

import json
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

import tranche
from tranche.analysis import warnings_of
from tranche.analysis.subject import Subject
from tranche.compiler import compile_deal
from tranche.deal import Deal
from tranche.description import english, mermaid, picture, svg
from tranche.explanation.because import KINDS
from tranche.explanation.options import Call, options
from tranche.explanation.trace import Trace
from tranche.testing.strategies import collections_for, deals


@given(deal=deals(most_periods=6))
def test_every_step_is_described(deal: Deal) -> None:
    program = compile_deal(deal)
    told = english(program, width=100_000)
    numbered = [line for line in told.splitlines() if line.partition(". ")[0].strip().isdigit()]
    assert len(numbered) == len(program.steps)
    shown = [row.path for band in picture(program).bands for row in band.rows]
    drawn = [step.path for step in program.steps if step.path.startswith("waterfall.") or step.verb == "call"]
    assert sorted(shown) == sorted(drawn)
    ElementTree.fromstring(svg(program))
    assert mermaid(program).count('subgraph ') == len(picture(program).bands)


@given(deal=deals(most_periods=6), data=st.data())
def test_a_step_that_is_said_never_to_run_moves_nothing(deal: Deal, data: st.DataObject) -> None:
    """Static analysis against the path: whatever comes in, what it calls unreachable stays still."""
    unreachable = {one.place.path.rpartition(".")[0] for one in warnings_of(deal) if one.rule == "unreachable-step"}
    collections = data.draw(collections_for(deal, most=1))
    frame = tranche.explain(deal, 0, collections=collections).frame()
    moved = frame[(frame["paid"] > 0) & frame["step"].str.startswith("waterfall.")]
    assert unreachable.isdisjoint(set(moved["step"]))
    subject = Subject.of(deal)
    for steps in subject.steps.values():
        for step in steps:
            dates = set(moved[moved["step"] == step.path]["period"])
            assert all(subject.runs(step)[period - 1] for period in dates)


@given(deal=deals(most_periods=6), data=st.data())
def test_a_call_is_exercised_where_all_that_it_asks_for_holds(deal: Deal, data: st.DataObject) -> None:
    """How each call stood, read off the instructions, against its flag; refused, the path has no such call."""
    explanation = tranche.explain(deal, 0, collections=data.draw(collections_for(deal, most=2)))
    stood: dict[str, list[Call]] = {}
    for day in explanation.days:
        for call in day.calls:
            stood.setdefault(call.owner, []).append(call)
    results = explanation.results
    for option in options(explanation.program, Trace(explanation.program)):
        calls = stood.pop(option.owner)
        record = "collateral.clean_up" if option.owner == "clean_up" else f"{option.owner}.refinanced"
        assert [call.called for call in calls] == [c.open and c.when and c.free and c.owes for c in calls]
        assert sum(call.paid for call in calls) == results.total(record)[0]
        assert explanation.alternatives.without(option.decides).totals[record] == 0
    assert not stood


@given(deal=deals(most_periods=6), data=st.data())
def test_every_class_can_be_asked_why(deal: Deal, data: st.DataObject) -> None:
    collections = data.draw(collections_for(deal, most=3))
    explanation = tranche.explain(deal, 0, collections=collections)
    results = explanation.results
    for claim in explanation.program.claims:
        if claim.kind not in KINDS:
            continue
        found = explanation.why(claim.name)
        json.dumps(found.json(), allow_nan=False)
        assert len(found.frame()) == len(list(found.root.walk()))
        assert found.text()
        if claim.kind == "debt":
            assert found.root.amount in (results.paths(claim.name)["loss"].iloc[0], 0.0)
        if claim.kind == "residual":
            assert found.root.amount == results.paths(claim.name)["distribution"].iloc[0]
