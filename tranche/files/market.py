"""The market section: factors by kind, how they hang together, default curves by grade, reference rates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

from tranche.deal.names import check_identifier
from tranche.errors import nearest
from tranche.market.terms import Factor, Market, ReferenceRate
from tranche.terms.day import day
from tranche.terms.rate import rate

from .gather import Gather
from .readers import listing, mapping, text

FLAT_FROM = dt.date(2000, 1, 1)  # the one point of a flat rate; any date means the same
SECTIONS = ("factors", "dependence", "grades", "rates", "name", "description", "assumptions", "file")


def read_rate(name: str, raw: Any) -> ReferenceRate:
    """`5.30%`, `{2025-01-01: 5.3%, …}` or `{points: {...}, note: ...}`."""
    check_identifier(name)
    if not isinstance(raw, dict):
        return ReferenceRate(name=name, points=((FLAT_FROM, rate(raw)),))
    if not {"points", "note"} & raw.keys():
        return ReferenceRate(name=name, points=_points(raw))
    with Gather() as gather:
        for key in raw.keys() - {"points", "note"}:
            gather.refuse(key, f"unknown key {key!r}", "known: note, points")
        if "points" not in raw:
            gather.refuse("points", "is missing", "add `points:`, such as {2025-01-01: 5.3%}")
        points = gather.read("points", _point_or_points, raw.get("points", {}))
        note = gather.read("note", text, raw.get("note", ""))
    return ReferenceRate(name=name, points=points or (), note=note or "")


def read_market(
    raw: Any, factor: Callable[[str, Any], Factor], dependence: Callable[[Any], Any], curve: Callable[[Any], Any]
) -> Market:
    """The whole section; `factor(name, raw)` reads one factor, `curve` a default curve."""
    section = mapping(raw, "factors: {…} and rates: {…}")
    fields: dict[str, Any] = {}
    with Gather() as gather:
        for key, value in section.items():
            if key == "factors":
                fields[key] = gather.read(key, lambda raw: named(raw, factor), value)
            elif key == "rates":
                fields[key] = gather.read(key, lambda raw: named(raw, read_rate), value)
            elif key == "dependence":
                fields[key] = gather.read(key, dependence, value)
            elif key == "grades":
                fields[key] = gather.read(key, lambda raw: named(raw, lambda grade, raw: (grade, curve(raw))), value)
            elif key in ("name", "description"):
                fields[key] = gather.read(key, text, value)
            elif key == "assumptions":
                fields[key] = gather.read(key, listing(text), value)
            else:
                gather.refuse(key, f"unknown key {key!r}", nearest(key, SECTIONS))
    return Market(**fields)


def named(raw: Any, read: Callable[[str, Any], Any]) -> tuple[Any, ...]:
    """A mapping name → item, as a tuple in the order of the file."""
    with Gather() as gather:
        items = [gather.read(name, partial(read, name), value) for name, value in mapping(raw, "name: {…}").items()]
    return tuple(items)


def _point_or_points(raw: Any) -> tuple[tuple[dt.date, float], ...]:
    return _points(raw) if isinstance(raw, dict) else ((FLAT_FROM, rate(raw)),)


def _points(raw: dict[str, Any]) -> tuple[tuple[dt.date, float], ...]:
    return named(raw, lambda key, value: (day(key), rate(value)))
