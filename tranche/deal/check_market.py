"""What must hold inside a deal's market section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any

import attrs

from tranche.errors import Invalid, Place, Problem, nearest
from tranche.market.terms import KINDS, Factor, Market, Release, Rent, Resale, Tenant, Tenants
from tranche.terms.by_bytes import ByBytes, by_bytes

from . import validators as v
from .check_dependence import dependence_problems
from .check_quantity import Named, validators_of


def field_problems(item: Any, path: str, fields: Mapping[str, v.Validator]) -> Iterator[Problem]:
    """What the validators say about the fields of `item`, at `path`."""
    declared = attrs.fields_dict(type(item))
    for name, validate in fields.items():
        try:
            validate(item, declared[name], getattr(item, name))
        except Invalid as invalid:
            yield Problem(invalid.what, invalid.fix, Place(path if name == "name" else f"{path}.{name}"))


def market_problems(market: Market) -> tuple[Problem, ...]:
    """Every problem of the factors, of the copula between them and of the reference rates."""
    return _market_problems(by_bytes(market))


@lru_cache(maxsize=16)  # the deals of a batch share their markets
def _market_problems(market: ByBytes[Market]) -> tuple[Problem, ...]:
    return tuple(_problems(market.value))


def _problems(market: Market) -> Iterator[Problem]:
    kinds = {kind: tag for tag, kind in KINDS.items()}
    for factor in market.factors:
        path = f"market.factors.{factor.name}.{kinds[type(factor)]}"
        found = list(field_problems(factor, path, validators_of(type(factor))))
        yield from found
        if not found and hasattr(factor, "contradictions"):
            for field, what, fix in factor.contradictions():
                yield Problem(what, fix, Place(path if field == "name" else f"{path}.{field}"))
        yield from _reads(market, factor, path)
    yield from _twice("market.factors", [factor.name for factor in market.factors])
    yield from dependence_problems(market)
    for grade, _ in market.grades:
        yield from _grade(market, grade)
    for rate in market.rates:
        yield from _rate_points(f"market.rates.{rate.name}", rate.name, rate.points)
    yield from _twice("market.rates", [rate.name for rate in market.rates])


def _reads(market: Market, factor: Factor, path: str) -> Iterator[Problem]:
    """Names of other factors, and of grades, that a factor uses."""
    known = [other.name for other in market.factors]
    for name in factor.reads:
        if name not in known:
            yield Problem(f"unknown factor {name!r}", nearest(name, known), Place(path))
        elif name == factor.name:
            yield Problem(f"{name} reads itself", "name another factor", Place(path))
    if isinstance(factor, Rent | Resale):
        for name in [name for name, _ in (factor.releases if isinstance(factor, Rent) else factor.obsolescence)]:
            if name in known and not isinstance(market.factors[known.index(name)], Release):
                yield Problem(f"{name} is not a release", "name a release factor", Place(path))
    if isinstance(factor, Tenant | Tenants) and factor.grade is not None:
        grades = [grade for grade, _ in market.grades]
        if factor.grade not in grades:
            fix = nearest(factor.grade, grades) if grades else "state it: market.grades"
            yield Problem(f"unknown grade {factor.grade!r}", fix, Place(f"{path}.grade"))


def _grade(market: Market, grade: str) -> Iterator[Problem]:
    curve = dict(market.grades)[grade]
    try:
        validators_of(Tenant)["pd"](None, Named("the curve"), curve)
    except Invalid as invalid:
        yield Problem(invalid.what, invalid.fix, Place(f"market.grades.{grade}"))


def _rate_points(path: str, name: str, points: tuple[tuple[Any, float], ...]) -> Iterator[Problem]:
    try:
        v.identifier(None, Named("name"), name)
        if not points:
            raise Invalid("the rate has no points", "write one rate such as 5.30%, or {2025-01-01: 5.30%, …}")
        for date, value in points:
            v.date(None, Named("the date"), date)
            v.rate()(None, Named("the rate"), value)
        for (before, _), (after, _) in pairwise(points):
            if after <= before:
                raise Invalid(f"{after} follows {before}", "write the dates in order, each once")
    except Invalid as invalid:
        yield Problem(invalid.what, invalid.fix, Place(path))


def _twice(path: str, names: list[str]) -> Iterator[Problem]:
    for name in sorted(name for name, times in Counter(names).items() if times > 1):
        yield Problem(f"the name {name!r} is given twice", "rename one", Place(f"{path}.{name}"))
