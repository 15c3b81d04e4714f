"""The summary on top of an explanation: what became of the cash, of every class, of the tests, in a few sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tranche.program import Program

from .events import due_name, left_open, open_dues, reason
from .fates import fate
from .lines import Day
from .liquidation import sale
from .margin import margin
from .observer import dust
from .setting import Setting
from .sums import cash, total
from .turn import reasons
from .words import count, money
from .world import defaults, factors


def story(program: Program, days: Sequence[Day], setting: Setting) -> tuple[str, ...]:
    """Sentences, the most important first."""
    return tuple(
        [
            *defaults(program, days, setting),
            *_collateral(program, days),
            *sale(program, days),
            *factors(program, days, setting),
            *_after_the_market(program, days),
            *margin(program, days, setting),
            *_status(program, days, setting),
            *_first_shortfall(program, days),
            *(sentence for claim in program.claims for sentence in fate(program, claim, days, setting)),
        ]
    )


def _collateral(program: Program, days: Sequence[Day]) -> Iterator[str]:
    collected = [sum(line.paid for line in day.lines if line.record == "collateral.collections") for day in days]
    worst = min(range(len(days)), key=collected.__getitem__)
    yield (
        f"The collateral brought in {cash(program, total(days, 'collateral.collections'))} over "
        f"{count(len(days), 'date')}, least on {days[worst].date} ({money(collected[worst])})."
    )


def _after_the_market(program: Program, days: Sequence[Day]) -> Iterator[str]:
    """A clean-up call, and operating cost that nothing covered."""
    for day in days:
        for line in day.lines:
            if line.record == "collateral.clean_up":
                yield f"On {day.date} a clean-up call paid {cash(program, line.paid)} for the collateral."
    least = dust(program)
    uncovered = [day for day in days for line in day.lines if line.verb == "uncovered" and line.short > least]
    if uncovered:
        is_miner = any(claim.kind == "miner" for claim in program.claims)
        income = "The miner's income did not cover its" if is_miner else "The rent did not cover the"
        yield (
            f"{income} operating cost on {count(len(uncovered), 'date')}, first on {uncovered[0].date}: "
            f"{cash(program, total(days, 'collateral.unfunded'))} is missing in all."
        )


def _status(program: Program, days: Sequence[Day], setting: Setting) -> Iterator[str]:
    step = program.step("status")
    rules = dict(step.details) if step is not None else {}
    before = "" if "revolving" in rules else "performing"  # a revolving period begins at closing
    for day in days:
        if day.status != before:
            why = ", ".join(reasons(program, days, day, setting))
            turn = f"{before} → {day.status}" if before else f"the deal begins as {day.status}"
            yield f"{day.date}: {turn}" + (f" ({why})." if why else ".")
        before = day.status
    if before == "performing" and not any(day.status != "performing" for day in days):
        has_status = any(reading.field != "breached" for day in days for reading in day.readings)
        if has_status:
            yield "The deal was performing throughout."


def _first_shortfall(program: Program, days: Sequence[Day]) -> Iterator[str]:
    least = dust(program)
    for day in days:
        for line in open_dues(day, least):
            yield (
                f"First shortfall on {day.date}: {due_name(line)} was short of {money(left_open(line))} "
                f"of the {money(line.due)} due ({reason(day, line)})."
            )
            return
    yield "Every due was paid in full and on its date."
