"""Money from outside the deal that its steps draw: liquidity facilities and guarantees, their interest and fees."""

from __future__ import annotations

import datetime as dt
from functools import partial

from tranche.deal import Facility, Guarantee
from tranche.deal.formula import Call, Name
from tranche.program import Claim, Op

from .context import Context, Credit, Due
from .coupon import lent
from .expressions import lower_formula, memory
from .fees import dated, stepped
from .values import ONE, ZERO, Constant, Lane, Value, at, series
from .wording import details


def declare(context: Context) -> None:
    """Registers of every facility and guarantee, and what `pay`, `draw` and `repay` may name of them."""
    emitter, deal = context.emitter, context.deal
    for facility in deal.facilities:
        name = facility.name
        balance = emitter.state(f"{name}.balance")
        context.credits[name] = Credit(facility, balance, balance, "advanced", "repaid")
        context.dues[f"{name}.interest"] = Due(emitter.state(f"{name}.interest"), name, "interest")
        context.dues[f"{name}.fee"] = Due(emitter.state(f"{name}.fee"), name, "fee")
        context.claims.append(Claim(name, "facility"))
    for guarantee in deal.guarantees:
        name = guarantee.name
        used = emitter.state(f"{name}.used")
        apart = guarantee.repays and not guarantee.reinstated
        owed = emitter.state(f"{name}.owed") if apart else used
        context.credits[name] = Credit(guarantee, used, owed, "called", "reimbursed")
        context.dues[f"{name}.fee"] = Due(emitter.state(f"{name}.fee"), name, "fee")
        context.claims.append(Claim(name, "guarantee"))


def declare_names(context: Context) -> None:
    for name, credit in context.credits.items():
        most, used = ("commitment", "balance") if isinstance(credit.terms, Facility) else ("limit", "used")
        context.names[f"{name}.{most}"] = partial(ceiling, context, credit)
        context.names[f"{name}.undrawn"] = partial(undrawn, context, credit)
        context.define(f"{name}.{used}", credit.drawn)
        if isinstance(credit.terms, Guarantee) and credit.terms.repays:
            context.define(f"{name}.owed", credit.owed)


def ceiling(context: Context, credit: Credit) -> Value:
    """The most that may be drawn in all: the commitment, or the limit with its steps."""
    terms = credit.terms
    if isinstance(terms, Facility):
        return lower_formula(context, terms.commitment)
    return dated(context, lower_formula(context, terms.limit), terms.steps)


def undrawn(context: Context, credit: Credit) -> Value:
    return _room(context, ceiling(context, credit), credit)


def _room(context: Context, most: Value, credit: Credit) -> Value:
    room = context.emitter.compute(Op.SUB, most, credit.drawn, name="undrawn")
    return context.emitter.compute(Op.MAX, ZERO, room, name="undrawn")


def _undrawn_before(context: Context, credit: Credit) -> Value:
    """`undrawn` as it stood after the payments of the date before: a step-down on a date lowers the fee of the period
    that begins then, not of the one that ends. Of the first period, with the steps up to closing."""
    emitter, terms, closing = context.emitter, credit.terms, context.dates.closing
    first = most = ceiling(context, credit)
    if isinstance(terms, Guarantee) and terms.steps:
        first = lower_formula(context, terms.limit)
        if any(date <= closing for date, _ in terms.steps):
            first = Constant(stepped(0.0, terms.steps, closing))
    if isinstance(first, Lane) or isinstance(most, Lane):
        before = memory(context, Call("prev", (Name(f"{terms.name}.undrawn"),)))
        begins = series([1.0, *[0.0] * (context.periods - 1)])
        return emitter.compute(Op.SELECT, begins, _room(context, first, credit), before, name="undrawn")
    known = [at(first, 0), *(at(most, t) for t in range(context.periods - 1))]
    return _room(context, series(known), credit)


def available(context: Context, credit: Credit) -> Value:
    """Whether it can be drawn now: up to its last date, while its condition holds."""
    terms, emitter = credit.terms, context.emitter
    condition: Value = ONE
    if terms.available is not None:
        condition = lower_formula(context, terms.available)
    elif isinstance(terms, Facility):
        condition = emitter.compute(Op.NOT, context.names["status.default"]())
    open_until = series([float(x) for x in _open(context, terms.until)])
    return condition if open_until == ONE else emitter.compute(Op.AND, condition, open_until)


def _open(context: Context, until: dt.date | None) -> list[bool]:
    return [until is None or date <= until for date in context.dates.dates]


def lower(context: Context) -> None:
    """Interest on what is drawn and fees on what is not, as they stand at the beginning of the period."""
    emitter = context.emitter
    for name, credit in context.credits.items():
        terms = credit.terms
        section = "facilities" if isinstance(terms, Facility) else "guarantees"
        with emitter.step(f"{section}.{name}", f"{name}: interest and fees", details=details(terms)):
            years = context.year_fractions(terms.day_count)
            if isinstance(terms, Facility):
                rate = emitter.compute(Op.MUL, lent(context, terms.coupon), series(years), name="accrual")
                if rate != ZERO:
                    emitter.emit(Op.ACCRUE, context.dues[f"{name}.interest"].unpaid, credit.drawn, rate)
            fee = terms.commitment_fee if isinstance(terms, Facility) else terms.fee
            if fee:
                accrual: Value = series([fee * part for part in context.year_fractions(terms.day_count, terms.until)])
                if context.cleaned_up is not None:
                    accrual = emitter.compute(Op.SELECT, context.cleaned_up, ZERO, accrual, name="accrual")
                emitter.emit(Op.ACCRUE, context.dues[f"{name}.fee"].unpaid, _undrawn_before(context, credit), accrual)


def close(context: Context) -> None:
    """What is unpaid, and what is drawn."""
    for name, credit in context.credits.items():
        unpaid = [due.unpaid for due in context.dues.values() if due.owner == name]
        total, record = context.total(name, "shortfall")
        context.emitter.emit(Op.SHORTFALL, total, unpaid[0], unpaid[1] if len(unpaid) > 1 else ZERO, record=record)
        field = "balance" if isinstance(credit.terms, Facility) else "used"
        context.emitter.emit(Op.RECORD, credit.drawn, record=context.record(name, field, credit.drawn, flow=False))
