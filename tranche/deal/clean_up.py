"""The clean-up call: the last of a pool is bought, and the deal is over."""

from __future__ import annotations

import datetime as dt

import attrs

from . import validators as v
from .formula import Formula


@attrs.frozen(kw_only=True)
class CleanUpCall:
    """On the first payment date on which `when` (formula, a condition) holds, from `first` on (None: closing), before
    the last payment date, while a debt owes something, the collateral is sold and every debt is called at par. In
    default nobody calls. `when` is read like that of a CallOption: `senior.balance < 10% * senior.notional`.

    The buyer pays `purchase_price` (formula, money) into the account `proceeds`. By default it is what takes the deal
    out: all that is due on the date, of the debts (whole balances), fees, facilities, guarantees and hedges (with the
    terminations of the date, those that the call causes among them), what facilities have lent and what guarantors are
    owed back; cash that the deal has goes to the residuals then.

    The collections of the date are still the deal's; the buyer has all later ones, and no fee falls due later, of
    facilities and guarantees neither.
    `clean_up.called` is 1 from the call on. A hedge ends with the pool where its `termination` says so:
    `when: clean_up.called`.
    """

    when: Formula = attrs.field(validator=v.formula)
    first: dt.date | None = attrs.field(default=None, validator=v.optional(v.date))
    purchase_price: Formula | None = attrs.field(default=None, validator=v.optional(v.amount))
    proceeds: str = attrs.field(default="cash", validator=v.reference)

    @property
    def formulas(self) -> dict[str, Formula]:
        """Its formulas by field."""
        price = {} if self.purchase_price is None else {"purchase_price": self.purchase_price}
        return {"when": self.when, **price}
