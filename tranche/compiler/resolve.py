"""The deal as it is lowered: sculpted debts with their size, and the conditions of accrual with what they read of the
date before."""

from __future__ import annotations

import attrs
import numpy as np

from tranche.deal import Deal, Debt, Formula, format_expr
from tranche.deal.formula import Binary, Call, Expr, Unary
from tranche.errors import DealError, Problem
from tranche.terms.dates import PaymentDates

from . import coupon, principal
from .check_stages import accrual_reads_later, reads_now
from .context import Context
from .emitter import Emitter
from .instalments import maturity_index, numbers, sculpted_size
from .symbols import declare_symbols
from .values import Lane, series

_LOGIC = ("and", "or")


def resolved(deal: Deal, dates: PaymentDates) -> Deal:
    """`deal`, which has no problems, with every debt in numbers. Raises DealError where a sculpted debt cannot be."""
    tranches = tuple(_resolved(deal, dates, item) if isinstance(item, Debt) else item for item in deal.tranches)
    return deal if tranches == deal.tranches else attrs.evolve(deal, tranches=tranches)


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
    emitter = Emitter(dates.periods)
    context = Context(deal, dates, emitter, np.zeros(dates.periods), cash=emitter.state("cash"))
    context.fractions = np.array(context.year_fractions(None))
    declare_symbols(context)
    rate = coupon.fixed(context, debt)
    assert not isinstance(rate, Lane)
    fractions = context.year_fractions(debt.day_count)
    accrual = numbers(
        series([one * part for one, part in zip(numbers(rate, dates.periods), fractions, strict=True)]), dates.periods
    )
    service = principal.service_of(context, debt)
    size, grows = sculpted_size(service, accrual, maturity_index(dates.dates, debt.maturity))
    place = deal.source.place(f"tranches.{debt.name}.amortisation")
    if grows is not None:
        what = f"on {dates.dates[grows]} CFADS / DSCR is {service[grows]:,.2f}, less than the interest of {debt.name}"
        raise DealError(Problem(what, "a sculpted debt must not grow: state its notional, or a lower DSCR", place))
    if size <= 0:
        raise DealError(Problem(f"CFADS / DSCR carries no debt {debt.name}", "a CFADS above 0", place))
    return size
