"""The economic value of a machine: what of it is known in advance, by the day, and what the path decides."""

from __future__ import annotations

import datetime as dt

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.collateral.valuation import Valuation
from tranche.compiler.context import Context
from tranche.compiler.values import ONE, ZERO, Value, series
from tranche.program import Op
from tranche.replay import vector

from .earnings import outside
from .lease import factor, segments, service_share
from .plan import DAYS_A_YEAR, HOURS, Array, Plan

NODES = 4  # dates on which the owner may give up
MONTHS_A_DAY = 12.0 / DAYS_A_YEAR


@attrs.frozen(eq=False)
class Outlook:
    """Present values for a machine owned at each payment date. `contract`, `lease_cost`, `lease_power` [T]: the rent of
    a lease, its costs, and the kWh that it takes at a price of one; `rent`, `cost`, `power` [NODES, T]: the same of the
    market at an earning rent of one, up to each date of giving up. Power is kept apart only where its price is a market
    factor."""

    contract: Array
    lease_cost: Array
    lease_power: Array
    rent: Array
    cost: Array
    power: Array


def outlook(plan: Plan, terms: Valuation, let: bool = True) -> Outlook:
    """What can be said in advance; `let` False: from each payment date on there is no lease."""
    days = _Days(plan, terms)
    cohort, lease = plan.terms, plan.terms.lease if let else None
    now = days.numbers(plan.dates.dates)
    first, free_from = dt.date.min, dt.date.min
    contract: Array = np.zeros(days.count)
    leased = np.zeros(days.count, dtype=bool)
    if lease is not None:
        first, free_from = lease.end, lease.end + dt.timedelta(days=cohort.releasing_gap_days)
        usage = lease.usage if isinstance(lease.usage, float | int) else 0.0
        for a, b, rate in segments(plan, lease):
            inside = slice(days.number(a), days.number(b))
            contract[inside] = rate * max(lease.take_or_pay, usage)
            leased[inside] = True
        contract = contract * (HOURS * plan.uptime * service_share(plan, lease) * (1.0 - lease.prepayment))
    free = np.arange(days.count) >= days.number(free_from)
    tail = np.maximum(now, days.number(first))
    end = np.maximum(tail, days.number(days.end))
    cuts = [tail + (end - tail) * k // NODES for k in range(1, NODES + 1)]
    own = days.owned[np.minimum(now, days.count)]

    def value(flow: Array, cut: NDArray[np.int64], trend: float = 1.0, start: NDArray[np.int64] = now) -> Array:
        return days.present(flow * days.machines, now, start, cut, trend) / np.where(own > 0, own, np.inf)

    running, power, fixed = days.running(), days.power(), days.fixed()
    market: Array = HOURS * plan.uptime * free.astype(np.float64)
    return Outlook(
        contract=value(contract, tail),
        lease_cost=value(leased * running + fixed, tail),
        lease_power=value(leased * power, tail),
        rent=np.array([value(market, cut, 1.0 + terms.rent_trend, tail) for cut in cuts]),
        cost=np.array([value(free * running + fixed, cut, start=tail) for cut in cuts]),
        power=np.array([value(free * power, cut, start=tail) for cut in cuts]),
    )


class _Days:
    """Arrays by day from closing to the end of the last rent, for a cohort of one machine."""

    def __init__(self, plan: Plan, terms: Valuation) -> None:
        cohort = plan.terms
        self.plan, self.terms, self.closing = plan, terms, plan.dates.closing
        self.end = plan.start + dt.timedelta(days=round(terms.life_years * DAYS_A_YEAR))
        lease_end = cohort.lease.end if cohort.lease is not None else self.end
        self.count = max(1, (max(self.end, lease_end, plan.dates.dates[-1]) - self.closing).days)
        days = np.arange(self.count + 1, dtype=np.float64)
        age = np.maximum(0.0, days + (self.closing - plan.start).days)
        served = days + (self.closing - plan.start).days
        survival = (1.0 - cohort.failure_rate * cohort.unrepairable) ** (age / DAYS_A_YEAR)
        ramp = max(1, cohort.ramp_days)
        self.machines = (np.clip((served + 1.0) / ramp, 0.0, 1.0) * survival)[: self.count]
        self.owned = np.clip(served / ramp, 0.0, 1.0) * survival
        self.growth = ((1.0 + cohort.cost_inflation) ** (days / DAYS_A_YEAR))[: self.count]
        self.age = age[: self.count] / DAYS_A_YEAR

    def number(self, date: dt.date) -> int:
        return min(max(0, (date - self.closing).days), self.count)

    def numbers(self, dates: tuple[dt.date, ...] | list[dt.date]) -> NDArray[np.int64]:
        return np.array([self.number(date) for date in dates], dtype=np.int64)

    def present(
        self, flow: Array, now: NDArray[np.int64], start: NDArray[np.int64], cut: NDArray[np.int64], trend: float
    ) -> Array:
        """Value at `now` [T] of `flow` by day from `start` to `cut`, growing by `trend` a year from `now`."""
        step = trend / (1.0 + self.terms.discount)
        weights = step ** (np.arange(self.count) / DAYS_A_YEAR)
        total = np.concatenate([[0.0], np.cumsum(flow * weights)])
        return vector((total[cut] - total[start]) / step ** (now / DAYS_A_YEAR))

    def running(self) -> Array:
        """Power (at a price that is known) and upkeep of a machine in service for a day."""
        cohort = self.plan.terms
        upkeep = cohort.maintenance_per_gpu_month * MONTHS_A_DAY * self.plan.uptime
        price = 0.0 if isinstance(cohort.power_price, str) else cohort.power_price
        return vector((self._kilowatt_hours() * price + upkeep) * self.growth)

    def power(self) -> Array:
        kept_apart = isinstance(self.plan.terms.power_price, str)
        return np.full(self.count, self._kilowatt_hours() if kept_apart else 0.0)

    def _kilowatt_hours(self) -> float:
        cohort = self.plan.terms
        return HOURS * self.plan.uptime * cohort.kw_per_gpu * cohort.pue

    def fixed(self) -> Array:
        """Hosting, insurance, repairs and property tax of a machine in service for a day."""
        cohort = self.plan.terms
        repairs = cohort.failure_rate * (1.0 - cohort.unrepairable) / 12.0 * cohort.repair_cost
        monthly = cohort.kw_per_gpu * cohort.hosting_per_kw_month + cohort.insurance / 12.0 * cohort.cost_per_gpu
        book = cohort.cost_per_gpu * np.maximum(0.0, 1.0 - self.age / cohort.life_years)
        return vector((monthly + repairs) * MONTHS_A_DAY * self.growth + cohort.property_tax / DAYS_A_YEAR * book)


def lower(context: Context, plan: Plan, terms: Valuation, pays: Value, level: Value) -> Value:
    """The economic value of a machine owned: under its lease, at `level` of its rate, or without one."""
    emitter, earned = context.emitter, outside(context, plan)
    let = of_machine(context, plan, outlook(plan, terms), earned, level)
    if pays == ONE:
        return let
    free = of_machine(context, plan, outlook(plan, terms, let=False), earned, ONE)
    return emitter.compute(Op.SELECT, pays, let, free, name="economic value")


def of_machine(context: Context, plan: Plan, seen: Outlook, earned: Value, level: Value) -> Value:
    """The economic value of a machine owned, given what an hour at the market earns now."""
    emitter = context.emitter
    price = factor(context, plan.terms.power_price) if isinstance(plan.terms.power_price, str) else ZERO

    def less_power(amount: Value, kilowatt_hours: Array) -> Value:
        used = emitter.product(price, series(kilowatt_hours), name="power")
        return emitter.compute(Op.SUB, amount, used, name="net of power")

    tail: Value = ZERO
    for rent, cost, power in zip(seen.rent, seen.cost, seen.power, strict=True):
        gross = emitter.product(earned, series(rent), name="future rent")
        net = less_power(emitter.compute(Op.SUB, gross, series(cost), name="future net rent"), power)
        tail = emitter.compute(Op.MAX, tail, net, name="worth to keep")
    contract = emitter.product(level, series(seen.contract), name="contract rent to come")
    net = emitter.compute(Op.SUB, contract, series(seen.lease_cost), name="lease net of cost")
    lease = less_power(net, seen.lease_power)
    return emitter.compute(Op.MAX, emitter.compute(Op.ADD, lease, tail, name="worth"), ZERO, name="economic value")
