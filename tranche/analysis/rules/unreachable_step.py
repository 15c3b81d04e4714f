"""A step that can never move anything: its condition is false, its limit zero or its dates past on every date."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.analysis.subject import Subject
from tranche.deal import Step
from tranche.deal.formula import Number
from tranche.errors import DealWarning

RULE = "unreachable-step"


def unreachable_step(subject: Subject) -> Iterator[DealWarning]:
    for status, steps in subject.stated.items():
        there = {step.path: step for step in steps}
        for k, written in enumerate(subject.written[status]):
            path = f"waterfall.{status}[{k}]"
            step = there.get(path)
            runs = step is not None and (subject.runs(step).any() or not _conditional(dict(step.details)))
            if runs and not _nothing(written):
                continue
            said = dict(step.details) if step is not None else {}
            reasons = [f"{key}: {said[key]}" for key in ("when", "after", "until", "limit", "share") if key in said]
            what = "the step never moves anything" + (f" ({', '.join(reasons)})" if reasons else "")
            yield subject.warning(RULE, f"{path}.{written.verb}", what, "mend the condition, or leave the step out")


def _nothing(step: Step) -> bool:
    """A limit or a share of zero, written out, of a step that does not capitalise what it leaves unpaid."""
    if step.short == "capitalise":
        return False
    limit = step.limit.tree if step.limit is not None else None
    return step.share == 0 or (isinstance(limit, Number) and limit.value <= 0)


def _conditional(details: dict[str, str]) -> bool:
    """Only a step under a condition is held to move something: what others move, other rules look at."""
    return bool(details.keys() & {"when", "after", "until", "limit", "share"})
