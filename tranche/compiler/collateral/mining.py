"""A mining site in a period: what it mines, what its power costs or brings in, and what its hosting earns."""

from __future__ import annotations

import datetime as dt

import attrs
import numpy as np

from tranche.collateral.site import Site
from tranche.compiler.context import Context
from tranche.compiler.values import ONE, ZERO, Constant, Value, series
from tranche.program import Op
from tranche.replay import vector
from tranche.terms.daycounts import year_fraction

from . import values
from .costs import growth
from .lease import factor
from .plan import HOURS, Array, Plan

FOREVER = dt.date.max


@attrs.frozen
class Mined:
    """Of a site in a period. `revenue`: what it mined, at the date's price; `income`: all else that it was paid."""

    revenue: Value
    income: Value
    opex: Value
    running: Value
    book: Value
    value: Value
    forced: Value
    proceeds: Value
    capex: Value


def lower(context: Context, site: Site, hashprice: str, defaulted: Value) -> Mined:
    """Revenue, cost and values of the site; `defaulted`: 1 on the dates after a default."""
    emitter, plan = context.emitter, Plan(site.machines(), context.dates)
    kept, sold = _sale(context, site, defaulted)
    earn, cost, sells, runs = _hour(context, site, plan, factor(context, hashprice))
    hours = series(_hours(site, plan))
    revenue = emitter.product(hours, earn, name="mined")
    resold = emitter.product(hours, sells, name="power sold")
    power = emitter.product(hours, cost, name="power and upkeep")
    let, hosting = _hosting(context, site, plan)
    fixed = site.fixed_per_month * plan.period_months() * growth(plan.dates, site.cost_inflation)
    standby = site.power.standby_per_kw_month * site.efficiency * site.pue * _months_mining(site, plan)
    owned = series(plan.owned())
    price = ZERO if site.value_per_ph is None else factor(context, site.value_per_ph)
    market = emitter.product(owned, price, name="value of the machines")
    in_one_lot = emitter.product(market, Constant(1.0 - site.forced_discount), name="forced value")

    def still(amount: Value, name: str) -> Value:
        return emitter.product(kept, amount, name=name)

    income = context.sum([series(standby), resold, let], "income")
    return Mined(
        revenue=still(revenue, "mined"),
        income=still(income, "income"),
        opex=still(context.sum([series(fixed), series(hosting), power], "opex"), "opex"),
        running=still(runs, "running"),
        book=still(series(values.book(plan)), "book"),
        value=still(market, "value"),
        forced=still(in_one_lot, "forced value"),
        proceeds=emitter.product(sold, in_one_lot, name="proceeds of the machines"),
        capex=series(plan.capex() + _capex(site, plan)),
    )


def _hour(context: Context, site: Site, plan: Plan, hashprice: Value) -> tuple[Value, Value, Value, Value]:
    """Of a PH/s for an hour: what it mines, what it costs, what its power is sold for, and whether it mines."""
    emitter, power = context.emitter, site.power
    kilowatts = Constant(site.efficiency * site.pue)
    earned = emitter.product(hashprice, Constant((1.0 - site.pool_fee) / HOURS), name="mined an hour")
    paid = emitter.product(factor(context, power.price), kilowatts, name="power")
    grown = growth(plan.dates, site.cost_inflation)
    upkeep = series(site.upkeep_per_ph_month * plan.period_months() / plan.period_hours() * grown)
    cost = emitter.compute(Op.ADD, paid, upkeep, name="power and upkeep")
    if not site.switch_off:
        return earned, cost, ZERO, ONE
    off = emitter.product(paid, Constant(power.take_or_pay), name="power not taken")
    sold: Value = ZERO
    if power.resale is not None:
        resale = emitter.product(factor(context, power.resale), kilowatts, name="power sold")
        saved = emitter.compute(Op.SUB, paid, off, name="power saved")
        better = emitter.compute(Op.LT, saved, resale, name="sells")
        sold = emitter.compute(Op.SELECT, better, resale, ZERO, name="power sold")
        off = emitter.compute(Op.SELECT, better, paid, off, name="cost of standing still")
    idle = emitter.compute(Op.SUB, sold, off, name="standing still")
    runs = emitter.compute(Op.LE, idle, emitter.compute(Op.SUB, earned, cost, name="mining"), name="mines")
    return (
        emitter.compute(Op.SELECT, runs, earned, ZERO, name="mined an hour"),
        emitter.compute(Op.SELECT, runs, cost, off, name="cost"),
        emitter.compute(Op.SELECT, runs, ZERO, sold, name="power sold"),
        runs,
    )


