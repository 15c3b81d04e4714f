"""Dates as a term sheet writes them: "31 January" is a date of the schedule, and its payment may be on the 30th."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import attrs

from tranche.deal import Deal, Formula
from tranche.errors import DealError, Invalid, Problem
from tranche.terms.dates import PaymentDates

# days of the world and not of the schedule: when a lease ends, when a rate was read, what the user expects on a date
_OTHER = frozenset({"schedule", "collateral", "market", "expect", "source"})


def on_payment_dates(deal: Deal, dates: PaymentDates) -> Deal:
    """`deal` with every date of its terms that is a date of the schedule before adjustment (a maturity, an extension, a
    put, a first or a last day, a step) on the payment date that it means. Other dates stay as they are stated. Raises
    DealError where two terms change places by it."""
    moves = {stated: paid for stated, paid in zip(dates.stated, dates.dates, strict=True) if stated != paid}
    if not moves:
        return deal
    changes = {
        field.name: moved
        for field in attrs.fields(Deal)
        if field.name not in _OTHER and (moved := _moved(was := getattr(deal, field.name), moves)) is not was
    }
    if not changes:
        return deal
    try:
        if dates.dates[-1] > deal.schedule.maturity:  # else a debt's maturity would be after the deal's
            changes["schedule"] = attrs.evolve(deal.schedule, maturity=dates.dates[-1])
        return attrs.evolve(deal, **changes)
    except Invalid as invalid:
        raise DealError(Problem(invalid.what, invalid.fix, deal.source.place("schedule.convention"))) from None


def _moved(value: Any, moves: Mapping[dt.date, dt.date]) -> Any:
    """The value itself where no date in it moves."""
    if isinstance(value, dt.date):
        return moves.get(value, value)
    if isinstance(value, tuple):
        items = tuple(_moved(item, moves) for item in value)
        changed = any(item is not was for item, was in zip(items, value, strict=True))
        return items if changed and _keeps_order(items, value) else value
    if not attrs.has(type(value)) or isinstance(value, Formula):
        return value
    changes = {
        field.name: moved
        for field in attrs.fields(type(value))
        if (moved := _moved(was := getattr(value, field.name), moves)) is not was
    }
    return attrs.evolve(value, **changes) if changes else value


def _keeps_order(items: tuple[Any, ...], stated: tuple[Any, ...]) -> bool:
    """Whether steps by date follow one another as stated: one that is stated a day after a date of the schedule may be
    overtaken by it."""
    pairs = [
        (was[0], item[0])
        for item, was in zip(items, stated, strict=True)
        if isinstance(was, tuple) and was and isinstance(was[0], dt.date)
    ]
    return all(before < after for (_, before), (_, after) in pairwise(sorted(pairs)))
