"""The specification's facilities, guarantees, hedges, ledgers and the interest of accounts, from their docstrings.

`spec` is the Specification that they belong to: its accounts, its formulas, its date.
"""

from __future__ import annotations

import datetime as dt
import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import attrs

from tests.compiler.spec_formula import exact
from tranche.deal import Cap, Coupon, Facility, Formula, Guarantee, Step, Swap
from tranche.terms.daycounts import year_fraction

if TYPE_CHECKING:
    from tests.compiler.specification import Specification

Amount = Any
ZERO = Fraction(0)


@attrs.define
class Lent:
    """A facility or a guarantee: what is drawn of it, or was ever called and not reinstated; what was reimbursed."""

    terms: Facility | Guarantee
    drawn: Amount = ZERO
    reimbursed: Amount = ZERO

    @property
    def owed(self) -> Amount:
        again = isinstance(self.terms, Facility) or self.terms.reinstated
        return self.drawn if again else self.drawn - self.reimbursed


class Support:
    def __init__(self, spec: Specification) -> None:
        self.spec, deal = spec, spec.deal
        self.credits = {one.name: Lent(one) for one in (*deal.facilities, *deal.guarantees)}
        self.hedges = {hedge.name: hedge for hedge in deal.hedges}
        self.live = {name: True for name in self.hedges}
        self.ledgers = {ledger.name: ledger for ledger in deal.ledgers}
        parts = [f"{one.name}.{part}" for one in deal.facilities for part in ("interest", "fee")]
        self.owed: dict[str, Amount] = dict.fromkeys(parts, ZERO)
        self.owed |= {f"{one.name}.fee": ZERO for one in deal.guarantees} | {name: ZERO for name in self.ledgers}
        for name, hedge in self.hedges.items():
            parts = self.terminations(hedge)
            self.owed |= {name: ZERO, **{f"{name}.{part}": ZERO for part in parts}}
        self.undrawn_before: dict[str, Amount] = {}  # at the last close
        self.received: dict[str, Amount] = {}
        self.notional: dict[str, Amount] = {}
        self.earned: dict[str, Amount] = {}

    @staticmethod
    def terminations(hedge: Swap | Cap) -> list[str]:
        terms = hedge.termination
        if terms is None:
            return []
        events = {"termination": terms.when, "termination_subordinated": terms.counterparty}
        return [part for part, event in events.items() if event is not None]

    def owed_to_outsiders(self) -> Amount:
        """Every due but those that stay in the deal, what facilities have lent, and what guarantors are owed back."""
        lent = [one.owed for one in self.credits.values() if isinstance(one.terms, Facility) or one.terms.repays]
        return sum((owed for name, owed in self.owed.items() if name not in self.ledgers), sum(lent, ZERO))

    # ---- before anything comes in ---------------------------------------------------------------------------------

    def earn(self) -> None:
        """Interest on what each account held at the last close."""
        terms = {account.name: account for account in self.spec.deal.accounts if account.earns is not None}
        self.earned = {}
        for name, account in terms.items():
            rate = max(0.0, self.leg(account.earns)[self.spec.t]) * self.years(account.day_count)
            self.earned[name] = self.spec.accounts[name] * exact(rate)
        for name, amount in self.earned.items():
            to = terms[name].earnings_to
            self.spec.accounts[to] += amount
            self.spec.moved(f"{name}.earned", amount)
            if to not in ("cash", name):
                self.spec.moved(f"{to}.funded", amount)

    # ---- as interest accrues --------------------------------------------------------------------------------------

    def accrue(self) -> None:
        for name, lent in self.credits.items():
            years = self.years(lent.terms.day_count)
            if isinstance(lent.terms, Facility):
                rate = max(0.0, self.leg(lent.terms.coupon)[self.spec.t])
                self.owed[f"{name}.interest"] += lent.drawn * exact(rate * years)
            fee = lent.terms.commitment_fee if isinstance(lent.terms, Facility) else lent.terms.fee
            if fee:
                first = max(ZERO, self.at_closing(lent) - lent.drawn)  # who reads a formula reads all of it
                base = first if self.spec.t == 0 else self.undrawn_before[name]
                self.owed[f"{name}.fee"] += base * exact(fee * self.years_until(lent.terms))
        for name, hedge in self.hedges.items():
            self.net(name, hedge)
        self.debit()

    def net(self, name: str, hedge: Swap | Cap) -> None:
        known = self.spec.uniform.value(hedge.notional.tree)
        value = self.spec.value(hedge.notional.tree) if known is None else known[self.spec.t]
        self.notional[name] = max(ZERO if known is None else 0.0, value)
        net = self.times_notional(hedge, self.nets(hedge)[self.spec.t])
        owed = max(ZERO, -net)
        if isinstance(hedge, Cap) and hedge.premium is not None:
            premium = self.spec.value(hedge.premium.tree) if self.running(hedge)[self.spec.t] else ZERO
            owed = max(ZERO, premium)
        receipt = max(ZERO, net) if self.live[name] else ZERO
        self.owed[name] += owed if self.live[name] else ZERO
        self.receive(hedge, receipt, "received")
        self.received[name] = receipt

    def receive(self, hedge: Swap | Cap, amount: Amount, field: str) -> None:
        self.spec.accounts[hedge.to] += amount
        self.spec.moved(f"{hedge.name}.{field}", amount)
        if hedge.to != "cash":
            self.spec.moved(f"{hedge.to}.funded", amount)

    def times_notional(self, hedge: Swap | Cap, number: float) -> Amount:
        """`number` on the notional of the date, which is read as interest accrues."""
        notional = self.notional[hedge.name]
        return exact(notional * number) if isinstance(notional, float) else notional * exact(number)

    def nets(self, hedge: Swap | Cap) -> list[float]:
        """What the deal receives less what it pays on a notional of 1, by period."""
        if isinstance(hedge, Cap):
            index = self.spec.uniform.names[f"rates.{hedge.index}"]
            years = self.all_years(hedge.day_count)
            nets = [max(0.0, rate - hedge.strike) * part for rate, part in zip(index, years, strict=True)]
        else:
            sides = [(hedge.receive, hedge.receive_day_count), (hedge.pay, hedge.pay_day_count)]
            received, paid = (
                [rate * part for rate, part in zip(self.leg(leg), self.all_years(own or hedge.day_count), strict=True)]
                for leg, own in sides
            )
            nets = [a - b for a, b in zip(received, paid, strict=True)]
        return [net if on else 0.0 for net, on in zip(nets, self.running(hedge), strict=True)]

    def running(self, hedge: Swap | Cap) -> list[bool]:
        first, last = hedge.start or dt.date.min, hedge.end or dt.date.max
        periods = zip(self.spec.dates.starts, self.spec.dates.dates, strict=True)
        return [first <= start and end <= last for start, end in periods]

    def leg(self, leg: Coupon) -> list[float]:
        if leg.index is None:
            return [leg.spread] * self.spec.dates.periods
        low = -math.inf if leg.floor is None else leg.floor
        high = math.inf if leg.cap is None else leg.cap
        return [max(low, min(high, rate)) + leg.spread for rate in self.spec.uniform.names[f"rates.{leg.index}"]]

    def debit(self) -> None:
        """Losses of one kind go to the junior tranche's ledger first, as far as its balance reaches."""
        ranks = {x.name: x.rank or k for k, x in enumerate(self.spec.deal.tranches, start=1)}
        kinds = {ledger.losses.tree: ledger.losses for ledger in self.ledgers.values()}
        for losses in kinds.values():
            order = sorted(
                (x for x in self.ledgers.values() if x.losses.tree == losses.tree), key=lambda x: -ranks[x.tranche]
            )
            left = max(ZERO, self.spec.value(losses.tree))
            for ledger in order:
                room = max(ZERO, self.spec.debts[ledger.tranche].balance - self.owed[ledger.name])
                taken = min(left, room)
                self.owed[ledger.name] += taken
                left -= taken
                self.spec.moved(f"{ledger.name}.debited", taken)
            self.spec.moved(f"{order[-1].name}.unallocated", left)

    # ---- once the status is known ---------------------------------------------------------------------------------

    def terminate(self) -> None:
        for name, hedge in self.hedges.items():
            terms = hedge.termination
            if terms is None or not self.live[name]:
                continue
            own = terms.when is not None and self.spec.value(terms.when.tree) != 0
            theirs = not own and terms.counterparty is not None and self.spec.value(terms.counterparty.tree) != 0
            if not own and not theirs:
                continue
            value = self.worth(hedge) if terms.value is None else self.spec.value(terms.value.tree)
            self.owed[f"{name}.{'termination' if own else 'termination_subordinated'}"] += max(ZERO, -value)
            part = Fraction(1) if own else exact(terms.recovery)
            known = None if terms.value is None else self.spec.uniform.value(terms.value.tree)
            gain = max(ZERO, value) * part
            if theirs and known is not None:
                gain = exact(max(0.0, known[self.spec.t]) * terms.recovery)
            elif theirs and terms.value is None and self.spec.uniform.value(hedge.notional.tree) is not None:
                gain = exact(max(0.0, float(value)) * terms.recovery)
            self.receive(hedge, gain, "termination_received")
            self.live[name] = False

    def worth(self, hedge: Swap | Cap) -> Amount:
        """The nets of the periods to come, each discounted to the date before it, on their notionals as far as these
        are known, else on that of the date."""
        assert isinstance(hedge, Swap)
        floats = hedge.receive.index is not None
        leg, own = (hedge.receive, hedge.receive_day_count) if floats else (hedge.pay, hedge.pay_day_count)
        years, index = self.all_years(own or hedge.day_count), self.spec.uniform.names[f"rates.{leg.index}"]
        nets, value = self.nets(hedge), 0.0
        known = self.spec.uniform.value(hedge.notional.tree)
        varies = known is not None and len(set(known)) > 1
        for t in range(self.spec.dates.periods - 1, self.spec.t, -1):
            value = (nets[t] * (max(0.0, known[t]) if varies else 1.0) + value) / (1.0 + index[t] * years[t])
        return exact(value) if varies else self.times_notional(hedge, value)

    # ---- the waterfall --------------------------------------------------------------------------------------------

    def draw(self, step: Step) -> None:
        limit = self.spec.left
        for name in step.targets:
            lent = self.credits[name]
            need = sum((self.spec.unpaid(part) for part in self.spec.parts_of(step.cover or lent.terms.covers)), ZERO)
            lack = need - self.spec.accounts[step.to]
            amount = max(ZERO, min(limit, lack, self.ceiling(lent) - lent.drawn)) if self.available(lent) else ZERO
            self.spec.accounts[step.to] += amount
            lent.drawn += amount
            limit -= amount
            self.spec.moved(f"{name}.{'advanced' if isinstance(lent.terms, Facility) else 'called'}", amount)
            if step.to != "cash":
                self.spec.moved(f"{step.to}.funded", amount)

    def available(self, lent: Lent) -> bool:
        terms = lent.terms
        if terms.until is not None and self.date > terms.until:
            return False
        if terms.available is not None:
            return bool(self.spec.value(terms.available.tree) != 0)
        return isinstance(terms, Guarantee) or self.spec.status.now != "default"

    def ceiling(self, lent: Lent) -> Amount:
        if isinstance(lent.terms, Facility):
            return self.spec.value(lent.terms.commitment.tree)
        return self.limit(lent.terms, self.date)

    def limit(self, terms: Guarantee, date: dt.date) -> Amount:
        begun = [number for day, number in sorted(terms.steps) if day <= date]
        return exact(begun[-1]) if begun else self.spec.value(terms.limit.tree)

    def at_closing(self, lent: Lent) -> Amount:
        """The most that may be drawn as the first period begins; a formula is read on the first date."""
        if isinstance(lent.terms, Facility):
            return self.ceiling(lent)
        return self.limit(lent.terms, self.spec.dates.closing)

    def undrawn(self, lent: Lent) -> Amount:
        return max(ZERO, self.ceiling(lent) - lent.drawn)

    def repay(self, step: Step) -> None:
        lenders = [self.credits[name] for name in step.targets]
        for lent, part in zip(lenders, self.spec.parts(step, [lent.owed for lent in lenders]), strict=True):
            facility = isinstance(lent.terms, Facility)
            record = f"{lent.terms.name}.{'repaid' if facility else 'reimbursed'}"
            paid = self.spec.move(step.source, min(part, lent.owed), record)
            if facility or lent.terms.reinstated:
                lent.drawn -= paid
            else:
                lent.reimbursed += paid

    def paid(self, target: str, amount: Amount) -> None:
        """What a payment under `target` does besides taking the money."""
        self.owed[target] -= amount
        if target in self.ledgers:
            to = self.ledgers[target].to
            self.spec.accounts[to] += amount
            self.spec.moved(f"{to}.funded", amount)

    def record(self, target: str) -> str:
        if target in self.ledgers:
            return f"{target}.credited"
        return target if "." in target else f"{target}.paid"

    def default_enforcement(self) -> tuple[list[Step], list[Step]]:
        """Steps between fees and debts, and after the debts."""
        deal = self.spec.deal
        top: list[Step] = []
        bottom: list[Step] = []
        for one in deal.facilities:
            top += [Step(verb="pay", targets=(f"{one.name}.{part}",)) for part in ("interest", "fee")]
            top.append(Step(verb="repay", targets=(one.name,)))
        for hedge in deal.hedges:
            top.append(Step(verb="settle", targets=(hedge.name,)))
            for part in self.terminations(hedge):
                (top if part == "termination" else bottom).append(Step(verb="pay", targets=(f"{hedge.name}.{part}",)))
        for guarantee in deal.guarantees:
            bottom.append(Step(verb="pay", targets=(f"{guarantee.name}.fee",)))
            if guarantee.repays:
                bottom.append(Step(verb="repay", targets=(guarantee.name,)))
        for guarantee in deal.guarantees:  # called when it is the debts' turn
            if guarantee.covers:
                top.append(Step(verb="draw", targets=(guarantee.name,)))
                beside = tuple(due for due in guarantee.covers if due.partition(".")[0] not in self.spec.debts)
                top += [Step(verb="pay", targets=beside)] if beside else []
        return top, bottom

    # ---- close, names ---------------------------------------------------------------------------------------------

    def close(self) -> None:
        for name, lent in self.credits.items():
            self.undrawn_before[name] = self.undrawn(lent)
            self.spec.moved(f"{name}.shortfall", self.unpaid_of(name))
            self.spec.moved(f"{name}.{'balance' if isinstance(lent.terms, Facility) else 'used'}", lent.drawn)
        for name in self.hedges:
            self.spec.moved(f"{name}.shortfall", self.unpaid_of(name))
        for name in self.ledgers:
            self.spec.moved(f"{name}.balance", self.owed[name])

    def unpaid_of(self, owner: str) -> Amount:
        return sum((owed for due, owed in self.owed.items() if due.partition(".")[0] == owner), ZERO)

    def knows(self, owner: str) -> bool:
        return owner in {**self.credits, **self.hedges, **self.ledgers}

    def name(self, name: str) -> Amount:
        due, _, which = name.rpartition(".")
        if due in self.owed and which in ("due", "unpaid"):
            return self.spec.dues[due] if which == "due" else self.owed[due]
        owner, _, field = name.partition(".")
        if owner in self.ledgers:
            return self.owed[owner]
        if owner in self.hedges:
            return self.received[owner]
        lent = self.credits[owner]
        if field in ("balance", "used"):
            return lent.drawn
        if field == "owed":
            return lent.owed
        return self.undrawn(lent) if field == "undrawn" else self.ceiling(lent)

    # ---- time -----------------------------------------------------------------------------------------------------

    @property
    def date(self) -> dt.date:
        return self.spec.dates.dates[self.spec.t]

    def years(self, day_count: str | None) -> float:
        return self.all_years(day_count)[self.spec.t]

    def years_until(self, terms: Facility | Guarantee) -> float:
        """The part of the period in which a facility or guarantee is there; none once the pool is sold."""
        name, dates = terms.day_count or self.spec.deal.schedule.day_count, self.spec.dates
        start, end = dates.starts[self.spec.t], dates.dates[self.spec.t]
        end = end if terms.until is None else min(end, terms.until)
        return year_fraction(name, start, end) if start < end and not self.spec.optional.cleaned_up else 0.0

    def all_years(self, day_count: str | None) -> list[float]:
        name = day_count or self.spec.deal.schedule.day_count
        dates = self.spec.dates
        return [year_fraction(name, a, b) for a, b in zip(dates.starts, dates.dates, strict=True)]


def support_formulas(deal: Any) -> list[Formula]:
    """The formulas of all four sections."""
    found: list[Any] = [f for one in deal.facilities for f in (one.commitment, one.available)]
    found += [f for one in deal.guarantees for f in (one.limit, one.available)]
    for hedge in deal.hedges:
        found += [hedge.notional, getattr(hedge, "premium", None)]
        if hedge.termination is not None:
            found += [hedge.termination.when, hedge.termination.counterparty, hedge.termination.value]
    return found + [ledger.losses for ledger in deal.ledgers]
