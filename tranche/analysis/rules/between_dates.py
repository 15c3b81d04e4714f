"""A maturity that is no payment date: the debt is due on the next one, which may be a period later than was meant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from tranche.analysis.subject import Subject
from tranche.compiler import dates_of
from tranche.deal import Debt
from tranche.errors import DealWarning
from tranche.terms.dates import PaymentDates

RULE = "between-dates"


def between_dates(subject: Subject) -> Iterator[DealWarning]:
    dates = dates_of(subject.deal)
    known = {*dates.stated, *dates.dates}
    for path, date in _maturities(subject):
        before = [paid for paid in dates.dates if paid < date]
        after = [paid for paid in dates.dates if paid > date]
        moved = any(stated < date < paid for stated, paid in zip(dates.stated, dates.dates, strict=True))
        if date not in known and not moved and before and after:
            what = f"{date} is no payment date: what is due then is due on {after[0]}"
            yield subject.warning(RULE, path, what, f"{before[-1]} or {after[0]}{_month_end(date, dates)}")


def _month_end(date: dt.date, dates: PaymentDates) -> str:
    """What the schedule lacks where dates are stated at the ends of months and it has them on the 30th."""
    is_last = (date + dt.timedelta(days=1)).day == 1
    meant = is_last and any((date.year, date.month) == (one.year, one.month) and one < date for one in dates.stated)
    return ", or schedule.end_of_month: true" if meant else ""


def _maturities(subject: Subject) -> Iterator[tuple[str, dt.date]]:
    for debt in (one for one in subject.deal.tranches if isinstance(one, Debt)):
        path = f"tranches.{debt.name}"
        if debt.maturity is not None:
            yield f"{path}.maturity", debt.maturity
        yield from ((f"{path}.extensions", extension.to) for extension in debt.extensions)
