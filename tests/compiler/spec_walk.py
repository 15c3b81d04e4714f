"""The specification's formulas as trees: every formula of a deal; the calls in one, and the names it reads."""

from __future__ import annotations

from collections.abc import Mapping

from tests.compiler.spec_support import support_formulas
from tranche.deal import Deal, Debt
from tranche.deal.formula import Binary, Call, Expr, Formula, Name, Unary
from tranche.deal.step import LISTS


def every_formula(deal: Deal) -> list[Formula]:
    steps = [step for listed in LISTS for step in getattr(deal.waterfall, listed)]
    found = [*deal.definitions.values()]
    found += support_formulas(deal)
    found += [f for fee in deal.fees for f in (fee.amount, fee.on, fee.count, fee.index, fee.cap)]
    found += [account.target for account in deal.accounts]
    found += [formula for _, formula in deal.borrowing_base.formulas()] if deal.borrowing_base is not None else []
    found += [side for test in deal.tests for side in (test.numerator, test.denominator, test.cure)]
    cures = [test.equity_cure for test in deal.tests if test.equity_cure is not None]
    found += [side for cure in cures for side in (cure.amount, cure.most, cure.when)]
    if deal.status is not None:
        found += [deal.status.lock_up, deal.status.early_amortisation, deal.status.default]
        found += [deal.status.revolving.ends_when] if deal.status.revolving is not None else []
    found += deal.clean_up.formulas.values() if deal.clean_up is not None else []
    found += [formula for step in steps for formula in (step.limit, step.when)]
    for debt in deal.tranches:
        if isinstance(debt, Debt):
            cap, draws = debt.available_funds_cap, debt.draws
            found += [margin.when for margin in debt.coupon.margins] + [option.when for option in debt.extensions]
            found += [debt.amortisation.amount, debt.strip, debt.pik and debt.pik.when, debt.call and debt.call.when]
            found += [cap.amount, cap.rate] if cap is not None else []
            found += [draws.amount, draws.when, draws.limit] if draws is not None else []
    return [formula for formula in found if formula is not None]


def calls(tree: Expr) -> list[Call]:
    """The calls in a formula, the innermost first: a window may look at another window."""
    match tree:
        case Unary(_, operand):
            return calls(operand)
        case Binary(_, left, right):
            return calls(left) + calls(right)
        case Call(_, arguments):
            return [found for argument in arguments for found in calls(argument)] + [tree]
    return []


def reads(deal: Deal, targets: Mapping[str, Formula], tree: Expr) -> set[str]:
    """The names that a formula reads now, through definitions and the `targets` of accounts."""
    match tree:
        case Name(name):
            owner, _, field = name.partition(".")
            inner = deal.definitions.get(name) or (targets.get(owner) if field == "target" else None)
            return {name} | (reads(deal, targets, inner.tree) if inner is not None else set())
        case Unary(_, operand):
            return reads(deal, targets, operand)
        case Binary(_, left, right):
            return reads(deal, targets, left) | reads(deal, targets, right)
        case Call(function, arguments) if function != "prev":
            return set().union(*(reads(deal, targets, argument) for argument in arguments))
    return set()
