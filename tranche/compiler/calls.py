"""After the status of a date: who calls, what that makes due, and the money that comes in for it."""

from __future__ import annotations

from typing import Any

from tranche.deal import CallOption, CleanUpCall, Facility, Formula
from tranche.deal.call_option import PAR
from tranche.program import Op

from . import accrual
from .context import Context, DebtRegisters
from .expressions import lower_formula
from .principal import matured
from .values import ONE, ZERO, Lane, Value, series
from .wording import details


def declare(context: Context) -> None:
    """The flag of the clean-up call; those of the debts are with their registers."""
    if context.deal.clean_up is not None:
        context.cleaned_up = context.emitter.state("clean_up.called")
        context.define("clean_up.called", context.cleaned_up)


def lower(context: Context) -> None:
    """The clean-up call, then each debt's own option in the order of the file."""
    emitter = context.emitter
    if context.deal.clean_up is not None:
        terms = context.deal.clean_up
        said = _said(tuple(context.debts), terms.proceeds, terms)
        with emitter.step("clean_up", "clean-up call", **said):
            _clean_up(context)
    for name, debt in context.debts.items():
        if debt.terms.call is not None:
            said = _said((name,), debt.terms.call.proceeds, debt.terms.call)
            with emitter.step(f"tranches.{name}.call", f"{name}: optional redemption", **said):
                _call(context, debt)


def _said(debts: tuple[str, ...], to: str, terms: CallOption | CleanUpCall) -> dict[str, Any]:
    """What the step says of a call: whom it redeems, and the account that is paid into."""
    return {"verb": "call", "targets": debts, "to": to, "details": details(terms, without=("name", "proceeds"))}


def _clean_up(context: Context) -> None:
    emitter, dates = context.emitter, context.dates.dates
    terms, called = context.deal.clean_up, context.cleaned_up
    assert terms is not None and called is not None
    may = series([float((terms.first is None or date >= terms.first) and date < dates[-1]) for date in dates])
    owes: Value = ZERO
    for debt in context.debts.values():
        owes = emitter.compute(Op.OR, owes, emitter.compute(Op.LT, ZERO, debt.balance), name="owes")
    now = context.cleaned_up_now = _exercised(context, terms.when, may, owes, called)
    emitter.emit(Op.COPY, called, emitter.compute(Op.OR, called, now))
    for debt in context.debts.values():
        _fall_due(context, debt, now)


def buy(context: Context) -> None:
    """The price of the collateral, once it is known what else the call ends: hedges fall due with it."""
    terms, now = context.deal.clean_up, context.cleaned_up_now
    if terms is None:
        return
    emitter = context.emitter
    with emitter.step("clean_up.purchase_price", "clean-up call: its price comes in", to=terms.proceeds):
        price = _all_due(context)
        if terms.purchase_price is not None:
            price = emitter.compute(Op.MAX, ZERO, lower_formula(context, terms.purchase_price), name="purchase price")
        context.receive("collateral", "clean_up", emitter.compute(Op.SELECT, now, price, ZERO), terms.proceeds)


def _call(context: Context, debt: DebtRegisters) -> None:
    emitter, terms, name = context.emitter, debt.terms.call, debt.terms.name
    assert terms is not None and debt.called is not None
    may = emitter.compute(Op.AND, _open(context, debt), emitter.compute(Op.NOT, matured(context, debt)))
    now = _exercised(context, terms.when, may, emitter.compute(Op.LT, ZERO, debt.balance), debt.called)
    if terms.has_premium:
        early = emitter.compute(Op.SUB, debt.balance, debt.principal, name="called early")
        early = emitter.compute(Op.MAX, ZERO, early, name="called early")
        above = series([(price or PAR) - PAR for price in debt.prices])
        premium = emitter.compute(Op.SELECT, now, emitter.compute(Op.MUL, early, above), ZERO, name="premium")
        emitter.emit(Op.ACCRUE, debt.other["call_premium"], premium, ONE)
    _fall_due(context, debt, now)
    owed = context.sum([debt.unpaid(part) for part in debt.terms.dues], "due on the call")
    context.receive(name, "refinanced", emitter.compute(Op.SELECT, now, owed, ZERO), terms.proceeds)


def _open(context: Context, debt: DebtRegisters) -> Value:
    """1 on the dates from `first` on that have a price."""
    assert debt.terms.call is not None
    first = debt.terms.call.first or context.dates.closing
    priced = zip(context.dates.dates, debt.prices, strict=True)
    return series([float(date >= first and price is not None) for date, price in priced])


def _exercised(context: Context, when: Formula | None, may: Value, owes: Value, called: Lane) -> Value:
    """1 on the date of the call alone."""
    emitter = context.emitter
    wants = ONE if when is None else lower_formula(context, when)
    wants = emitter.compute(Op.AND, may, wants, name="may be called")
    healthy = emitter.compute(Op.NOT, emitter.compute(Op.OR, called, context.names["status.default"]()))
    ready = emitter.compute(Op.AND, owes, healthy, name="may be called")
    return emitter.frozen(emitter.compute(Op.AND, wants, ready, name="is called"))


def _fall_due(context: Context, debt: DebtRegisters, now: Value) -> None:
    """The whole balance, from the call on, and what was to be paid in kind."""
    emitter, called = context.emitter, debt.called
    assert called is not None
    emitter.emit(Op.COPY, called, emitter.compute(Op.OR, called, now))
    accrual.due_in_cash(context, debt, called)
    whole = emitter.compute(Op.SELECT, called, debt.balance, debt.principal, name="called")
    emitter.emit(Op.COPY, debt.principal, whole)
    name = debt.terms.name
    before = context.accelerated.get(name, called)
    context.accelerated[name] = called if before == called else emitter.compute(Op.OR, before, called)


def _all_due(context: Context) -> Value:
    """What takes the deal out: every due that is paid to outsiders, what facilities have lent, and what guarantors are
    owed back."""
    back = [one.owed for one in context.credits.values() if isinstance(one.terms, Facility) or one.terms.repays]
    return context.sum([*(due.unpaid for due in context.dues.values() if due.to is None), *back], "all that is due")


def at_close(context: Context) -> None:
    """Who has been called so far."""
    flags = [("collateral", context.cleaned_up), *((name, debt.called) for name, debt in context.debts.items())]
    for owner, called in flags:
        if called is not None:
            number = context.record(owner, "called", called, flow=False)
            context.emitter.emit(Op.RECORD, called, record=number)
