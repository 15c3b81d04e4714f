"""Stage 3 of a period, fees: what falls due, and how a cap divides it into a senior and a subordinated part."""

from __future__ import annotations

import datetime as dt

import attrs

from tranche.deal import Fee
from tranche.program import Claim, Op
from tranche.terms.dates import FREQUENCIES

from .context import Context, Due, FeeRegisters
from .expressions import lower_formula
from .values import INFINITE, ONE, ZERO, Value, series
from .wording import details

MONTHS_A_YEAR = 12.0

Steps = tuple[tuple[dt.date, float], ...]


def declare(context: Context) -> None:
    """Registers of every fee, and what `pay` may name of it."""
    for fee in context.deal.fees:
        name = fee.name
        registers = FeeRegisters(fee, context.emitter.state(f"{name}.unpaid"))
        context.dues[name] = Due(registers.unpaid, name, "paid")
        if fee.cap is not None:
            excess = context.emitter.state(f"{name}.excess.unpaid")
            registers = attrs.evolve(registers, excess=excess)
            if fee.cap_per == "year":
                registers = attrs.evolve(registers, billed=context.emitter.state(f"{name} billed"))
            context.dues[f"{name}.excess"] = Due(excess, name, "excess")
        context.fees[name] = registers
        context.claims.append(Claim(name, "fee"))


def lower(context: Context) -> None:
    """What falls due; what was unpaid before is still in the registers."""
    for fee in context.fees.values():
        text = f"{fee.terms.name}: falls due"
        with context.emitter.step(f"fees.{fee.terms.name}", text, details=details(fee.terms)):
            _fall_due(context, fee)


def _fall_due(context: Context, fee: FeeRegisters) -> None:
    emitter, terms = context.emitter, fee.terms
    amount = emitter.compute(Op.MAX, ZERO, _amount(context, terms), name=f"{terms.name} due")
    if context.cleaned_up is not None:
        amount = emitter.compute(Op.SELECT, context.cleaned_up, ZERO, amount, name=f"{terms.name} due")
    room = INFINITE if terms.cap is None else _room(context, fee)
    if terms.interest_on_unpaid:
        rate = series([terms.interest_on_unpaid * years for years in context.year_fractions(terms.day_count)])
        for unpaid in (fee.unpaid, fee.excess):
            if unpaid is not None:
                emitter.emit(Op.ACCRUE, unpaid, unpaid, rate)
    if fee.excess is None:
        if terms.unpaid == "carried":
            emitter.emit(Op.ACCRUE, fee.unpaid, amount, ONE)
        else:
            emitter.emit(Op.COPY, fee.unpaid, amount)
        return
    owed = amount
    if terms.unpaid == "carried":
        carried = emitter.compute(Op.ADD, fee.unpaid, fee.excess, name="carried")
        owed = emitter.compute(Op.ADD, carried, amount, name="owed")
    senior = emitter.compute(Op.MIN, owed, room, name="below the cap")
    over = emitter.compute(Op.SUB, owed, senior, name="above the cap")
    emitter.emit(Op.COPY, fee.unpaid, senior)
    emitter.emit(Op.COPY, fee.excess, over)
    if fee.billed is not None:
        emitter.emit(Op.COPY, fee.billed, senior)


def _room(context: Context, fee: FeeRegisters) -> Value:
    """What may fall due below the cap on this date; never negative."""
    emitter, terms = context.emitter, fee.terms
    assert terms.cap is not None
    cap = lower_formula(context, terms.cap)
    before = 12 // FREQUENCIES[context.deal.schedule.frequency] - 1  # the other payment dates of a year
    if fee.billed is not None and before > 0:
        paid = emitter.compute(Op.SUB, fee.billed, fee.unpaid, name="paid on the date before")
        year = emitter.temp("paid in the year before")
        emitter.emit(Op.WINDOW, year, paid, emitter.ring(f"last {before}", before), before)
        cap = emitter.compute(Op.SUB, cap, year, name="room")
    return emitter.compute(Op.MAX, ZERO, cap, name="room")


def _amount(context: Context, fee: Fee) -> Value:
    """The fee of the period before caps: a number known in advance times what it is taken on."""
    emitter, dates = context.emitter, context.dates
    years = context.year_fractions(fee.day_count)
    time = {"date": [1.0] * len(years), "month": [x * MONTHS_A_YEAR for x in years], "year": years}
    if fee.amount is not None:
        base, factor = dated(context, lower_formula(context, fee.amount), fee.steps), time[fee.per]
    else:
        formula = fee.on if fee.price is None else fee.count
        start = fee.rate if fee.price is None else fee.price
        assert formula is not None and start is not None
        base = lower_formula(context, formula)
        price = [stepped(start, fee.steps, date) for date in dates.dates]
        spans = years if fee.price is None else time[fee.per]
        factor = [number * span for number, span in zip(price, spans, strict=True)]
    if fee.growth:
        factor = [
            number * (1.0 + fee.growth) ** whole_years(dates.closing, start)
            for number, start in zip(factor, dates.starts, strict=True)
        ]
    result = emitter.compute(Op.MUL, base, series(factor), name=f"{fee.name}.due")
    if fee.index is not None:
        result = emitter.compute(Op.MUL, result, lower_formula(context, fee.index), name=f"{fee.name}.due")
    return result


def dated(context: Context, base: Value, steps: Steps) -> Value:
    """`base`, and from the first step on the number of the last step that has begun."""
    if not steps:
        return base
    first = min(date for date, _ in steps)
    later = series([float(date >= first) for date in context.dates.dates])
    numbers = series([stepped(0.0, steps, date) for date in context.dates.dates])
    return context.emitter.compute(Op.SELECT, later, numbers, base, name="stepped")


def stepped(start: float, steps: Steps, date: dt.date) -> float:
    """The number that holds on a payment date: that of the last step on or before it, or `start`."""
    number = start
    for day, value in sorted(steps):
        if day <= date:
            number = value
    return number


def whole_years(start: dt.date, end: dt.date) -> int:
    """Anniversaries of `start` up to `end`, that day included. One of 29 February is kept on 1 March."""
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))
