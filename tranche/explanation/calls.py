"""Why a debt was called, or was not: the date, the price, what was paid in, the condition that let it, and what would
have been without the call."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cached_property

import attrs

from tranche.program import Claim

from .alternatives import Alternative
from .cause import Cause
from .course import Course
from .lines import Day
from .options import DEAL, WHEN, Call, Option, options
from .tested import Tested
from .words import count, level, money, percent


@attrs.frozen(eq=False, slots=False)
class Calls:
    """Of one path."""

    course: Course
    tested: Tested

    @cached_property
    def options(self) -> dict[str, Option]:
        return {option.owner: option for option in options(self.course.program, self.course.trace)}

    def of(self, claim: Claim) -> Iterator[Cause]:
        """What calls did to a class: to a debt its own and the deal's, to a fee the deal's, to a residual all."""
        for owner, option in self.options.items():
            if owner not in (DEAL, claim.name) and claim.kind != "residual":
                continue
            day = self._day(owner)
            if day is not None:
                yield self._called(option, day, claim)
            elif owner == claim.name:
                yield from self._not_called(option)

    def behind(self, record: str, days: Sequence[Day]) -> Iterator[Cause]:
        """The call by which a debt that was paid ahead was due at once; told in full where the debt itself is asked."""
        owner = record.rpartition(".")[0]
        for name, option in self.options.items():
            day = self._day(name)
            if owner in option.step.targets and day is not None and day.number <= days[-1].number:
                yield Cause("called", self._what(option, day), name, day.number, day.number, option.step.path)

    # ---- called -----------------------------------------------------------------------------------------------------

    def _called(self, option: Option, day: Day, claim: Claim) -> Cause:
        because = [self._condition(option, day), *self._without(option, claim), *self._otherwise(option, day)]
        paid, path = self._call(option.owner, day).paid, option.step.path
        what = self._what(option, day)
        return Cause("called", what, option.owner, day.number, day.number, path, paid, tuple(because))

    def _what(self, option: Option, day: Day) -> str:
        call = self._call(option.owner, day)
        if option.owner == DEAL:
            names = ", ".join(option.step.targets)
            what = f"The clean-up call was exercised on {day.date}: the buyer paid {money(call.paid)} for the"
            return f"{what} collateral, and all of {names} was due at par."
        what = f"{option.owner} was called on {day.date}: the sponsor paid in {money(call.paid)}, all that was due"
        if call.early > self.course.dust:
            price = percent(1.0 + call.premium / call.early)
            what += f", {money(call.early)} of the balance early at {price} of par, a premium of {money(call.premium)}"
        return f"{what}."

    def _condition(self, option: Option, day: Day) -> Cause:
        """What the call says, how it stood on the date and on the one before, and what that follows."""
        said = "; ".join(f"{key.replace('_', ' ')}: {words}" for key, words in option.step.details)
        call, t = self._call(option.owner, day), day.number - 1
        what = f"The call says {said}" if said else "The call asks for nothing"
        what += f": met on {day.date}{_sides(call)}"
        if t > 0:
            before = self._call(option.owner, self.course.days[t - 1])
            what += f"; on {self.course.days[t - 1].date} {_refused(before)}{_sides(before)}"
        because = self._reads(option, day)
        return Cause("condition", f"{what}.", option.owner, day.number, day.number, option.step.path, because=because)

    def _reads(self, option: Option, day: Day) -> tuple[Cause, ...]:
        """The tests, and the inputs, that the condition reads."""
        origins = [self.course.trace.origin(part.number, part.operand) for part in option.parts if part.kind == WHEN]
        levels = dict.fromkeys(k for origin in origins for k in origin.tests)
        tests = [cause for k in levels for cause in self.tested.level(day, k)]
        names = dict.fromkeys(name for origin in origins for name in origin.inputs)
        return (*tests, *(self.tested.factor(name, day) for name in names if name in day.inputs))

    def _without(self, option: Option, claim: Claim) -> Iterator[Cause]:
        """The path again, with the call never exercised."""
        own, other = self.course.alternatives.actual, self.course.alternatives.without(option.decides)
        which = "the clean-up call" if option.owner == DEAL else option.owner
        done = "exercised" if option.owner == DEAL else "called"
        fields = {"debt": "interest", "residual": "distribution", "fee": "paid"}
        record = f"{claim.name}.{fields[claim.kind]}"
        got, then = own.totals.get(record, 0.0), other.totals.get(record, 0.0)
        of = {"debt": " of interest"}.get(claim.kind, "")
        what = f"Had {which} not been {done}, {claim.name} would have received {money(then)}{of}"
        what += f" instead of {money(got)}"
        if claim.kind == "debt":
            lost, instead = self.course.loss(own.totals, claim), self.course.loss(other.totals, claim)
            if abs(lost - instead) > self.course.dust:
                what += f", and lost {money(instead)} instead of {money(lost)}"
        yield Cause("alternative", f"{what}.", option.owner, amount=then)

    def _otherwise(self, option: Option, day: Day | None) -> Iterator[Cause]:
        """When it would have been called with an input on its mean path."""
        if not self.course.alternatives.possible:
            return
        what_of = "the clean-up call" if option.owner == DEAL else option.owner
        done = "exercised" if option.owner == DEAL else "called"
        for held in self.course.program.inputs:
            then = self._first(self.course.alternatives.held(held), option)
            if then is day:
                continue
            when = f"would have been {done} on {then.date}" if then is not None else f"would not have been {done}"
            what = f"With {held} on its mean path, everything else as drawn, {what_of} {when}."
            yield Cause("alternative", what, held, amount=math.nan)

    def _first(self, run: Alternative, option: Option) -> Day | None:
        """The date of the call in a run: a debt that the clean-up redeemed was not called itself."""
        own, deals = f"{option.owner}.called", "collateral.called"
        cleaned = next(self._dates(run, deals), None) if DEAL in self.options else None
        if option.owner == DEAL:
            return cleaned
        first = next(self._dates(run, own), None)
        return None if first is None or (cleaned is not None and cleaned.number <= first.number) else first

    def _dates(self, run: Alternative, record: str) -> Iterator[Day]:
        """On which a record of a run is not 0."""
        flows = run.flows[:, self.course.program.record(record)]
        return (day for day in self.course.days if flows[day.number - 1] != 0)

    # ---- not called -------------------------------------------------------------------------------------------------

    def _not_called(self, option: Option) -> Iterator[Cause]:
        """On which dates which condition refused it, while there was something to call."""
        name = option.owner
        reasons: dict[str, list[Day]] = {}
        for day in self.course.days:
            call = self._call(name, day)
            if call.owes and not self._deal_is_called(day):
                reasons.setdefault(_refused(call), []).append(day)
        if not reasons:
            return
        parts = [f"on {count(len(days), 'date')} from {days[0].date} {reason}" for reason, days in reasons.items()]
        said = "; ".join(f"{key.replace('_', ' ')}: {words}" for key, words in option.step.details)
        what = f"{name} was never called" + (f" ({said})" if said else "") + f": {', '.join(parts)}"
        extended = [day for day in self.course.days if self._call(name, day).extended]
        if extended:
            what += f". Its maturity was extended on {', '.join(str(day.date) for day in extended)}"
        last = reasons.get(_NOT_MET, self.course.days)[-1]
        if _NOT_MET in reasons:
            what += f". On {last.date} the condition stood{_sides(self._call(name, last)) or ' so'}"
        because = (*self._reads(option, last), *self._otherwise(option, None))
        yield Cause("not_called", f"{what}.", name, 1, last.number, option.step.path, because=because)

    # ---- dates ------------------------------------------------------------------------------------------------------

    def _day(self, owner: str) -> Day | None:
        days = self.course.days
        return next((day for day in days for call in day.calls if call.owner == owner and call.called), None)

    def _call(self, owner: str, day: Day) -> Call:
        return next(call for call in day.calls if call.owner == owner)

    def _deal_is_called(self, day: Day) -> bool:
        first = self._day(DEAL)
        return first is not None and first.number <= day.number


_NOT_MET = "its condition was not met"


def _refused(call: Call) -> str:
    """Why a call was not exercised on a date."""
    if not call.owes:
        return "nothing was owed"
    if not call.open:
        return "its dates, or what of its condition is known by the date, did not let it"
    if not call.when:
        return _NOT_MET
    return "the deal was in default" if not call.free else "it was called"


def _sides(call: Call) -> str:
    """The figures that the condition compared."""
    pairs = [f"{level(over)} against {level(under)}" for over, under in call.sides if not math.isnan(over)]
    return f", at {' and '.join(pairs)}" if pairs else ""
