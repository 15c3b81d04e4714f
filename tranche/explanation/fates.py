"""What became of every class, account and test of a deal on a path, a sentence each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from tranche.program import Claim, Program

from .drawings import drawings
from .events import short_on
from .extensions import extended
from .hedging import hedge
from .ledgers import ledger
from .lines import Day
from .margin import bare
from .observer import dust
from .setting import Setting
from .sums import at_closing, cash, drawn, total
from .support import equity_cure, facility, guarantee
from .words import SHOWN, count, money, percent


def fate(program: Program, claim: Claim, days: Sequence[Day], setting: Setting) -> Iterator[str]:
    match claim.kind:
        case "debt":
            yield _debt(program, claim, days)
            yield from drawings(program, claim, days)
            yield from extended(program, claim.name, days, setting)
        case "facility":
            yield from facility(program, claim, days)
        case "guarantee":
            yield from guarantee(program, claim, days, setting)
        case "hedge":
            yield from hedge(program, claim, days, setting)
        case "ledger":
            yield from ledger(program, claim, days)
        case "residual":
            yield _residual(program, claim, days)
        case "fee":
            yield _fee(program, claim, days)
        case "account" if claim.name != "cash":
            yield _account(program, claim, days)
        case "test":
            yield _test(program, claim, days)
            yield from equity_cure(program, claim, days)


def _debt(program: Program, claim: Claim, days: Sequence[Day]) -> str:
    name, least = claim.name, dust(program)
    principal, swept = total(days, f"{name}.principal"), total(days, f"{name}.prepaid")
    parts = [f"interest {money(total(days, f'{name}.interest'))}", f"principal {money(principal + swept)}"]
    if swept > least:
        parts[-1] += f" ({money(swept)} of it swept)"
    small = 1e-9 * claim.notional
    lent = [day.number for day in days if day.owed[name] > small]
    since = lent[0] if at_closing(program, name) <= small and lent else 0  # what was not lent is not repaid
    repaid = next((day for day in days if day.owed[name] <= small and day.number >= since), None)
    left = days[-1].owed[name]
    if left > 1e-9 * claim.notional:
        fate = f"lost {cash(program, left)}, {share_lost(program, days, claim, left)}"
    elif not lent and at_closing(program, name) <= small:
        fate = "never drawn"
    elif repaid is not None:
        fate = f"repaid in full on {repaid.date}"
    else:
        fate = "repaid in full"
    late = short_on(days, name, least)
    timing = f"short of a due {late}" if late else "never short of a due"
    for verb, how in (("in kind", "paid in kind"), ("capitalise", "capitalised")):
        added = [(day, line.paid) for day in days for line in day.lines
                 if line.record == f"{name}.deferred" and line.verb == verb and line.paid > least]  # fmt: skip
        if added:
            amount = money(sum(paid for _, paid in added))
            timing += f"; {amount} of its interest was {how}, first on {added[0][0].date}"
    for field in ("commitment_fee", "cap_shortfall", "call_premium"):
        more = total(days, f"{name}.{field}")
        if more > least:
            parts.append(f"{field.replace('_', ' ')} {money(more)}")
    called = next((day for day in days for line in day.lines if line.record == f"{name}.refinanced"), None)
    if called is not None:
        fate = f"called on {called.date}, {fate}"
    shares = converted(program, days, name)
    if shares:
        fate = shares if left <= 1e-9 * claim.notional else f"{shares}, {fate}"
    received = f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"{name}: {fate}; received {received}; {timing}."


def converted(program: Program, days: Sequence[Day], name: str) -> str:
    """That a debt converted, all of it; empty where it did not."""
    found = [(day, line.paid) for day in days for line in day.lines
             if line.record == f"{name}.converted" and line.paid > dust(program)]  # fmt: skip
    return f"converted on {found[0][0].date} into shares worth {cash(program, found[0][1])}" if found else ""


def share_lost(program: Program, days: Sequence[Day], claim: Claim, lost: float) -> str:
    """What a loss is of the notional and, where that was not all lent, of what was."""
    lent = drawn(program, days, claim)
    of = f" ({percent(lost / lent)} of the {money(lent)} drawn)" if lent is not None else ""
    return f"{percent(lost / claim.notional)} of its notional of {money(claim.notional)}{of}"


def _residual(program: Program, claim: Claim, days: Sequence[Day]) -> str:
    record = f"{claim.name}.distribution"
    received = total(days, record)
    paid = [day for day in days if any(line.record == record and line.paid >= SHOWN for line in day.lines)]
    if not paid:
        return f"{claim.name}: received nothing{invested(claim)}."
    of = f", {received / claim.notional:.2f} times the {money(claim.notional)} invested" if claim.notional > 0 else ""
    on = f"on {count(len(paid), 'date')}, last on {paid[-1].date}"
    return f"{claim.name}: received {cash(program, received)} {on}{of}."


def invested(claim: Claim) -> str:
    """What was paid for a residual that brought nothing."""
    return f" for the {money(claim.notional)} invested" if claim.notional > 0 else ""


def _fee(program: Program, claim: Claim, days: Sequence[Day]) -> str:
    record = f"{claim.name}.paid"
    late = short_on(days, claim.name, dust(program))
    timing = f"short {late}" if late else "never short"
    return f"{claim.name}: paid {cash(program, total(days, record))}; {timing}."


def _account(program: Program, claim: Claim, days: Sequence[Day]) -> str:
    record, least = f"{claim.name}.drawn", dust(program)
    used = [(day, line.paid) for day in days for line in day.lines
             if line.record == record and line.verb in ("draw", "spend") and line.paid > least]  # fmt: skip
    use = "never drawn"
    if used:
        dates = count(len({day.number for day, _ in used}), "date")
        use = f"{cash(program, sum(paid for _, paid in used))} drawn on {dates}, first on {used[0][0].date}"
    opening = at_closing(program, claim.name)
    peak = max(opening, *(day.balances[claim.name] for day in days))
    held = f"{money(opening)} at closing, at most {money(peak)}" if opening > least else f"at most {money(peak)}"
    return f"{claim.name}: {use}; held {held}, and {money(days[-1].balances[claim.name])} at the end."


def _test(program: Program, claim: Claim, days: Sequence[Day]) -> str:
    readings = [(day, reading) for day in days for reading in day.readings if reading.test == claim.name]
    tested = [(day, r) for day, r in readings if math.isfinite(r.level) and (r.failed or math.isfinite(r.ratio))]
    if not tested:
        return f"{claim.name}: never tested, for nothing was due."
    above = tested[0][1].breach == "above"
    day, worst = (max if above else min)(tested, key=lambda pair: pair[1].ratio)
    parts = [f"{claim.name}: {'highest' if above else 'lowest'} {worst.show(worst.ratio)} on {day.date}"]
    parts[0] += bare(program, day, worst)
    for name in dict.fromkeys(r.level_name for _, r in tested):
        levels = dict.fromkeys(worst.show(r.level) for _, r in tested if r.level_name == name)
        wanted = f"{next(iter(levels))}{', later others' if len(levels) > 1 else ''}"
        failed = [(d, r) for d, r in tested if r.level_name == name and r.failed]
        if failed:
            first, r = failed[0]
            times = f"on {count(len(failed), 'date')}, first on {first.date} ({r.show(r.ratio)})"
            parts.append(f"{worst.breach} its {name} of {wanted} {times}")
        else:
            parts.append(f"never {worst.breach} its {name} of {wanted}")
    return "; ".join(parts) + "."
