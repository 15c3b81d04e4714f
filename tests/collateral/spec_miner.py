"""What a miner is, in plain Python: from the docstrings of `tranche.collateral`, and not from the compiler.

It reads the market of one path and, of the run, what it does not know: the status at each close, what was owed to the
lenders before each date's margin was looked at, and what steps of the waterfall drew. It says what the sites mined and
cost, and where every coin is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import attrs

from tests.collateral.spec_fleet import DAY, Market, SpecCohort, days
from tranche.collateral.miner import Miner
from tranche.collateral.site import Site
from tranche.collateral.treasury import Treasury
from tranche.terms.daycounts import year_fraction

Found = dict[str, float]


class SpecSites:
    """The sites of a miner."""

    def __init__(self, miner: Miner, closing: dt.date, dates: Sequence[dt.date], market: Market) -> None:
        self.miner, self.market, self.closing = miner, market, closing
        self.spans = list(zip([closing, *dates[:-1]], dates, strict=True))

    def number(self, value: str | float, t: int) -> float:
        return self.market[value][t] if isinstance(value, str) else value

    def period(self, t: int, default_before: bool, sold_before: bool) -> Found:
        """`default_before`: in default at the close before; `sold_before`: and at the close before that."""
        found = dict.fromkeys(("revenue", "income", "opex", "book", "value", "forced", "proceeds"), 0.0)
        for site in self.miner.sites:
            for field, amount in self.site(t, site, default_before, sold_before).items():
                found[field] += amount
        start, end = self.spans[t]
        months = 12 * year_fraction("30/360", start, end)
        grown = (1 + self.miner.staff_inflation) ** max(0.0, (end - self.closing).days / 365.25)
        found["opex"] += self.miner.staff_per_month * months * grown
        return found

    def site(self, t: int, site: Site, default_before: bool, sold_before: bool) -> Found:
        (start, end), power = self.spans[t], site.power
        machines = SpecCohort(site.machines(), self.closing)
        gone = default_before and site.value_per_ph is not None
        owned = machines.planned_owned(end)
        market = owned * self.number(site.value_per_ph or 0.0, t)
        forced = market * (1 - site.forced_discount)
        if gone:
            empty = dict.fromkeys(("revenue", "income", "opex", "book", "value", "forced"), 0.0)
            return {**empty, "proceeds": 0.0 if sold_before else forced}
        surviving = machines.surviving(end)
        hosted = site.hosting
        mining = [  # PH/s that can mine, by day
            surviving * machines.working_on(day) * (1 - hosted.share if hosted and day >= hosted.start else 1)
            for day in days(start, end)
        ]
        hours = 24 * sum(mining) * site.uptime * (1 - power.curtailed)
        kilowatts = site.efficiency * site.pue
        price = self.number(power.price, t)
        grown = machines.growth(end, site.cost_inflation)
        months = 12 * year_fraction("30/360", start, end)
        upkeep = site.upkeep_per_ph_month * months / (24 * (end - start).days) * grown
        earned = self.market[self.miner.hashprice][t] / 24 * (1 - site.pool_fee)
        mines = earned - kilowatts * price - upkeep
        still = -power.take_or_pay * kilowatts * price
        resold = -1e300 if power.resale is None else kilowatts * (self.number(power.resale, t) - price)
        revenue = income = 0.0
        if not site.switch_off or mines >= max(still, resold):
            revenue, cost = hours * earned, hours * (kilowatts * price + upkeep)
        elif resold > still:
            income, cost = hours * kilowatts * self.number(power.resale or 0.0, t), hours * kilowatts * price
        else:
            cost = -hours * still
        ready = days(max(start, machines.start), end)
        if ready:
            standing = 12 * year_fraction("30/360", ready[0], end) * sum(mining) / len(ready)
            income += power.standby_per_kw_month * kilowatts * standing
        cost += site.fixed_per_month * months * grown
        if hosted:
            first = max(start, hosted.start + hosted.delay_days * DAY)
            let = site.hashrate * site.efficiency * hosted.share
            let *= 12 * year_fraction("30/360", first, end) if first < end else 0.0
            income += let * self.number(hosted.rent_per_kw_month, t) * self.number(hosted.utilisation, t)
            cost += let * hosted.cost_per_kw_month * grown
        return {
            "revenue": revenue, "income": income, "opex": cost, "book": owned * machines.book(end), "value": market,
            "forced": forced, "proceeds": 0.0,
        }  # fmt: skip


@attrs.define
class SpecCoins:
    """A treasury: coins free and pledged, and what happened to them on a date."""

    terms: Treasury
    free: float
    pledged: float
    found: Found = attrs.field(factory=dict)

    @classmethod
    def at_closing(cls, terms: Treasury) -> SpecCoins:
        pledged = terms.pledge.coins if terms.pledge is not None else 0.0
        return cls(terms, terms.coins - pledged, pledged)

    def note(self, field: str, amount: float) -> None:
        self.found[field] = self.found.get(field, 0.0) + amount

    def sell(self, wanted: float, price: float, pledged: bool = False, cost: float | None = None) -> float:
        """Coins out of one store, at most what is there; what they bring."""
        number = min(wanted, self.pledged if pledged else self.free)
        if pledged:
            self.pledged -= number
        else:
            self.free -= number
        self.note("sold", number)
        return number * price * (1 - (self.terms.sale_cost if cost is None else cost))

    def by_policy(self, mined: float, need: float, price: float, default_before: bool) -> float:
        terms = self.terms
        self.free += mined
        self.note("mined", mined)
        wanted = {
            "hold_all": 0.0, "sell_share": terms.share * mined,
            "sell_to_cover": max(0.0, need) / (price * (1 - terms.sale_cost)),
        }[terms.policy]  # fmt: skip
        return self.sell(self.free if default_before else wanted, price)

    def margin(
        self, owed: float, price: float, default_before: bool, drawable: bool = False, rounding: float = 0.0
    ) -> float:
        """Release, call, sale; what the sale brings. `drawable`: more of the debt can be drawn, now or later; coins
        worth no more than `rounding` are none."""
        terms = self.terms.pledge
        assert terms is not None
        wanted = owed / (terms.restore * price)  # so many coins make LTV what it is restored to
        secured = self.pledged * price > rounding
        looks = owed > 0 and not default_before and (secured or self.free * price > rounding)
        at_once = looks and secured and owed >= terms.liquidation * self.pledged * price
        called = looks and not at_once and owed >= terms.call * self.pledged * price
        kept = owed == 0 and drawable and not default_before
        if owed <= (terms.release or 0.0) * self.pledged * price and not kept:
            back = min(self.pledged, max(0.0, self.pledged - wanted))
            self.pledged, self.free = self.pledged - back, self.free + back
            self.note("released", back)
        short, sold = False, 0.0
        if called:
            lacking = max(0.0, wanted - self.pledged)
            short = self.free < lacking
            posted = min(self.free, lacking)
            self.free, self.pledged = self.free - posted, self.pledged + posted
            self.note("posted", posted)
        if at_once or short:
            value = max(0.0, owed - terms.restore * self.pledged * price) / (1 - terms.cost - terms.restore)
            sold = min(self.pledged, value / price)
        self.note("called", float(called))
        self.note("liquidated", float(sold * price > rounding))
        return self.sell(sold, price, pledged=True, cost=terms.cost)

    def drawn(self, amount: float, price: float) -> None:
        """Coins that a step sold for `amount`: free ones, then those that the lender released for it."""
        net = price * (1 - self.terms.sale_cost)
        from_free = min(amount, self.free * net)
        self.sell(from_free / net, price)
        if amount > from_free:
            self.sell((amount - from_free) / net, price, pledged=True, cost=self.terms.sale_cost)

    def enforce(self, price: float) -> tuple[float, float]:
        """On the date of a default: what the pledge brings, and what the free coins do."""
        own = self.terms.pledge
        foreclosed = 0.0 if own is None else self.sell(self.pledged, price, pledged=True, cost=own.cost)
        return foreclosed, self.sell(self.free, price)
