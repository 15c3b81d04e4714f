"""The summary on top of an explanation: what became of the cash, of every class, of the tests, in a few sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from tranche.program import Claim, Program

from .events import open_dues
from .lines import Day, Line
from .observer import dust
from .turn import reasons
from .words import SHOWN, count, level, money, percent, ratio


def story(program: Program, days: Sequence[Day]) -> tuple[str, ...]:
    """Sentences, the most important first."""
    return tuple(
        [
            *_collateral(program, days),
            *_status(program, days),
            *_first_shortfall(program, days),
            *(sentence for claim in program.claims for sentence in _of_claim(program, claim, days)),
        ]
    )


def _of_claim(program: Program, claim: Claim, days: Sequence[Day]) -> Iterator[str]:
    match claim.kind:
        case "debt":
            yield _debt(program, claim, days)
        case "residual":
            yield _residual(program, claim, days)
        case "fee":
            yield _fee(program, claim, days)
        case "account" if claim.name != "cash":
            yield _account(program, claim, days)
        case "test":
            yield _test(claim, days)


def total(days: Sequence[Day], record: str) -> float:
    """What was paid under a record over the path's life, added up in the kernel's order."""
    amount = 0.0
    for day in days:
        for line in day.lines:
            if line.record == record and line.verb not in ("test", "flag"):
                amount += line.short if line.verb in ("unpaid", "uncovered") else line.paid
    return amount


def _collateral(program: Program, days: Sequence[Day]) -> Iterator[str]:
    collected = [sum(line.paid for line in day.lines if line.record == "collateral.collections") for day in days]
    worst = min(range(len(days)), key=collected.__getitem__)
    yield (
        f"The collateral brought in {_sum(program, total(days, 'collateral.collections'))} over "
        f"{count(len(days), 'date')}, least on {days[worst].date} ({money(collected[worst])})."
    )
    for name in program.inputs:
        if name.startswith("market."):
            path = [day.inputs[name] for day in days]
            low = min(range(len(path)), key=path.__getitem__)
            yield (
                f"{name}: {level(path[0])} on {days[0].date}, {level(path[-1])} on {days[-1].date}, "
                f"lowest {level(path[low])} on {days[low].date}."
            )
    for day in days:
        for line in day.lines:
            if line.record == "collateral.clean_up":
                yield f"On {day.date} a clean-up call paid {_sum(program, line.paid)} for the collateral."
    uncovered = [day for day in days for line in day.lines if line.verb == "uncovered"]
    if uncovered:
        yield (
            f"The rent did not cover the operating cost on {count(len(uncovered), 'date')}, first on "
            f"{uncovered[0].date}: {_sum(program, total(days, 'collateral.unfunded'))} is missing in all."
        )


def _status(program: Program, days: Sequence[Day]) -> Iterator[str]:
    before = "performing"
    for day in days:
        if day.status != before:
            why = ", ".join(reasons(program, days, day))
            yield f"{day.date}: {before} → {day.status}" + (f" ({why})." if why else ".")
        before = day.status
    if before == "performing" and not any(day.status != "performing" for day in days):
        has_status = any(reading.level_name != "trigger" for day in days for reading in day.readings)
        if has_status:
            yield "The deal was performing throughout."


def _first_shortfall(program: Program, days: Sequence[Day]) -> Iterator[str]:
    least = dust(program)
    for day in days:
        for line in open_dues(day, least):
            yield (
                f"First shortfall on {day.date}: {_due_name(line)} was short of "
                f"{money(max(line.short, line.paid) if line.verb == 'capitalise' else line.short)} "
                f"of the {money(line.due)} due ({line.why})."
            )
            return
    yield "Every due was paid in full and on its date."


def _due_name(line: Line) -> str:
    field = line.record.rpartition(".")[2]
    if field == "deferred":
        return f"{line.owner}.interest"
    return line.record if field in ("interest", "principal") else line.owner


def _debt(program: Program, claim: Claim, days: Sequence[Day]) -> str:
    name, least = claim.name, dust(program)
    principal, swept = total(days, f"{name}.principal"), total(days, f"{name}.prepaid")
    parts = [f"interest {money(total(days, f'{name}.interest'))}", f"principal {money(principal + swept)}"]
    if swept > least:
        parts[-1] += f" ({money(swept)} of it swept)"
    repaid = next((day for day in days if day.owed[name] <= 1e-9 * claim.notional), None)
    left = days[-1].owed[name]
    if left > 1e-9 * claim.notional:
        share = f"{percent(left / claim.notional)} of its notional of {money(claim.notional)}"
        fate = f"lost {_sum(program, left)}, {share}"
    elif repaid is not None:
        fate = f"repaid in full on {repaid.date}"
    else:
        fate = "repaid in full"
    late = [day for day in days for line in open_dues(day, least) if line.owner == name]
    dates = len({day.number for day in late})
    timing = f"short of a due on {count(dates, 'date')}, first on {late[0].date}" if late else "never short of a due"
    deferred = total(days, f"{name}.deferred")
    if deferred > least:
        first = next(day for day in days for line in day.lines if line.record == f"{name}.deferred" and line.paid > 0)
        timing += f"; {money(deferred)} of its interest was capitalised, first on {first.date}"
    for field in ("commitment_fee", "cap_shortfall", "call_premium"):
        more = total(days, f"{name}.{field}")
        if more > least:
            parts.append(f"{field.replace('_', ' ')} {money(more)}")
    called = next((day for day in days for line in day.lines if line.record == f"{name}.refinanced"), None)
    if called is not None:
        fate = f"called on {called.date}, {fate}"
    received = f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"{name}: {fate}; received {received}; {timing}."


def _residual(program: Program, claim: Claim, days: Sequence[Day]) -> str:
    record = f"{claim.name}.distribution"
    received = total(days, record)
    of = f", {received / claim.notional:.2f} times the {money(claim.notional)} invested" if claim.notional > 0 else ""
    paid = [day for day in days if any(line.record == record and line.paid >= SHOWN for line in day.lines)]
    last = f", last on {paid[-1].date}" if paid else ""
    return f"{claim.name}: received {_sum(program, received)} on {count(len(paid), 'date')}{last}{of}."


def _fee(program: Program, claim: Claim, days: Sequence[Day]) -> str:
    record = f"{claim.name}.paid"
    late = [day for day in days for line in open_dues(day, dust(program)) if line.owner == claim.name]
    timing = f"short on {count(len(late), 'date')}, first on {late[0].date}" if late else "never short"
    return f"{claim.name}: paid {_sum(program, total(days, record))}; {timing}."


def _account(program: Program, claim: Claim, days: Sequence[Day]) -> str:
    record, least = f"{claim.name}.drawn", dust(program)
    drawn = [(day, line.paid) for day in days for line in day.lines
             if line.record == record and line.verb in ("draw", "spend") and line.paid > least]  # fmt: skip
    use = "never drawn"
    if drawn:
        dates = count(len({day.number for day, _ in drawn}), "date")
        use = f"{_sum(program, sum(paid for _, paid in drawn))} drawn on {dates}, first on {drawn[0][0].date}"
    peak = max(day.balances[claim.name] for day in days)
    return f"{claim.name}: {use}; held at most {money(peak)}, and {money(days[-1].balances[claim.name])} at the end."


def _test(claim: Claim, days: Sequence[Day]) -> str:
    readings = [(day, reading) for day in days for reading in day.readings if reading.test == claim.name]
    tested = [(day, r) for day, r in readings if math.isfinite(r.level) and (r.failed or math.isfinite(r.ratio))]
    if not tested:
        return f"{claim.name}: never tested, for nothing was due."
    above = tested[0][1].breach == "above"
    day, worst = (max if above else min)(tested, key=lambda pair: pair[1].ratio)
    parts = [f"{claim.name}: {'highest' if above else 'lowest'} {ratio(worst.ratio)} on {day.date}"]
    for name in dict.fromkeys(r.level_name for _, r in tested):
        wanted = ratio(next(r.level for _, r in tested if r.level_name == name))
        failed = [(d, r) for d, r in tested if r.level_name == name and r.failed]
        if failed:
            first, r = failed[0]
            times = f"on {count(len(failed), 'date')}, first on {first.date} ({ratio(r.ratio)})"
            parts.append(f"{worst.breach} its {name} of {wanted} {times}")
        else:
            parts.append(f"never {worst.breach} its {name} of {wanted}")
    return "; ".join(parts) + "."


def _sum(program: Program, amount: float) -> str:
    return f"{program.currency} {money(amount)}"
