"""Stage 3 of a period: interest on opening balances, principal falling due, fees."""

from __future__ import annotations

import numpy as np

from tranche.deal import Coupon, Debt, Fee
from tranche.market.rates import rate_on
from tranche.program import Claim, Op
from tranche.terms.daycounts import year_fraction

from .context import Context, DebtRegisters, FeeRegisters
from .expressions import lower_formula
from .values import INFINITE, Constant, Series, Value, at, series
from .wording import details


def declare(context: Context) -> None:
    """Registers and records of debts and fees, in the order of the file."""
    emitter, deal = context.emitter, context.deal
    for position, terms in enumerate(deal.tranches, start=1):
        if not isinstance(terms, Debt):
            continue
        name, rank = terms.name, terms.rank or position
        rate = coupon_rate(context, terms.coupon)
        context.debts[name] = DebtRegisters(
            terms=terms,
            rank=rank,
            balance=emitter.state(f"{name}.balance", terms.notional),
            interest=emitter.state(f"{name}.interest"),
            principal=emitter.state(f"{name}.principal"),
            rate=rate,
            accrual=_accrual(context, rate, terms.day_count),
        )
        context.claims.append(Claim(name, "debt", terms.notional, rank))
    for fee in deal.fees:
        context.fees[fee.name] = FeeRegisters(fee, emitter.state(f"{fee.name}.unpaid"))
        context.claims.append(Claim(fee.name, "fee"))


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


def _fractions(context: Context, day_count: str | None) -> list[float]:
    name = day_count or context.deal.schedule.day_count
    return [year_fraction(name, a, b) for a, b in zip(context.dates.starts, context.dates.dates, strict=True)]


def _accrual(context: Context, rate: Constant | Series, day_count: str | None) -> Constant | Series:
    fractions = _fractions(context, day_count)
    return series([at(rate, t) * fraction for t, fraction in enumerate(fractions)])


def lower(context: Context) -> None:
    """Interest and principal of every debt, then the fees; what was unpaid before is still in the registers."""
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
    for fee in context.fees.values():
        with emitter.step(f"fees.{fee.terms.name}", f"{fee.terms.name}: falls due", details=details(fee.terms)):
            _fee(context, fee)


def _fee(context: Context, fee: FeeRegisters) -> None:
    emitter, terms = context.emitter, fee.terms
    amount = emitter.compute(Op.MAX, Constant(0.0), _fee_amount(context, terms), name=f"{terms.name} due")
    if terms.unpaid == "carried":
        emitter.emit(Op.ACCRUE, fee.unpaid, amount, Constant(1.0))
    else:
        emitter.emit(Op.COPY, fee.unpaid, amount)


def _fee_amount(context: Context, fee: Fee) -> Value:
    if fee.amount is not None:
        return lower_formula(context, fee.amount)
    assert fee.rate is not None and fee.on is not None
    factor = series([fee.rate * fraction for fraction in _fractions(context, fee.day_count)])
    return context.emitter.compute(Op.MUL, lower_formula(context, fee.on), factor, name=f"{fee.name}.due")


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
