"""Why a facility or a guarantee could not be drawn: past its last date, its condition, or that of the step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import attrs

from tranche.program import Kind, Op, Program, Step

from .observer import Event
from .options import Seen
from .setting import Setting
from .trace import Trace
from .why import NOT_NEEDED, Reason, Said


@attrs.frozen
class Availability:
    """Of the facilities and guarantees of a Program; their terms come from the setting."""

    program: Program
    trace: Trace
    setting: Setting

    @property
    def reads(self) -> frozenset[int]:
        """The choices that let draws happen, or not: to look at while the twin runs."""
        draws = (k for k, one in enumerate(self.program.code) if one.op is Op.BORROW)
        return frozenset(choice for draw in draws for choice in self._choices(draw))

    def why(self, step: Step, owner: str, event: Event, date: dt.date, seen: Seen) -> Said | None:
        """Why the terms of what is drawn refused a draw; None for all others."""
        terms = self.setting.credits.get(owner)
        if terms is None or "ceiling" not in event.before or event.before["limit"] != 0:
            return None
        past = terms.until is not None and date > terms.until
        if not past and not self._refused(step, event, seen):
            return None
        if event.before["need"] - event.before["cash"] <= event.dust:
            return NOT_NEEDED
        if past:
            return Said(f"not available any more: it could be drawn up to {terms.until}", Reason.TERMS)
        if terms.available is not None:
            said = f"not available: its condition ({terms.available.text}) does not hold"
            return Said(said, Reason.TERMS)
        return Said("not available: the deal is in default", Reason.TERMS)

    def _refused(self, step: Step, event: Event, seen: Seen) -> bool:
        """Whether the terms refused it, and not the step. The step's own condition is the choice that is made last,
        unless it depends on the date alone: then it skips the step."""
        details = dict(step.details)
        if "when" not in details:
            return not event.constraint.met
        choices = self._choices(event.instruction)
        if not choices:
            return False
        last = seen[choices[0]]
        if last["a"] == 0:
            return True
        skips = any(self._skips_by_date(k) for k in range(step.first, event.instruction))
        return len(choices) == 1 and skips and last["condition"] == 0

    def _choices(self, draw: int) -> list[int]:
        return list(self._chain(draw, "limit"))

    def _chain(self, number: int, operand: str) -> Iterator[int]:
        """Choices behind a limit, the last one first."""
        register = self.trace.operand(number, operand)
        if register is None or self.program.registers[register].kind is not Kind.TEMP:
            return
        writer = self.trace.writer(number, register)
        if writer is not None and self.program.code[writer].op is Op.SELECT:
            yield writer
            yield from self._chain(writer, "a")

    def _skips_by_date(self, number: int) -> bool:
        condition = self.trace.operand(number, "condition")
        skips = self.program.code[number].op is Op.SKIP
        return skips and condition is not None and self.program.registers[condition].kind is Kind.SERIES
