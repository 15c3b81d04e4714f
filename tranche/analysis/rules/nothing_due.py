"""A step that pays what is not due yet: interest before it accrues, principal before any falls due."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tranche.analysis.subject import Subject
from tranche.errors import DealWarning

RULE = "nothing-due"


def nothing_due(subject: Subject) -> Iterator[DealWarning]:
    """By the calendar alone: on every date on which the step can run nothing has fallen due; or by the order of the
    period: what falls due is added only after the step, which therefore pays what the date before left."""
    for steps in subject.stated.values():
        for step in steps:
            runs = subject.runs(step)
            if step.verb != "pay" or not runs.any():
                continue
            for target, due in _dues(subject, step.first, step.last):
                yield from _due(subject, step.path, target, due, step.first, runs)


def _dues(subject: Subject, first: int, last: int) -> Iterator[tuple[str, int]]:
    """What the instructions of a step pay, and the registers in which it is owed."""
    for k in range(first, last):
        one = subject.program.code[k]
        register = one.register("due")
        if one.record >= 0 and register is not None and one.register("cash") is not None:
            yield subject.program.records[one.record].name, register


def _due(
    subject: Subject, path: str, target: str, register: int, first: int, runs: NDArray[np.bool_]
) -> Iterator[DealWarning]:
    program = subject.program
    adding = [k for k in subject.writers(register) if program.code[k].record < 0]
    falls = np.any([_amounts(subject, k) for k in adding], axis=0) if adding else np.zeros(program.periods, dtype=bool)
    if not falls.any():
        yield subject.warning(RULE, path, f"nothing of {target} ever falls due", "leave the step out")
    elif np.flatnonzero(runs)[-1] < np.flatnonzero(falls)[0]:
        last, due = (program.dates[1 + np.flatnonzero(runs)[-1]], program.dates[1 + np.flatnonzero(falls)[0]])
        what = f"{target} is paid until {last}, and none of it falls due before {due}"
        yield subject.warning(RULE, path, what, "later dates for the step")
    elif adding and min(adding) > first:
        yield subject.warning(RULE, path, f"{target} is paid before it accrues", "a later place in the period")


def _amounts(subject: Subject, number: int) -> NDArray[np.bool_]:
    """The dates on which an instruction may add to a due; all where it does not depend on the date alone."""
    open_: NDArray[np.bool_] = subject.open[number]
    for name in ("rate", "b"):
        known = subject.known(number, name)
        if known is not None:
            return np.logical_and(open_, known > 0)
    return open_
