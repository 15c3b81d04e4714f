"""Whether a cohort's lease is in force, at what share of its rate, and what the tenant does about it."""

from __future__ import annotations

import attrs
import numpy as np

from tranche.collateral.fleet import Fleet
from tranche.collateral.tenant import Renegotiation, Tenant, Termination
from tranche.compiler.context import Context
from tranche.compiler.values import ONE, ZERO, Constant, Lane, Value, series
from tranche.program import Op

from .lease import asked, remaining, segments
from .plan import Plan


@attrs.define
class Tenancy:
    """`pays`: 1 while the lease is in force; `level`: share of its rate that is owed; `relet`: share of the period's
    hours that are offered to the market where it is not in force (after the gap). `fee`: paid for leaving. `left` and
    `next_level` are what holds from the next period on."""

    tenant: Tenant | None = None
    pays: Value = ONE
    level: Value = ONE
    relet: Value = ONE
    fee: Value = ZERO
    left: Lane | None = None
    next_level: Lane | None = None


def alive(context: Context, tenant: Tenant) -> Value:
    """1 while the tenant pays."""
    return _still(context, tenant.credit)


def still_graded(context: Context, tenant: Tenant) -> Value:
    """1 while the tenant keeps its grade."""
    return _still(context, tenant.downgrade)


def _still(context: Context, factor: str | None) -> Value:
    if factor is None:
        return ONE
    return context.emitter.compute(Op.LT, Constant(0.5), context.names[f"market.{factor}"](), name="still so")


def lower(context: Context, fleet: Fleet, plan: Plan) -> Tenancy:
    """The state of the lease in this period."""
    emitter, lease = context.emitter, plan.terms.lease
    tenant = None if lease is None else fleet.tenant(lease.tenant)
    if lease is None or tenant is None:
        return Tenancy()
    name = plan.terms.name
    pays = alive(context, tenant)
    made = Tenancy(tenant)
    if tenant.termination is not None:
        made.left = emitter.state(f"{name}.left")
        stays = emitter.compute(Op.NOT, emitter.frozen(made.left), name="stays")
        pays = emitter.compute(Op.AND, pays, stays, name="pays")
    if tenant.renegotiation is not None:
        made.next_level = emitter.state(f"{name}.rate level", 1.0)
        made.level = emitter.frozen(made.next_level)
    if pays != ONE:
        made.pays, made.relet = pays, _relet(context, plan, pays)
    return made


def _relet(context: Context, plan: Plan, pays: Value) -> Value:
    """Share of the period after the gap that follows the end of a lease before its time."""
    emitter = context.emitter
    days = plan.period_hours() / 24.0
    if not plan.terms.releasing_gap_days:
        return ONE
    gone = emitter.state(f"{plan.terms.name}.days without a tenant")
    emitter.emit(Op.ACCRUE, gone, emitter.compute(Op.NOT, pays, name="without a tenant"), series(days))
    after = emitter.compute(Op.SUB, gone, Constant(float(plan.terms.releasing_gap_days)), name="days let")
    after = emitter.compute(Op.MAX, after, ZERO, name="days let")
    after = emitter.compute(Op.MIN, after, series(days), name="days let")
    return emitter.compute(Op.DIV, after, series(days), name="share let")


def decide(context: Context, plan: Plan, tenancy: Tenancy) -> None:
    """At the end of the period: the tenant leaves or renegotiates, with effect from the next. Sets the fee."""
    tenant = tenancy.tenant
    if tenant is None:
        return
    if tenant.renegotiation is not None and tenancy.next_level is not None:
        _renegotiate(context, plan, tenancy, tenancy.next_level, tenant.renegotiation)
    if tenant.termination is not None and tenancy.left is not None:
        _leave(context, plan, tenancy, tenancy.left, tenant.termination)


def _leave(context: Context, plan: Plan, tenancy: Tenancy, left: Lane, terms: Termination) -> None:
    emitter, lease = context.emitter, plan.terms.lease
    assert lease is not None
    rents, hours, month = remaining(plan, lease)
    owed = emitter.product(tenancy.level, series(rents), name="rent to come")
    market = emitter.product(
        asked(context, plan), series((1.0 + terms.moving_cost) * hours), name="rent elsewhere"
    )
    fee = emitter.product(tenancy.level, series(terms.fee_months * month), name="termination fee")
    saved = emitter.compute(Op.SUB, owed, market, name="saved by leaving")
    leaves = emitter.compute(Op.LT, fee, saved, name="leaves")
    leaves = emitter.compute(Op.AND, leaves, tenancy.pays, name="leaves")
    tenancy.fee = emitter.compute(Op.SELECT, leaves, fee, ZERO, name="termination fee")
    emitter.emit(Op.COPY, left, emitter.compute(Op.OR, emitter.frozen(left), leaves, name="left"))


def _renegotiate(context: Context, plan: Plan, tenancy: Tenancy, level: Lane, terms: Renegotiation) -> None:
    emitter, lease = context.emitter, plan.terms.lease
    assert lease is not None
    count = emitter.state(f"{plan.terms.name}.renegotiations")
    rates = series(rates_at(plan))
    rate = emitter.product(tenancy.level, rates, name="rate")
    market = asked(context, plan)
    low = emitter.compute(Op.LT, market, emitter.product(Constant(terms.below), rate, name="low"), name="shaky")
    free = emitter.compute(Op.LT, emitter.frozen(count), Constant(float(terms.times)), name="may ask")
    asks = emitter.compute(Op.AND, emitter.compute(Op.AND, low, free, name="asks"), tenancy.pays, name="asks")
    ahead = [plan.days_between(date, lease.end) > 0 for date in plan.dates.dates]
    asks = emitter.compute(Op.AND, asks, series(np.array(ahead, dtype=np.float64)), name="asks")
    kept = emitter.product(Constant(terms.keeps), emitter.compute(Op.SUB, rate, market), name="kept")
    new = emitter.compute(Op.DIV, emitter.compute(Op.ADD, market, kept, name="new rate"), rates, name="new level")
    emitter.emit(Op.ACCRUE, count, asks, ONE)
    emitter.emit(Op.COPY, level, emitter.compute(Op.SELECT, asks, new, tenancy.level, name="rate level"))


def rates_at(plan: Plan) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The lease's own rate on each payment date [T]; 0 outside its term."""
    assert plan.terms.lease is not None
    known = segments(plan, plan.terms.lease)
    return np.array([next((rate for a, b, rate in known if a <= date < b), 0.0) for date in plan.dates.dates])

