"""Builds the causal chain of one class: its loss → the dues it was short of → who had the cash, which limit, condition
or status held it back → the tests behind those → the inputs behind the tests and behind the cash."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from tranche.errors import Problem, UsageError, nearest
from tranche.program import Claim

from .alternatives import ALL
from .backing import Backing
from .calls import Calls
from .cause import Cause
from .course import Course
from .episodes import Episode, grouped
from .events import open_dues
from .fates import converted, invested, share_lost
from .lines import Day
from .setting import Setting
from .shortfalls import Shortfalls
from .tested import Tested
from .words import SHOWN, count, money

KINDS = ("debt", "fee", "residual", "test")
MOST_EPISODES = 5


def root(course: Course, setting: Setting, name: str) -> Cause:
    """The chain of a debt, a fee, a residual or a test. Raises UsageError for what cannot lose anything."""
    claim = course.claims.get(name)
    if claim is None or claim.kind not in KINDS:
        known = [one.name for one in course.program.claims if one.kind in KINDS]
        what = f"unknown tranche, fee or test {name!r}" if claim is None else f"{name!r} is no tranche, fee or test"
        raise UsageError(Problem(what, nearest(name, known)))
    tested = Tested(course)
    calls = Calls(course, tested)
    because = _Because(course, tested, calls, Shortfalls(course, setting, tested, Backing(course, tested), calls))
    return {"test": because.failures, "residual": because.residual}.get(claim.kind, because.owed)(claim)


@attrs.frozen(eq=False)
class _Because:
    course: Course
    tested: Tested
    calls: Calls
    shortfalls: Shortfalls

    def owed(self, claim: Claim) -> Cause:
        """A debt or a fee: what is left of it, and its shortfalls."""
        name, currency = claim.name, self.course.program.currency
        lost = self.course.loss(self.course.alternatives.actual.totals, claim)
        episodes = self._episodes(name)
        if lost > max(self.course.dust, 1e-9 * claim.notional):
            what = f"{name} lost {currency} {money(lost)}"
            what += f", {share_lost(self.course.program, self.course.days, claim, lost)}." if claim.notional else "."
        elif episodes:
            what = f"{name} lost nothing in the end, but was short on {count(_dates(episodes), 'date')}."
        else:
            shares = converted(self.course.program, self.course.days, name)
            what = f"{name} {shares}; it lost nothing" if shares else f"{name} lost nothing"
            what += ", and every due was paid in full and on its date"
            in_kind = self._in_kind(claim)
            what += f"; {money(in_kind)} of its interest was paid in kind." if in_kind > self.course.dust else "."
            return Cause("loss", what, name, amount=0.0, because=tuple(self.calls.of(claim)))
        parts = [*self._made_of(claim), *self.calls.of(claim)]
        parts += (self.shortfalls.link(name, episode) for episode in episodes[:MOST_EPISODES])
        if not episodes:
            what_due = f"{name} was never short of a due: what is left of it never fell due."
            parts.append(Cause("schedule", what_due, name))
        if len(episodes) > MOST_EPISODES:
            left = episodes[MOST_EPISODES:]
            what_else = f"And {count(len(left), 'more way')} of being short, on {count(_dates(left), 'date')}."
            parts.append(Cause("shortfall", what_else, name))
        return Cause("loss", what, name, amount=lost, because=(*parts, *self._alternatives(claim)))

    def residual(self, claim: Claim) -> Cause:
        name, record = claim.name, f"{claim.name}.distribution"
        received = self.course.alternatives.actual.totals.get(record, 0.0)
        what = f"{name} received {self.course.program.currency} {money(received)}"
        if received < SHOWN:
            what = f"{name} received nothing{invested(claim)}"
        elif claim.notional:
            what += f", {received / claim.notional:.2f} times the {money(claim.notional)} invested"
        what += "."
        episodes = [
            episode for episode in grouped((day, line) for day in self.course.days for line in day.lines
            if line.record == record and line.paid <= self.course.dust)
        ]  # fmt: skip
        parts = [*self.calls.of(claim), *(self.shortfalls.link(name, episode) for episode in episodes[:MOST_EPISODES])]
        return Cause("loss", what, name, amount=received, because=(*parts, *self._alternatives(claim)))

    def failures(self, claim: Claim) -> Cause:
        """A test: the first date of each level that failed."""
        failed: dict[str, list[Day]] = {}
        for day in self.course.days:
            for reading in day.readings:
                if reading.test == claim.name:
                    failed.setdefault(reading.field, []).extend([day] * reading.failed)
        found = [self.tested.test(days[0], claim.name, name, len(days)) for name, days in failed.items() if days]
        what = f"{claim.name} failed." if found else f"{claim.name} never failed."
        return Cause("loss", what, claim.name, because=tuple(found))

    def _made_of(self, claim: Claim) -> Iterator[Cause]:
        if claim.kind != "debt":
            return
        totals, in_kind = dict(self.course.alternatives.actual.totals), self._in_kind(claim)
        totals[f"{claim.name}.in_kind"] = in_kind
        totals[f"{claim.name}.deferred"] = totals.get(f"{claim.name}.deferred", 0.0) - in_kind
        said = {
            "interest": "of interest received", "principal": "repaid", "prepaid": "swept or prepaid",
            "drawn": "drawn", "drawn_outside": "drawn and spent outside of the deal",
            "converted": "in shares", "in_kind": "of interest paid in kind",
            "deferred": "of interest capitalised into it",
            "arrears": "of interest unpaid at the end",
            "balance": "of balance left", "written_off": "written down and not up again",
        }  # fmt: skip
        parts = [f"{money(totals[f'{claim.name}.{field}'])} {words}" for field, words in said.items()
                 if totals.get(f"{claim.name}.{field}", 0.0) > self.course.dust]  # fmt: skip
        if parts:
            what = f"Over its life, of {money(claim.notional)} of notional: {', '.join(parts)}."
            yield Cause("made_of", what, claim.name)

    def _in_kind(self, claim: Claim) -> float:
        """Interest that was added to the balance without ever falling due."""
        record = f"{claim.name}.deferred"
        return sum(line.paid for day in self.course.days for line in day.lines
                   if line.record == record and line.verb == "in kind")  # fmt: skip

    def _alternatives(self, claim: Claim) -> Iterator[Cause]:
        """The loss with each input, and with all, on its mean path. An input that changes nothing is not told, nor what
        became of a fee."""
        if claim.kind == "fee" or not self.course.alternatives.possible:
            return
        lost = self.course.loss(self.course.alternatives.actual.totals, claim)
        inputs, told = self.course.program.inputs, 0
        for held in (*inputs, *([ALL] if len(inputs) > 1 else [])):
            other = self.course.loss(self.course.alternatives.held(held).totals, claim)
            if abs(other - lost) <= 1e-6 * max(1.0, abs(lost)):
                continue
            told += 1
            then = f"lost {money(other)} instead of {money(lost)}"
            if claim.kind == "residual":
                then = f"received {money(claim.notional - other)} instead of {money(claim.notional - lost)}"
            elif other <= max(self.course.dust, 1e-9 * claim.notional):
                then = f"lost nothing instead of {money(lost)}"
            on = "on their mean paths" if held == ALL else "on its mean path, everything else as drawn"
            what = f"With {held} {on}, {claim.name} would have {then}."
            yield Cause("alternative", what, held, amount=other)
        if not told:
            what = f"With any input, or all, on the mean path it would have been the same for {claim.name}."
            yield Cause("alternative", what, ALL, amount=lost)

    def _episodes(self, name: str) -> list[Episode]:
        days, least = self.course.days, self.course.dust
        return grouped((day, line) for day in days for line in open_dues(day, least) if line.owner == name)


def _dates(episodes: Sequence[Episode]) -> int:
    return len({day.number for episode in episodes for day in episode.days})
