"""What facilities, guarantors and sponsors put into a deal on a path, and what they got back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tranche.program import Claim, Program

from .events import short_on
from .lines import Day
from .observer import dust
from .setting import Setting
from .sums import cash, dates_of, total
from .words import money


def facility(program: Program, claim: Claim, days: Sequence[Day]) -> Iterator[str]:
    name, least = claim.name, dust(program)
    drawn, repaid = total(days, f"{name}.advanced"), total(days, f"{name}.repaid")
    parts = ["never drawn"]
    if drawn > least:
        parts = [f"{cash(program, drawn)} drawn {dates_of(days, f'{name}.advanced', least)}"]
        left = "all of it" if drawn - repaid <= least else f"{money(repaid)} of it"
        parts.append(f"{left} repaid, last on {_last(days, f'{name}.repaid', least)}" if repaid > least
                     else "none of it repaid")  # fmt: skip
    yield from _told(program, claim, days, parts)


def guarantee(program: Program, claim: Claim, days: Sequence[Day], setting: Setting) -> Iterator[str]:
    name, least = claim.name, dust(program)
    called, reimbursed = total(days, f"{name}.called"), total(days, f"{name}.reimbursed")
    parts = ["never called"]
    if called > least:
        parts = [f"the guarantor paid {cash(program, called)} {dates_of(days, f'{name}.called', least)}"]
        terms = setting.credits.get(name)
        if reimbursed > least or getattr(terms, "repays", False):
            owed = called - reimbursed
            still = f"{money(owed)} is still owed to it" if owed > least else "nothing is owed to it any more"
            parts.append(f"{money(reimbursed)} was reimbursed, {still}")
    yield from _told(program, claim, days, parts)


def equity_cure(program: Program, claim: Claim, days: Sequence[Day]) -> Iterator[str]:
    """Of a test."""
    record, least = f"{claim.name}.equity_cure", dust(program)
    if total(days, record) > least:
        put = f"The sponsor put in {cash(program, total(days, record))} {dates_of(days, record, least)}"
        yield f"{put}, to cure {claim.name}."


def _told(program: Program, claim: Claim, days: Sequence[Day], parts: list[str]) -> Iterator[str]:
    """The sentence, with what it earned and missed; none of one that did nothing at all."""
    name, least = claim.name, dust(program)
    interest, fees = total(days, f"{name}.interest"), total(days, f"{name}.fee")
    earned = [f"{word} {money(amount)}" for word, amount in (("interest", interest), ("fees", fees)) if amount > least]
    if earned:
        parts.append(f"received {' and '.join(earned)}")
    late = short_on(days, name, least)
    if late:
        parts.append(f"short of a due {late}")
    if parts[0].startswith("never") and len(parts) == 1:
        return
    yield f"{name}: {'; '.join(parts)}."


def _last(days: Sequence[Day], record: str, least: float) -> str:
    return str([day for day in days for line in day.lines if line.record == record and line.paid > least][-1].date)
