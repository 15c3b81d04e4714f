"""A fleet: its cohorts one after the other, then what they bring in together."""

from __future__ import annotations

from functools import partial

import numpy as np

from tranche.collateral.fleet import ALONE, Fleet
from tranche.compiler.context import Context
from tranche.compiler.values import ZERO, Value, series
from tranche.program import Claim, Op

from . import costs, lease, sale, tenancy, tenants, values, worth
from .earnings import Earnings, at_market
from .outlet import clean_price
from .plan import Plan
from .sale import Holding, Sale


def declare(context: Context, fleet: Fleet) -> None:
    """The fleet reads market factors only."""
    context.claims.append(Claim("fleet", "fleet"))


def lower(context: Context, fleet: Fleet) -> Value:
    """The period's collections; the cost that nothing covers is recorded as unfunded."""
    net = lower_net(context, fleet)
    context.flow("collateral", "unfunded", context.names["fleet.unfunded"]())
    return context.emitter.compute(Op.MAX, net, ZERO, name="collections")


def lower_net(context: Context, fleet: Fleet) -> Value:
    """What the fleet brings in less what it costs, which may be below 0; also puts `fleet.*` into the symbol table and
    records what the fleet earns."""
    emitter = context.emitter
    plans = [Plan(cohort, context.dates) for cohort in fleet.cohorts]
    holdings = [Holding(plan, tenancy.lower(context, fleet, plan)) for plan in plans]
    for holding in holdings:
        _prices(context, fleet, holding)
    state = sale.lower(context, fleet.liquidation, holdings)
    _values(context, fleet, holdings)
    earned = [_cohort(context, fleet, holding, state) for holding in holdings]
    staff = costs.staff(context.dates, fleet.staff_per_month, fleet.staff_inflation)
    staff = emitter.product(staff, state.runs, name="staff")
    revenue = context.sum([one.revenue for one in earned], "revenue")
    opex = context.sum([staff, *(one.opex for one in earned)], "opex")
    proceeds = context.sum([holding.proceeds for holding in holdings], "proceeds")
    received = tenants.lower(context, fleet, holdings, earned, revenue)
    net = emitter.compute(Op.SUB, received, opex, name="net rent")
    net = emitter.compute(Op.ADD, net, proceeds, name="net rent and proceeds")
    unfunded = emitter.compute(Op.MAX, emitter.compute(Op.SUB, ZERO, net), ZERO, name="unfunded cost")
    context.define("fleet.unfunded", unfunded)
    for field, amount in (("revenue", revenue), ("opex", opex)):
        context.define(f"fleet.{field}", amount)
        context.flow("fleet", field, amount)
    _sold(context, fleet, holdings, state, proceeds)
    done = np.all([holding.plan.delivered() >= holding.plan.terms.gpus for holding in holdings], axis=0)
    parts = [context.names[f"{plan.terms.name}.contracted"] for plan in plans]
    if len(plans) > 1 or plans[0].terms.name != ALONE:
        context.names["fleet.contracted"] = lambda: context.sum([part() for part in parts], "contracted")
    context.define("fleet.complete", series(done.astype(np.float64)))
    return net


def _prices(context: Context, fleet: Fleet, holding: Holding) -> None:
    """What a machine is worth to keep, and what it fetches before impact."""
    if fleet.valuation is not None:
        state = holding.tenancy
        holding.economic = worth.lower(context, holding.plan, fleet.valuation, state.pays, state.level)
    if fleet.liquidation is not None:
        holding.price = clean_price(context, holding.plan, fleet.liquidation, holding.economic)


def _values(context: Context, fleet: Fleet, holdings: list[Holding]) -> None:
    """The values of the machines owned, side by side: names of each cohort and of the fleet, records of the fleet."""
    emitter = context.emitter
    found: dict[str, list[Value]] = {"book": [], "appraised": [], "owned": [], "capex": []}
    for holding in holdings:
        plan = holding.plan
        for field, numbers in (("book", values.book(plan)), ("appraised", values.appraised(plan))):
            found[field].append(emitter.product(holding.kept, series(numbers), name=field))
        found["owned"].append(holding.owned(context))
        found["capex"].append(series(plan.capex()))
    if fleet.valuation is not None:
        found["economic"] = [
            emitter.product(holding.owned(context), holding.economic, name="economic") for holding in holdings
        ]
    if fleet.liquidation is not None:
        found["orderly"] = sale.at_pace(context, fleet.liquidation, holdings, fleet.liquidation.orderly_months)
        found["forced"] = sale.at_pace(context, fleet.liquidation, holdings, fleet.liquidation.forced_months)
    for field, parts in found.items():
        for holding, part in zip(holdings, parts, strict=True):
            context.define(f"{holding.plan.terms.name}.{field}", part)
        context.define(f"fleet.{field}", context.sum(parts, field))
        if field != "capex":
            context.stock("fleet", field, context.names[f"fleet.{field}"]())


