"""What stood behind a due, or ahead of it: accounts, lenders and guarantors that covered it and no longer did, hedges
that were settled first, debt that had been drawn."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import attrs

from tranche.program import Program, Step

from .alternatives import Alternative, Alternatives
from .cause import Cause
from .lines import Day, Line
from .observer import dust
from .trace import Trace
from .why import NOT_MET, NOT_TODAY
from .words import count, money

GIVEN = {"facility": "advanced", "guarantee": "called"}  # what a lender has brought in, by kind of class
SECTIONS = ("tranches", "facilities", "guarantees")
HEDGE_TERMS = ("notional", "pay", "receive", "index", "strike", "premium")


class Backing:
    """Of one path. `factor`: the link of an input on a date."""

    def __init__(
        self,
        program: Program,
        days: Sequence[Day],
        alternatives: Alternatives,
        trace: Trace,
        factor: Callable[[str, Day], Cause],
    ) -> None:
        self.program, self.days, self.alternatives, self.trace = program, days, alternatives, trace
        self.factor = factor
        self.steps = {step.path: step for step in program.steps}
        self.kinds = {claim.name: claim.kind for claim in program.claims}
        self._dust = dust(program)

    # ---- what covered a due, and no longer enough --------------------------------------------------------------------

    def covers(self, days: Sequence[Day], shorts: Sequence[Line]) -> Iterator[Cause]:
        """The draws that were made for a due, ahead of it, on the dates on which it was short."""
        found: dict[tuple[str, str], list[tuple[Day, Line]]] = {}
        for day, short in zip(days, shorts, strict=True):
            for line in day.before(short):
                step = self.steps.get(line.step)
                if step is not None and step.verb == "draw" and _is_for(step, short):
                    found.setdefault((line.step, line.record), []).append((day, line))
        for (path, record), pairs in found.items():
            gave = sum(line.paid for _, line in pairs)
            day, most = max(pairs, key=lambda pair: _lack(pair[1]))
            dates = "that date" if len(pairs) == 1 else "those dates"
            what = f"{most.owner} stood behind it, and gave {money(gave)} on {dates}"
            if _lack(most) > self._dust:
                what += f", {money(_lack(most))} too little on {day.date}"
            what += f": {self._why(most.owner, day, most)}."
            before = tuple(self._given(most.owner, record, pairs[0][0].number - 1))
            yield Cause("support", what, most.owner, pairs[0][0].number, pairs[-1][0].number, path, gave, before)

    def _why(self, owner: str, day: Day, line: Line) -> str:
        """Why a draw gave no more."""
        kind = self.kinds.get(owner, "")
        own = [self.steps.get(f"{section}.{owner}") for section in SECTIONS]
        terms = dict(next((step.details for step in own if step is not None), ()))
        if line.why in (NOT_MET, NOT_TODAY):
            said = dict(self.steps[line.step].details)
            refused = [f"{key}: {some[key]}" for some, keys in ((said, ("when", "after", "until")),
                       (terms, ("available", "until"))) for key in keys if key in some]  # fmt: skip
            if not refused and kind == "facility" and day.status == "default":
                return "a facility is not drawn in default"
            return line.why + (f" ({', '.join(refused)})" if refused else "")
        if kind != "debt":
            return line.why
        if day.status == "default":
            return "no debt is drawn in default"
        return "its terms allowed no more" + (f" (draws: {terms['draws']})" if "draws" in terms else "")

    def _given(self, owner: str, record: str, until: int) -> Iterator[Cause]:
        """What a record had moved up to a date, when that was anything."""
        amount, dates = self._moved(record, until)
        if dates:
            what = f"Before, {owner} had given {money(amount)}: on {_span(dates)}."
            yield Cause("drawn", what, record, dates[0].number, dates[-1].number, "", amount)

    # ---- what lay behind those who were paid ahead -------------------------------------------------------------------

    def behind(self, record: str, days: Sequence[Day]) -> Iterator[Cause]:
        """Why a hedge, a lender or a debt that was drawn took what it took."""
        owner, _, field = record.rpartition(".")
        kind, until = self.kinds.get(owner, ""), days[-1].number
        if kind == "hedge":
            yield self._hedge(owner, record, field, days)
        elif kind in GIVEN and field in ("repaid", "reimbursed", "interest"):
            yield from self._given(owner, f"{owner}.{GIVEN[kind]}", until - 1)
        elif kind == "debt":
            for drawn, where in (("drawn", ""), ("drawn_outside", ", and spent outside of the deal")):
                amount, dates = self._moved(f"{owner}.{drawn}", until)
                if dates:
                    what = f"{owner} had been drawn by {money(amount)}{where}: on {_span(dates)}; so more of it is due."
                    yield Cause("drawn", what, f"{owner}.{drawn}", dates[0].number, dates[-1].number, "", amount)

    def _hedge(self, name: str, record: str, field: str, days: Sequence[Day]) -> Cause:
        """Its terms, and the inputs that its net follows with what it would have taken on their mean paths."""
        path, first, last = f"hedges.{name}", days[0], days[-1]
        terms = dict(self.steps[path].details) if path in self.steps else {}
        took = self._moved_on(self.alternatives.actual, record, days)
        if field.startswith("termination"):
            event = f" ({terms['termination']})" if "termination" in terms else ""
            what = f"{name} had ended before its time{event}, and what that costs the deal was due."
            return Cause("hedge", what, name, first.number, last.number, path, took)
        said = ", ".join(f"{key} {terms[key]}" for key in HEDGE_TERMS if key in terms)
        dates = "that date" if first is last else "those dates"
        what = f"{name} went against the deal on {dates}" + (f" ({said})." if said else ".")
        factors = []
        for one in self._inputs(name):
            cause = self.factor(one, first)
            if self.alternatives.possible:
                then = self._moved_on(self.alternatives.held(one), record, days)
                if abs(then - took) <= 1e-6 * max(1.0, abs(took)):
                    continue
                what_then = f"{cause.what[:-1]}; on its mean path {name} would have taken {money(then)}."
                cause = attrs.evolve(cause, what=what_then)
            factors.append(cause)
        return Cause("hedge", what, name, first.number, last.number, path, took, tuple(factors))

    def _inputs(self, hedge: str) -> tuple[str, ...]:
        """The inputs that a hedge's net reads: those of what it brings in, which is the same net; an index that was
        fixed on an earlier date is kept under the name of its factor."""
        step, number = self.steps.get(f"hedges.{hedge}"), self._number(f"{hedge}.received")
        if step is None or number < 0:
            return ()
        records = self.program.instructions["record"][:, 0]
        found = (k for k in range(step.first, step.last) if records[k] == number)
        names: list[str] = []
        for k in found:
            origin = self.trace.origin(k, "amount")
            names += [*origin.inputs, *(f"market.{state.partition(' ')[0]}" for state in origin.states)]
        return tuple(name for name in dict.fromkeys(names) if name in self.program.inputs)

    # ---- figures -----------------------------------------------------------------------------------------------------

    def _number(self, record: str) -> int:
        return next((k for k, one in enumerate(self.program.records) if one.name == record), -1)

    def _moved_on(self, run: Alternative, record: str, days: Sequence[Day]) -> float:
        """What a record moved on some dates in a run."""
        return float(run.flows[[day.number - 1 for day in days], self._number(record)].sum())

    def _moved(self, record: str, until: int) -> tuple[float, list[Day]]:
        """What a record moved up to a date, and on which dates."""
        number = self._number(record)
        if number < 0:
            return 0.0, []
        flows = self.alternatives.actual.flows[:until, number]
        return float(flows.sum()), [self.days[t] for t in range(until) if flows[t] > self._dust]


def _is_for(step: Step, short: Line) -> bool:
    """Whether a draw is made for the due of a line: by its name, or by that of its class."""
    whole = short.record.rpartition(".")[2] in ("interest", "principal", "paid")
    return short.record in step.cover or (whole and short.owner in step.cover)


def _lack(line: Line) -> float:
    """What a draw left lacking; 0 where its line does not say."""
    return 0.0 if math.isnan(line.short) else line.short


def _span(dates: Sequence[Day]) -> str:
    if len(dates) == 1:
        return str(dates[0].date)
    return f"{count(len(dates), 'date')} from {dates[0].date} to {dates[-1].date}"
