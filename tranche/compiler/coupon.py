"""The rate per annum of a debt in each period: known in advance where it can be, else computed as interest accrues."""

from __future__ import annotations

import datetime as dt

from tranche.deal import Coupon, Deal, Debt
from tranche.market.rates import rate_on
from tranche.program import Op
from tranche.terms.calendars import calendar
from tranche.terms.dates import from_quantlib, to_quantlib

from .context import Context, DebtRegisters
from .expressions import lower_formula
from .values import ONE, ZERO, Constant, Value, series


def known_ahead(deal: Deal, debt: Debt) -> bool:
    """Whether the coupon depends on the period alone."""
    coupon = debt.coupon
    factors = {factor.name for factor in deal.market.factors}
    return not coupon.margins and coupon.index not in factors and not any(e.add for e in debt.extensions)


def fixed(context: Context, debt: Debt) -> Value:
    """The rate of each period of a coupon that is known in advance."""
    return lent(context, debt.coupon)


def lent(context: Context, coupon: Coupon) -> Value:
    """The rate of each period of a lender's coupon; a factor is read as interest accrues."""
    return _bounded(context, coupon, _sum(context, _index(context, coupon), _margin(context, coupon)))


def leg(context: Context, coupon: Coupon) -> Value:
    """The same of a leg of a swap: other than a lender's, it may be below zero."""
    return _within(context, coupon, _sum(context, _index(context, coupon), _margin(context, coupon)))


def lower(context: Context, debt: DebtRegisters) -> None:
    """The rate of a coupon that is not, for the period that now accrues."""
    emitter, terms = context.emitter, debt.terms
    if known_ahead(context.deal, terms):
        return
    rate = _sum(context, _index(context, terms.coupon), _margin(context, terms.coupon))
    for margin in terms.coupon.margins:
        applies = lower_formula(context, margin.when)
        rate = _sum(context, rate, emitter.compute(Op.SELECT, applies, Constant(margin.add), ZERO, name="margin"))
    for extension, extended in zip(terms.extensions, debt.extended, strict=True):
        if extension.add:
            rate = _sum(context, rate, emitter.compute(Op.SELECT, extended, Constant(extension.add), ZERO))
    debt.rate = _bounded(context, terms.coupon, rate)
    debt.accrual = emitter.compute(Op.MUL, debt.rate, series(context.year_fractions(terms.day_count)), name="accrual")


def _sum(context: Context, a: Value, b: Value) -> Value:
    return context.emitter.compute(Op.ADD, a, b, name="rate")


def _bounded(context: Context, coupon: Coupon, rate: Value) -> Value:
    """Within the all-in bounds, and never below zero: a lender does not pay interest."""
    return context.emitter.compute(Op.MAX, _within(context, coupon, rate), ZERO, name="rate")


def _within(context: Context, coupon: Coupon, rate: Value) -> Value:
    emitter = context.emitter
    if coupon.all_in_cap is not None:
        rate = emitter.compute(Op.MIN, rate, Constant(coupon.all_in_cap), name="rate")
    if coupon.all_in_floor is not None:
        rate = emitter.compute(Op.MAX, rate, Constant(coupon.all_in_floor), name="rate")
    return rate


def _margin(context: Context, coupon: Coupon) -> Value:
    """Spread and steps of each period."""
    found = []
    for start in context.dates.starts:
        margin = coupon.spread
        for date, add in sorted(coupon.step_up):
            if date <= start:
                margin += add
        found.append(margin)
    return series(found)


def _index(context: Context, coupon: Coupon) -> Value:
    """The index within its own floor and cap; 0 of a fixed coupon."""
    if coupon.index is None:
        return ZERO
    read = [before(start, coupon, context.deal) for start in context.dates.starts]
    reference = next((rate for rate in context.deal.market.rates if rate.name == coupon.index), None)
    index: Value
    if reference is not None:
        index = series([rate_on(reference, date) for date in read])
    else:
        index = _fixing(context, coupon.index, read)
    if coupon.cap is not None:
        index = context.emitter.compute(Op.MIN, index, Constant(coupon.cap), name="index")
    if coupon.floor is not None:
        index = context.emitter.compute(Op.MAX, index, Constant(coupon.floor), name="index")
    return index


def before(start: dt.date, coupon: Coupon, deal: Deal) -> dt.date:
    """The day on which the index of the accrual period that begins on `start` is read."""
    lag = coupon.reset_lag
    if not lag.business:
        return start - dt.timedelta(days=lag.days)
    import QuantLib as ql

    return from_quantlib(calendar(deal.schedule.calendar).advance(to_quantlib(start), -lag.days, ql.Days))


def _fixing(context: Context, factor: str, read: list[dt.date]) -> Value:
    """The factor on the last payment date up to each of the days `read`; before the first, its initial value."""
    grid = (context.dates.closing, *context.dates.dates)
    back = []  # how many payment dates before the beginning of the period
    for t, date in enumerate(read):
        known = [g for g in range(t + 1) if grid[g] <= date]
        back.append(t - known[-1] if known else t)
    found: Value = ZERO
    for k in sorted(set(back)):
        value = _past(context, factor, k)
        here = series([float(b == k) for b in back])
        found = value if here == ONE else context.emitter.compute(Op.SELECT, here, value, found, name="fixing")
    return found


def at_closing(deal: Deal, factor: str) -> float | None:
    """The value of a factor at closing, where it is stated."""
    found = next(f for f in deal.market.factors if f.name == factor)
    return getattr(found, "initial", None)


def has_fixing(deal: Deal, factor: str) -> bool:
    """Whether the factor tells its value at the beginning of the period itself."""
    return "fixing" in next(f for f in deal.market.factors if f.name == factor).fields


def is_known_at_closing(deal: Deal, factor: str) -> bool:
    """Whether a coupon can be fixed on the factor from the first period on."""
    return has_fixing(deal, factor) or at_closing(deal, factor) is not None


def _past(context: Context, factor: str, k: int) -> Value:
    """The factor of `k` payment dates before the beginning of the period."""
    fixing = has_fixing(context.deal, factor)
    if fixing and k == 0:
        return context.names[f"market.{factor}.fixing"]()
    lanes = context.fixings.setdefault(factor, [])
    initial = 0.0 if fixing else at_closing(context.deal, factor) or 0.0
    while len(lanes) <= k - fixing:
        lanes.append(context.emitter.state(f"{factor} {len(lanes) + 1} dates ago", initial))
    return lanes[k - fixing]


def keep_fixings(context: Context) -> None:
    """At the close: this date's factors become the past."""
    for factor, lanes in context.fixings.items():
        for older, newer in zip(lanes[:0:-1], lanes[-2::-1], strict=True):
            context.emitter.emit(Op.COPY, older, newer)
        now = f"market.{factor}.fixing" if has_fixing(context.deal, factor) else f"market.{factor}"
        context.emitter.emit(Op.COPY, lanes[0], context.names[now]())
