"""Stage 3 of a period: interest on opening balances, principal falling due."""

from __future__ import annotations

import numpy as np

from tranche.deal import Coupon, Debt
from tranche.market.rates import rate_on
from tranche.program import Claim, Op

from .context import Context, DebtRegisters, Due
from .fees import fractions
from .values import INFINITE, Constant, Series, Value, at, series
from .wording import details


def declare(context: Context) -> None:
    """Registers of every debt, in the order of the file, and what `pay` may name of it."""
    emitter, deal = context.emitter, context.deal
    for position, terms in enumerate(deal.tranches, start=1):
        if not isinstance(terms, Debt):
            continue
        name, rank = terms.name, terms.rank or position
        rate = coupon_rate(context, terms.coupon)
        debt = context.debts[name] = DebtRegisters(
            terms=terms,
            rank=rank,
            balance=emitter.state(f"{name}.balance", terms.notional),
            interest=emitter.state(f"{name}.interest"),
            principal=emitter.state(f"{name}.principal"),
            rate=rate,
            accrual=_accrual(context, rate, terms.day_count),
        )
        context.claims.append(Claim(name, "debt", terms.notional, rank))
        context.dues[f"{name}.interest"] = Due(debt.interest, name, "interest")
        context.dues[f"{name}.principal"] = Due(debt.principal, name, "principal", debt.balance)


def coupon_rate(context: Context, coupon: Coupon) -> Constant | Series:
    """The rate per annum of each period, never below zero: a lender does not pay interest. The index is read on the
    first day of the accrual period."""
    if coupon.index is None:
        return Constant(max(0.0, coupon.spread))
    reference = next(rate for rate in context.deal.market.rates if rate.name == coupon.index)
    rates = np.array([rate_on(reference, start) for start in context.dates.starts])
    if coupon.cap is not None:
        rates = np.minimum(rates, coupon.cap)
    if coupon.floor is not None:
        rates = np.maximum(rates, coupon.floor)
    return series(np.maximum(rates + coupon.spread, 0.0))


def _accrual(context: Context, rate: Constant | Series, day_count: str | None) -> Constant | Series:
    return series([at(rate, t) * years for t, years in enumerate(fractions(context, day_count))])


def lower(context: Context) -> None:
    """Interest and principal of every debt; what was unpaid before is still in the registers."""
    emitter = context.emitter
    for name, debt in context.debts.items():
        text = f"{name}: interest accrues and principal falls due"
        with emitter.step(f"tranches.{name}", text, details=details(debt.terms)):
            emitter.emit(Op.ACCRUE, debt.interest, debt.balance, debt.accrual)
            instalment = instalments(context, debt.terms)
            owed: Value = instalment
            if debt.terms.amortisation.carries:
                owed = emitter.compute(Op.ADD, debt.principal, instalment, name="owed")
            emitter.emit(Op.MIN, debt.principal, debt.balance, owed)


def instalments(context: Context, debt: Debt) -> Constant | Series:
    """Principal scheduled for each date; infinite at maturity under a balloon, so that the balance bounds it."""
    terms, periods = debt.amortisation, context.periods
    if terms.kind == "none":
        return Constant(0.0)
    amounts = {
        "bullet": [0.0] * (periods - 1) + [debt.notional],
        "level": [debt.notional / periods] * periods,
        "schedule": list(terms.amounts),
    }[terms.kind]
    if terms.balloon:
        amounts[-1] = INFINITE.value
    return series(amounts)
