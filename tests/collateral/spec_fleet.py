"""What a fleet is, day by day, in plain Python: from the docstrings of `tranche.collateral`, and not from the compiler.

It knows the terms and the dates, reads the market of one path and the status that the deal had, and says what the
fleet earned, cost, owned, was worth and sold on each payment date. The economic value of a machine is given to it:
`test_worth.py` has that by hand.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

from tranche.collateral.cohort import Cohort
from tranche.collateral.fleet import Fleet
from tranche.collateral.lease import Lease
from tranche.collateral.liquidation import Liquidation, Outlet
from tranche.collateral.receivables import Receivables
from tranche.collateral.tenant import Tenant
from tranche.terms.daycounts import year_fraction

DAY = dt.timedelta(days=1)
YEAR = 365.25
Market = Mapping[str, Sequence[float]]
Economic = Mapping[str, Sequence[float]]


def days(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + k * DAY for k in range((last - first).days)]


class SpecCohort:
    """Machines of one cohort: what is known of them before any market."""

    def __init__(self, terms: Cohort, closing: dt.date) -> None:
        self.terms, self.closing = terms, closing
        self.planned = terms.in_service or closing
        self.start = self.planned + terms.delay_days * DAY
        lost = terms.failure_rate * terms.unrepairable
        self.scrapped_a_year = lost
        self.uptime = max(0.0, 1 - terms.failure_rate * (1 - terms.unrepairable) * terms.repair_days / YEAR)
        # what changes
        self.kept = 1.0  # share of the machines that is not sold
        self.held = 1.0  # the share that was there over the period, on average
        self.left = self.renewed = False
        self.level, self.renegotiated, self.without = 1.0, 0, 0

    def working_on(self, day: dt.date) -> float:
        """Machines in service on a day, as put into service."""
        if day < self.start:
            return 0.0
        share = 1.0 if not self.terms.ramp_days else min(1.0, ((day - self.start).days + 1) / self.terms.ramp_days)
        return self.terms.gpus * share

    def delivered(self, date: dt.date) -> float:
        gone = max(0, (date - self.start).days)
        return self.terms.gpus * min(1.0, gone / max(1, self.terms.ramp_days))

    def age(self, date: dt.date) -> float:
        return max(0, (date - self.start).days) / YEAR

    def surviving(self, date: dt.date) -> float:
        return float((1 - self.scrapped_a_year) ** self.age(date))

    def planned_owned(self, date: dt.date) -> float:
        return self.delivered(date) * self.surviving(date)

    def appraised(self, date: dt.date) -> float:
        """Of one machine."""
        shares, age = self.terms.appraisal, self.age(date)
        year = min(int(age), len(shares) - 1)
        after = shares[min(year + 1, len(shares) - 1)]
        return self.terms.cost_per_gpu * (shares[year] + (after - shares[year]) * min(1.0, age - year))

    def book(self, date: dt.date) -> float:
        return self.terms.cost_per_gpu * max(0.0, 1 - self.age(date) / self.terms.life_years)

    def growth(self, date: dt.date, rate: float) -> float:
        return float((1 + rate) ** (max(0, (date - self.closing).days) / YEAR))

    # the lease

    @property
    def lease(self) -> Lease:
        assert self.terms.lease is not None
        return self.terms.lease

    @property
    def lease_start(self) -> dt.date:
        return self.lease.start or self.start

    def rate_on(self, day: dt.date) -> float:
        """0 outside the term."""
        lease, first = self.lease, self.lease_start
        if not first <= day < lease.end:
            return 0.0
        rate = lease.rate
        if lease.escalator:
            years = day.year - first.year
            while years and anniversary(first, years) > day:
                years -= 1
            rate = lease.rate * (1 + lease.escalator) ** years
        for date, step in lease.steps:
            rate = step if day >= max(first, date) else rate
        return rate

    @property
    def invoiced(self) -> float:
        """What is left of an invoice after service credits."""
        service = self.lease.service
        if service is None:
            return 1.0
        return 1 - min(1.0, service.credit * max(0.0, service.availability - self.uptime))


def anniversary(date: dt.date, years: int) -> dt.date:
    try:
        return date.replace(year=date.year + years)
    except ValueError:
        return date.replace(year=date.year + years, day=28)


class SpecFleet:
    """Runs the fleet over the payment dates of one path."""

    def __init__(self, fleet: Fleet, closing: dt.date, dates: Sequence[dt.date], market: Market) -> None:
        self.fleet, self.market, self.closing = fleet, market, closing
        self.spans = list(zip([closing, *dates[:-1]], dates, strict=True))
        self.cohorts = [SpecCohort(terms, closing) for terms in fleet.cohorts]
        self.bills: dict[str | None, list[float]] = {}
        self.owed: dict[str | None, float] = {}
        self.backed: dict[str, float] = {}
        self.begun, self.selling_days = False, 0

    def number(self, value: str | float, t: int) -> float:
        return self.market[value][t] if isinstance(value, str) else value

    def run(self, defaulted: Sequence[float], economic: Economic) -> list[dict[str, float]]:
        """By date; `net`: what comes in less cost. `defaulted`: 1 where the status at the close is default;
        `economic`: of one machine, by cohort."""
        return [self.period(t, t > 0 and defaulted[t - 1] > 0, economic) for t in range(len(self.spans))]

    def period(self, t: int, default_before: bool, economic: Economic) -> dict[str, float]:
        found: dict[str, float] = {}
        start, end = self.spans[t]
        terms = self.fleet.liquidation
        self.begun = self.begun or (default_before and terms is not None)
        sold, proceeds = self.sell(t, economic)
        runs = 1.0 if not self.begun or (terms is not None and terms.earns_until_sold) else 0.0
        owned = [one.kept * one.planned_owned(end) for one in self.cohorts]
        found["owned"] = sum(owned)
        found["book"] = sum(n * one.book(end) for n, one in zip(owned, self.cohorts, strict=True))
        found["appraised"] = sum(n * one.appraised(end) for n, one in zip(owned, self.cohorts, strict=True))
        orderly = [0.0] * len(owned)
        if terms is not None:
            found["sold"], found["proceeds"] = sold, proceeds
            orderly = self.evenly(t, owned, terms.orderly_months, economic)
            found["orderly"] = sum(orderly)
            found["forced"] = sum(self.evenly(t, owned, terms.forced_months, economic))
        revenue, opex, received = 0.0, 0.0, 0.0
        billed: dict[str | None, float] = {None: 0.0} | {tenant.name: 0.0 for tenant in self.fleet.tenants}
        promised, relet = dict(billed), dict(billed)
        for one, value in zip(self.cohorts, orderly, strict=True):
            earned = self.cohort(t, one, runs)
            tenant = one.terms.lease.tenant if one.terms.lease is not None else None
            guaranteed = self.guarantee(one, start, end, value)
            revenue += earned["at_once"] + earned["contract"] + guaranteed
            received += earned["at_once"] + guaranteed
            opex += earned["opex"]
            billed[tenant] += earned["contract"]
            promised[tenant] += earned["promised"]
            relet[tenant] += earned["market"]
        first = self.cohorts[0]
        staff = self.fleet.staff_per_month * 12 * year_fraction("30/360", start, end)
        opex += runs * staff * first.growth(end, self.fleet.staff_inflation)
        found["revenue"], found["opex"] = revenue, opex
        for name, amount in billed.items():
            received += self.collected(t, name, amount)
        for tenant in self.fleet.tenants:
            received += self.backstop(t, tenant, promised[tenant.name] - relet[tenant.name])
        found["net"] = net = received - opex + proceeds
        found["collections"], found["unfunded"] = max(0.0, net), max(0.0, -net)
        return found

    # rent and cost of a cohort

    def tenant(self, one: SpecCohort) -> Tenant | None:
        return None if one.terms.lease is None else self.fleet.tenant(one.terms.lease.tenant)

    def alive(self, tenant: Tenant | None, t: int) -> bool:
        return tenant is None or tenant.credit is None or self.market[tenant.credit][t] > 0.5

    def asked(self, one: SpecCohort, t: int) -> float:
        return self.number(one.terms.rent or 0.0, t) * one.terms.basis

    def cohort(self, t: int, one: SpecCohort, runs: float) -> dict[str, float]:
        terms, (start, end), tenant = one.terms, self.spans[t], self.tenant(one)
        pays = self.alive(tenant, t) and not one.left
        hour = self.hour_cost(t, one)
        hours = 24 * one.uptime * one.surviving(end)
        gap = terms.releasing_gap_days * DAY
        contract = contract_hours = free = idle = prepaid = 0.0
        if terms.lease is None:
            free = sum(hours * one.working_on(day) for day in days(start, end))
        else:
            lease, until = one.lease, one.lease.end
            if lease.renewal is not None:
                if start < lease.end <= end:
                    one.renewed = pays and lease.renewal.rate < self.asked(one, t)
                if one.renewed:
                    until = lease.end + lease.renewal.term_days * DAY
            billed = max(lease.take_or_pay, self.number(lease.usage, t)) * one.invoiced
            for day in days(start, end):
                worked = hours * one.working_on(day)
                if lease.start is not None and day < lease.start:
                    free += worked
                elif day < lease.end:
                    contract_hours += worked
                    contract += worked * one.rate_on(day) * billed * (1 - lease.prepayment) * one.level
                elif day < until:
                    assert lease.renewal is not None
                    contract_hours += worked
                    contract += worked * lease.renewal.rate * billed
                elif day < until + gap:
                    idle += worked
                else:
                    free += worked
            if lease.prepayment and start < (lease.prepaid_on or one.lease_start) <= end:
                whole = sum(one.working_on(day) * one.rate_on(day) for day in days(one.lease_start, lease.end))
                prepaid = lease.prepayment * lease.take_or_pay * 24 * whole
        promised = contract
        if not pays:
            contract = prepaid = 0.0
            length = (end - start).days
            one.without += length
            let = min(max(one.without - terms.releasing_gap_days, 0), length) / length
            vacant = contract_hours + idle
            contract_hours, free, idle = 0.0, free + let * vacant, (1 - let) * vacant
        price, cost = self.at_market(t, one, hour)
        fee = self.decide(t, one, pays) if tenant is not None else 0.0
        works = one.held * runs
        market = works * free * price
        paid = contract_hours * hour + free * cost + (0.0 if terms.switch_off else idle * hour)
        late = self.damages(one, start, end)
        return {
            "contract": works * contract, "promised": works * promised, "market": market,
            "at_once": market + works * (prepaid + fee + late), "opex": works * paid + one.held * self.fixed(t, one),
        }  # fmt: skip

    def hour_cost(self, t: int, one: SpecCohort) -> float:
        terms, (start, end) = one.terms, self.spans[t]
        grown = one.growth(end, terms.cost_inflation)
        kilowatts = terms.kw_per_gpu * terms.pue
        power = kilowatts * self.number(terms.power_price, t) * (1 if isinstance(terms.power_price, str) else grown)
        months = 12 * year_fraction("30/360", start, end)
        return power + terms.maintenance_per_gpu_month * months / (24 * (end - start).days) * grown

    def at_market(self, t: int, one: SpecCohort, hour: float) -> tuple[float, float]:
        terms = one.terms
        if terms.rent is None:
            return 0.0, 0.0 if terms.switch_off else hour
        asked = self.asked(one, t)
        earned = asked * self.number(terms.utilisation, t)
        worth = hour <= earned if terms.reserve_price is None else terms.reserve_price <= asked
        return (earned, hour) if worth or not terms.switch_off else (0.0, 0.0)

    def fixed(self, t: int, one: SpecCohort) -> float:
        terms, (start, end) = one.terms, self.spans[t]
        first = max(start, one.start)
        served = [one.working_on(day) for day in days(first, end)]
        months = 12 * year_fraction("30/360", first, end) * sum(served) / len(served) if served else 0.0
        months *= one.surviving(end)
        repairs = terms.failure_rate * (1 - terms.unrepairable) / 12 * terms.repair_cost
        monthly = terms.kw_per_gpu * terms.hosting_per_kw_month + terms.insurance / 12 * terms.cost_per_gpu + repairs
        whole = 12 * year_fraction("30/360", start, end)
        tax = terms.property_tax * whole / 12 * one.planned_owned(end) * one.book(end)
        stored = 0.0
        if self.begun and self.fleet.liquidation is not None:
            stored = self.fleet.liquidation.storage_per_gpu_month * one.planned_owned(end) * whole
        return monthly * months * one.growth(end, terms.cost_inflation) + tax + stored

    def damages(self, one: SpecCohort, start: dt.date, end: dt.date) -> float:
        terms = one.terms
        cap = terms.delay_damages_cap * terms.gpus * terms.cost_per_gpu

        def owed(date: dt.date) -> float:
            late = max(0, (min(date, one.start) - one.planned).days)
            return min(cap, terms.gpus * terms.delay_damages_per_gpu_day * late)

        return owed(end) - owed(start)

    def guarantee(self, one: SpecCohort, start: dt.date, end: dt.date, orderly: float) -> float:
        lease = one.terms.lease
        if lease is None or not lease.residual_value_guarantee or not start < lease.end <= end:
            return 0.0
        promised = lease.residual_value_guarantee * one.terms.cost_per_gpu * one.kept * one.planned_owned(end)
        return max(0.0, promised - orderly)

    # what tenants do, pay, and leave unpaid

    def decide(self, t: int, one: SpecCohort, pays: bool) -> float:
        """At the end of a period, for the next; the fee of a tenant that leaves."""
        tenant, lease, end = self.tenant(one), one.lease, self.spans[t][1]
        assert tenant is not None
        asked, rate, level = self.asked(one, t), one.rate_on(end), one.level
        scale = 24 * one.uptime * one.surviving(end)
        ahead = days(max(end, one.lease_start), lease.end)
        hours = scale * sum(one.working_on(day) for day in ahead)
        if (terms := tenant.renegotiation) is not None and pays and hours > 0:
            shaky = asked < terms.below * level * rate and one.renegotiated < terms.times
            if shaky:
                one.renegotiated += 1
                one.level = (asked + terms.keeps * (level * rate - asked)) / rate
        if (leaving := tenant.termination) is None or not pays:
            return 0.0
        share = lease.take_or_pay * one.invoiced * (1 - lease.prepayment)
        rents = level * share * scale * sum(one.working_on(day) * one.rate_on(day) for day in ahead)
        elsewhere = asked * (1 + leaving.moving_cost) * lease.take_or_pay * hours
        month = level * share * scale * one.terms.gpus * YEAR / 12 * rate
        if rents - elsewhere > leaving.fee_months * month:
            one.left = True
            return leaving.fee_months * month
        return 0.0

    def collected(self, t: int, name: str | None, billed: float) -> float:
        """What of the contract rent of a tenant is paid in the period."""
        terms = self.fleet.receivables
        if terms is None:
            return billed
        bills = self.bills.setdefault(name, [])
        bills.append(billed)
        before = self.owed.get(name, 0.0)
        if not self.alive(None if name is None else self.fleet.tenant(name), t):
            self.owed[name] = 0.0
            return terms.recovery * before
        paid = sum(bill * self.paid_of(terms, k, t) for k, bill in enumerate(bills))
        self.owed[name] = before + billed * (1 - terms.dilution) - paid
        return paid

    def paid_of(self, terms: Receivables, k: int, t: int) -> float:
        """The share of what was invoiced in period k that is paid in period t: by the day."""
        start, end = self.spans[t]
        invoiced = days(*self.spans[k])
        due, late = terms.days_outstanding * DAY, (terms.days_outstanding + terms.late_days) * DAY
        good = sum(start <= day + due < end for day in invoiced) * (1 - terms.dilution - terms.late)
        return (good + sum(start <= day + late < end for day in invoiced) * terms.late) / len(invoiced)

    def backstop(self, t: int, tenant: Tenant, missing: float) -> float:
        if tenant.backstop is None or self.alive(tenant, t):
            return 0.0
        limits, end = tenant.backstop.limits, self.spans[t][1]
        limit = [amount for date, amount in limits if date <= end or date == limits[0][0]][-1]
        used = self.backed.get(tenant.name, 0.0)
        paid = max(0.0, min(missing, limit - used))
        self.backed[tenant.name] = used + paid
        return paid

    # the sale

    def price(self, t: int, one: SpecCohort, outlet: Outlet, economic: Economic) -> float:
        """Of one machine, before the impact of the sale."""
        terms, end = self.fleet.liquidation, self.spans[t][1]
        assert terms is not None
        if outlet.price == "economic":
            price = economic[one.terms.name][t]
        else:
            price = one.appraised(end) if outlet.price == "appraised" else self.market[outlet.price][t]
        for release, share in outlet.superseded:
            price *= 1 - share if end >= release else 1
        if one.terms.liquid_cooled:
            price *= 1 - terms.liquid_cooled_haircut
        if one.terms.kw_per_rack > terms.dense_above:
            price *= 1 - terms.dense_haircut
        return price * (1 - terms.cost)

    def generations(self) -> list[list[SpecCohort]]:
        names = dict.fromkeys(one.terms.generation for one in self.cohorts)
        return [[one for one in self.cohorts if one.terms.generation == name] for name in names]

    def outlet(self, group: list[SpecCohort]) -> tuple[Liquidation, Outlet]:
        terms = self.fleet.liquidation
        assert terms is not None
        outlet = terms.outlet(group[0].terms.generation)
        assert outlet is not None
        return terms, outlet

    def sell(self, t: int, economic: Economic) -> tuple[float, float]:
        """Machines sold in the period, and what they bring; nothing of them is left at its end."""
        for one in self.cohorts:
            one.held = one.kept
        if not self.begun:
            return 0.0, 0.0
        start, end = self.spans[t]
        length, last = (end - start).days, t == len(self.spans) - 1
        self.selling_days += length
        number = proceeds = 0.0
        for group in self.generations():
            terms, outlet = self.outlet(group)
            selling = min(max(self.selling_days - terms.delay_days, 0), length)
            months, gone = selling / 30.4375, 0.0 if last else selling / 2 / length
            owned = [one.kept * one.planned_owned(end) for one in group]
            sold = sum(owned) if last else min(sum(owned), outlet.pace * outlet.depth * months)
            if not sold:
                continue
            left = 1 - impact(outlet, sold / months if months else math.inf)
            for one, machines in zip(group, owned, strict=True):
                price = self.price(t, one, outlet, economic) * left
                if not last and terms.credit_bid and price < terms.credit_bid * one.appraised(end):
                    continue
                part = machines * sold / sum(owned)
                number, proceeds = number + part, proceeds + part * price
                one.held = one.kept - gone * one.kept * sold / sum(owned)
                one.kept *= 1 - sold / sum(owned)
        return number, proceeds

    def evenly(self, t: int, owned: list[float], months: float, economic: Economic) -> list[float]:
        """What all machines of each cohort would bring, were each generation sold evenly over `months`."""
        known = dict(zip(map(id, self.cohorts), owned, strict=True))
        found: dict[int, float] = {}
        for group in self.generations():
            _, outlet = self.outlet(group)
            left = 1 - impact(outlet, sum(known[id(one)] for one in group) / months)
            for one in group:
                machines = known[id(one)]
                found[id(one)] = machines * self.price(t, one, outlet, economic) * left if machines else 0.0
        return [found[id(one)] for one in self.cohorts]


def impact(outlet: Outlet, monthly: float) -> float:
    """Selling `depth` a month lowers the price by `discount`."""
    terms = outlet.impact
    if not terms.discount or not monthly:
        return 0.0
    depths = monthly / outlet.depth
    return min(terms.most, terms.discount * (math.sqrt(depths) if terms.shape == "square_root" else depths))


def market_of(program: Any, rows: Any) -> dict[str, list[float]]:
    """One path of the inputs of a Program, by factor."""
    return {name.removeprefix("market."): rows[:, k].tolist() for k, name in enumerate(program.inputs)}
