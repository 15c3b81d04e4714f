"""Prices of used machines: what a machine fetches before the impact of selling it, and what the impact is."""

from __future__ import annotations

import numpy as np

from tranche.collateral.liquidation import APPRAISED, ECONOMIC, Liquidation, Outlet
from tranche.compiler.context import Context
from tranche.compiler.values import ONE, Constant, Value, series
from tranche.program import Op

from . import values
from .lease import factor
from .plan import Array, Plan


def clean_price(context: Context, plan: Plan, terms: Liquidation, economic: Value) -> Value:
    """Price × obsolescence × stranding × (1 − cost), for one machine. `economic`: what it is worth to keep."""
    outlet = terms.outlet(plan.terms.generation)
    assert outlet is not None
    if outlet.price == ECONOMIC:
        price = economic
    elif outlet.price == APPRAISED:
        price = series(values.per_machine(plan))
    else:
        price = factor(context, outlet.price)
    left = (1.0 - stranding(plan, terms)) * (1.0 - terms.cost)
    return context.emitter.product(price, series(left * obsolescence(plan, outlet)), name="price of a machine")


def obsolescence(plan: Plan, outlet: Outlet) -> Array:
    """What the releases so far have left of the value, at each payment date [T]."""
    left = np.ones(len(plan.dates.dates))
    for release, share in outlet.superseded:
        left *= np.array([1.0 - share if date >= release else 1.0 for date in plan.dates.dates])
    return left


def stranding(plan: Plan, terms: Liquidation) -> float:
    """The haircut on machines that few sites can take."""
    left = 1.0 - terms.liquid_cooled_haircut if plan.terms.liquid_cooled else 1.0
    return 1.0 - left * (1.0 - terms.dense_haircut if plan.terms.kw_per_rack > terms.dense_above else 1.0)


def after_impact(context: Context, outlet: Outlet, monthly: Value) -> Value:
    """What selling `monthly` machines a month leaves of the price."""
    emitter, impact = context.emitter, outlet.impact
    if not impact.discount:
        return ONE  # also of a lot that is sold in no time, infinitely many a month
    size = emitter.compute(Op.DIV, monthly, Constant(outlet.depth), name="depths a month")
    if impact.shape == "square_root":
        size = emitter.compute(Op.SQRT, size, name="root of the quantity")
    lost = emitter.product(size, Constant(impact.discount), name="impact")
    lost = emitter.compute(Op.MIN, lost, Constant(impact.most), name="impact")
    return emitter.compute(Op.SUB, Constant(1.0), lost, name="left by impact")
