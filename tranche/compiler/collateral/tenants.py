"""The fleet's tenants: what each is billed and when it pays, and what a backstop pays in its stead."""

from __future__ import annotations

from functools import partial

import numpy as np

from tranche.collateral.fleet import Fleet
from tranche.collateral.tenant import Backstop, Tenant
from tranche.compiler.context import Context
from tranche.compiler.values import ONE, ZERO, Constant, Value, series
from tranche.program import Op

from . import receivables
from .earnings import Earnings
from .sale import Holding
from .tenancy import alive, still_graded


def lower(context: Context, fleet: Fleet, holdings: list[Holding], earned: list[Earnings], revenue: Value) -> Value:
    """What of the period's revenue is received, and what backstops add; the names of the tenants."""
    if not fleet.tenants and fleet.receivables is None:
        return revenue
    emitter = context.emitter
    billed = [(fleet.tenant(_named(holding)), one) for holding, one in zip(holdings, earned, strict=True)]
    whole = context.sum([one.contract for one in earned], "contract rent")
    received = revenue
    if fleet.receivables is not None:
        received = emitter.compute(Op.SUB, revenue, whole, name="received at once")
        known = [None, *fleet.tenants] if any(tenant is None for tenant, _ in billed) else [*fleet.tenants]
        paid = []
        for tenant in known:
            own = context.sum([one.contract for who, one in billed if who == tenant], "contract rent")
            pays = ONE if tenant is None else alive(context, tenant)
            name = None if tenant is None else tenant.name
            paid.append(receivables.lower(context, fleet.receivables, name, own, pays))
        received = emitter.compute(Op.ADD, received, context.sum(paid, "rent received"), name="received")
    for tenant in fleet.tenants:
        leases = [one for who, one in billed if who == tenant]
        _names(context, tenant, context.sum([one.contract for one in leases], "contract rent"), whole)
        if tenant.backstop is not None:
            called = _backstop(context, tenant, tenant.backstop, leases)
            received = emitter.compute(Op.ADD, received, called, name="received")
    return received


def _named(holding: Holding) -> str | None:
    lease = holding.plan.terms.lease
    return None if lease is None else lease.tenant


def _names(context: Context, tenant: Tenant, rent: Value, whole: Value) -> None:
    emitter, name = context.emitter, tenant.name
    context.names[f"{name}.alive"] = partial(alive, context, tenant)
    context.names[f"{name}.downgraded"] = lambda: emitter.compute(Op.NOT, still_graded(context, tenant))
    context.define(f"{name}.rent", rent)
    context.names[f"{name}.share"] = lambda: emitter.compute(Op.DIV, rent, whole, name="share of the rent")


def _backstop(context: Context, tenant: Tenant, terms: Backstop, own: list[Earnings]) -> Value:
    """What is missing of the contract rent and not earned elsewhere, up to what the limit of the date leaves."""
    emitter = context.emitter
    used = emitter.state(f"{tenant.name}.backstop used")
    left = emitter.compute(Op.SUB, series(_limits(context, terms)), emitter.frozen(used), name="backstop left")
    left = emitter.compute(Op.MAX, left, ZERO, name="backstop left")
    promised = context.sum([one.promised for one in own], "contract rent promised")
    relet = context.sum([one.relet for one in own], "let again")
    missing = emitter.compute(Op.MAX, emitter.compute(Op.SUB, promised, relet), ZERO, name="rent missing")
    failed = emitter.compute(Op.NOT, alive(context, tenant), name="in default")
    called = emitter.compute(Op.MIN, left, emitter.product(failed, missing, name="rent missing"), name="called")
    context.define(f"{tenant.name}.backstop", emitter.compute(Op.SUB, left, called, name="backstop left"))
    emitter.emit(Op.ACCRUE, used, called, Constant(1.0))
    return called


def _limits(context: Context, terms: Backstop) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The limit on each payment date [T]."""
    first = terms.limits[0][1]
    on = [[amount for date, amount in terms.limits if date <= day] for day in context.dates.dates]
    return np.array([amounts[-1] if amounts else first for amounts in on])
