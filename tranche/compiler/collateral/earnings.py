"""What a machine that is offered to the market earns in an hour, and what it costs."""

from __future__ import annotations

import attrs

from tranche.compiler.context import Context
from tranche.compiler.values import ZERO, Constant, Value
from tranche.program import Op

from .lease import asked, factor
from .plan import Plan


@attrs.frozen
class Earnings:
    """Of a cohort in a period, none below 0. `contract`: what of the revenue is invoiced under its lease; `promised`:
    what would be, were the lease in force; `relet`: what its machines earn at the market."""

    revenue: Value
    opex: Value
    contract: Value
    promised: Value
    relet: Value


def outside(context: Context, plan: Plan) -> Value:
    """What an hour at the market would bring now: index × basis × utilisation."""
    emitter, terms = context.emitter, plan.terms
    return emitter.product(asked(context, plan), factor(context, terms.utilisation), name="earning rent")


def at_market(context: Context, plan: Plan, hour: Value) -> tuple[Value, Value]:
    """Rent and running cost of an hour: index × basis × utilisation, and `hour`; nothing where it is switched off."""
    emitter, terms = context.emitter, plan.terms
    if terms.rent is None:
        return ZERO, ZERO if terms.switch_off else hour
    earned = outside(context, plan)
    if not terms.switch_off:
        return earned, hour
    if terms.reserve_price is not None:
        runs = emitter.compute(Op.LE, Constant(terms.reserve_price), asked(context, plan), name="runs")
    else:
        runs = emitter.compute(Op.LE, hour, earned, name="runs")
    rent = emitter.compute(Op.SELECT, runs, earned, ZERO, name="rent")
    return rent, emitter.compute(Op.SELECT, runs, hour, ZERO, name="running cost")
