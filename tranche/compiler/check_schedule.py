"""The check that what is stated by date fits the payment dates."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.deal import Deal, Debt
from tranche.errors import Problem
from tranche.terms.dates import PaymentDates

from .check_steps import problem


def schedule_problems(deal: Deal, dates: PaymentDates) -> Iterator[Problem]:
    """Numbers that are not one for each payment date, and dates on which nothing is left to pay."""
    yield from _amounts(deal, dates)
    yield from _tests(deal, dates)
    yield from _revolving(deal, dates)
    yield from _series(deal, dates)


def _amounts(deal: Deal, dates: PaymentDates) -> Iterator[Problem]:
    for tranche in deal.tranches:
        if isinstance(tranche, Debt) and tranche.amortisation.kind == "schedule":
            count = len(tranche.amortisation.amounts)
            if count != len(dates.dates):
                yield problem(
                    deal,
                    f"tranches.{tranche.name}.amortisation",
                    f"{count} amounts are scheduled",
                    f"one for each of the {len(dates.dates)} payment dates",
                )


def _tests(deal: Deal, dates: PaymentDates) -> Iterator[Problem]:
    for test in deal.tests:
        if test.first_test is not None and test.first_test > dates.dates[-1]:
            yield problem(
                deal,
                f"tests.{test.name}.first_test",
                f"{test.first_test} is after the last payment date",
                f"a date up to {dates.dates[-1]}",
            )


def _revolving(deal: Deal, dates: PaymentDates) -> Iterator[Problem]:
    rules = deal.status
    until = rules.revolving.until if rules is not None and rules.revolving is not None else None
    if until is not None and until < dates.dates[0]:
        what = f"the revolving period ends on {until}, before the first payment date"
        yield problem(deal, "status.revolving.until", what, f"a date from {dates.dates[0]} on")


def _series(deal: Deal, dates: PaymentDates) -> Iterator[Problem]:
    last = dates.dates[-1]
    for series in deal.series:
        path = f"series.{series.name}"
        if series.values and len(series.values) != len(dates.dates):
            what = f"{len(series.values)} numbers are stated"
            yield problem(deal, path, what, f"one for each of the {len(dates.dates)} payment dates")
        for date, _ in series.dated:
            if not dates.closing <= date <= last:
                what = f"{date} is {'after the last payment date' if date > last else 'before the closing'}"
                yield problem(deal, path, what, f"a date from {dates.closing} to {last}")
