"""The specification's dates: one that the schedule has before business days move it means the payment date that it
becomes, wherever a term states it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs

from tranche.deal import Deal
from tranche.terms.dates import PaymentDates, payment_dates

TERMS = ("tranches", "waterfall", "series", "fees", "accounts", "facilities", "guarantees", "hedges", "tests", "status",
         "clean_up")  # fmt: skip


def meant(deal: Deal, dates: PaymentDates) -> Deal:
    """The deal with payment dates for the dates that its terms state."""
    terms = deal.schedule
    plain = payment_dates(terms.closing, terms.maturity, terms.frequency, terms.first_payment,
                          end_of_month=terms.end_of_month)  # fmt: skip
    days = dict(zip(plain.dates, dates.dates, strict=True))
    latest = attrs.evolve(terms, maturity=max(terms.maturity, dates.dates[-1]))
    changed = {name: rewritten(getattr(deal, name), days) for name in TERMS}
    return deal if changed == {name: getattr(deal, name) for name in TERMS} else attrs.evolve(
        deal, schedule=latest, **changed
    )  # fmt: skip


def rewritten(value: Any, days: dict[dt.date, dt.date]) -> Any:
    match value:
        case dt.date():
            return days.get(value, value)
        case tuple():
            return tuple(rewritten(item, days) for item in value)
        case _ if attrs.has(type(value)):
            return type(value)(**{
                field.alias: rewritten(getattr(value, field.name), days) for field in attrs.fields(type(value))
            })  # fmt: skip
    return value
