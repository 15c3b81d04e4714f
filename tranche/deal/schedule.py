"""When a deal pays: the terms from which `tranche.terms.dates` makes the payment dates."""

from __future__ import annotations

import datetime as dt

import attrs

from tranche.terms.calendars import CONVENTIONS
from tranche.terms.dates import FREQUENCIES, MOST_DETERMINATION_DAYS
from tranche.terms.daycounts import DAY_COUNTS

from . import validators as v


@attrs.frozen(kw_only=True)
class Schedule:
    """Payment dates t = 1..T run from `first_payment` to `maturity` at `frequency`, adjusted by `convention`.

    A term that states a date of the schedule as it is before adjustment (a maturity, an extension, a put, the first or
    the last day of something, a step, an amount of a series) means the payment date that it becomes. Dates of the
    collateral and of the market are days and stay.
    """

    closing: dt.date = attrs.field(validator=v.date)
    maturity: dt.date = attrs.field(validator=v.date)
    # monthly | quarterly | semiannual | annual
    frequency: str = attrs.field(default="monthly", validator=v.one_of(FREQUENCIES))
    # None: one period after closing
    first_payment: dt.date | None = attrs.field(default=None, validator=v.optional(v.date))
    # none | target | us | us-sofr | uk | ... or several joined by +: see terms.calendars
    calendar: str = attrs.field(default="none", validator=v.calendar)
    # unadjusted | following | modified-following | preceding
    convention: str = attrs.field(default="unadjusted", validator=v.one_of(CONVENTIONS))
    # collections up to this many calendar days before a payment date belong to it
    determination_days: int = attrs.field(default=0, validator=v.whole(0, MOST_DETERMINATION_DAYS))
    # the default of every tranche and fee
    day_count: str = attrs.field(default="30/360", validator=v.one_of(DAY_COUNTS))
    end_of_month: bool = attrs.field(default=False, validator=v.flag)
