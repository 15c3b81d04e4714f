"""Hedges: the net of each period as interest accrues, and termination once the status of the date is known."""

from __future__ import annotations

import datetime as dt
from functools import partial

from tranche.deal import Cap, Coupon, Hedge, Swap, Termination
from tranche.deal.hedge import terminations
from tranche.market.rates import rate_on
from tranche.program import Claim, Op

from .context import Context, Due, HedgeRegisters
from .coupon import before, leg
from .expressions import lower_formula
from .names import on_curve
from .values import ONE, ZERO, Constant, Lane, Series, Value, series
from .wording import details


def declare(context: Context) -> None:
    """Registers of every hedge, and what `settle` and `pay` may name of it."""
    emitter = context.emitter
    for hedge in context.deal.hedges:
        name = hedge.name
        context.dues[name] = Due(emitter.state(f"{name}.unpaid"), name, "paid")
        live = None
        if hedge.termination is not None:
            live = emitter.state(f"{name}.live", 1.0)
            for part in terminations(hedge):
                context.dues[f"{name}.{part}"] = Due(emitter.state(f"{name}.{part}"), name, part)
        context.hedges[name] = HedgeRegisters(hedge, live)
        context.claims.append(Claim(name, "hedge"))


def lower(context: Context) -> None:
    """The net of the period: what the deal receives comes in at once, what it owes falls due."""
    emitter = context.emitter
    for name, registers in context.hedges.items():
        hedge = registers.terms
        text = f"{name}: the net of the period"
        with emitter.step(f"hedges.{name}", text, details=details(hedge)):
            notional = emitter.compute(Op.MAX, ZERO, lower_formula(context, hedge.notional), name=f"{name} notional")
            context.define(f"{name}.notional", notional)
            net = emitter.compute(Op.MUL, notional, _rate(context, hedge), name=f"{name} net")
            if isinstance(hedge, Cap) and hedge.premium is not None:
                premium = _during(context, hedge, lower_formula(context, hedge.premium))
                owed = emitter.compute(Op.MAX, ZERO, premium, name="premium")
            else:
                owed = emitter.compute(Op.MAX, ZERO, emitter.compute(Op.SUB, ZERO, net), name="to pay")
            received = emitter.compute(Op.MAX, ZERO, net, name="to receive")
            if registers.live is not None:
                owed = emitter.compute(Op.SELECT, registers.live, owed, ZERO, name="to pay")
                received = emitter.compute(Op.SELECT, registers.live, received, ZERO, name="to receive")
            context.define(f"{name}.received", received)
            if received != ZERO:
                context.receive(name, "received", received, hedge.to)
            if owed != ZERO:
                emitter.emit(Op.ACCRUE, context.dues[name].unpaid, owed, ONE)


def _rate(context: Context, hedge: Hedge) -> Value:
    """What the deal receives per unit of notional, less what it pays, over each period."""
    emitter = context.emitter
    if isinstance(hedge, Cap):
        index = leg(context, Coupon(spread=0.0, index=hedge.index))
        over = emitter.compute(Op.SUB, index, Constant(hedge.strike), name="above the strike")
        over = emitter.compute(Op.MAX, ZERO, over, name="above the strike")
        return _during(context, hedge, _accrued(context, over, hedge.day_count))
    receive = _accrued(context, leg(context, hedge.receive), hedge.receive_day_count or hedge.day_count)
    pay = _accrued(context, leg(context, hedge.pay), hedge.pay_day_count or hedge.day_count)
    return _during(context, hedge, emitter.compute(Op.SUB, receive, pay, name="net rate"))


def _accrued(context: Context, rate: Value, day_count: str | None) -> Value:
    return context.emitter.compute(Op.MUL, rate, series(context.year_fractions(day_count)), name="accrual")


def _during(context: Context, hedge: Hedge, value: Value) -> Value:
    """`value` in the periods of the hedge, else 0."""
    inside = series([float(on) for on in running(hedge, context.dates.starts, context.dates.dates)])
    return context.emitter.compute(Op.SELECT, inside, value, ZERO, name="during")


def running(hedge: Hedge, starts: tuple[dt.date, ...], dates: tuple[dt.date, ...]) -> list[bool]:
    """The periods that begin on or after its start and end on or before its end."""
    return [
        (hedge.start is None or start >= hedge.start) and (hedge.end is None or date <= hedge.end)
        for start, date in zip(starts, dates, strict=True)
    ]


