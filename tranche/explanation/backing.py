"""What stood behind a due, or ahead of it: accounts, lenders and guarantors that covered it and no longer did, hedges
that were settled first, debt that had been drawn."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import attrs

from tranche.program import Step

from .cause import Cause
from .course import Course
from .lines import Day, Line
from .tested import Tested
from .why import CONDITIONS
from .words import count, money

GIVEN = {"facility": "advanced", "guarantee": "called"}  # what a lender has brought in, by kind of class
SECTIONS = ("tranches", "facilities", "guarantees")
HEDGE_TERMS = ("notional", "pay", "receive", "index", "strike", "premium")


@attrs.frozen(eq=False)
class Backing:
    """Of one path."""

    course: Course
    tested: Tested

    def _kind(self, owner: str) -> str:
        claim = self.course.claims.get(owner)
        return "" if claim is None else claim.kind

    # ---- what covered a due, and no longer enough --------------------------------------------------------------------

    def covers(self, days: Sequence[Day], shorts: Sequence[Line]) -> Iterator[Cause]:
        """The draws that were made for a due, ahead of it, on the dates on which it was short."""
        found: dict[tuple[str, str], list[tuple[Day, Line]]] = {}
        for day, short in zip(days, shorts, strict=True):
            for line in day.before(short):
                step = self.course.steps.get(line.step)
                if step is not None and step.verb == "draw" and _is_for(step, short):
                    found.setdefault((line.step, line.record), []).append((day, line))
        for (path, record), pairs in found.items():
            gave = sum(line.paid for _, line in pairs)
            day, most = max(pairs, key=lambda pair: _lack(pair[1]))
            dates = "that date" if len(pairs) == 1 else "those dates"
            what = f"{most.owner} stood behind it, and gave {money(gave)} on {dates}"
            if _lack(most) > self.course.dust:
                what += f", {money(_lack(most))} too little on {day.date}"
            what += f": {self._why(most.owner, day, most)}."
            before = tuple(self._given(most.owner, record, pairs[0][0].number - 1))
            yield Cause("support", what, most.owner, pairs[0][0].number, pairs[-1][0].number, path, gave, before)

    def _why(self, owner: str, day: Day, line: Line) -> str:
        """Why a draw gave no more."""
        kind = self._kind(owner)
        own = [self.course.steps.get(f"{section}.{owner}") for section in SECTIONS]
        terms = dict(next((step.details for step in own if step is not None), ()))
        if line.reason in CONDITIONS:
            said = dict(self.course.steps[line.step].details)
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
        kind, until = self._kind(owner), days[-1].number
        if kind == "hedge":
            yield self._hedge(owner, record, field, days)
        elif kind in GIVEN and field in ("repaid", "reimbursed", "interest"):
            yield from self._given(owner, f"{owner}.{GIVEN[kind]}", until - 1)
        elif kind == "debt" and field != "commitment_fee":
            for drawn, where in (("drawn", ""), ("drawn_outside", ", and spent outside of the deal")):
                amount, dates = self._moved(f"{owner}.{drawn}", until)
                if dates:
                    what = f"{owner} had been drawn by {money(amount)}{where}: on {_span(dates)}; so more of it is due."
                    yield Cause("drawn", what, f"{owner}.{drawn}", dates[0].number, dates[-1].number, "", amount)

    def _hedge(self, name: str, record: str, field: str, days: Sequence[Day]) -> Cause:
        """Its terms, and the inputs that its net follows with what it would have taken on their mean paths."""
        path, first, last = f"hedges.{name}", days[0], days[-1]
        terms = dict(self.course.steps[path].details) if path in self.course.steps else {}
        took = self.course.moved(self.course.alternatives.actual, record, days)
        if field.startswith("termination"):
            event = f" ({terms['termination']})" if "termination" in terms else ""
            what = f"{name} had ended before its time{event}, and what that costs the deal was due."
            return Cause("hedge", what, name, first.number, last.number, path, took)
        said = ", ".join(f"{key} {terms[key]}" for key in HEDGE_TERMS if key in terms)
        dates = "that date" if first is last else "those dates"
        what = f"{name} went against the deal on {dates}" + (f" ({said})." if said else ".")
        factors = []
        for one in self._inputs(name):
            cause = self.tested.factor(one, first)
            if self.course.alternatives.possible:
                then = self.course.moved(self.course.alternatives.held(one), record, days)
                if abs(then - took) <= 1e-6 * max(1.0, abs(took)):
                    continue
                what_then = f"{cause.what[:-1]}; on its mean path {name} would have taken {money(then)}."
                cause = attrs.evolve(cause, what=what_then)
            factors.append(cause)
        return Cause("hedge", what, name, first.number, last.number, path, took, tuple(factors))

    def _inputs(self, hedge: str) -> tuple[str, ...]:
        """The inputs that a hedge's net reads: those of what it brings in, which is the same net; an index that was
        fixed on an earlier date is kept under the name of its factor."""
        step, program = self.course.steps.get(f"hedges.{hedge}"), self.course.program
        names: list[str] = []
        for k in range(step.first, step.last) if step is not None else ():
            record = program.code[k].record
            if record < 0 or program.records[record].name != f"{hedge}.received":
                continue
            origin = self.course.trace.origin(k, "amount")
            names += [*origin.inputs, *(f"market.{state.partition(' ')[0]}" for state in origin.states)]
        return tuple(name for name in dict.fromkeys(names) if name in self.course.program.inputs)

    # ---- figures -----------------------------------------------------------------------------------------------------

    def _moved(self, record: str, until: int) -> tuple[float, list[Day]]:
        """What a record moved up to a date, and on which dates."""
        run, before = self.course.alternatives.actual, self.course.days[:until]
        dates = [day for day in before if self.course.moved(run, record, [day]) > self.course.dust]
        return self.course.moved(run, record, before), dates


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
