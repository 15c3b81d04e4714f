"""Call prices by date, known in advance: the stated ones, and those that make the holder whole."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, localcontext

from tranche.deal import Debt
from tranche.deal.call_option import PAR
from tranche.replay import decimal_of

from .context import Context
from .coupon import fixed, lent
from .instalments import maturity_index, numbers
from .principal import instalments
from .values import Lane, Value, series

# Present values are worked out to so many digits and then rounded once. What is not discounted is exact in them, so
# that a price half way between two floats is seen to be that.
DIGITS = 250


def prices(context: Context, debt: Debt) -> list[float | None]:
    """The call price of each date [T], a share of par; None on dates without one."""
    assert debt.call is not None
    terms, dates = debt.call, context.dates.dates
    found = [terms.price_on(date) for date in dates]
    if terms.make_whole is not None:
        last = whole_until(debt, dates)
        for t, worth in enumerate(_worth(context, debt, last)):
            found[t] = max(found[t] or PAR, worth)
    return found


def whole_until(debt: Debt, dates: tuple[dt.date, ...]) -> int:
    """The number of the payment date on which `make_whole` ends."""
    assert debt.call is not None and debt.call.make_whole is not None
    return maturity_index(dates, debt.call.make_whole.until or debt.maturity)


def _worth(context: Context, debt: Debt, last: int) -> list[float]:
    """Of each date before `last`: what the debt is scheduled to pay later, up to that date and with the balance left
    then at its price, discounted to the date, over the balance after it. To DIGITS, and rounded once."""
    assert debt.call is not None and debt.call.make_whole is not None
    fractions = context.year_fractions(debt.day_count)
    years = [decimal_of(part) for part in fractions]
    discount = [decimal_of(rate) for rate in _numbers(context, lent(context, debt.call.make_whole.rate))]
    accrual = [a * b for a, b in zip(_numbers(context, fixed(context, debt)), fractions, strict=True)]
    with localcontext(prec=DIGITS):
        service, balances = _scheduled(context, debt, accrual)
        until = debt.call.make_whole.until
        exit_price = debt.call.price_on(context.dates.dates[last]) if until is not None else None
        service[last] += balances[last] * decimal_of(exit_price or PAR)
        found = []
        for t in range(last):
            rate, value = discount[t + 1], Decimal(0)  # the rate of the period that begins on date t
            for amount, part in zip(service[last:t:-1], years[last:t:-1], strict=True):
                value = (value + amount) / (1 + rate * part)
            found.append(float(value / balances[t]) if balances[t] else PAR)
        return found


def _scheduled(context: Context, debt: Debt, accrual: list[float]) -> tuple[list[Decimal], list[Decimal]]:
    """Interest and principal of each date [T], and the balance after it."""
    amounts = _numbers(context, instalments(context, debt, series(accrual)))
    service, balances, balance = [], [], decimal_of(debt.at_closing)
    for rate, instalment in zip(accrual, amounts, strict=True):
        interest = balance * decimal_of(rate)
        principal = balance if instalment >= balance else decimal_of(instalment)
        balance -= principal
        service.append(interest + principal)
        balances.append(balance)
    return service, balances


def _numbers(context: Context, value: Value) -> list[float]:
    assert not isinstance(value, Lane)  # the check has made sure
    return numbers(value, context.periods)
