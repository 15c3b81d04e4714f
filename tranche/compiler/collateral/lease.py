"""The rent of a cohort: under its lease, in its renewal, and at the market after that."""

from __future__ import annotations

import datetime as dt

import attrs
import numpy as np

from tranche.collateral.lease import Lease
from tranche.compiler.context import Context
from tranche.compiler.values import ONE, ZERO, Constant, Value, series
from tranche.program import Op
from tranche.replay import vector

from .plan import DAYS_A_YEAR, HOURS, Array, Plan

FOREVER = dt.date.max


@attrs.frozen
class Letting:
    """A period of a cohort. `contract`: rent under contracts; `contract_hours`: machine-hours that it pays for;
    `free`: those offered to the market; `idle`: those in a gap between the two. `prepaid`: what a tenant pays ahead.
    `promised`: contract rent, were the lease in force."""

    contract: Value
    contract_hours: Value
    free: Value
    idle: Value
    prepaid: Value = ZERO
    promised: Value = ZERO


def lower(context: Context, plan: Plan, pays: Value, level: Value, relet: Value) -> Letting:
    """The hours and the contract rent of the period: `pays`, `level` and `relet` as in a Tenancy."""
    letting = _promised(context, plan, pays, level)
    if pays == ONE:
        return attrs.evolve(letting, promised=letting.contract)
    emitter = context.emitter
    part = emitter.product
    gone = emitter.compute(Op.NOT, pays, name="without a tenant")
    let, stands = part(gone, relet, "let"), part(gone, emitter.compute(Op.SUB, ONE, relet), "stands idle")
    vacant = emitter.compute(Op.ADD, letting.contract_hours, letting.idle, name="vacant hours")
    return Letting(
        contract=part(pays, letting.contract, "contract rent"),
        contract_hours=part(pays, letting.contract_hours, "hours under contract"),
        free=emitter.compute(Op.ADD, letting.free, part(let, vacant, "hours let again"), name="hours at the market"),
        idle=emitter.compute(Op.ADD, part(pays, letting.idle, "gap"), part(stands, vacant, "gap"), name="idle hours"),
        prepaid=part(pays, letting.prepaid, "prepayment"),
        promised=letting.contract,
    )


def _promised(context: Context, plan: Plan, pays: Value, level: Value) -> Letting:
    """The period if the lease is in force."""
    terms, lease = plan.terms, plan.terms.lease
    if lease is None:
        hours = plan.hours(dt.date.min, FOREVER)
        return Letting(ZERO, ZERO, series(hours), ZERO)
    gap = dt.timedelta(days=terms.releasing_gap_days)
    start = lease.start or dt.date.min
    leased, before = plan.hours(start, lease.end), plan.hours(dt.date.min, start)
    billed = _billed(context, lease)
    own = _times(context, _times(context, series(invoices(plan, lease)), billed), level)
    free, idle = plan.hours(lease.end + gap, FOREVER), plan.hours(lease.end, lease.end + gap)
    prepaid = series(prepayments(plan, lease))
    if lease.renewal is None:
        return Letting(own, series(leased), series(free + before), series(idle), prepaid)
    end = lease.end + dt.timedelta(days=lease.renewal.term_days)
    stays = _renewed(context, plan, lease, pays)
    renewed = plan.hours(lease.end, end)
    rent = _times(context, series(lease.renewal.rate * service_share(plan, lease) * renewed), billed)
    emitter = context.emitter

    def either(yes: Array, no: Array) -> Value:
        return emitter.compute(Op.SELECT, stays, series(yes), series(no), name="hours")

    return Letting(
        contract=emitter.compute(Op.ADD, own, emitter.compute(Op.SELECT, stays, rent, ZERO), name="contract rent"),
        contract_hours=either(leased + renewed, leased),
        free=either(plan.hours(end + gap, FOREVER) + before, free + before),
        idle=either(plan.hours(end, end + gap), idle),
        prepaid=prepaid,
    )


def _times(context: Context, amount: Value, factor: Value) -> Value:
    return context.emitter.product(amount, factor, name="contract rent")


def _billed(context: Context, lease: Lease) -> Value:
    """Share of the hours that is billed."""
    usage = factor(context, lease.usage)
    return context.emitter.compute(Op.MAX, Constant(lease.take_or_pay), usage, name="hours billed")


