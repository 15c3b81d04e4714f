"""The specification's debts: what accrues, falls due, is drawn and written down, from the docstrings of `tranche.deal`.

A number that depends on the period alone is a float and is added and multiplied as one; what depends on the path is a
Fraction (see (A) of `specification`). Further readings of the documents:
(G) A condition of a rate is read comparison by comparison; one that reads what is known later, as at the last close.
(H) A debt under an available-funds cap accrues its interest after the fees.
(I) After a `write_down` step no more principal of its debts is due than is owed.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import attrs

from tests.compiler.spec_formula import Series, Uniform, exact
from tranche.deal import Deal, Debt, Formula, Step
from tranche.deal.formula import Binary, Call, Expr, Name, Unary
from tranche.terms.dates import PaymentDates
from tranche.terms.daycounts import year_fraction

if TYPE_CHECKING:
    from tests.compiler.specification import Specification

Amount = Any  # a Fraction or an infinite float; a finite float where it is the same on every path
CARRYING = ("level", "annuity", "schedule", "sculpted", "pass_through")


@attrs.define
class Owed:
    """A debt: its balance and what is left of the date's dues."""

    terms: Debt
    balance: Amount
    interest: Amount = Fraction(0)
    principal: Amount = Fraction(0)
    cap_shortfall: Amount = Fraction(0)
    commitment_fee: Amount = Fraction(0)
    call_premium: Amount = Fraction(0)
    called: bool = False
    in_kind: Amount = Fraction(0)
    undrawn: Amount = Fraction(0)
    written: Amount = Fraction(0)
    extended: list[bool] = attrs.field(factory=list)
    rate: Amount = 0.0
    base: Amount = 0.0
    cash_accrual: Amount = 0.0


def owed(debt: Debt) -> Owed:
    """The debt at closing."""
    drawn = debt.notional if debt.draws is None else debt.draws.initial
    if debt.strip is not None:
        drawn = 0.0
    undrawn = Fraction(debt.notional - drawn)  # both are stated: their difference is a float
    return Owed(debt, Fraction(drawn), undrawn=undrawn, extended=[False] * len(debt.extensions))


def sized(deal: Deal, dates: PaymentDates) -> Deal:
    """With every sculpted debt at the present value of CFADS / DSCR at its coupon, the nearest float."""
    uniform, found = Uniform(deal, dates), []
    for debt in deal.tranches:
        if isinstance(debt, Debt) and debt.sculpted:
            name, value, factor = debt.day_count or deal.schedule.day_count, Fraction(0), Fraction(1)
            cfads, dscr = (uniform.value(side.tree) for side in (debt.amortisation.cfads, debt.amortisation.dscr))
            for t, rate in enumerate(uniform.names[f"{debt.name}.rate"]):
                factor /= 1 + Fraction(rate * year_fraction(name, dates.starts[t], dates.dates[t]))
                value += factor * max(Fraction(0), Fraction(cfads[t] / dscr[t]))
                if debt.maturity is not None and dates.dates[t] >= debt.maturity:
                    break
            debt = attrs.evolve(debt, notional=float(value), sculpted=False)
        found.append(debt)
    return attrs.evolve(deal, tranches=tuple(found))


def plus(a: Amount, b: Amount) -> Amount:
    return a + b if isinstance(a, float) and isinstance(b, float) else exact(a) + exact(b)


def times(a: Amount, b: Amount) -> Amount:
    return a * b if isinstance(a, float) and isinstance(b, float) else exact(a) * exact(b)


def either(condition: Amount, then: Amount, otherwise: Amount) -> Amount:
    """A choice by a path's condition is the path's."""
    chosen = then if condition != 0 else otherwise
    return chosen if isinstance(condition, float) else exact(chosen)


