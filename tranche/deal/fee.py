"""Fees and expenses: what falls due to a service provider on every payment date, in which rank, and what becomes of it
when it is not paid."""

from __future__ import annotations

import datetime as dt

import attrs

from tranche.terms.daycounts import DAY_COUNTS

from . import validators as v
from .formula import Formula

UNPAID_FEES = ("carried", "cancelled")
PERS = ("date", "month", "year")
CAP_PERS = ("date", "year")


@attrs.frozen(kw_only=True)
class Fee:
    """A fee due on every payment date. What it is taken on, one of:

        amount         a formula, money: `25k`, `2% * collections`
        rate, on       `rate` per annum on the money that the formula `on` gives, accrued by `day_count`
        count, price   so many units (formula) at `price` each: `count: fleet.gpus, price: 3.50`

    `per`: what `amount` or `price` is for: a payment `date` (default), a `month` or a `year`, both accrued by
    `day_count` (a month is a twelfth of a year). `steps`: on payment dates from each date on, the amount, rate or price
    is the number given. `growth`: indexation per annum, compounded on every anniversary of closing that lies on or
    before the first day of the accrual period. `index`: a formula that multiplies what is due, such as
    `market.cpi / 100`. A fee is never negative.

    `cap` (formula, money): the most that falls due as `NAME` on a payment date, or in any year (`cap_per: year`: less
    what was paid as `NAME` on the payment dates of the year before); the rest falls due as `NAME.excess`, which a
    junior step pays. What is carried is divided by the cap anew on each date.

    `unpaid`: `carried`, with interest at `interest_on_unpaid` per annum where that is given, or `cancelled`.
    """

    name: str = attrs.field(validator=v.name)
    amount: Formula | None = attrs.field(default=None, validator=v.optional(v.amount))
    rate: float | None = attrs.field(default=None, validator=v.optional(v.rate(0.0, 1.0)))
    on: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))
    count: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))
    price: float | None = attrs.field(default=None, validator=v.optional(v.number(0)))
    per: str = attrs.field(default="date", validator=v.one_of(PERS))
    steps: tuple[tuple[dt.date, float], ...] = attrs.field(
        default=(), converter=v.as_tuple, validator=v.each(v.dated(v.number(0)))
    )
    growth: float = attrs.field(default=0.0, validator=v.rate())
    index: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))
    cap: Formula | None = attrs.field(default=None, validator=v.optional(v.amount))
    cap_per: str = attrs.field(default="date", validator=v.one_of(CAP_PERS))
    day_count: str | None = attrs.field(default=None, validator=v.optional(v.one_of(DAY_COUNTS)))
    unpaid: str = attrs.field(default="carried", validator=v.one_of(UNPAID_FEES))
    interest_on_unpaid: float = attrs.field(default=0.0, validator=v.rate(0.0, 1.0))

    @property
    def formulas(self) -> dict[str, Formula]:
        """Its formulas by field."""
        fields = ("amount", "on", "count", "index", "cap")
        return {field: getattr(self, field) for field in fields if getattr(self, field) is not None}
