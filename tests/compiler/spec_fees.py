"""The specification's fees: what falls due of each on a date, from the docstring of `tranche.deal.Fee`."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import attrs

from tests.compiler.spec_formula import Uniform, exact
from tranche.deal import Fee
from tranche.deal.formula import Expr
from tranche.terms.dates import PaymentDates
from tranche.terms.daycounts import year_fraction

Amount = Any
PAYMENT_DATES_A_YEAR = {"monthly": 12, "quarterly": 4, "semiannual": 2, "annual": 1}


@attrs.define
class OwedFee:
    """What is unpaid below the cap and above it; `paid`: what was paid below it, by date."""

    terms: Fee
    unpaid: Amount = Fraction(0)
    excess: Amount = Fraction(0)
    paid: list[Amount] = attrs.field(factory=list)


@attrs.frozen
class Fees:
    """`value`: a formula now; `uniform`: the same on every path, where it is. `may_end`: by a clean-up call."""

    dates: PaymentDates
    frequency: str
    day_count: str
    uniform: Uniform
    value: Callable[[Expr], Amount]
    may_end: bool

    def fall_due(self, fee: OwedFee, t: int, ended: bool) -> None:
        terms = fee.terms
        fresh = Fraction(0) if ended else max(Fraction(0), self.amount(terms, t))
        room = self.room(fee)
        fee.paid.append(Fraction(0))
        if terms.unpaid == "cancelled":
            fee.unpaid = fee.excess = Fraction(0)
        interest = exact(terms.interest_on_unpaid * self.years(terms, t))
        fee.unpaid += fee.unpaid * interest
        fee.excess += fee.excess * interest
        owed = fee.unpaid + fee.excess + fresh
        fee.unpaid = min(owed, room)
        fee.excess = owed - fee.unpaid
        if terms.unpaid == "cancelled" and self.is_known(terms) and not self.may_end:  # the same on every path: a float
            fee.excess = exact(float(owed) - float(fee.unpaid))

    def is_known(self, fee: Fee) -> bool:
        """Whether what falls due above and below the cap is the same on every path."""
        formulas = [f for f in (fee.on, fee.count, fee.index, fee.cap) if f is not None]
        always = all(self.step(fee, t) is not None for t in range(self.dates.periods))
        formulas += [fee.amount] if fee.amount is not None and not always else []
        yearly = fee.cap_per == "year" and PAYMENT_DATES_A_YEAR[self.frequency] > 1
        return not yearly and all(self.uniform.value(formula.tree) is not None for formula in formulas)

    def room(self, fee: OwedFee) -> Amount:
        """What the cap leaves: the cap itself, or that of a year less what the rest of the year has paid."""
        terms = fee.terms
        if terms.cap is None:
            return float("inf")
        others = PAYMENT_DATES_A_YEAR[self.frequency] - 1 if terms.cap_per == "year" else 0
        before = fee.paid[-others:] if others else []
        return max(Fraction(0), self.value(terms.cap.tree) - sum(before, Fraction(0)))

    def years(self, fee: Fee, t: int) -> float:
        return year_fraction(fee.day_count or self.day_count, self.dates.starts[t], self.dates.dates[t])

    def amount(self, fee: Fee, t: int) -> Amount:
        """The fee of the period: base times factor times index. What is the same on every path is one float64."""
        base, known = self.base(fee, t)
        factor, index = self.factor(fee, t), 1.0
        if known is not None:
            known, factor = known * factor, 1.0
        if fee.index is not None:
            indices = self.uniform.value(fee.index.tree)
            if indices is None:
                index = self.value(fee.index.tree)
            elif known is not None:
                known *= indices[t]
            else:
                index = exact(indices[t])
        return (base * exact(factor) if known is None else exact(known)) * Fraction(index)

    def base(self, fee: Fee, t: int) -> tuple[Amount, float | None]:
        """What the fee is taken on, and the same as float64 where all paths have it."""
        formula = next(f for f in (fee.amount, fee.on, fee.count) if f is not None)
        known = self.uniform.value(formula.tree)
        step = None if fee.amount is None else self.step(fee, t)
        if step is not None:
            always = all(self.step(fee, k) is not None for k in range(self.dates.periods))
            return Fraction(step), step if known is not None or always else None
        return self.value(formula.tree), None if known is None else known[t]

    def factor(self, fee: Fee, t: int) -> float:
        years = self.years(fee, t)
        span = {"date": 1.0, "month": years * 12, "year": years}[fee.per]
        step = self.step(fee, t)
        if fee.amount is not None:
            factor = span
        elif fee.rate is not None:
            factor = (fee.rate if step is None else step) * years
        else:
            assert fee.price is not None
            factor = (fee.price if step is None else step) * span
        return factor * (1.0 + fee.growth) ** self.anniversaries(t) if fee.growth else factor

    def step(self, fee: Fee, t: int) -> float | None:
        """The number of the last step that has begun; None before the first."""
        begun = [number for day, number in sorted(fee.steps) if day <= self.dates.dates[t]]
        return begun[-1] if begun else None

    def anniversaries(self, t: int) -> int:
        """How many anniversaries of closing lie on or before the first day of the period."""
        closing, start, count = self.dates.closing, self.dates.starts[t], 0
        while (closing.year + count + 1, closing.month, closing.day) <= (start.year, start.month, start.day):
            count += 1
        return count
