"""Payment dates of a deal, made once by QuantLib. Its global evaluation date is neither read nor set: every schedule
here starts from an explicit closing date."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import TYPE_CHECKING

import attrs

from tranche.errors import Invalid, nearest

from .calendars import calendar as find_calendar
from .calendars import convention as find_convention
from .day import day

if TYPE_CHECKING:
    import QuantLib as ql

FREQUENCIES = {"monthly": 1, "quarterly": 3, "semiannual": 6, "annual": 12}  # months in a period
MOST_PERIODS = 1_200
MOST_YEARS = 100
MOST_DETERMINATION_DAYS = 366


@attrs.frozen
class PaymentDates:
    """The dates of periods 1..T (index 0 is period 1).

    `dates`: payment dates, adjusted, strictly increasing, the last one is the maturity. `starts`: the first day of each
    accrual period (closing, then the payment date before). `determination`: the last day whose collections belong to
    the period. `stated`: the payment dates before they are moved off holidays, as a term sheet writes them.
    """

    closing: dt.date
    dates: tuple[dt.date, ...]
    starts: tuple[dt.date, ...]
    determination: tuple[dt.date, ...]
    stated: tuple[dt.date, ...]

    @property
    def periods(self) -> int:
        """T."""
        return len(self.dates)


@lru_cache(maxsize=256)  # the deals of a batch share their dates
def payment_dates(
    closing: dt.date,
    maturity: dt.date,
    frequency: str = "monthly",
    first_payment: dt.date | None = None,
    calendar: str = "none",
    convention: str = "unadjusted",
    determination_days: int = 0,
    end_of_month: bool = False,
) -> PaymentDates:
    """Roll forward from `first_payment` (default: one period after closing) to `maturity`, which is always the last
    date even when that leaves a short last period; then move each date off holidays.

    `end_of_month`: a first payment (or closing) on the last day of a month keeps every date on the last day.
    Raises Invalid: dates out of order, more than MOST_PERIODS or MOST_YEARS, two dates that fall on one day.
    """
    check_schedule_size(closing, maturity, frequency, first_payment)
    if not 0 <= determination_days <= MOST_DETERMINATION_DAYS:
        raise Invalid(f"determination_days is {determination_days}", f"write 0 to {MOST_DETERMINATION_DAYS} days")
    import QuantLib as ql

    rolled = ql.Schedule(
        to_quantlib(closing),
        to_quantlib(maturity),
        ql.Period(FREQUENCIES[frequency], ql.Months),
        ql.NullCalendar(),
        ql.Unadjusted,
        ql.Unadjusted,
        ql.DateGeneration.Forward,
        end_of_month,
        to_quantlib(first_payment) if first_payment is not None and first_payment != maturity else ql.Date(),
    )
    if first_payment == maturity:
        plain = [to_quantlib(maturity)]
    else:
        plain = list(rolled)[1:]
        if plain[-1] != to_quantlib(maturity):  # an end-of-month roll moves the last date to the end of its month
            plain[-1] = to_quantlib(maturity)
    bank, rule = find_calendar(calendar), find_convention(convention)
    # adjusted here and not by QuantLib, which would silently merge two dates that fall on the same business day
    dates = tuple(from_quantlib(bank.adjust(date, rule)) for date in plain)
    _check_order(closing, dates, calendar, convention)
    lag = dt.timedelta(days=determination_days)
    determination = tuple(date - lag for date in dates)
    if determination[0] < closing:
        raise Invalid(
            f"the first determination date {determination[0]} is before the closing {closing}",
            f"determination_days may be at most {(dates[0] - closing).days} here",
        )
    stated = tuple(from_quantlib(date) for date in plain)
    return PaymentDates(closing, dates, (closing, *dates[:-1]), determination, stated)


def check_schedule_size(
    closing: dt.date, maturity: dt.date, frequency: str = "monthly", first_payment: dt.date | None = None
) -> None:
    """Refuse, before any date is made, what is out of order or absurdly long. Raises Invalid."""
    for date in (closing, maturity, first_payment):
        if date is not None:
            day(date)
    if frequency not in FREQUENCIES:
        raise Invalid(f"unknown frequency {frequency!r}", nearest(str(frequency), FREQUENCIES))
    if maturity <= closing:
        raise Invalid(f"the maturity {maturity} is not after the closing {closing}", "write a later maturity")
    if first_payment is not None and not closing < first_payment <= maturity:
        raise Invalid(
            f"the first payment {first_payment} is not after the closing {closing} and by the maturity {maturity}",
            "write a date between them, or leave it out for one period after closing",
        )
    months = (maturity.year - closing.year) * 12 + maturity.month - closing.month
    if (maturity.year - closing.year, maturity.month, maturity.day) > (MOST_YEARS, closing.month, closing.day):
        raise Invalid(
            f"the maturity {maturity} is more than {MOST_YEARS} years after the closing {closing}",
            f"deals of up to {MOST_YEARS} years are modelled; is the year right?",
        )
    if first_payment is not None:
        months = (maturity.year - first_payment.year) * 12 + maturity.month - first_payment.month
    if months // FREQUENCIES[frequency] > MOST_PERIODS:
        raise Invalid(f"more than {MOST_PERIODS} payment dates", "write a lower frequency or an earlier maturity")


def to_quantlib(date: dt.date) -> ql.Date:
    import QuantLib as ql

    return ql.Date(date.day, date.month, date.year)


def from_quantlib(date: ql.Date) -> dt.date:
    return dt.date(date.year(), date.month(), date.dayOfMonth())


def _check_order(closing: dt.date, dates: tuple[dt.date, ...], calendar: str, convention: str) -> None:
    for before, after in zip((closing, *dates[:-1]), dates, strict=True):
        if after <= before:
            raise Invalid(
                f"overlapping dates: a payment date {after} is not after {before}"
                f"{' (the closing)' if before == closing else ''}"
                f"{'' if convention == 'unadjusted' else f', by calendar {calendar!r} and convention {convention!r}'}",
                "move first_payment or maturity, or choose another convention",
            )
