"""A term that its own dates keep out of the deal: it begins after the last payment date, or ends before the first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from tranche.analysis.subject import Subject
from tranche.collateral.cohort import Cohort
from tranche.collateral.names import cohort_path, nested
from tranche.collateral.terms import Miner, fleet_of
from tranche.compiler import dates_of, on_payment_dates
from tranche.deal import Deal, Debt
from tranche.deal.level_schedule import LevelSchedule
from tranche.errors import DealWarning

RULE = "out-of-time"
Term = tuple[str, dt.date | None]


def out_of_time(subject: Subject) -> Iterator[DealWarning]:
    """Dates that only bound a term from its other side (available until long after the maturity) say "throughout"."""
    dates = dates_of(subject.deal)
    deal = on_payment_dates(subject.deal, dates)
    first, last = dates.dates[0], dates.dates[-1]
    for path, date in _from_date(deal):
        if date is not None and date > last:
            what = f"it begins on {date}, after the last payment date {last}"
            yield subject.warning(RULE, path, what, "an earlier date, or leave it out")
    for path, date in _from_accrual(deal):
        if date is not None and date > dates.starts[-1]:
            what = f"it begins on {date}, and the last accrual period on {dates.starts[-1]}"
            yield subject.warning(RULE, path, what, "an earlier date, or leave it out")
    for path, date in _until(deal):
        if date is not None and date < first:
            what = f"it ends on {date}, before the first payment date {first}"
            yield subject.warning(RULE, path, what, "a later date, or leave it out")
    for path, cohort in _cohorts(deal):
        if cohort.lease is not None and cohort.lease.end <= dates.closing:
            what = f"the lease ends on {cohort.lease.end}, and the deal closes on {dates.closing}"
            yield subject.warning(RULE, f"{path}.lease.end", what, "a later date, or leave the lease out")


def _from_date(deal: Deal) -> Iterator[Term]:
    """What holds on payment dates from a date on."""
    for fee in deal.fees:
        yield from ((f"fees.{fee.name}.steps", date) for date, _ in fee.steps)
    for guarantee in deal.guarantees:
        yield from ((f"guarantees.{guarantee.name}.steps", date) for date, _ in guarantee.steps)
    for test in deal.tests:
        for name, level in test.levels.items():
            if isinstance(level, LevelSchedule):
                yield from ((f"tests.{test.name}.{name}", date) for date, _ in level.points)
    for debt in (one for one in deal.tranches if isinstance(one, Debt)):
        path = f"tranches.{debt.name}"
        if debt.draws is not None:
            yield f"{path}.draws.first", debt.draws.first
        if debt.conversion is not None:
            yield from ((f"{path}.conversion.puts", date) for date in debt.conversion.puts)
            yield f"{path}.conversion.forced_from", debt.conversion.forced_from
    for path, cohort in _cohorts(deal):
        if cohort.in_service is not None:
            yield f"{path}.in_service", cohort.in_service + dt.timedelta(days=cohort.delay_days)
    for site in deal.collateral.sites if isinstance(deal.collateral, Miner) else ():
        yield f"collateral.miner.sites.{site.name}.in_service", site.in_service


def _from_accrual(deal: Deal) -> Iterator[Term]:
    """What holds for accrual periods that begin on a date or after it."""
    for debt in (one for one in deal.tranches if isinstance(one, Debt)):
        yield from ((f"tranches.{debt.name}.coupon.step_up", date) for date, _ in debt.coupon.step_up)
    for hedge in deal.hedges:
        yield f"hedges.{hedge.name}.start", hedge.start


def _until(deal: Deal) -> Iterator[Term]:
    """What holds up to a date."""
    for debt in (one for one in deal.tranches if isinstance(one, Debt)):
        if debt.draws is not None:
            yield f"tranches.{debt.name}.draws.until", debt.draws.until
    for facility in deal.facilities:
        yield f"facilities.{facility.name}.until", facility.until
    for guarantee in deal.guarantees:
        yield f"guarantees.{guarantee.name}.until", guarantee.until
    for hedge in deal.hedges:
        yield f"hedges.{hedge.name}.end", hedge.end
    if deal.status is not None and deal.status.revolving is not None:
        yield "status.revolving.until", deal.status.revolving.until


def _cohorts(deal: Deal) -> Iterator[tuple[str, Cohort]]:
    """With their places."""
    fleet = fleet_of(deal.collateral)
    for cohort in fleet.cohorts if fleet is not None else ():
        path = cohort_path(cohort)
        yield nested(path) if isinstance(deal.collateral, Miner) else path, cohort
