"""What a debt tranche pays: a fixed or floating rate, its steps, and its margin by condition."""

from __future__ import annotations

import attrs

from . import validators as v
from .formula import Formula
from .series import Dated

MOST_LAG = 366


@attrs.frozen(kw_only=True)
class Lag:
    """How long before an accrual period its index is read: `days` of the calendar, or `business` days of the deal's
    calendar."""

    days: int = attrs.field(validator=v.whole(0, MOST_LAG))
    business: bool = attrs.field(default=False, validator=v.flag)


@attrs.frozen(kw_only=True)
class Margin:
    """`add` (rate per annum, may be negative) on top of the coupon in every period for which `when` holds.

    `when` is read as interest accrues. What is not known yet on that date (tests, status, dues, rates that differ by
    path) counts as it stood at the close of the date before, and as false before the first: a margin ratchet follows
    the last compliance certificate.
    """

    when: Formula = attrs.field(validator=v.formula)
    add: float = attrs.field(validator=v.rate())


@attrs.frozen(kw_only=True)
class Coupon:
    """`index` + `spread`, or `spread` alone when `index` is None (a fixed rate). Decimals per annum.

    `index` is a reference rate of the market, or one of its simulated factors (which is then in decimals per annum).
    It is read on the first day of the accrual period, or `reset_lag` before it: of a factor, on the last payment date
    by then (its initial value before the first). `floor` and `cap` bound the index.
    `step_up`: from the first accrual period that begins on or after each date, its rate is added; the steps add up.
    `margins` add by condition. `all_in_floor` and `all_in_cap` bound the sum of all; no coupon is ever below zero.
    """

    spread: float = attrs.field(validator=v.rate())
    index: str | None = attrs.field(default=None, validator=v.optional(v.identifier))
    floor: float | None = attrs.field(default=None, validator=v.optional(v.rate()))
    cap: float | None = attrs.field(default=None, validator=v.optional(v.rate()))
    all_in_floor: float | None = attrs.field(default=None, validator=v.optional(v.rate()))
    all_in_cap: float | None = attrs.field(default=None, validator=v.optional(v.rate()))
    reset_lag: Lag = attrs.field(default=Lag(days=0), validator=v.instance_of(Lag))
    step_up: Dated = attrs.field(default=(), converter=v.as_tuple, validator=v.by_date)
    margins: tuple[Margin, ...] = attrs.field(
        default=(), converter=v.as_tuple, validator=v.each(v.instance_of(Margin), at_most=16)
    )
