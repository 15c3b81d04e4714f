"""Which dates of a path are worth telling: breaches, shortfalls, changes of status, draws, repayments."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tranche.program import Program

from .lines import Day, Line
from .observer import dust
from .why import CONDITIONS
from .words import count

CARRIED = ".cap_shortfall"
NO_DUES = (CARRIED, ".credited")  # paid where there is cash for it; a deficiency ledger is owed to nobody


def open_dues(day: Day, least: float) -> list[Line]:
    """Dues of debts and fees that a date's payments left open, in order of payment: the last line of each due; for
    a class that no step paid on this date, what the close found unpaid or capitalised. Interest above an
    available-funds cap is carried by its terms, interest in kind does not fall due: neither is among them."""
    last: dict[str, Line] = {}
    for line in day.lines:
        if line.verb == "pay" and not math.isnan(line.short) and not line.record.endswith(NO_DUES):
            last[line.record] = line
    found = [line for line in last.values() if line.short > least]
    told = {line.owner for line in found}
    for line in day.lines:
        if line.verb in ("capitalise", "unpaid") and line.owner not in told and max(line.paid, line.short) > least:
            found.append(line)
            told.add(line.owner)
    return found


def left_open(line: Line) -> float:
    """What stays open of a due that `open_dues` found; of a capitalised one it was moved into the balance."""
    return max(line.short, line.paid) if line.verb == "capitalise" else line.short


def due_name(line: Line) -> str:
    """A due as the deal calls it: `notes.interest` where it was capitalised, the class where all of it is meant."""
    field = line.record.rpartition(".")[2]
    if field == "deferred":
        return f"{line.owner}.interest"
    return line.owner if field in ("shortfall", "paid", "distribution") else line.record


def not_run(day: Day, line: Line) -> Line | None:
    """Of a class that the close found unpaid, the step that would have paid it and whose condition did not hold."""
    if line.verb not in ("capitalise", "unpaid"):
        return None
    skipped = [one for one in day.lines if one.owner == line.owner and one.verb == "pay"
               and one.reason in CONDITIONS]  # fmt: skip
    if line.verb == "capitalise":
        return next((one for one in skipped if one.record.endswith(".interest")), None)
    return next((one for one in skipped if day.left.get(one.record, math.inf) > 0), None)


def reason(day: Day, line: Line) -> str:
    """Why a due stayed open, with the step whose condition did not let it be paid."""
    step = not_run(day, line)
    if step is not None:
        said = f"{step.text}: {step.why}"
        return f"{line.why}; {said}" if line.verb == "capitalise" else said
    return f"{line.text}: {line.why}" if line.reason in CONDITIONS else line.why


def short_on(days: Sequence[Day], owner: str, least: float) -> str:
    """On which dates a class was short of a due: `on 2 dates, first on 2025-02-01`; empty when on none."""
    late = list(dict.fromkeys(day.date for day in days for line in open_dues(day, least) if line.owner == owner))
    return f"on {count(len(late), 'date')}, first on {late[0]}" if late else ""


def events(program: Program, day: Day, least: float) -> frozenset[str]:
    """What is out of the ordinary on a date, as keys to compare dates by."""
    found = {f"{line.record} short" for line in open_dues(day, least)}
    found |= {f"{reading.test} {reading.level_name}" for reading in day.readings if reading.failed}
    found |= {key for line in day.lines if (key := _event(line, least))}
    found |= {f"{name} ended" for name in day.ended} | {f"{name} to be extended" for name in day.extensions}
    for claim in program.claims:
        if claim.kind == "debt" and day.balances.get(claim.name, 0.0) <= 1e-9 * claim.notional:
            found.add(f"{claim.name} repaid")
    return frozenset(found)


def _event(line: Line, least: float) -> str:
    """The key of a line that is out of the ordinary; empty for all others."""
    match line.verb:
        case "capitalise" | "redeem" | "unpaid" | "uncovered":
            tells = max(line.paid, line.short) > least
        case "write down" | "write up" | "convert" | "debit" | "in kind" | "realise":
            tells = line.paid > least
        case "receive":
            tells = line.record.endswith(".equity_cure") and line.paid > least
        case "draw":
            return f"{line.record} drawn" if line.paid > least and line.due > 0 else ""
        case "pay":
            tells = line.record.endswith(CARRIED) and line.short > least
        case _:
            tells = line.verb == "flag"
    return line.record if tells else ""


def is_ordinary(found: frozenset[str]) -> bool:
    """Whether nothing happened; a debt that was repaid earlier is no news."""
    return all(key.endswith(" repaid") for key in found)


def told_in_full(program: Program, days: Sequence[Day]) -> list[bool]:
    """The first and the last date, every change of status, and every date with an event that the path had not seen."""
    least, seen, status = dust(program), set[str](), "performing"
    full = []
    for day in days:
        now = events(program, day, least)
        full.append(day.number in (1, program.periods) or day.status != status or not now <= seen)
        seen |= now
        status = day.status
    return full