# ---- termination ---------------------------------------------------------------------------------------------------


def declare_names(context: Context) -> None:
    """What a hedge is worth, for those that the curve can value."""
    for name, registers in context.hedges.items():
        hedge = registers.terms
        if isinstance(hedge, Swap) and on_curve(context.deal, hedge):
            context.names[f"{name}.value"] = partial(_value, context, hedge)


def _value(context: Context, swap: Swap) -> Value:
    notional = context.names[f"{swap.name}.notional"]()
    if isinstance(notional, Series):
        return series(_values(context, swap, notional.values.tolist()))
    unit = series(_values(context, swap, [1.0] * context.periods))
    return context.emitter.compute(Op.MUL, notional, unit, name=f"{swap.name} value")


def _values(context: Context, swap: Swap, notionals: list[float]) -> list[float]:
    """The value to the deal of the periods after each payment date: what each nets on its notional, discounted at the
    index of the leg that floats (that received, where both do), compounded period by period."""
    dates = context.dates
    floats = swap.receive.index is not None
    floating, day_count = (swap.receive, swap.receive_day_count) if floats else (swap.pay, swap.pay_day_count)
    index = next(rate for rate in context.deal.market.rates if rate.name == floating.index)
    years = context.year_fractions(day_count or swap.day_count)
    fixings = [rate_on(index, before(start, floating, context.deal)) for start in dates.starts]
    growth = [1.0 + fixing * part for fixing, part in zip(fixings, years, strict=True)]
    rate = _rate(context, swap)
    assert not isinstance(rate, Lane)
    nets = [rate.value] * context.periods if isinstance(rate, Constant) else rate.values.tolist()
    values = [0.0] * context.periods
    for t in reversed(range(context.periods - 1)):
        values[t] = (notionals[t + 1] * nets[t + 1] + values[t + 1]) / growth[t + 1]
    return values


def terminate(context: Context) -> None:
    """Hedges whose event has come: what is owed either way, once."""
    emitter = context.emitter
    for name, registers in context.hedges.items():
        terms, live = registers.terms.termination, registers.live
        if terms is None or live is None:
            continue
        with emitter.step(f"hedges.{name}.termination", f"{name}: termination"):
            own: Value = ZERO
            cause: Value = ZERO
            if terms.when is not None:
                own = emitter.compute(Op.AND, live, lower_formula(context, terms.when), name="terminated")
            if terms.counterparty is not None:
                event = emitter.compute(Op.AND, live, lower_formula(context, terms.counterparty), name="counterparty")
                cause = emitter.compute(Op.AND, event, emitter.compute(Op.NOT, own), name="counterparty")
            own, cause = emitter.frozen(own), emitter.frozen(cause)
            ended = emitter.compute(Op.OR, own, cause, name="ended")
            with emitter.only_where(ended):
                _settle(context, registers.terms, terms, own, cause)
                emitter.emit(Op.COPY, live, emitter.compute(Op.AND, live, emitter.compute(Op.NOT, ended)))


def _settle(context: Context, hedge: Hedge, terms: Termination, own: Value, cause: Value) -> None:
    emitter, name = context.emitter, hedge.name
    value = context.names[f"{name}.value"]() if terms.value is None else lower_formula(context, terms.value)
    owed = emitter.compute(Op.MAX, ZERO, emitter.compute(Op.SUB, ZERO, value), name="owed")
    for part, event in (("termination", own), ("termination_subordinated", cause)):
        if event != ZERO:
            due = emitter.compute(Op.SELECT, event, owed, ZERO, name=part)
            emitter.emit(Op.ACCRUE, context.dues[f"{name}.{part}"].unpaid, due, ONE)
    gain = emitter.compute(Op.MAX, ZERO, value, name="gain")
    recovered = emitter.compute(Op.MUL, gain, Constant(terms.recovery), name="recovered")
    claim = emitter.compute(Op.SELECT, cause, recovered, ZERO, name="gain")
    received = emitter.compute(Op.SELECT, own, gain, claim, name="gain")
    if received != ZERO:
        context.receive(name, "termination_received", received, hedge.to)


def close(context: Context) -> None:
    """What is left unpaid of nets and terminations."""
    for name in context.hedges:
        unpaid = [due.unpaid for due in context.dues.values() if due.owner == name]
        context.flow(name, "shortfall", context.sum(unpaid, "unpaid"))
