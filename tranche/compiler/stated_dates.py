"""Dates as a term sheet writes them: "31 January" is a date of the schedule, and its payment may be on the 30th."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from tranche.deal import Deal, Formula
from tranche.deal.series import Series
from tranche.errors import DealError, Invalid, Problem
from tranche.terms.dates import PaymentDates

DAY = dt.timedelta(days=1)
# days of the world and not of the schedule: when a lease ends, when a rate was read, what the user expects on a date
_OTHER = frozenset({"schedule", "collateral", "market", "expect", "source"})


def on_payment_dates(deal: Deal, dates: PaymentDates) -> Deal:
    """`deal` with every date of its terms that is a date of the schedule before adjustment (a maturity, an extension, a
    put, a first or a last day, a step) on the payment date that it means. A last day and a day `after` which a step
    runs that lie between the two leave the date to the same period, so that what ends on one day and begins on the next
    never meets. Other dates stay as they are stated. Raises DealError where two terms change places by it, or amounts
    that come to one date are too large to add up."""
    moves = _Moves.of(dates)
    if not moves.exact:
        return deal
    changes = {
        field.name: moved
        for field in attrs.fields(Deal)
        if field.name not in _OTHER and (moved := _section(deal, field.name, moves)) is not getattr(deal, field.name)
    }
    if not changes:
        return deal
    try:
        if dates.dates[-1] > deal.schedule.maturity:  # else a debt's maturity would be after the deal's
            changes["schedule"] = attrs.evolve(deal.schedule, maturity=dates.dates[-1])
        return attrs.evolve(deal, **changes)
    except Invalid as invalid:
        raise DealError(Problem(invalid.what, invalid.fix, deal.source.place("schedule.convention"))) from None


@attrs.frozen
class _Moves:
    """`exact`: of dates of the schedule; `after` and `until`: of those, and of the days between them and their
    payment, which a term of that name belongs to the period of, or does not."""

    exact: Mapping[dt.date, dt.date]
    after: Mapping[dt.date, dt.date]
    until: Mapping[dt.date, dt.date]

    @classmethod
    def of(cls, dates: PaymentDates) -> _Moves:
        exact = {stated: paid for stated, paid in zip(dates.stated, dates.dates, strict=True) if stated != paid}
        after, until = dict(exact), dict(exact)
        for stated, paid in exact.items():
            for k in range(1, abs((paid - stated).days)):
                day = min(stated, paid) + k * DAY
                after.setdefault(day, paid + DAY if paid > stated else paid)
                until.setdefault(day, paid if paid > stated else paid - DAY)
        return cls(exact, after, until)

    def of_field(self, name: str) -> Mapping[dt.date, dt.date]:
        return {"after": self.after, "until": self.until}.get(name, self.exact)


def _section(deal: Deal, name: str, moves: _Moves) -> Any:
    """The section itself where no date in it moves. Raises DealError at the item that is wrong then."""
    section = getattr(deal, name)
    items = section if isinstance(section, tuple) else (section,)
    found = []
    for item in items:
        try:
            found.append(_moved(item, moves))
        except Invalid as invalid:
            path = f"{name}.{item.name}" if hasattr(item, "name") else name
            raise DealError(Problem(invalid.what, invalid.fix, deal.source.place(path))) from None
    if all(item is was for item, was in zip(found, items, strict=True)):
        return section
    return tuple(found) if isinstance(section, tuple) else found[0]


def _moved(value: Any, moves: _Moves, field: str = "") -> Any:
    """The value itself where no date in it moves; `field`: whose it is."""
    if isinstance(value, dt.date):
        return moves.of_field(field).get(value, value)
    if isinstance(value, tuple):
        items = _in_order(tuple(_moved(item, moves) for item in value), value)
        return items if any(item is not was for item, was in zip(items, value, strict=True)) else value
    if not attrs.has(type(value)) or isinstance(value, Formula):
        return value
    changes = {
        field.name: moved
        for field in attrs.fields(type(value))
        if (moved := _moved(was := getattr(value, field.name), moves, field.name)) is not was
    }
    if isinstance(value, Series) and value.dated:
        dated = _together((moves.exact.get(date, date), amount) for date, amount in value.dated)
        changes = {"dated": dated} if dated != value.dated else {}
    return attrs.evolve(value, **changes) if changes else value


def _together(amounts: Iterable[tuple[dt.date, float]]) -> tuple[tuple[dt.date, float], ...]:
    """Amounts by date; those that have come to one date add up."""
    found: dict[dt.date, float] = {}
    for date, amount in amounts:
        found[date] = found.get(date, 0.0) + amount
    return tuple(found.items())


def _in_order(items: tuple[Any, ...], stated: tuple[Any, ...]) -> tuple[Any, ...]:
    """Steps by date follow one another as stated: one that would meet the next or the one before stays where it is, as
    where one is stated a day after a date of the schedule."""
    if not all(isinstance(item, tuple) and item and isinstance(item[0], dt.date) for item in stated):
        return items
    order = sorted(range(len(items)), key=lambda k: stated[k][0])
    found = list(items)
    for place, k in enumerate(order):
        before = found[order[place - 1]][0] if place else dt.date.min
        after = stated[order[place + 1]][0] if place + 1 < len(order) else dt.date.max
        if not before < items[k][0] < after:
            found[k] = stated[k]
    return tuple(found)