def _sale(context: Context, site: Site, defaulted: Value) -> tuple[Value, Value]:
    """1 while the machines are there, and 1 on the date on which they are sold."""
    emitter = context.emitter
    if site.value_per_ph is None or defaulted == ZERO:
        return ONE, ZERO
    gone = emitter.state(f"{site.name} is sold")
    before = emitter.compute(Op.NOT, emitter.frozen(gone), name="there")
    emitter.emit(Op.COPY, gone, defaulted)
    kept = emitter.compute(Op.NOT, gone, name="there")
    return kept, emitter.compute(Op.AND, before, defaulted, name="sold now")


def _mining_share(site: Site, whole: Array, before: Array) -> Array:
    """`whole` without what hosting has taken of it; `before`: the part of it before the conversion."""
    if site.hosting is None:
        return whole
    return vector(before + (1.0 - site.hosting.share) * (whole - before))


def _hours(site: Site, plan: Plan) -> Array:
    """PH/s times hours that can mine [T]."""
    start = FOREVER if site.hosting is None else site.hosting.start
    there = _mining_share(site, plan.hours(dt.date.min, FOREVER), plan.hours(dt.date.min, start))
    return there * site.uptime * (1.0 - site.power.curtailed)


def _months_mining(site: Site, plan: Plan) -> Array:
    """PH/s times months (30/360) for which the machines are ready to mine [T]."""
    whole = plan.months() * site.hashrate * plan.survival()
    days = plan.machine_days(dt.date.min, FOREVER)
    start = FOREVER if site.hosting is None else site.hosting.start
    before = whole * plan.machine_days(dt.date.min, start) / np.where(days > 0, days, 1.0)
    return _mining_share(site, whole, before)


def _hosting(context: Context, site: Site, plan: Plan) -> tuple[Value, Array]:
    """What hosting earns and costs in a period."""
    emitter, terms = context.emitter, site.hosting
    if terms is None:
        return ZERO, np.zeros(context.periods)
    ready = terms.start + dt.timedelta(days=terms.delay_days)
    kilowatts = site.hashrate * site.efficiency * terms.share
    months = np.array([
        12.0 * year_fraction("30/360", max(a, ready), b) if b > ready else 0.0 for a, b in plan.spans()
    ])  # fmt: skip
    rate = emitter.product(
        factor(context, terms.rent_per_kw_month), factor(context, terms.utilisation), name="hosting rent"
    )
    let = emitter.product(series(kilowatts * months), rate, name="hosting")
    return let, kilowatts * months * terms.cost_per_kw_month * growth(plan.dates, site.cost_inflation)


def _capex(site: Site, plan: Plan) -> Array:
    """The cost of the conversion, by the day from its start to the end of the delay; at once without a delay."""
    terms = site.hosting
    if terms is None:
        return np.zeros(len(plan.dates.dates))
    cost = terms.capex_per_kw * site.hashrate * site.efficiency * terms.share
    if terms.delay_days == 0:
        return cost * np.array([float(a < terms.start <= b) for a, b in plan.spans()])
    ready = terms.start + dt.timedelta(days=terms.delay_days)
    days = [max(0, (min(b, ready) - max(a, terms.start)).days) for a, b in plan.spans()]
    return cost * np.array(days) / terms.delay_days
