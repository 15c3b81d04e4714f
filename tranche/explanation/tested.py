"""The links of tests and of inputs: how they stood on a date, and with inputs on their mean paths."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import attrs

from tranche.description.terms import AMOUNT
from tranche.program import ratio_of

from .alternatives import ALL
from .cause import Cause
from .course import Course
from .lines import Day, Reading
from .margin import bare
from .places import Places
from .words import count, level, money

SIDES = ("numerator", "denominator")
HOLDING = ("limit", "condition")  # operands by which a step holds back


@attrs.frozen(eq=False)
class Tested:
    """Of one path."""

    course: Course

    @property
    def places(self) -> Places:
        return Places(self.course)

    def test(self, day: Day, test: str, field: str, times: int = 0) -> Cause:
        """A level of a test on a date, with the last date before on which it passed; `times`: on how many it failed."""
        reading = next(r for r in day.readings if r.test == test and r.field == field)
        number = self.places.test(test, field)
        what = f"{test} on {day.date}: {reading.words}{self._sides(number, day, reading)}"
        what += bare(self.course.program, day, reading)
        if times > 1:
            what += f"; so on {count(times, 'date')}"
        earlier = ((d, r) for d in reversed(self.course.days[: day.number - 1]) for r in d.readings
                   if r.test == test and r.field == field)  # fmt: skip
        passed = ((d, r) for d, r in earlier if not r.failed and math.isfinite(r.ratio))
        before = next(passed, None) if reading.failed else None
        if before is not None:
            date, then = before
            what += f"; on {date.date} it was {then.show(then.ratio)}{self._sides(number, date, then)}"
        causes = tuple(self._factors(number, day, reading)) if reading.failed else ()
        path = f"tests.{test}"
        return Cause("test", what + ".", test, day.number, day.number, path, reading.ratio, causes)

    def _sides(self, number: int, day: Day, reading: Reading) -> str:
        """What the test compared on a date; that of an amount has said it."""
        over, under = self.course.alternatives.actual.readings[day.number - 1][number][:2]
        return "" if reading.unit == AMOUNT else f" ({money(over)} over {money(under)})"

    def level(self, day: Day, number: int) -> Iterator[Cause]:
        """The level of a test that an instruction compares."""
        program = self.course.program
        record = program.records[program.code[number].record]
        for r in day.readings:
            if (r.test, r.field) == (record.owner, record.field):
                yield self.test(day, r.test, r.field)

    def _factors(self, number: int, day: Day, reading: Reading) -> Iterator[Cause]:
        """The inputs that a test reads, and what it would have been with each on its mean path."""
        t, numbers = day.number - 1, self.course.alternatives
        names = [n for side in SIDES for n in self.course.trace.origin(number, side).inputs]
        for name in dict.fromkeys(names):
            cause = self.factor(name, day)
            if numbers.possible:
                then = _instead(reading, numbers.held(name).readings[t].get(number, (0.0, 0.0, 0.0, False)))
                what = f"{cause.what[:-1]}; on its mean path up to then the test would be {then}."
                cause = attrs.evolve(cause, what=what)
            yield cause
        if numbers.possible and len(set(names)) > 1:
            then = _instead(reading, numbers.held(ALL).readings[t].get(number, (0.0, 0.0, 0.0, False)))
            what = f"With all inputs on their mean paths up to then the test would be {then}."
            yield Cause("alternative", what, ALL, day.number, day.number)

    def factor(self, name: str, day: Day) -> Cause:
        """An input on a date, beside its mean."""
        own = day.inputs[name]
        what = f"{name} stood at {_level(name, own)} on {day.date}"
        if self.course.alternatives.possible:
            what += f", its mean at {_level(name, self.course.alternatives.value(name, day.number - 1)[1])}"
        return Cause("factor", what + ".", name, day.number, day.number, "", own)

    def behind_step(self, day: Day, path: str, record: str) -> Iterator[Cause]:
        """The tests that a step's condition or limit reads, not counting those that chose its list."""
        step, number = self.course.steps[path], self.places.instruction(path, record)
        if number is None:
            return
        program, trace = self.course.program, self.course.trace
        words = " ".join(said for _, said in step.details)
        own = [k for name in HOLDING for k in trace.origin(number, name).tests]
        own += [k for skip in self.places.skips(step) for k in trace.origin(skip, "condition").tests]
        chosen = set(self.places.choosers(step))
        for k in dict.fromkeys(own):
            test = program.records[program.code[k].record].owner
            if k not in chosen or re.search(rf"\b{re.escape(test)}\b", words):
                yield from self.level(day, k)

    def values(self, day: Day, path: str, record: str) -> Iterator[Cause]:
        """The inputs that a step's limit or condition reads, as they stood."""
        number = self.places.instruction(path, record)
        if number is None:
            return
        read = (name for side in HOLDING for name in self.course.trace.origin(number, side).inputs)
        for name in dict.fromkeys(read):
            if name in day.inputs and not self._reads_through_test(number, name):
                yield self.factor(name, day)

    def _reads_through_test(self, number: int, name: str) -> bool:
        trace = self.course.trace
        tests = [k for side in HOLDING for k in trace.origin(number, side).tests]
        return any(name in trace.origin(k, side).inputs for k in tests for side in SIDES)


def _instead(reading: Reading, held: tuple[float, float, float, bool]) -> str:
    """How a test would have been on other paths of its inputs."""
    over, under, wanted, failed = held
    above = reading.breach == "above"
    then = reading.show(ratio_of(over, under, above)) if under > 0 or above else "without anything due"
    return f"{then}, which {'still fails' if failed else 'passes'} {reading.show(wanted)}"


def _level(name: str, value: float) -> str:
    return money(value) if name.startswith("collections") else level(value)
