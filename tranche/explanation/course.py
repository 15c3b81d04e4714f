"""One path, and what can be asked of it: its dates, its runs on other inputs, where its values come from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cached_property

import attrs

from tranche.program import Claim, Program, Step
from tranche.reduction import OWED

from .alternatives import Alternative, Alternatives
from .events import left_open, open_dues
from .lines import Day, Line
from .observer import dust
from .sums import balance_before
from .trace import Trace


@attrs.frozen(eq=False, slots=False)
class Course:
    """Figures come from `days` (the twin's run) and `alternatives` (the kernel's, with an input held)."""

    program: Program
    days: Sequence[Day]
    alternatives: Alternatives

    @cached_property
    def trace(self) -> Trace:
        return Trace(self.program)

    @cached_property
    def steps(self) -> Mapping[str, Step]:
        """By their paths in the deal."""
        return {step.path: step for step in self.program.steps}

    @cached_property
    def claims(self) -> Mapping[str, Claim]:
        return {claim.name: claim for claim in self.program.claims}

    @cached_property
    def dust(self) -> float:
        """Amounts up to this are rounding."""
        return dust(self.program)

    def loss(self, totals: Mapping[str, float], claim: Claim) -> float:
        """What is owed after the last date; of a residual, what it did not get back of what was invested."""
        if claim.kind == "residual":
            return claim.notional - totals.get(f"{claim.name}.distribution", 0.0)
        if claim.kind == "debt":
            return sum(totals.get(f"{claim.name}.{field}", 0.0) for field in OWED)
        final = self.days[-1]
        return sum(left_open(line) for line in open_dues(final, self.dust) if line.owner == claim.name)

    def moved(self, run: Alternative, record: str, days: Sequence[Day]) -> float:
        """What a record moved on these dates in a run; nothing when the deal has no such record."""
        if record not in run.totals:
            return 0.0
        return math.fsum(run.flows[[day.number - 1 for day in days], self.program.record(record)].tolist())

    def opening(self, account: str, day: Day) -> float:
        """What an account held before a date."""
        return balance_before(self.program, self.days, day, account)

    def source(self, path: str) -> str:
        """The account that a step takes from."""
        step = self.steps.get(path)
        return step.source if step is not None and step.source else "cash"

    def receiver(self, line: Line) -> str:
        """The account that a line pays into."""
        step = self.steps.get(line.step)
        return step.to if step is not None and step.to else "cash"