def _cohort(context: Context, fleet: Fleet, holding: Holding, state: Sale) -> Earnings:
    """Revenue and cost of one cohort in the period, and their names."""
    emitter, plan = context.emitter, holding.plan
    terms, lease_now = plan.terms, holding.tenancy
    letting = lease.lower(context, plan, lease_now.pays, lease_now.level, lease_now.relet)
    tenancy.decide(context, plan, lease_now)
    hour = costs.hourly(context, plan)
    price, cost = at_market(context, plan, hour)
    market = emitter.product(letting.free, price, name="market rent")
    paid = [emitter.product(letting.contract_hours, hour, name="running cost")]
    paid.append(emitter.product(letting.free, cost, name="running cost"))
    if not terms.switch_off:
        paid.append(emitter.product(letting.idle, hour, name="idling cost"))
    works = emitter.product(holding.held, state.runs, name="machines at work")
    contract = emitter.product(works, letting.contract, name="contract rent")
    promised = emitter.product(works, letting.promised, name="contract rent promised")
    others = [letting.prepaid, lease_now.fee, series(plan.damages()), market]
    at_once = emitter.compute(Op.ADD, _share(context, others, works, "revenue"), _guarantee(context, holding))
    revenue = emitter.compute(Op.ADD, at_once, contract, name="revenue")
    opex = _share(context, paid, works, "running cost")
    fixed = [series(costs.fixed(plan)), _storage(context, fleet, plan, state)]
    opex = emitter.compute(Op.ADD, opex, _share(context, fixed, holding.held, "fixed cost"), name="opex")
    context.define(f"{terms.name}.revenue", revenue)
    context.define(f"{terms.name}.opex", opex)
    context.names[f"{terms.name}.contracted"] = partial(_contracted, context, holding, state)
    relet = emitter.product(works, market, name="market rent") if lease_now.tenant is not None else ZERO
    return Earnings(revenue, opex, contract, promised, relet)


def _contracted(context: Context, holding: Holding, sale: Sale) -> Value:
    """Take-or-pay rent still to be invoiced under the lease, if it is in force."""
    emitter, plan, tenant = context.emitter, holding.plan, holding.tenancy
    if plan.terms.lease is None:
        return ZERO
    amount: Value = series(lease.remaining(plan, plan.terms.lease)[0])
    for share in (tenant.level, tenant.pays, emitter.product(holding.kept, sale.runs, name="machines that work on")):
        amount = emitter.product(share, amount, name="contracted")
    return amount


def _share(context: Context, parts: list[Value], share: Value, name: str) -> Value:
    return context.emitter.product(share, context.sum(parts, name), name=name)


def _storage(context: Context, fleet: Fleet, plan: Plan, state: Sale) -> Value:
    """What the unsold machines cost in store, on top."""
    if fleet.liquidation is None or not fleet.liquidation.storage_per_gpu_month:
        return ZERO
    cost = series(fleet.liquidation.storage_per_gpu_month * plan.owned() * plan.period_months())
    return context.emitter.product(state.active, cost, name="storage")


def _guarantee(context: Context, holding: Holding) -> Value:
    """What a residual-value guarantor pays at the end of the lease."""
    emitter, terms = context.emitter, holding.plan.terms
    if terms.lease is None or not terms.lease.residual_value_guarantee:
        return ZERO
    ends = np.array([float(a < terms.lease.end <= b) for a, b in holding.plan.spans()])
    each = series(terms.lease.residual_value_guarantee * terms.cost_per_gpu * ends)
    promised = emitter.product(holding.owned(context), each, name="promised")
    missing = emitter.compute(Op.SUB, promised, context.names[f"{terms.name}.orderly"](), name="missing value")
    return emitter.compute(Op.MAX, missing, ZERO, name="residual value guarantee")


def _sold(context: Context, fleet: Fleet, holdings: list[Holding], state: Sale, proceeds: Value) -> None:
    """Names and records of the sale."""
    if fleet.liquidation is None:
        return
    for holding in holdings:
        context.define(f"{holding.plan.terms.name}.sold", holding.sold)
        context.define(f"{holding.plan.terms.name}.proceeds", holding.proceeds)
    sold = context.sum([holding.sold for holding in holdings], "machines sold")
    for field, amount in (("sold", sold), ("proceeds", proceeds)):
        context.define(f"fleet.{field}", amount)
        context.flow("fleet", field, amount)
    context.define("fleet.liquidating", state.active)
