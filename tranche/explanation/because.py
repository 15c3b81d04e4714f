"""Builds the causal chain of one class: its loss → the dues it was short of → who had the cash, which limit, condition
or status held it back → the tests behind those → the inputs behind the tests and behind the cash."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import cached_property

import attrs

from tranche.description.terms import AMOUNT
from tranche.errors import Problem, UsageError, nearest
from tranche.program import Claim, Program, Step
from tranche.reduction import OWED

from .alternatives import ALL, Alternative, Alternatives
from .backing import Backing
from .calls import Calls
from .cause import Cause
from .episodes import Episode, grouped
from .events import due_name, left_open, open_dues
from .fates import invested, share_lost
from .lines import Day, Line, Reading
from .margin import TREASURIES, bare
from .observer import dust, record_of
from .trace import Trace
from .turn import reasons
from .why import NOT_MET, NOT_TODAY
from .words import SHOWN, count, level, money

KINDS = ("debt", "fee", "residual", "test")
MOST_EPISODES = 5
MOST_TAKERS = 6
PAYING = frozenset({"pay", "sweep", "distribute", "fund"})
BRINGING = frozenset({"receive", "redeem", "draw", "release"})


class Because:
    """Of one path. Figures come from `days` (the twin's run) and `alternatives` (the kernel's, with an input held)."""

    def __init__(self, program: Program, days: Sequence[Day], alternatives: Alternatives) -> None:
        self.program, self.days, self.alternatives = program, days, alternatives
        self.trace = Trace(program)
        self.steps = {step.path: step for step in program.steps}
        self._dust = dust(program)
        self._told: set[tuple[str, int]] = set()  # statuses, and since when, whose tests have been told

    @cached_property
    def backing(self) -> Backing:
        return Backing(self.program, self.days, self.alternatives, self.trace, self._factor)

    @cached_property
    def calls(self) -> Calls:
        return Calls(self.program, self.days, self.alternatives, self.trace, self._factor, self._read, self._loss)

    @cached_property
    def claims(self) -> dict[str, Claim]:
        return {claim.name: claim for claim in self.program.claims}

    def root(self, name: str) -> Cause:
        """Raises UsageError for what cannot lose anything."""
        claim = self.claims.get(name)
        if claim is None or claim.kind not in KINDS:
            known = [one.name for one in self.program.claims if one.kind in KINDS]
            what = f"unknown tranche, fee or test {name!r}" if claim is None else f"{name!r} is no tranche, fee or test"
            raise UsageError(Problem(what, nearest(name, known)))
        if claim.kind == "test":
            return self._failures(claim)
        if claim.kind == "residual":
            return self._residual(claim)
        return self._owed(claim)

    # ---- what became of the class -----------------------------------------------------------------------------------

    def _owed(self, claim: Claim) -> Cause:
        """A debt or a fee: what is left of it, and its shortfalls."""
        name, currency = claim.name, self.program.currency
        lost = self._loss(self.alternatives.actual.totals, claim)
        episodes = self._episodes(name)
        if lost > max(self._dust, 1e-9 * claim.notional):
            what = f"{name} lost {currency} {money(lost)}"
            what += f", {share_lost(self.program, self.days, claim, lost)}." if claim.notional else "."
        elif episodes:
            what = f"{name} lost nothing in the end, but was short on {count(_dates(episodes), 'date')}."
        else:
            what = f"{name} lost nothing, and every due was paid in full and on its date"
            in_kind = self._in_kind(claim)
            what += f"; {money(in_kind)} of its interest was paid in kind." if in_kind > self._dust else "."
            return Cause("loss", what, name, amount=0.0, because=tuple(self.calls.of(claim)))
        parts = [*self._made_of(claim), *self.calls.of(claim)]
        parts += (self._episode(name, episode) for episode in episodes[:MOST_EPISODES])
        if not episodes:
            what_due = f"{name} was never short of a due: what is left of it never fell due."
            parts.append(Cause("schedule", what_due, name))
        if len(episodes) > MOST_EPISODES:
            left = episodes[MOST_EPISODES:]
            what_else = f"And {count(len(left), 'more way')} of being short, on {count(_dates(left), 'date')}."
            parts.append(Cause("shortfall", what_else, name))
        return Cause("loss", what, name, amount=lost, because=(*parts, *self._alternatives(claim)))

    def _residual(self, claim: Claim) -> Cause:
        name, record = claim.name, f"{claim.name}.distribution"
        received = self.alternatives.actual.totals.get(record, 0.0)
        what = f"{name} received {self.program.currency} {money(received)}"
        if received < SHOWN:
            what = f"{name} received nothing{invested(claim)}"
        elif claim.notional:
            what += f", {received / claim.notional:.2f} times the {money(claim.notional)} invested"
        what += "."
        episodes = [
            episode for episode in grouped((day, line) for day in self.days for line in day.lines
            if line.record == record and line.paid <= self._dust)
        ]  # fmt: skip
        parts = [*self.calls.of(claim), *(self._episode(name, episode) for episode in episodes[:MOST_EPISODES])]
        return Cause("loss", what, name, amount=received, because=(*parts, *self._alternatives(claim)))

    def _failures(self, claim: Claim) -> Cause:
        """A test: the first date of each level that failed."""
        found = []
        for name in dict.fromkeys(r.level_name for day in self.days for r in day.readings if r.test == claim.name):
            failed = [day for day in self.days
                      for r in day.readings if r.test == claim.name and r.level_name == name and r.failed]  # fmt: skip
            if failed:
                found.append(self._test(failed[0], claim.name, name, len(failed)))
        what = f"{claim.name} failed." if found else f"{claim.name} never failed."
        return Cause("loss", what, claim.name, because=tuple(found))

    def _loss(self, totals: dict[str, float], claim: Claim) -> float:
        """What is owed after the last date; of a residual, what it did not get back of what was invested."""
        if claim.kind == "residual":
            return claim.notional - totals.get(f"{claim.name}.distribution", 0.0)
        if claim.kind == "debt":
            return sum(totals.get(f"{claim.name}.{field}", 0.0) for field in OWED)
        final = self.days[-1]
        return sum(left_open(line) for line in open_dues(final, self._dust) if line.owner == claim.name)

    def _made_of(self, claim: Claim) -> Iterator[Cause]:
        if claim.kind != "debt":
            return
        totals, in_kind = dict(self.alternatives.actual.totals), self._in_kind(claim)
        totals[f"{claim.name}.in_kind"] = in_kind
        totals[f"{claim.name}.deferred"] = totals.get(f"{claim.name}.deferred", 0.0) - in_kind
        said = {
            "interest": "of interest received", "principal": "repaid", "prepaid": "swept or prepaid",
            "drawn": "drawn", "drawn_outside": "drawn and spent outside of the deal",
            "in_kind": "of interest paid in kind", "deferred": "of interest capitalised into it",
            "arrears": "of interest unpaid at the end",
            "balance": "of balance left", "written_off": "written down and not up again",
        }  # fmt: skip
        parts = [f"{money(totals[f'{claim.name}.{field}'])} {words}" for field, words in said.items()
                 if totals.get(f"{claim.name}.{field}", 0.0) > self._dust]  # fmt: skip
        if parts:
            what = f"Over its life, of {money(claim.notional)} of notional: {', '.join(parts)}."
            yield Cause("made_of", what, claim.name)

    def _in_kind(self, claim: Claim) -> float:
        """Interest that was added to the balance without ever falling due."""
        record = f"{claim.name}.deferred"
        return sum(line.paid for day in self.days for line in day.lines
                   if line.record == record and line.verb == "in kind")  # fmt: skip

    def _alternatives(self, claim: Claim) -> Iterator[Cause]:
        """The loss with each input, and with all, on its mean path. An input that changes nothing is not told."""
        if not self.alternatives.possible:
            return
        lost = self._loss(self.alternatives.actual.totals, claim) if claim.kind != "fee" else None
        if lost is None:
            return
        inputs, told = self.program.inputs, 0
        for held in (*inputs, *([ALL] if len(inputs) > 1 else [])):
            other = self._loss(self.alternatives.held(held).totals, claim)
            if abs(other - lost) <= 1e-6 * max(1.0, abs(lost)):
                continue
            told += 1
            then = f"lost {money(other)} instead of {money(lost)}"
            if claim.kind == "residual":
                then = f"received {money(claim.notional - other)} instead of {money(claim.notional - lost)}"
            elif other <= max(self._dust, 1e-9 * claim.notional):
                then = f"lost nothing instead of {money(lost)}"
            on = "on their mean paths" if held == ALL else "on its mean path, everything else as drawn"
            what = f"With {held} {on}, {claim.name} would have {then}."
            yield Cause("alternative", what, held, amount=other)
        if not told:
            what = f"With any input, or all, on the mean path it would have been the same for {claim.name}."
            yield Cause("alternative", what, ALL, amount=lost)

    # ---- shortfalls -------------------------------------------------------------------------------------------------

    def _episodes(self, name: str) -> list[Episode]:
        short = ((day, line) for day in self.days for line in open_dues(day, self._dust) if line.owner == name)
        return grouped(short)

    def _episode(self, name: str, episode: Episode) -> Cause:
        first, last, line = episode.days[0], episode.days[-1], episode.steps[0]
        span = f"On {first.date}"
        if first is not last:
            span = f"On {count(len(episode.days), 'date')} from {first.date} to {last.date}"
        due = due_name(episode.lines[0])
        listed = "" if episode.status == "performing" else f", in {episode.status}"
        if line.verb == "distribute":
            what = f"{span}{listed}, {name} received nothing: {_WAY[episode.category]}."
        else:
            upto = "" if len(episode.days) == 1 else "up to "
            what = f"{span}{listed}, {due} was short of {upto}{money(episode.most)}: {_WAY[episode.category]}."
        because = list(self._behind(episode))
        if episode.status != "performing":
            because += self._status(first)
        step = "" if episode.category == "unlisted" else line.step
        return Cause("shortfall", what, episode.record, first.number, last.number, step, episode.most, tuple(because))

    def _behind(self, episode: Episode) -> Iterator[Cause]:
        line = episode.steps[0]
        if episode.category == "cash":
            yield from self._cash(episode)
            yield from self.backing.covers(episode.days, episode.lines)
            yield from self._collateral(episode.days)
        elif episode.category in ("limit", "condition"):
            yield self._held_back(episode.days[0], line, episode.category)
            yield from self._takers(episode, after=True)

    def _cash(self, episode: Episode) -> Iterator[Cause]:
        """What came into the account on these dates, and who was paid out of it first."""
        account = self._account(episode.lines[0].step)
        brought: dict[str, float] = {}
        for day, short in zip(episode.days, episode.lines, strict=True):
            opening = self.days[day.number - 2].balances.get(account, 0.0) if day.number > 1 else 0.0
            if opening > self._dust:
                brought["left from the date before"] = brought.get("left from the date before", 0.0) + opening
            for line in day.before(short):
                if line.verb in BRINGING and line.paid > self._dust and self._receives(line) == account:
                    brought[line.record] = brought.get(line.record, 0.0) + line.paid
        dates = "that date" if len(episode.days) == 1 else "those dates"
        parts = [f"{name} {money(amount)}" for name, amount in brought.items()]
        where = "The collection account" if account == "cash" else account
        takers = tuple(self._takers(episode, after=False))
        what = f"{where} had on {dates}: {', '.join(parts)}." if parts else f"{where} had nothing on {dates}."
        total = sum(brought.values())
        yield Cause("cash", what, account, episode.days[0].number, episode.days[-1].number, "", total, takers)

    def _takers(self, episode: Episode, after: bool) -> Iterator[Cause]:
        """Who took cash of the same account, before the short line or, of what a limit left, after it."""
        account = self._account(episode.steps[0].step)
        taken: dict[tuple[str, str], float] = {}
        for day, short in zip(episode.days, episode.steps, strict=True):
            for line in day.after(short) if after else day.before(short):
                if line.verb in PAYING and line.paid > self._dust and self._account(line.step) == account:
                    taken[line.step, line.record] = taken.get((line.step, line.record), 0.0) + line.paid
        total = sum(taken.values())
        shown = sorted(taken, key=lambda key: -taken[key])[:MOST_TAKERS]
        for path, record in (key for key in taken if key in shown and taken[key] > 1e-3 * total):
            step = self.steps[path]
            when = dict(step.details).get("when")
            order = "after it" if after else "ahead of it"
            what = f"{record} took {money(taken[path, record])} {order} ({step.text})."
            if path.startswith(TREASURIES):  # no rival claim: the money is there for this debt alone
                what = f"{money(taken[path, record])} came of pledged coins, which were sold for it, and repaid "
                what += f"{record.partition('.')[0]} ahead of the waterfall ({step.text})."
            day = episode.days[0]
            behind = [*(self._tests_of(day, path, record) if when else ()), *self.backing.behind(record, episode.days)]
            behind += self.calls.behind(record, episode.days)
            last = episode.days[-1].number
            yield Cause("taken", what, record, day.number, last, path, taken[path, record], tuple(behind))

    def _held_back(self, day: Day, line: Line, category: str) -> Cause:
        step = self.steps[line.step]
        details = dict(step.details)
        keys = ("when", "after", "until", "limit", "share", "waits")
        said = [f"{key}: {details[key]}" for key in keys if key in details]
        why = NOT_MET if line.why == NOT_TODAY else line.why
        what = f"The step says {'; '.join(said) or step.text}: {why} on {day.date}."
        because = (*self._tests_of(day, line.step, line.record), *self._values_of(day, line.step, line.record))
        return Cause(category, what, line.record, day.number, day.number, line.step, line.paid, because)

    # ---- tests, status, inputs --------------------------------------------------------------------------------------

    def _status(self, day: Day) -> list[Cause]:
        """Since when the deal is in the status of this date, and which tests led to it."""
        first = day
        status = day.status
        while first.number > 1 and self.days[first.number - 2].status == day.status:
            first = self.days[first.number - 2]
        what = f"The deal has been in {status} since {first.date}, so that another waterfall applies"
        if (status, first.number) in self._told:
            return [Cause("status", f"{what} (see above).", status, first.number, day.number, "status")]
        self._told.add((status, first.number))
        tests = tuple(self._test(first, r.test, r.level_name) for r in first.readings if r.leads_to(status))
        why = () if tests else reasons(self.program, self.days, first)
        if why:
            what += f": {', '.join(why)}"
        return [Cause("status", f"{what}.", status, first.number, day.number, "status", because=tests)]

    def _tests_of(self, day: Day, path: str, record: str) -> Iterator[Cause]:
        """The tests that a step's condition or limit reads, not counting those that chose its list."""
        step, number = self.steps[path], self._instruction(path, record)
        if number is None:
            return
        words = " ".join(said for _, said in step.details)
        own = [k for name in ("limit", "condition") for k in self.trace.origin(number, name).tests]
        own += [k for skip in self._skips(step) for k in self.trace.origin(skip, "condition").tests]
        chosen = set(self._choosers(step))
        for k in dict.fromkeys(own):
            record_name = self.program.records[record_of(self.program, k)]
            if k not in chosen or re.search(rf"\b{re.escape(record_name.owner)}\b", words):
                yield from self._read(day, k)

    def _read(self, day: Day, number: int) -> Iterator[Cause]:
        """The level of a test that an instruction compares."""
        record = self.program.records[record_of(self.program, number)]
        for r in day.readings:
            if r.test == record.owner and _field(r.level_name) in (record.field, ""):
                yield self._test(day, r.test, r.level_name)

    def _values_of(self, day: Day, path: str, record: str) -> Iterator[Cause]:
        """The inputs that a step's limit or condition reads, as they stood."""
        number = self._instruction(path, record)
        if number is None:
            return
        for name in dict.fromkeys(n for side in ("limit", "condition") for n in self.trace.origin(number, side).inputs):
            if name in day.inputs and not self._reads_through_test(number, name):
                yield self._factor(name, day)

    def _reads_through_test(self, number: int, name: str) -> bool:
        sides = ("numerator", "denominator")
        tests = [k for side in ("limit", "condition") for k in self.trace.origin(number, side).tests]
        return any(name in self.trace.origin(k, side).inputs for k in tests for side in sides)

    def _test(self, day: Day, test: str, level_name: str, times: int = 0) -> Cause:
        reading = next(r for r in day.readings if r.test == test and r.level_name == level_name)
        number = self._test_instruction(test, level_name)
        t = day.number - 1
        over, under = self.alternatives.actual.readings[t][number][:2]
        sides = "" if reading.unit == AMOUNT else f" ({money(over)} over {money(under)})"
        what = f"{test} on {day.date}: {reading.words}{sides}{bare(self.program, day, reading)}"
        if times > 1:
            what += f"; so on {count(times, 'date')}"
        before = next((d for d in reversed(self.days[:t]) for r in d.readings
                       if r.test == test and r.level_name == level_name and not r.failed
                       and math.isfinite(r.ratio)), None)  # fmt: skip
        if reading.failed and before is not None:
            was = self.alternatives.actual.readings[before.number - 1][number]
            what += f"; on {before.date} it was {reading.show(was[0] / was[1] if was[1] > 0 else math.inf)}"
            what += "" if reading.unit == AMOUNT else f" ({money(was[0])} over {money(was[1])})"
        causes = tuple(self._factors_of(number, day, reading)) if reading.failed else ()
        path = f"tests.{test}"
        return Cause("test", what + ".", test, day.number, day.number, path, reading.ratio, causes)

    def _factors_of(self, number: int, day: Day, reading: Reading) -> Iterator[Cause]:
        """The inputs that a test reads, and what it would have been with each on its mean path."""
        t, numbers = day.number - 1, self.alternatives
        names = [n for side in ("numerator", "denominator") for n in self.trace.origin(number, side).inputs]
        for name in dict.fromkeys(names):
            cause = self._factor(name, day)
            if numbers.possible:
                then = _instead(reading, numbers.held(name).readings[t].get(number, (0.0, 0.0, 0.0, False)))
                what = f"{cause.what[:-1]}; on its mean path up to then the test would be {then}."
                cause = attrs.evolve(cause, what=what)
            yield cause
        if numbers.possible and len(set(names)) > 1:
            then = _instead(reading, numbers.held(ALL).readings[t].get(number, (0.0, 0.0, 0.0, False)))
            what = f"With all inputs on their mean paths up to then the test would be {then}."
            yield Cause("alternative", what, ALL, day.number, day.number)

    def _collateral(self, days: Sequence[Day]) -> Iterator[Cause]:
        """What the collateral brought in on these dates, against the same with its inputs on their mean paths."""
        record, numbers = "collateral.collections", self.alternatives
        if not numbers.possible or record not in numbers.actual.totals:
            return
        own, mean = (self._moved(run, record, days) for run in (numbers.actual, numbers.held(ALL)))
        if abs(mean - own) <= 1e-9 * max(1.0, abs(own)):
            return
        dates = "that date" if len(days) == 1 else "those dates"
        what = f"The collateral brought in {money(own)} on {dates}"
        what += f", and would have {money(mean)} with all inputs on their mean paths."
        worst = min(days, key=lambda day: self._moved(numbers.actual, record, [day]))
        factors = []
        for name in self.program.inputs:
            then = self._moved(numbers.held(name), record, days)
            if abs(then - own) > 1e-6 * max(1.0, abs(own)) and not name.startswith("collections."):
                cause = self._factor(name, worst)
                what_then = f"{cause.what[:-1]}; on its mean path it would have brought {money(then)}."
                factors.append(attrs.evolve(cause, what=what_then))
        yield Cause("collateral", what, record, days[0].number, days[-1].number, "collateral", own, tuple(factors))

    def _factor(self, name: str, day: Day) -> Cause:
        own = day.inputs[name]
        what = f"{name} stood at {_level(name, own)} on {day.date}"
        if self.alternatives.possible:
            what += f", its mean at {_level(name, self.alternatives.value(name, day.number - 1)[1])}"
        return Cause("factor", what + ".", name, day.number, day.number, "", own)

    # ---- places in the Program --------------------------------------------------------------------------------------

    def _moved(self, run: Alternative, record: str, days: Sequence[Day]) -> float:
        """What a record moved on these dates in a run."""
        return math.fsum(run.flows[[day.number - 1 for day in days], self.program.record(record)].tolist())

    def _account(self, path: str) -> str:
        step = self.steps.get(path)
        return step.source if step is not None and step.source else "cash"

    def _receives(self, line: Line) -> str:
        step = self.steps.get(line.step)
        return step.to if step is not None and step.to else "cash"

    def _instruction(self, path: str, record: str) -> int | None:
        step = self.steps[path]
        for k in range(step.first, step.last):
            number = record_of(self.program, k)
            if number >= 0 and self.program.records[number].name == record:
                return k
        return None

    def _test_instruction(self, test: str, level_name: str) -> int:
        for k in range(len(self.program.instructions)):
            number = record_of(self.program, k)
            if number >= 0 and self.trace.operand(k, "denominator") is not None:
                record = self.program.records[number]
                if record.owner == test and _field(level_name) in (record.field, ""):
                    return k
        return -1

    def _skips(self, step: Step) -> list[int]:
        return [k for k in range(step.first, step.last)
                if self.trace.operand(k, "condition") is not None and self._is_skip(k)]  # fmt: skip

    def _is_skip(self, number: int) -> bool:
        return set(self.trace._operands[number]) == {"condition"}

    def _choosers(self, step: Step) -> tuple[int, ...]:
        """The tests that decide whether the list of a step runs at all."""
        own = step.path.rpartition("[")[0]
        first = min(one.first for one in self.program.steps if one.path.startswith(f"{own}["))
        before = first - 1
        if before >= 0 and self._is_skip(before):
            return self.trace.origin(before, "condition").tests
        return ()


_WAY = {
    "cash": "there was not enough cash",
    "limit": "the step held it back",
    "condition": "the condition of the step was not met",
    "unlisted": "no step of the waterfall that applied pays it",
}


def _instead(reading: Reading, held: tuple[float, float, float, bool]) -> str:
    """How a test would have been on other paths of its inputs."""
    over, under, wanted, failed = held
    then = reading.show(over / under) if under > 0 else "without anything due"
    return f"{then}, which {'still fails' if failed else 'passes'} {reading.show(wanted)}"


def _dates(episodes: Sequence[Episode]) -> int:
    return len({day.number for episode in episodes for day in episode.days})


def _field(level_name: str) -> str:
    """The record field of a level's name; see `lines.LEVELS`."""
    from .lines import LEVELS

    return next((field for field, name in LEVELS.items() if name == level_name), "")


def _level(name: str, value: float) -> str:
    return money(value) if name.startswith("collections") else level(value)
