"""Scheduled principal that is known in advance, by date, worked out to 200 digits and rounded once: an annuity and a
sculpted schedule have one right answer, whatever the order of the operations. (In exact fractions the digits would grow
with the square of the dates: a minute for a debt of a hundred years.)"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal, localcontext

from tranche.deal import Debt
from tranche.replay import decimal_of

from .values import Constant, Series, at

DIGITS = 200
NOTHING, ONE = Decimal(0), Decimal(1)


def maturity_index(dates: Sequence[dt.date], maturity: dt.date | None) -> int:
    """The number (0-based) of the first payment date on or after a maturity; of the last without one."""
    if maturity is None:
        return len(dates) - 1
    return next((t for t, date in enumerate(dates) if date >= maturity), len(dates) - 1)


def scheduled(debt: Debt, dates: Sequence[dt.date], accrual: Sequence[float], service: Sequence[float]) -> list[float]:
    """Principal scheduled for each date, without a balloon. `accrual` [T]: the coupon times the year fraction;
    `service` [T]: CFADS / DSCR of a sculpted debt."""
    terms, last = debt.amortisation, maturity_index(dates, debt.maturity)
    found = [0.0] * len(dates)
    first = 0 if terms.first is None else maturity_index(dates, terms.first)
    match terms.kind:
        case "bullet":
            found[last:] = [debt.notional] * (len(dates) - last)
        case "level":
            count = terms.over or max(1, last - first + 1)
            for t in range(first, min(last + 1, first + count)):
                found[t] = debt.notional / count
        case "schedule":
            found = list(terms.amounts)
        case "annuity":
            found = _annuity(debt, first, last, accrual)
        case "sculpted":
            found = _sculpted(debt.notional, service, accrual, last)
    return found


def _annuity(debt: Debt, first: int, last: int, accrual: Sequence[float]) -> list[float]:
    """The payment A solves N · Π(1 + r) = A · Σ Π(1 + r of later dates); beyond the last date interest is as on it."""
    count = debt.amortisation.over or max(1, last - first + 1)
    rates = [decimal_of(accrual[min(t, len(accrual) - 1)]) for t in range(first, first + count)]
    with localcontext(prec=DIGITS):
        grown, summed = ONE, NOTHING  # Π(1 + r), Σ Π of the later ones, from the back
        for rate in reversed(rates):
            summed += grown
            grown *= 1 + rate
        payment = decimal_of(debt.notional) * grown / summed
        return _repaid(debt.notional, [payment] * count, rates, first, last, len(accrual))


def _sculpted(notional: float, service: Sequence[float], accrual: Sequence[float], last: int) -> list[float]:
    payments = [max(NOTHING, decimal_of(amount)) for amount in service]
    with localcontext(prec=DIGITS):
        return _repaid(notional, payments, [decimal_of(rate) for rate in accrual], 0, last, len(accrual))


def _repaid(
    notional: float, payments: Sequence[Decimal], rates: Sequence[Decimal], first: int, last: int, periods: int
) -> list[float]:
    """What is left of each payment after interest on the balance as scheduled, from date `first` to `last`."""
    found, balance = [0.0] * periods, decimal_of(notional)
    for t, payment, rate in zip(range(first, last + 1), payments, rates, strict=False):
        instalment = min(balance, max(NOTHING, payment - rate * balance))
        balance -= instalment
        found[t] = float(instalment)
    return found


def sculpted_size(service: Sequence[float], accrual: Sequence[float], last: int) -> tuple[float, int | None]:
    """The present value of the service at the coupon, Σ s(t) / Π(1 + r); and the first date on which interest on it is
    more than the service, so that it would grow: None where there is none."""
    with localcontext(prec=DIGITS):
        value = NOTHING
        grows: int | None = None
        for t in range(last, -1, -1):
            paid, rate = max(NOTHING, decimal_of(service[t])), decimal_of(accrual[t])
            value = (value + paid) / (1 + rate)
            if rate * value > paid:
                grows = t
        return float(value), grows


def numbers(value: Constant | Series, periods: int) -> list[float]:
    """A uniform value by period."""
    return [at(value, t) for t in range(periods)]
