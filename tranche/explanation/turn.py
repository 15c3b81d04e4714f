"""Why the deal came into a status: the tests that led there, else dues that stayed unpaid, else the deal's own rule."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from tranche.compiler.status import MATERIAL
from tranche.program import Program

from .lines import Day
from .margin import bare
from .setting import Setting


def reasons(program: Program, days: Sequence[Day], day: Day, setting: Setting) -> tuple[str, ...]:
    """Words for each of what led to the status of a date on which it changed; none where nothing did, as on the way
    back to performing."""
    led = [one for one in day.readings if one.leads_to(day.status)]
    tests = tuple(f"{one.test} {one.words}{bare(program, day, one)}" for one in led)
    if tests:
        return tests
    unpaid = tuple(_payment_defaults(program, setting, days, day)) if day.status == "default" else ()
    step = program.step("status")
    rules = dict(step.details) if step is not None else {}
    key = day.status.replace("-", "_").replace(" ", "_")
    return unpaid or ((f"by its rule, {key}: {rules[key]}",) if key in rules else ())


def _payment_defaults(program: Program, setting: Setting, days: Sequence[Day], day: Day) -> Iterator[str]:
    """The dues of `payment_default` that were left unpaid on as many dates before this one as it takes."""
    rules = setting.status
    if rules is None or not rules.cross_acceleration:
        return
    for due, number in rules.payment_default.items():
        before = days[max(0, day.number - 1 - number) : day.number - 1]
        if len(before) == number and all(_unpaid(program, one, due) for one in before):
            when = f"on {before[0].date}" if len(before) == 1 else f"on {number} dates in a row up to {before[-1].date}"
            yield f"{due} was left unpaid {when}"


def _unpaid(program: Program, day: Day, due: str) -> bool:
    """Whether a due was open at the close, by what the steps left of it and the class left unpaid."""
    owner = due.partition(".")[0]
    least = MATERIAL * next((claim.notional for claim in program.claims if claim.name == owner), 0.0)
    shorts = [line.short for line in day.lines if line.record == due and line.verb == "pay"]
    open_ = [line for line in day.lines if line.verb == "unpaid" and line.owner == owner and line.short > least]
    left = [short for short in shorts if not math.isnan(short)]
    return bool(open_) and (not left or left[-1] > least)
