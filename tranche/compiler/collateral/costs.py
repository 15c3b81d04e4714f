"""What a cohort costs to run: what is saved when a machine is switched off, and what is not."""

from __future__ import annotations

import numpy as np

from tranche.collateral.cohort import Cohort
from tranche.compiler.context import Context
from tranche.compiler.values import Value, series
from tranche.program import Op
from tranche.replay import vector
from tranche.terms.dates import PaymentDates

from .lease import factor
from .plan import DAYS_A_YEAR, Array, Plan, months_of
from .values import book


def growth(dates: PaymentDates, inflation: float) -> Array:
    """What a price of closing has become at each payment date [T]."""
    years = np.array([max(0.0, (date - dates.closing).days / DAYS_A_YEAR) for date in dates.dates])
    return vector((1.0 + inflation) ** years)


def staff(dates: PaymentDates, per_month: float, inflation: float) -> Value:
    """Of the whole company, whatever it runs."""
    return series(per_month * months_of(dates) * growth(dates, inflation))


def hourly(context: Context, plan: Plan) -> Value:
    """Power and upkeep of a machine for an hour: what switching it off saves."""
    emitter, terms = context.emitter, plan.terms
    grown = growth(plan.dates, terms.cost_inflation)
    upkeep = terms.maintenance_per_gpu_month * plan.period_months() / plan.period_hours() * grown
    kilowatts = terms.kw_per_gpu * terms.pue
    if not isinstance(terms.power_price, str):
        return series(kilowatts * terms.power_price * grown + upkeep)
    power = emitter.product(factor(context, terms.power_price), series([kilowatts] * len(grown)), name="power")
    return emitter.compute(Op.ADD, power, series(upkeep), name="hourly cost")


def fixed(plan: Plan) -> Array:
    """Hosting, insurance, property tax and repairs by period [T]."""
    terms = plan.terms
    months = plan.months() * terms.gpus * plan.survival()
    hosting = terms.kw_per_gpu * terms.hosting_per_kw_month * months
    insurance = terms.insurance / 12.0 * terms.cost_per_gpu * months
    repairs = _repairs_a_month(terms) * terms.repair_cost * months
    tax = terms.property_tax * plan.period_months() / 12.0 * book(plan)
    return vector((hosting + insurance + repairs) * growth(plan.dates, terms.cost_inflation) + tax)


def _repairs_a_month(terms: Cohort) -> float:
    return terms.failure_rate * (1.0 - terms.unrepairable) / 12.0
