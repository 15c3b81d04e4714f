"""The market section: factors by kind, correlations by pair, reference rates as a number or as dated points."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

from tranche.deal.check_market import check_correlation
from tranche.deal.names import check_identifier
from tranche.errors import Invalid, nearest
from tranche.market.terms import GaussianCopula, Lognormal, Market, ReferenceRate, Reverting
from tranche.terms.day import day
from tranche.terms.number import suffixed
from tranche.terms.rate import rate

from .gather import Gather
from .readers import listing, mapping, text
from .unions import tagged

FLAT_FROM = dt.date(2000, 1, 1)  # the one point of a flat rate; any date means the same
SECTIONS = ("factors", "copula", "rates", "name", "description", "assumptions", "file")


def read_copula(raw: Any) -> GaussianCopula:
    """`{gaussian: {rent ~ btc: 0.3}}`. Raises everything that is wrong."""
    return tagged(raw, "copula", {"gaussian": _gaussian})


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


def read_market(raw: Any, factor: Callable[[str, Any], Lognormal | Reverting]) -> Market:
    """The whole section; `factor(name, raw)` reads one factor."""
    section = mapping(raw, "factors: {…} and rates: {…}")
    fields: dict[str, Any] = {}
    with Gather() as gather:
        for key, value in section.items():
            if key == "factors":
                fields[key] = gather.read(key, lambda raw: named(raw, factor), value)
            elif key == "rates":
                fields[key] = gather.read(key, lambda raw: named(raw, read_rate), value)
            elif key == "copula":
                fields[key] = gather.read(key, read_copula, value)
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


def _gaussian(raw: Any) -> GaussianCopula:
    return GaussianCopula(correlations=named(raw, _pair))


def _pair(key: str, value: Any) -> tuple[str, str, float]:
    names = [part.strip() for part in key.split("~")]
    if len(names) != 2 or not all(names):
        raise Invalid(f"{key!r} is not a pair of factors", "write two names with ~ between them, such as rent ~ btc")
    correlation = suffixed(value, {"%": -2}, "a correlation such as 0.3")
    check_correlation(correlation)
    return names[0], names[1], correlation


def _point_or_points(raw: Any) -> tuple[tuple[dt.date, float], ...]:
    return _points(raw) if isinstance(raw, dict) else ((FLAT_FROM, rate(raw)),)


def _points(raw: dict[str, Any]) -> tuple[tuple[dt.date, float], ...]:
    return named(raw, lambda key, value: (day(key), rate(value)))
