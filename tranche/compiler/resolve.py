"""The deal as it is lowered: sculpted debts with their size, and the conditions of accrual with what they read of the
date before."""

from __future__ import annotations

import math
from functools import partial

import attrs

from tranche.deal import Account, Deal, Debt, Formula, format_expr
from tranche.deal.formula import Binary, Call, Expr, Unary
from tranche.errors import DealError, Problem
from tranche.terms.dates import PaymentDates

from . import coupon, principal, scheduled
from .check_stages import accrual_reads_later, reads_now
from .context import Context
from .emitter import Emitter
from .expressions import lower_formula
from .instalments import maturity_index, numbers, sculpted_size
from .symbols import declare_symbols
from .values import Constant, Lane, at, series

_LOGIC = ("and", "or")


def resolved(deal: Deal, dates: PaymentDates) -> Deal:
    """`deal`, which has no problems, with every debt and account in numbers. Raises DealError where a sculpted
    debt cannot be."""
    tranches = tuple(_resolved(deal, dates, item) if isinstance(item, Debt) else item for item in deal.tranches)
    if tranches != deal.tranches:
        deal = attrs.evolve(deal, tranches=tranches)
    if any(isinstance(account.initial, Formula) for account in deal.accounts):
        deal = attrs.evolve(deal, accounts=tuple(_funded(deal, dates, account) for account in deal.accounts))
    return deal


def _funded(deal: Deal, dates: PaymentDates, account: Account) -> Account:
    """An account with what is paid in at closing as a number: the formula as of the first payment date."""
    if not isinstance(account.initial, Formula):
        return account
    context = _ahead(deal, dates)
    for debt in deal.tranches:
        context.define(f"{debt.name}.notional", Constant(debt.notional))
        if isinstance(debt, Debt):
            context.define(f"{debt.name}.balance", Constant(debt.at_closing))
            if coupon.known_ahead(deal, debt):
                context.define(f"{debt.name}.rate", coupon.fixed(context, debt))
    scheduled.declare_names(context)
    if account.target is not None:
        context.names[f"{account.name}.target"] = partial(lower_formula, context, account.target)
    value = lower_formula(context, account.initial)
    assert not isinstance(value, Lane)  # the check has made sure
    amount = at(value, 0)
    if not 0 <= amount < math.inf:
        what = f"{account.initial.text} is {amount:,.2f} at closing"
        raise DealError(Problem(what, "0 or more", deal.source.place(f"accounts.{account.name}.initial")))
    return attrs.evolve(account, initial=amount)


def _ahead(deal: Deal, dates: PaymentDates) -> Context:
    """A context in which formulas of the period alone can be read."""
    emitter = Emitter(dates.periods)
    context = Context(deal, dates, emitter, cash=emitter.state("cash"))
    declare_symbols(context)
    return context


def _resolved(deal: Deal, dates: PaymentDates, debt: Debt) -> Debt:
    margins = tuple(attrs.evolve(margin, when=settled(deal, margin.when)) for margin in debt.coupon.margins)
    pik = debt.pik and attrs.evolve(debt.pik, when=settled(deal, debt.pik.when))
    extensions = tuple(
        attrs.evolve(extension, when=extension.when and settled(deal, extension.when)) for extension in debt.extensions
    )
    if debt.sculpted:
        debt = attrs.evolve(debt, notional=_size(deal, dates, debt), sculpted=False)
    return attrs.evolve(debt, coupon=attrs.evolve(debt.coupon, margins=margins), pik=pik, extensions=extensions)


def settled(deal: Deal, formula: Formula) -> Formula:
    """A condition that is read as interest accrues: each comparison or flag in it that reads what is known later on
    the date is that of the date before."""
    later = accrual_reads_later(deal)

    def settle(tree: Expr) -> Expr:
        match tree:
            case Binary(op, left, right) if op in _LOGIC:
                return Binary(op, settle(left), settle(right))
            case Unary("not", operand):
                return Unary("not", settle(operand))
        return Call("prev", (tree,)) if reads_now(deal, tree) & later else tree

    tree = settle(formula.tree)
    return formula if tree == formula.tree else Formula(tree, format_expr(tree))


def _size(deal: Deal, dates: PaymentDates, debt: Debt) -> float:
    """The present value of CFADS / DSCR at the debt's coupon."""
    context = _ahead(deal, dates)
    rate = coupon.fixed(context, debt)
    assert not isinstance(rate, Lane)
    fractions = context.year_fractions(debt.day_count)
    accrual = numbers(
        series([one * part for one, part in zip(numbers(rate, dates.periods), fractions, strict=True)]), dates.periods
    )
    service = principal.service_of(context, debt)
    last = maturity_index(dates.dates, debt.maturity)
    place = deal.source.place(f"tranches.{debt.name}.amortisation")
    for date, amount in zip(dates.dates[: last + 1], service, strict=False):
        if amount == math.inf:
            what = f"on {date} CFADS / DSCR is infinite, and so is {debt.name}"
            raise DealError(Problem(what, "a CFADS of the size of the deal, and a DSCR above 0", place))
    size, grows = sculpted_size(service, accrual, last)
    if grows is not None:
        what = f"on {dates.dates[grows]} CFADS / DSCR is {service[grows]:,.2f}, less than the interest of {debt.name}"
        raise DealError(Problem(what, "a sculpted debt must not grow: state its notional, or a lower DSCR", place))
    if size == math.inf:
        what = f"the value of CFADS / DSCR, the notional of {debt.name}, is beyond all numbers"
        raise DealError(Problem(what, "a CFADS of the size of the deal", place))
    if size <= 0:
        raise DealError(Problem(f"CFADS / DSCR carries no debt {debt.name}", "a CFADS above 0", place))
    return size