def asked(context: Context, plan: Plan) -> Value:
    """What the market pays for an hour let: index × basis."""
    rent = factor(context, plan.terms.rent or 0.0)
    return context.emitter.product(rent, Constant(plan.terms.basis), name="market rent")


def remaining(plan: Plan, lease: Lease) -> tuple[Array, Array, Array]:
    """On each payment date, for the machines then owned: take-or-pay rent still to be invoiced, hours that it is for,
    and a month of it at the rate of the date [T]."""
    scale = plan.terms.gpus * HOURS * plan.uptime * plan.survival() * lease.take_or_pay
    known = segments(plan, lease)
    rents, hours, month = ([0.0] * len(plan.dates.dates) for _ in range(3))
    for t, date in enumerate(plan.dates.dates):
        for first, last, rate in known:
            days = plan.days_between(max(first, date), last)
            rents[t] += days * rate
            hours[t] += days
            month[t] = DAYS_A_YEAR / 12.0 * rate if first <= date < last else month[t]
    invoiced = service_share(plan, lease) * (1.0 - lease.prepayment)
    return vector(rents) * scale * invoiced, vector(hours) * scale, vector(month) * scale * invoiced


def factor(context: Context, value: str | float) -> Value:
    """A number, or the market factor of that name."""
    return context.names[f"market.{value}"]() if isinstance(value, str) else Constant(float(value))


def segments(plan: Plan, lease: Lease) -> list[tuple[dt.date, dt.date, float]]:
    """(from, to, rate) through the term of the lease."""
    start = lease.start or plan.start
    if lease.end <= start:
        return []
    rates = {start: lease.rate}
    if lease.escalator:
        for year in range(1, lease.end.year - start.year + 1):
            rates[_anniversary(start, year)] = lease.rate * (1.0 + lease.escalator) ** year
    for date, rate in lease.steps:
        rates[max(start, date)] = rate
    dates = sorted(date for date in rates if date < lease.end)
    return [(a, b, rates[a]) for a, b in zip(dates, [*dates[1:], lease.end], strict=True)]


def _anniversary(date: dt.date, years: int) -> dt.date:
    try:
        return date.replace(year=date.year + years)
    except ValueError:  # 29 February
        return date.replace(year=date.year + years, day=28)


def service_share(plan: Plan, lease: Lease) -> float:
    """What is left of the rent after credits for hours promised and not delivered, and after what was prepaid."""
    credit = 0.0
    if lease.service is not None:
        credit = min(1.0, lease.service.credit * max(0.0, lease.service.availability - plan.uptime))
    return 1.0 - credit


def invoices(plan: Plan, lease: Lease) -> Array:
    """Rent of each period if every hour is billed, less credits and what was prepaid [T]."""
    rents = np.zeros(len(plan.dates.dates))
    for first, last, rate in segments(plan, lease):
        rents = rents + rate * plan.hours(first, last)
    return rents * service_share(plan, lease) * (1.0 - lease.prepayment)


def prepayments(plan: Plan, lease: Lease) -> Array:
    """What is paid ahead, in the period in which it is [T]."""
    whole = 0.0
    for first, last, rate in segments(plan, lease):  # not sum(): it compensates from Python 3.12 on
        whole += rate * plan.days_between(first, last)
    amount = lease.prepayment * lease.take_or_pay * plan.terms.gpus * HOURS * whole
    date = lease.prepaid_on or lease.start or plan.start
    return amount * np.array([float(start < date <= end) for start, end in plan.spans()])


def _renewed(context: Context, plan: Plan, lease: Lease, pays: Value) -> Value:
    """1 from the end of the lease on where the tenant used its option."""
    assert lease.renewal is not None
    emitter = context.emitter
    ends = series([float(start < lease.end <= end) for start, end in plan.spans()])
    if ends == ZERO:
        return ZERO
    state = emitter.state(f"{plan.terms.name}.renewed")
    worth = emitter.compute(Op.LT, Constant(lease.renewal.rate), asked(context, plan), name="renewal pays")
    worth = emitter.compute(Op.AND, worth, pays, name="renews") if pays != ONE else worth
    emitter.emit(Op.COPY, state, emitter.compute(Op.SELECT, ends, worth, emitter.frozen(state), name="renewed"))
    return state if ends != ONE else worth