class Debts:
    """The rules of debts, on the state of a Specification."""

    def __init__(self, spec: Specification) -> None:
        self.spec = spec
        self.leaves: list[Expr] = []  # conditions that are kept from close to close
        self.kept: dict[Expr, Amount] = {}
        debts = [x for x in spec.deal.tranches if isinstance(x, Debt)]
        self.later = {"debt_service", "fees.due"}
        for fee in spec.deal.fees:
            self.later |= {f"{fee.name}.due", f"{fee.name}.excess.due"}
        # whose names are all known later
        self.owners = {"status", "clean_up", *(test.name for test in spec.deal.tests)}
        for debt in debts:
            parts = ("interest.due", "principal.due", "cap_shortfall.due", "commitment_fee.due", "debt_service", "pik",
                     "called")
            self.later |= {f"{debt.name}.{part}" for part in parts}
            if self.by_path(debt):
                self.later.add(f"{debt.name}.rate")
        for debt in debts:
            rules = [*debt.coupon.margins, *debt.extensions, *([debt.pik] if debt.pik else [])]
            for rule in rules:
                if rule.when is not None:
                    self.find_leaves(rule.when.tree)
        self.accruals: dict[str, list[float]] = {}
        for debt in debts:
            if not self.by_path(debt):
                years = self.years(debt.day_count)
                rates = spec.uniform.names[f"{debt.name}.rate"]
                self.accruals[debt.name] = [rate * year for rate, year in zip(rates, years, strict=True)]
        self.schedules = {debt.name: self.schedule(debt) for debt in debts}

    @staticmethod
    def by_path(debt: Debt) -> bool:
        return bool(debt.coupon.margins) or any(extension.add for extension in debt.extensions)

    def years(self, day_count: str | None) -> list[float]:
        name, dates = day_count or self.spec.deal.schedule.day_count, self.spec.dates
        return [year_fraction(name, a, b) for a, b in zip(dates.starts, dates.dates, strict=True)]

    def index_of(self, date: dt.date | None) -> int:
        """The first payment date on or after a date, the last one if there is none."""
        dates = self.spec.dates.dates
        return next((t for t, day in enumerate(dates) if date is not None and day >= date), len(dates) - 1)

    # ---- conditions -----------------------------------------------------------------------------------------------

    def reads_later(self, tree: Expr) -> bool:
        match tree:
            case Name(name):
                inner = self.spec.deal.definitions.get(name)
                if name.endswith(".target"):
                    inner = self.spec.targets[name.removesuffix(".target")]
                late = name in self.later or name.split(".")[0] in self.owners
                return late or (inner is not None and self.reads_later(inner.tree))
            case Unary(_, operand):
                return self.reads_later(operand)
            case Binary(_, left, right):
                return self.reads_later(left) or self.reads_later(right)
            case Call(function, arguments):
                return function != "prev" and any(self.reads_later(argument) for argument in arguments)
        return False

    def find_leaves(self, tree: Expr) -> None:
        match tree:
            case Binary("and" | "or", left, right):
                self.find_leaves(left)
                self.find_leaves(right)
            case Unary("not", operand):
                self.find_leaves(operand)
            case _ if self.reads_later(tree):
                self.leaves.append(tree)

    def condition(self, tree: Expr) -> Amount:
        """What is kept from the last close is the path's, even where it happens to be the same on all of them."""
        known = self.known(tree)
        if known is not None:
            return known[self.spec.t]
        match tree:
            case Binary("and" | "or" as op, left, right):
                a, b = self.condition(left) != 0, self.condition(right) != 0
                return Fraction((a and b) if op == "and" else (a or b))
            case Unary("not", operand):
                return Fraction(self.condition(operand) == 0)
        if self.reads_later(tree):
            return self.kept.get(tree, Fraction(0))
        return self.spec.value(tree)

    def known(self, tree: Expr) -> Series | None:
        """A condition by period where no path is needed to tell it: `never and x` is never, whatever x is."""
        match tree:
            case Binary("and" | "or" as op, left, right):
                return self.spec.uniform.binary(op, self.known(left), self.known(right))
            case Unary("not", operand):
                row = self.known(operand)
                return None if row is None else [float(x == 0) for x in row]
        return None if self.reads_later(tree) else self.spec.uniform.value(tree)

    # ---- rates ----------------------------------------------------------------------------------------------------

    def set_rates(self) -> None:
        spec = self.spec
        for name, debt in spec.debts.items():
            terms = debt.terms
            if not self.by_path(terms):
                debt.rate = spec.uniform.names[f"{name}.rate"][spec.t]
                continue
            rate = spec.uniform.sums[name][spec.t]
            for margin in terms.coupon.margins:
                rate = plus(rate, either(self.condition(margin.when.tree), margin.add, 0.0))
            for extension, extended in zip(terms.extensions, debt.extended, strict=True):
                if extension.add:
                    rate = plus(rate, Fraction(extension.add) if extended else Fraction(0))
            coupon = terms.coupon
            if coupon.all_in_cap is not None:
                rate = min(rate, self.alike(coupon.all_in_cap, rate))
            if coupon.all_in_floor is not None:
                rate = max(rate, self.alike(coupon.all_in_floor, rate))
            debt.rate = max(rate, self.alike(0.0, rate))

    @staticmethod
    def alike(number: float, other: Amount) -> Amount:
        return number if isinstance(other, float) else exact(number)

    def per_period(self, debt: Owed, rate: Amount) -> Amount:
        return times(rate, self.years(debt.terms.day_count)[self.spec.t])

    # ---- stage 3 --------------------------------------------------------------------------------------------------

    def accrue(self) -> None:
        """Interest and principal of every debt."""
        self.set_rates()
        for debt in self.spec.debts.values():
            terms = debt.terms
            if terms.interest_on_unpaid is not None:
                late = terms.interest_on_unpaid
                rate = plus(debt.rate, late.spread) if late.on_coupon else late.spread
                debt.interest += debt.interest * exact(self.per_period(debt, max(rate, self.alike(0.0, rate))))
            if terms.draws is not None and terms.draws.fee > 0:
                debt.commitment_fee += self.commitment(debt) * exact(self.fee_factor(debt))
            self.extend(debt)
            self.fall_due(debt)
            debt.base = self.base(debt)
            share = self.kind_share(debt)
            accrual = self.per_period(debt, debt.rate)
            debt.cash_accrual = accrual if terms.pik is None else times(accrual, plus(1.0, times(-1.0, share)))
            if terms.available_funds_cap is None:
                debt.interest += exact(debt.base) * exact(debt.cash_accrual)
            if terms.pik is not None:
                accrual = times(self.per_period(debt, plus(debt.rate, terms.pik.premium)), share)
                debt.in_kind += debt.balance * exact(accrual)

    def base(self, debt: Owed) -> Amount:
        """What interest accrues on."""
        if debt.terms.strip is None:
            return debt.balance
        return max(self.number(debt.terms.strip), 0)

    def number(self, formula: Formula) -> Amount:
        known = self.spec.uniform.value(formula.tree)
        return self.spec.value(formula.tree) if known is None else known[self.spec.t]

    def kind_share(self, debt: Owed) -> Amount:
        if debt.terms.pik is None:
            return 0.0
        toggled, over = self.condition(debt.terms.pik.when.tree), self.matured(debt)
        both = float(toggled != 0 and over == 0)
        if not (isinstance(toggled, float) and isinstance(over, float)):
            both = exact(both)
        return either(both, debt.terms.pik.share, 0.0)

    def matured(self, debt: Owed) -> Amount:
        found: Amount = float(self.spec.t >= self.index_of(debt.terms.maturity))
        for extension, extended in zip(debt.terms.extensions, debt.extended, strict=True):
            found = Fraction(self.spec.t >= self.index_of(extension.to)) if extended else exact(found)
        return found

    def extend(self, debt: Owed) -> None:
        """On a maturity, the option to extend it; of an extension, only when that was taken."""
        maturity, may = debt.terms.maturity, True
        for k, extension in enumerate(debt.terms.extensions):
            if self.spec.t == self.index_of(maturity):
                debt.extended[k] = may and (extension.when is None or self.condition(extension.when.tree) != 0)
            may, maturity = debt.extended[k], extension.to

    def fall_due(self, debt: Owed) -> None:
        terms = debt.terms.amortisation
        if debt.terms.strip is not None:
            return
        due: Amount = exact(self.schedules[debt.terms.name][self.spec.t])
        if terms.kind == "bullet":
            due = Fraction(debt.terms.notional) if self.matured(debt) != 0 else Fraction(0)
        elif terms.kind == "target_balance":
            due = max(Fraction(0), debt.balance - max(Fraction(0), self.spec.value(terms.amount.tree)))
        elif terms.kind == "pass_through":
            due = max(Fraction(0), self.spec.value(terms.amount.tree))
        if terms.arrears == "catch_up" and terms.kind in CARRYING:
            due += debt.principal
        if terms.balloon and terms.kind != "none" and self.matured(debt) != 0:
            due = math.inf
        debt.principal = min(due, debt.balance)

    def schedule(self, debt: Debt) -> list[float]:
        """Principal that is scheduled in advance, by date, without a balloon."""
        terms, periods, last = debt.amortisation, self.spec.dates.periods, self.index_of(debt.maturity)
        first = 0 if terms.first is None else self.index_of(terms.first)
        count = terms.over or max(1, last - first + 1)
        match terms.kind:
            case "level":
                return [debt.notional / count if first <= t <= min(last, first + count - 1) else 0.0
                        for t in range(periods)]
            case "schedule":
                return list(terms.amounts)
            case "annuity":
                rates = self.accruals[debt.name]
                factor, factors = Fraction(1), []
                for t in range(first, first + count):
                    factor /= 1 + Fraction(rates[min(t, periods - 1)])
                    factors.append(factor)
                payment = Fraction(debt.notional) / sum(factors)
                wanted = [payment if first <= t < first + count else Fraction(0) for t in range(periods)]
                return self.amortised(debt, wanted, range(first, last + 1))
            case "sculpted":
                cfads, dscr = (self.spec.uniform.value(side.tree) for side in (terms.cfads, terms.dscr))
                wanted = [max(Fraction(0), Fraction(c / d)) for c, d in zip(cfads, dscr, strict=True)]
                return self.amortised(debt, wanted, range(last + 1))
        return [0.0] * periods

    def amortised(self, debt: Debt, wanted: Sequence[Fraction], dates: range) -> list[float]:
        """What debt service leaves for principal, on the balance as scheduled."""
        found, balance = [0.0] * len(wanted), Fraction(debt.notional)
        for t in dates:
            principal = wanted[t] - balance * Fraction(self.accruals[debt.name][t])
            principal = max(Fraction(0), min(principal, balance))
            found[t], balance = float(principal), balance - principal
        return found

    def cap(self) -> None:
        """Interest under available-funds caps."""
        for debt in self.spec.debts.values():
            cap = debt.terms.available_funds_cap
            if cap is None:
                continue
            base = debt.base
            accrued = times(base, debt.cash_accrual)
            if cap.amount is not None:
                most = max(self.number(cap.amount), 0)
            else:
                rate = self.number(cap.rate)
                most = times(base, self.per_period(debt, max(rate, self.alike(0.0, rate))))
            due = min(accrued, most)
            if not (isinstance(accrued, float) and isinstance(most, float | int)):
                accrued, due = exact(accrued), exact(due)
            debt.interest += exact(due)
            if cap.excess == "carried":
                debt.cap_shortfall += exact(accrued - due)
            self.spec.dues[f"{debt.terms.name}.interest"] = debt.interest

    # ---- draws ----------------------------------------------------------------------------------------------------

    def until(self, debt: Owed) -> dt.date:
        return debt.terms.draws.until or debt.terms.maturity or self.spec.dates.dates[-1]

    def fee_factor(self, debt: Owed) -> float:
        dates, until = self.spec.dates, self.until(debt)
        start, end = dates.starts[self.spec.t], dates.dates[self.spec.t]
        name = debt.terms.day_count or self.spec.deal.schedule.day_count
        return debt.terms.draws.fee * year_fraction(name, start, min(end, until)) if start < until else 0.0

    def commitment(self, debt: Owed) -> Amount:
        if debt.called:
            return Fraction(0)
        if debt.terms.draws.revolving:
            return max(Fraction(0), Fraction(debt.terms.notional) - debt.balance - debt.written)
        return debt.undrawn

    def available(self, debt: Owed) -> Amount:
        terms, today = debt.terms.draws, self.spec.dates.dates[self.spec.t]
        inside = (terms.first or self.spec.dates.closing) <= today <= self.until(debt)
        return self.commitment(debt) if inside else Fraction(0)

    def room(self, debt: Owed) -> Amount:
        """What may be drawn now."""
        terms, found = debt.terms.draws, self.available(debt)
        if self.spec.status.defaulted or (terms.when is not None and self.spec.value(terms.when.tree) == 0):
            return Fraction(0)
        if terms.limit is not None:
            found = min(found, self.spec.value(terms.limit.tree) - debt.balance)
        return found

    def draw(self, debt: Owed, amount: Amount, to: str) -> None:
        debt.balance += amount
        debt.undrawn -= amount
        self.spec.moved(f"{debt.terms.name}.{'drawn_outside' if to == 'outside' else 'drawn'}", amount)
        if to != "outside":
            self.spec.accounts[to] += amount
            if to != "cash":
                self.spec.moved(f"{to}.funded", amount)

    def default(self) -> None:
        """In default what was to be paid in kind is due in cash."""
        for debt in self.spec.debts.values():
            if self.spec.status.defaulted:
                debt.interest, debt.in_kind = debt.interest + debt.in_kind, Fraction(0)

    def draw_ahead(self) -> None:
        """The draws that need no step."""
        for debt in self.spec.debts.values():
            terms = debt.terms.draws
            if terms is not None and terms.amount is not None:
                wanted = min(self.spec.value(terms.amount.tree), self.room(debt))
                self.draw(debt, max(Fraction(0), wanted), terms.to)

    def draw_step(self, step: Step, need: Amount) -> None:
        for name in step.targets:
            debt = self.spec.debts[name]
            most = self.room(debt) * (1 if step.share is None else exact(step.share))
            amount = max(Fraction(0), min(most, need - self.spec.accounts["cash"], self.spec.left))
            self.spec.left -= amount
            self.draw(debt, amount, "cash")

    # ---- losses ---------------------------------------------------------------------------------------------------

    def write(self, step: Step, field: str) -> None:
        """`write_down` and `write_up`."""
        debts, left = [self.spec.debts[name] for name in step.targets], self.spec.left
        sources = [debt.balance if field == "written_down" else debt.written for debt in debts]
        total = sum(sources)
        for debt, source in zip(debts, sources, strict=True):
            most = left
            if step.group == "pro_rata" and len(debts) > 1:
                most = self.spec.left * source / total if total > 0 else Fraction(0)
            amount = min(source, most)
            left -= amount
            sign = -1 if field == "written_down" else 1
            debt.balance, debt.written = debt.balance + sign * amount, debt.written - sign * amount
            self.spec.moved(f"{debt.terms.name}.{field}", amount)
        if field == "written_down":
            for debt in debts:
                debt.principal = min(debt.principal, debt.balance)

    # ---- stage 7 --------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """What of the date is capitalised in kind; before anything else at the close."""
        for name, debt in self.spec.debts.items():
            if debt.terms.pik is not None:
                debt.balance += debt.in_kind
                self.spec.moved(f"{name}.deferred", debt.in_kind)
                debt.in_kind = Fraction(0)

    def keep(self) -> None:
        self.kept = {leaf: self.spec.value(leaf) for leaf in self.leaves}
