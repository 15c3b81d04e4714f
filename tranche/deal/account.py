"""Accounts that hold cash between payment dates. The collection account `cash` always exists and is not declared."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs

from tranche.terms.daycounts import DAY_COUNTS

from . import validators as v
from .coupon import Coupon
from .formula import Formula


def _initial(instance: Any, attribute: Any, value: Any) -> None:
    (v.amount if isinstance(value, Formula) else v.number(0))(instance, attribute, value)


@attrs.frozen(kw_only=True)
class Account:
    """An account. `target` (formula, money) is what `fund` tops it up to and `release` leaves in it.

    `initial` is paid in at closing from the proceeds: an amount, or a formula of what is known then (notionals, rates
    and balances of debts, series, the account's own `target`), read as of the first payment date; never negative. After
    `closes` no step may pay into it.
    `earns`: interest on what it held at the last close, a rate per annum like a coupon's and never below zero, accrued
    by `day_count`. It comes in at the beginning of the period, into the account `earnings_to`, which may be the account
    itself. Formulas read `NAME.balance`, `NAME.target` and `NAME.earned`.
    """

    name: str = attrs.field(validator=v.name)
    target: Formula | None = attrs.field(default=None, validator=v.optional(v.amount))
    initial: float | Formula = attrs.field(default=0.0, validator=_initial)
    earns: Coupon | None = attrs.field(default=None, validator=v.optional(v.instance_of(Coupon)))
    earnings_to: str = attrs.field(default="cash", validator=v.identifier)
    day_count: str | None = attrs.field(default=None, validator=v.optional(v.one_of(DAY_COUNTS)))
    closes: dt.date | None = attrs.field(default=None, validator=v.optional(v.date))

    @property
    def formulas(self) -> dict[str, Formula]:
        """Its formulas by field."""
        found = {"target": self.target, "initial": self.initial}
        return {field: formula for field, formula in found.items() if isinstance(formula, Formula)}
