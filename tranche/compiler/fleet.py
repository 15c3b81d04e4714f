"""A GPU fleet under a take-or-pay lease, then re-leased at the market: its collections and values by period.

contract = gpus · hours under the lease · take_or_pay · rate
market   = gpus · hours after it and the gap · rent · utilisation
cost     = gpus · (kw · (pue · power · hours + hosting · months) + maintenance · months) · (1 + inflation)^age
"""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from tranche.collateral.terms import Fleet
from tranche.program import Op
from tranche.terms.daycounts import year_fraction

from .context import Context
from .values import ZERO, Constant, Value, series

HOURS = 24.0


def lower(context: Context, fleet: Fleet) -> Value:
    """The period's collections; also puts `fleet.*` into the symbol table and records what rent left unpaid."""
    emitter = context.emitter
    utilisation = (
        context.names[f"market.{fleet.utilisation}"]()
        if isinstance(fleet.utilisation, str)
        else Constant(fleet.utilisation)
    )
    leased, free = lease_hours(context, fleet)
    contract = series(fleet.gpus * fleet.lease.take_or_pay * fleet.lease.rate * leased)
    earning = emitter.compute(Op.MUL, context.names[f"market.{fleet.rent}"](), utilisation, name="earning rent")
    market = emitter.compute(Op.MUL, earning, series(fleet.gpus * free), name="market rent")
    rent = emitter.compute(Op.ADD, market, contract, name="rent")
    net = emitter.compute(Op.SUB, rent, series(operating_cost(context, fleet)), name="net rent")
    unfunded = emitter.compute(Op.MAX, emitter.compute(Op.SUB, ZERO, net), ZERO, name="unfunded cost")
    total, record = context.total("collateral", "unfunded")
    emitter.emit(Op.SHORTFALL, total, unfunded, ZERO, record=record)
    book, appraised = series(book_value(context, fleet)), series(appraised_value(context, fleet))
    context.names["fleet.unfunded"] = lambda: unfunded
    context.names["fleet.book"] = lambda: book
    context.names["fleet.appraised"] = lambda: appraised
    return emitter.compute(Op.MAX, net, ZERO, name="collections")


def lease_hours(context: Context, fleet: Fleet) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hours [T] under the lease, and hours in which the fleet is let at the market rent."""
    in_service = fleet.in_service or context.dates.closing
    relet = fleet.lease.end + dt.timedelta(days=fleet.releasing_gap_days)
    pairs = list(zip(context.dates.starts, context.dates.dates, strict=True))
    leased = [_days(max(start, in_service), min(end, fleet.lease.end)) for start, end in pairs]
    free = [_days(max(start, in_service, relet), end) for start, end in pairs]
    return HOURS * np.array(leased), HOURS * np.array(free)


def _days(start: dt.date, end: dt.date) -> float:
    return float(max(0, (end - start).days))


def operating_cost(context: Context, fleet: Fleet) -> NDArray[np.float64]:
    """Cost [T], paid for every machine in service, let or not."""
    in_service = fleet.in_service or context.dates.closing
    costs = []
    for start, end in zip(context.dates.starts, context.dates.dates, strict=True):
        first = max(start, in_service)
        hours = HOURS * _days(first, end)
        months = 12.0 * year_fraction("30/360", first, end) if end > first else 0.0
        kw = fleet.pue * fleet.power_price * hours + fleet.hosting_per_kw_month * months
        growth = (1.0 + fleet.cost_inflation) ** _age(context.dates.closing, end)
        costs.append(fleet.gpus * (fleet.kw_per_gpu * kw + fleet.maintenance_per_gpu_month * months) * growth)
    return np.array(costs)


def book_value(context: Context, fleet: Fleet) -> NDArray[np.float64]:
    """Cost written off straight-line over the accounting life, at each payment date [T]."""
    ages = _ages(context, fleet)
    return fleet.gpus * fleet.cost_per_gpu * np.maximum(0.0, 1.0 - ages / fleet.life_years)


def appraised_value(context: Context, fleet: Fleet) -> NDArray[np.float64]:
    """Cost times the appraisal's share for the age, interpolated between whole years, at each payment date [T]."""
    shares = np.interp(_ages(context, fleet), np.arange(len(fleet.appraisal)), fleet.appraisal)
    return np.asarray(fleet.gpus * fleet.cost_per_gpu * shares)


def _ages(context: Context, fleet: Fleet) -> NDArray[np.float64]:
    start = fleet.in_service or context.dates.closing
    return np.array([_age(start, date) for date in context.dates.dates])


def _age(start: dt.date, date: dt.date) -> float:
    return max(0.0, (date - start).days / 365.25)
