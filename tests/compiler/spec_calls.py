"""The specification's calls, from the docstrings of `tranche.deal.call_option` and `tranche.deal.clean_up`.

Further readings of the documents:
(J) The clean-up call is decided first, then each debt's call in the order of the file, once windows have been read
    (those apart that read who is called): its condition is read before it moves anything.
    What the collateral is bought for comes in after the date's draws and terminations of hedges.
(K) What is scheduled for the price of a make-whole is exact in the floats that coupon and instalments are, and the
    price is the nearest float.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.compiler.spec_debts import Owed
from tranche.deal import Debt, Formula

if TYPE_CHECKING:
    from tests.compiler.specification import Specification


class Calls:
    """Who calls, on the state of a Specification."""

    def __init__(self, spec: Specification) -> None:
        self.spec = spec
        self.cleaned_up = False
        self.bought = False  # on this date

    def exercise(self) -> None:
        spec, terms = self.spec, self.spec.deal.clean_up
        wanted = terms is not None and self.holds(terms.when)
        if terms is not None and not self.cleaned_up:
            today, days = spec.dates.dates[spec.t], spec.dates.dates
            open_ = spec.t < len(days) - 1 and (terms.first is None or terms.first <= today)
            owing = any(debt.balance > 0 for debt in spec.debts.values())
            if open_ and owing and wanted and not spec.status.defaulted:
                self.cleaned_up = True
                self.bought = True
                for debt in spec.debts.values():
                    self.redeem(debt)
        for debt in spec.debts.values():
            self.option(debt)
            if debt.called:
                self.redeem(debt)

    def buy(self) -> None:
        """The price, once hedges are over that the call ends."""
        terms = self.spec.deal.clean_up
        if self.bought and terms is not None:
            self.come_in("collateral.clean_up", self.purchase_price(), terms.proceeds)
        self.bought = False

    def holds(self, when: Formula | None) -> bool:
        return when is None or self.spec.value(when.tree) != 0

    def option(self, debt: Owed) -> None:
        spec, terms = self.spec, debt.terms.call
        wanted = terms is not None and self.holds(terms.when)
        if terms is None or not wanted or debt.called or spec.status.defaulted or debt.balance <= 0:
            return
        today = spec.dates.dates[spec.t]
        price = self.price(debt)
        if price is None or self.matured(debt) or (terms.first is not None and today < terms.first):
            return
        if terms.has_premium:
            early = max(Fraction(0), debt.balance - debt.principal)
            debt.call_premium += early * Fraction(price - 1.0)
        self.redeem(debt)
        owed = debt.principal + debt.interest + debt.cap_shortfall + debt.commitment_fee + debt.call_premium
        self.come_in(f"{debt.terms.name}.refinanced", owed, terms.proceeds)

    def matured(self, debt: Owed) -> bool:
        return bool(self.spec.debt_rules.matured(debt) != 0)

    def redeem(self, debt: Owed) -> None:
        debt.called = True
        debt.interest, debt.in_kind = debt.interest + debt.in_kind, Fraction(0)
        debt.principal = debt.balance

    def purchase_price(self) -> Any:
        spec = self.spec
        terms = spec.deal.clean_up
        assert terms is not None
        if terms.purchase_price is not None:
            return max(Fraction(0), spec.value(terms.purchase_price.tree))
        parts = ("principal", "interest", "cap_shortfall", "commitment_fee", "call_premium")
        total = sum((getattr(debt, part) for debt in spec.debts.values() for part in parts), Fraction(0))
        total += sum((fee.unpaid + fee.excess for fee in spec.fees.values()), Fraction(0))
        return total + spec.support.owed_to_outsiders()

    def come_in(self, record: str, amount: Any, account: str) -> None:
        self.spec.moved(record, amount)
        self.spec.pay_in(account, amount)

    # ---- prices ---------------------------------------------------------------------------------------------------

    def price(self, debt: Owed) -> float | None:
        """What is paid for 1 of what is called; None where it cannot be."""
        spec, terms = self.spec, debt.terms.call
        assert terms is not None
        stated = terms.price_on(spec.dates.dates[spec.t])
        if terms.make_whole is None:
            return stated
        end = spec.debt_rules.index_of(terms.make_whole.until or debt.terms.maturity)
        if spec.t >= end:
            return stated
        return max(stated or 1.0, self.whole(debt, end))

    def whole(self, debt: Owed, end: int) -> float:
        """The present value of all payments up to date `end`, and of the balance then, of 1 that is called."""
        spec, terms = self.spec, debt.terms
        assert terms.call is not None and terms.call.make_whole is not None
        accruals = spec.debt_rules.accruals[terms.name]
        balance, before = Fraction(terms.notional), Fraction(0)
        value, factor = Fraction(0), Fraction(1)
        rate = Fraction(max(0.0, spec.support.leg(terms.call.make_whole.rate)[spec.t + 1]))
        years = spec.debt_rules.years(terms.day_count)
        for k in range(end + 1):
            principal = min(balance, self.instalment(terms, k))
            interest = balance * Fraction(accruals[k])
            balance -= principal
            if k == spec.t:
                before = balance
            if k > spec.t:
                factor /= 1 + rate * Fraction(years[k])
                value += factor * (interest + principal)
        last = terms.call.price_on(spec.dates.dates[end]) if terms.call.make_whole.until is not None else 1.0
        value += factor * balance * Fraction(last or 1.0)
        return float(value / before) if before else 1.0

    def instalment(self, debt: Debt, date: int) -> Any:
        """Principal scheduled for a date, the balloon included: no more than the balance is ever paid."""
        terms, matured = debt.amortisation, date >= self.spec.debt_rules.index_of(debt.maturity)
        if matured and terms.balloon:
            return math.inf
        if terms.kind == "bullet":
            return Fraction(debt.notional) if matured else Fraction(0)
        return Fraction(self.spec.debt_rules.schedules[debt.name][date])
