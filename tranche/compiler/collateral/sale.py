"""The liquidation: when it begins, how many machines of each generation it sells in a period, and for what."""

from __future__ import annotations

import attrs
import numpy as np

from tranche.collateral.liquidation import Liquidation
from tranche.compiler.context import Context
from tranche.compiler.expressions import memory
from tranche.compiler.values import INFINITE, ONE, ZERO, Constant, Lane, Value, series
from tranche.deal.formula import Call, Name
from tranche.program import Op

from . import values
from .outlet import after_impact
from .plan import Plan
from .tenancy import Tenancy

DAYS_A_MONTH = 30.4375


@attrs.define
class Holding:
    """A cohort while its fleet may be sold. Shares of the machines in the plan: `kept`, not sold by the end of the
    period; `held`, owned over it on average."""

    plan: Plan
    tenancy: Tenancy = attrs.field(factory=Tenancy)
    kept: Value = ONE
    held: Value = ONE
    sold: Value = ZERO
    proceeds: Value = ZERO
    economic: Value = ZERO  # of one machine
    price: Value = ZERO  # of one machine, before impact

    def owned(self, context: Context) -> Value:
        return context.emitter.product(self.kept, series(self.plan.owned()), name="machines owned")


@attrs.frozen
class Sale:
    """`active`: 1 once the liquidation has begun; `runs`: 1 where the fleet still earns."""

    active: Value = ZERO
    runs: Value = ONE


def lower(context: Context, terms: Liquidation | None, holdings: list[Holding]) -> Sale:
    """Sell what this period can take; sets each holding's `kept`, `held`, `sold` and `proceeds`."""
    if terms is None:
        return Sale()
    emitter = context.emitter
    begun = emitter.state("liquidating")
    defaulted = memory(context, Call("prev", (Name("status.default"),)))
    emitter.emit(Op.COPY, begun, emitter.compute(Op.OR, begun, defaulted, name="liquidating"))
    states = [_states(context, holding) for holding in holdings]
    for one in states:
        emitter.emit(Op.COPY, one.sold, ZERO)
        emitter.emit(Op.COPY, one.proceeds, ZERO)
    with emitter.only_where(begun):
        time = _selling(context, terms, begun)
        for group in _groups(holdings):
            _sell(context, terms, begun, time, [(holdings[k], states[k]) for k in group])
    for holding, one in zip(holdings, states, strict=True):
        holding.kept, holding.held, holding.sold, holding.proceeds = one.kept, one.held, one.sold, one.proceeds
    runs = ONE if terms.earns_until_sold else emitter.compute(Op.NOT, begun, name="earning")
    return Sale(begun, runs)


@attrs.frozen
class _States:
    """The registers of a holding's fields of these names."""

    kept: Lane
    held: Lane
    sold: Lane
    proceeds: Lane


def _states(context: Context, holding: Holding) -> _States:
    name = holding.plan.terms.name
    return _States(*(context.emitter.state(f"{name}.{field}", x) for field, x in _FIELDS))


_FIELDS = (("kept", 1.0), ("held", 1.0), ("sold", 0.0), ("proceeds", 0.0))


@attrs.frozen
class _Time:
    """`months` of the period in which is sold; `gone`, the share of it that a machine sold in it is gone on average."""

    months: Value
    gone: Value


def _groups(holdings: list[Holding]) -> list[list[int]]:
    """The holdings of each generation: they share its market."""
    groups: dict[str, list[int]] = {}
    for k, holding in enumerate(holdings):
        groups.setdefault(holding.plan.terms.generation, []).append(k)
    return list(groups.values())


def _selling(context: Context, terms: Liquidation, begun: Lane) -> _Time:
    """What of this period lies after the delay. Sales are spread evenly over it; the last lot goes on its last day."""
    emitter = context.emitter
    days = np.array([float((b - a).days) for a, b in zip(context.dates.starts, context.dates.dates, strict=True)])
    gone = emitter.state("days since the liquidation began")
    emitter.emit(Op.ACCRUE, gone, begun, series(days))
    after = emitter.compute(Op.SUB, gone, Constant(float(terms.delay_days)), name="days of sale")
    after = emitter.compute(Op.MAX, after, ZERO, name="days of sale")
    after = emitter.compute(Op.MIN, after, series(days), name="days of sale")
    half = series((1.0 - last_date(context)) / (2.0 * days))
    return _Time(
        months=emitter.compute(Op.DIV, after, Constant(DAYS_A_MONTH), name="months of sale"),
        gone=emitter.product(after, half, name="share of the period after a sale"),
    )


def _sell(
    context: Context,
    terms: Liquidation,
    begun: Lane,
    time: _Time,
    group: list[tuple[Holding, _States]],
) -> None:
    emitter = context.emitter
    outlet = terms.outlet(group[0][0].plan.terms.generation)
    assert outlet is not None
    last = series(last_date(context))
    owned = [
        emitter.product(emitter.frozen(one.kept), series(holding.plan.owned()), name="machines owned")
        for holding, one in group
    ]
    whole = context.sum(owned, "machines owned")
    taken = emitter.product(time.months, Constant(outlet.pace * outlet.depth), name="machines absorbed")
    lot = emitter.compute(Op.SELECT, begun, INFINITE, ZERO, name="the last lot")
    taken = emitter.compute(Op.SELECT, last, lot, taken, name="machines absorbed")
    quantity = emitter.compute(Op.MIN, whole, taken, name="machines sold")
    share = emitter.compute(Op.DIV, quantity, whole, name="share sold")
    worth = after_impact(context, outlet, emitter.compute(Op.DIV, quantity, time.months, name="machines a month"))
    for (holding, one), machines in zip(group, owned, strict=True):
        price = emitter.product(holding.price, worth, name="price of a machine")
        part = share
        if terms.credit_bid:
            floor = series(terms.credit_bid * values.per_machine(holding.plan) * (1.0 - last_date(context)))
            bid = emitter.compute(Op.LE, floor, price, name="above the credit bid")
            part = emitter.compute(Op.SELECT, bid, share, ZERO, name="share sold")
        emitter.emit(Op.MUL, one.sold, machines, part)
        emitter.emit(Op.MUL, one.proceeds, one.sold, price)
        before = emitter.frozen(one.kept)
        for left, less in ((one.held, emitter.product(part, time.gone, name="share gone")), (one.kept, part)):
            rest = emitter.compute(Op.SUB, ONE, less, name="share left")
            emitter.emit(Op.COPY, left, emitter.product(before, rest, name="share left"))


def last_date(context: Context) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """1 on the last payment date."""
    return np.array([0.0] * (context.periods - 1) + [1.0])


def at_pace(context: Context, terms: Liquidation, holdings: list[Holding], months: float) -> list[Value]:
    """What all machines owned would bring, each cohort's, if each generation were sold evenly over `months`."""
    emitter = context.emitter
    found: dict[int, Value] = {}
    for group in _groups(holdings):
        outlet = terms.outlet(holdings[group[0]].plan.terms.generation)
        assert outlet is not None
        whole = context.sum([holdings[k].owned(context) for k in group], "machines owned")
        monthly = emitter.compute(Op.DIV, whole, Constant(months), name="machines a month")
        left = after_impact(context, outlet, monthly)
        for k in group:
            clean = emitter.product(holdings[k].owned(context), holdings[k].price, name="price of all")
            found[k] = emitter.product(clean, left, name="liquidation value")
    return [found[k] for k in range(len(holdings))]
