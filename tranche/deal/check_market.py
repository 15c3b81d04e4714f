"""What must hold inside a deal's market section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import attrs

from tranche.errors import Invalid, Place, Problem, nearest
from tranche.market.terms import Lognormal, Market, Reverting

from . import validators as v

_DRIFT = v.number(-10, 10, hint="write -1000% to 1000% a year, with the % sign (-25% is -0.25)")
_VOLATILITY = v.number(0, 20, hint="write 0% to 2000% a year, with the % sign (55% is 0.55)")

LOGNORMAL: Mapping[str, v.Validator] = {
    "name": v.identifier, "initial": v.number(above=0), "drift": _DRIFT, "volatility": _VOLATILITY, "note": v.text,
}  # fmt: skip
REVERTING: Mapping[str, v.Validator] = {
    "name": v.identifier, "initial": v.number(), "mean": v.number(), "speed": v.number(0, 1_000),
    "volatility": v.number(0), "low": v.number(), "high": v.number(), "note": v.text,
}  # fmt: skip


def field_problems(item: Any, path: str, fields: Mapping[str, v.Validator]) -> Iterator[Problem]:
    """What the validators say about the fields of `item`, at `path`."""
    declared = attrs.fields_dict(type(item))
    for name, validate in fields.items():
        try:
            validate(item, declared[name], getattr(item, name))
        except Invalid as invalid:
            yield Problem(invalid.what, invalid.fix, Place(path if name == "name" else f"{path}.{name}"))


def market_problems(market: Market) -> Iterator[Problem]:
    """Every problem of the factors, of the copula between them and of the reference rates."""
    for factor in market.factors:
        path = f"market.factors.{factor.name}"
        if isinstance(factor, Lognormal):
            yield from field_problems(factor, f"{path}.lognormal", LOGNORMAL)
        else:
            yield from _reverting(factor, f"{path}.reverting")
    yield from _twice("market.factors", [factor.name for factor in market.factors])
    yield from _copula(market)
    for rate in market.rates:
        yield from _rate_points(f"market.rates.{rate.name}", rate.name, rate.points)
    yield from _twice("market.rates", [rate.name for rate in market.rates])


def _reverting(factor: Reverting, path: str) -> Iterator[Problem]:
    found = list(field_problems(factor, path, REVERTING))
    yield from found
    if found:
        return
    if factor.low >= factor.high:
        yield Problem(f"low {factor.low:g} is not below high {factor.high:g}", "write low < high", Place(f"{path}.low"))
        return
    for name in ("initial", "mean"):
        value = getattr(factor, name)
        if not factor.low <= value <= factor.high:
            fix = f"write {factor.low:g} to {factor.high:g} (low and high of the factor)"
            yield Problem(f"{name} is {value:g}", fix, Place(f"{path}.{name}"))


def _copula(market: Market) -> Iterator[Problem]:
    known = {factor.name for factor in market.factors}
    seen: set[frozenset[str]] = set()
    for one, other, correlation in market.copula.correlations:
        place = Place(f"market.copula.gaussian.{one} ~ {other}")
        unknown = [name for name in (one, other) if name not in known]
        for name in unknown:
            yield Problem(f"unknown factor {name!r}", nearest(name, known), place)
        if one == other:
            yield Problem(f"{one} is correlated with itself", "name two factors", place)
        elif frozenset((one, other)) in seen:
            yield Problem(f"the pair {one} ~ {other} is given twice", "keep one", place)
        seen.add(frozenset((one, other)))
        try:
            check_correlation(correlation)
        except Invalid as invalid:
            yield Problem(invalid.what, invalid.fix, place)


def check_correlation(value: Any) -> None:
    """A correlation lies in [-1, 1]. Raises Invalid."""
    v.number(-1, 1)(None, _Named("the correlation"), value)


def _rate_points(path: str, name: str, points: tuple[tuple[Any, float], ...]) -> Iterator[Problem]:
    try:
        v.identifier(None, _Named("name"), name)
        if not points:
            raise Invalid("the rate has no points", "write one rate such as 5.30%, or {2025-01-01: 5.30%, …}")
        for date, value in points:
            v.date(None, _Named("the date"), date)
            v.rate()(None, _Named("the rate"), value)
        for (before, _), (after, _) in pairwise(points):
            if after <= before:
                raise Invalid(f"{after} follows {before}", "write the dates in order, each once")
    except Invalid as invalid:
        yield Problem(invalid.what, invalid.fix, Place(path))


def _twice(path: str, names: list[str]) -> Iterator[Problem]:
    for name in sorted(name for name, times in Counter(names).items() if times > 1):
        yield Problem(f"the name {name!r} is given twice", "rename one", Place(f"{path}.{name}"))


@attrs.frozen
class _Named:
    """Stands for an attrs attribute where a validator only wants its name."""

    name: str
