"""A fleet: its cohorts one after the other, then what they bring in together."""

from __future__ import annotations

import numpy as np

from tranche.collateral.fleet import Fleet
from tranche.compiler.context import Context
from tranche.compiler.values import ZERO, Value, series
from tranche.program import Claim, Op

from . import costs, lease, values
from .earnings import Earnings, at_market
from .plan import Plan


def declare(context: Context, fleet: Fleet) -> None:
    """The fleet reads market factors only."""
    context.claims.append(Claim("fleet", "fleet"))


def lower(context: Context, fleet: Fleet) -> Value:
    """The period's collections; also puts `fleet.*` into the symbol table and records what the fleet earns."""
    emitter = context.emitter
    plans = [Plan(cohort, context.dates) for cohort in fleet.cohorts]
    earned = [_cohort(context, plan) for plan in plans]
    revenue = context.sum([one.revenue for one in earned], "revenue")
    staff = fleet.staff_per_month * plans[0].period_months() * costs.growth(plans[0], fleet.staff_inflation)
    opex = context.sum([series(staff), *(one.opex for one in earned)], "opex")
    net = emitter.compute(Op.SUB, revenue, opex, name="net rent")
    unfunded = emitter.compute(Op.MAX, emitter.compute(Op.SUB, ZERO, net), ZERO, name="unfunded cost")
    context.flow("collateral", "unfunded", unfunded)
    context.define("fleet.unfunded", unfunded)
    _fleet_names(context, plans, revenue, opex)
    return emitter.compute(Op.MAX, net, ZERO, name="collections")


def _cohort(context: Context, plan: Plan) -> Earnings:
    """Revenue and cost of one cohort, and its names."""
    emitter, terms = context.emitter, plan.terms
    letting = lease.lower(context, plan)
    hour = costs.hourly(context, plan)
    price, cost = at_market(context, plan, hour)
    market = emitter.compute(Op.MUL, letting.free, price, name="market rent")
    paid = [emitter.compute(Op.MUL, letting.contract_hours, hour, name="running cost")]
    paid.append(emitter.compute(Op.MUL, letting.free, cost, name="running cost"))
    if not terms.switch_off:
        paid.append(emitter.compute(Op.MUL, letting.idle, hour, name="idling cost"))
    revenue = context.sum([letting.contract, letting.prepaid, series(plan.damages()), market], "revenue")
    opex = context.sum([series(costs.fixed(plan)), *paid], "opex")
    _cohort_names(context, plan, revenue, opex)
    return Earnings(revenue, opex)


def _cohort_names(context: Context, plan: Plan, revenue: Value, opex: Value) -> None:
    name = plan.terms.name
    by_schedule = {
        "book": values.book(plan), "appraised": values.appraised(plan), "owned": plan.owned(), "capex": plan.capex(),
    }  # fmt: skip
    for field, numbers in by_schedule.items():
        context.define(f"{name}.{field}", series(numbers))
    context.define(f"{name}.revenue", revenue)
    context.define(f"{name}.opex", opex)


def _fleet_names(context: Context, plans: list[Plan], revenue: Value, opex: Value) -> None:
    for field in ("book", "appraised", "owned", "capex"):
        total = context.sum([context.names[f"{plan.terms.name}.{field}"]() for plan in plans], field)
        context.define(f"fleet.{field}", total)
    done = np.all([plan.delivered() >= plan.terms.gpus for plan in plans], axis=0)
    context.define("fleet.complete", series(done.astype(np.float64)))
    for field, amount in (("revenue", revenue), ("opex", opex)):
        context.define(f"fleet.{field}", amount)
        context.flow("fleet", field, amount)
    for field in ("book", "appraised", "owned"):
        context.stock("fleet", field, context.names[f"fleet.{field}"]())
