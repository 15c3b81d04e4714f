"""Debt that is drawn over time: the commitment fee, what may be drawn, and the draws before the waterfall."""

from __future__ import annotations

import datetime as dt

from tranche.deal.draws import OUTSIDE
from tranche.program import Op

from .context import Context, DebtRegisters
from .expressions import lower_formula
from .instalments import maturity_index
from .limits import destination
from .status import MATERIAL
from .values import ONE, ZERO, Constant, Lane, Value, series
from .wording import details


def fee(context: Context, debt: DebtRegisters) -> None:
    """The commitment fee of the period, for as long as the commitment is available."""
    terms = debt.terms.draws
    assert terms is not None
    factors = [terms.fee * part for part in context.year_fractions(debt.terms.day_count, _until(context, debt))]
    context.emitter.emit(Op.ACCRUE, debt.other["commitment_fee"], commitment(context, debt), series(factors))


def _until(context: Context, debt: DebtRegisters) -> dt.date:
    terms = debt.terms.draws
    assert terms is not None
    return terms.until or debt.terms.maturity or context.dates.dates[-1]


def commitment(context: Context, debt: DebtRegisters) -> Value:
    """What is not drawn of the notional until a call; what was repaid is drawn again only of a revolver."""
    left = _undrawn(context, debt)
    if debt.called is None:
        return left
    return context.emitter.compute(Op.SELECT, debt.called, ZERO, left, name="undrawn")


def _undrawn(context: Context, debt: DebtRegisters) -> Value:
    if debt.undrawn is not None:
        return debt.undrawn
    emitter = context.emitter
    left = emitter.compute(Op.SUB, Constant(debt.terms.notional), debt.balance, name="undrawn")
    if debt.written is not None:  # it may be owed again
        left = emitter.compute(Op.SUB, left, debt.written, name="undrawn")
    return emitter.compute(Op.MAX, ZERO, left, name="undrawn")


def available(context: Context, debt: DebtRegisters) -> Value:
    """`commitment` on the dates of the availability period, else 0."""
    terms = debt.terms.draws
    assert terms is not None
    first, until = terms.first or context.dates.closing, _until(context, debt)
    inside = series([float(first <= date <= until) for date in context.dates.dates])
    return context.emitter.compute(Op.SELECT, inside, commitment(context, debt), ZERO, name="undrawn")


def open_commitment(context: Context, debt: DebtRegisters) -> Value:
    """1 while something that matters is left of the commitment and may be drawn on this date or a later one, conditions
    aside: not on the last maturity, on which nothing drawn would ever fall due."""
    if debt.terms.draws is None:
        return ZERO
    dates, until = context.dates.dates, _until(context, debt)
    last = maturity_index(dates, debt.terms.extensions[-1].to if debt.terms.extensions else debt.terms.maturity)
    still = series([float(date <= until and t < last) for t, date in enumerate(dates)])
    rounding = Constant(MATERIAL * debt.terms.notional)
    left = context.emitter.compute(Op.LT, rounding, commitment(context, debt), name="can be drawn")
    return context.emitter.compute(Op.AND, still, left, name="can be drawn")


def room(context: Context, debt: DebtRegisters) -> Value:
    """What may be drawn now: nothing in default or where the condition fails, and no more than the limit leaves."""
    emitter, terms = context.emitter, debt.terms.draws
    assert terms is not None
    found = available(context, debt)
    if terms.limit is not None:
        left = emitter.compute(Op.SUB, lower_formula(context, terms.limit), debt.balance, name="room")
        found = emitter.compute(Op.MIN, found, left, name="room")
    may = emitter.compute(Op.NOT, context.names["status.default"]())
    if terms.when is not None:
        may = emitter.compute(Op.AND, may, lower_formula(context, terms.when))
    return emitter.compute(Op.SELECT, may, found, ZERO, name="room")


def draw(context: Context, debt: DebtRegisters, amount: Value, to: Lane | None) -> None:
    """Draw `amount`, which is not below 0, into the register `to`; None: it is spent outside of the deal."""
    emitter, name = context.emitter, debt.terms.name
    if to is None:
        context.flow(name, "drawn_outside", amount)
    else:
        total, record = context.total(name, "drawn", side=1)
        emitter.emit(Op.RECEIVE, to, amount, total, record=record)
    emitter.emit(Op.ACCRUE, debt.balance, amount, ONE)
    if debt.undrawn is not None:
        emitter.emit(Op.SUB, debt.undrawn, debt.undrawn, amount)


def lower(context: Context) -> None:
    """The draws that need no step, once tests and status are known."""
    emitter = context.emitter
    for name, debt in context.debts.items():
        terms = debt.terms.draws
        if terms is None or terms.amount is None:
            continue
        with emitter.step(f"tranches.{name}.draws", f"{name} is drawn", details=details(terms)):
            wanted = emitter.compute(Op.MIN, lower_formula(context, terms.amount), room(context, debt), name="draw")
            amount = emitter.compute(Op.MAX, ZERO, wanted, name="draw")
            if terms.to == OUTSIDE:
                draw(context, debt, amount, None)
                continue
            with destination(context, terms.to) as to:
                draw(context, debt, amount, to)
