"""What must hold in the dependence of a market's drivers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from tranche.errors import Invalid, Place, Problem, nearest
from tranche.market.dependence import NAMES, Regime, StressLink, Vine
from tranche.market.dependence.archimedean import joined
from tranche.market.dependence.correlation import correlation_matrix
from tranche.market.dependence.pair_copula import check_pair_copula
from tranche.market.dependence.vine_structure import structure_problems
from tranche.market.terms import Clayton, Frank, Gaussian, Gumbel, Independent, Market, Student, Tenants

from . import validators as v
from .check_quantity import check_correlation, validators_of


def dependence_problems(market: Market) -> Iterator[Problem]:
    """Every problem of the copulas, with the file's place."""
    dependence = market.dependence
    if isinstance(dependence, Independent):
        return
    path = f"market.dependence.{NAMES[type(dependence)]}"
    if isinstance(dependence, Regime | StressLink):
        yield from _fields(dependence, path)
        for part in ("calm", "stress"):
            inner = getattr(dependence, part)
            if not isinstance(inner, Independent) and type(inner) in NAMES:
                yield from _static(inner, f"{path}.{part}.{NAMES[type(inner)]}", market)
        if isinstance(dependence, StressLink):
            yield from _link(dependence, path, market.drivers)
    else:
        yield from _static(dependence, path, market)


def _fields(item: Any, path: str) -> Iterator[Problem]:
    kind: type = type(item)
    declared = attrs.fields_dict(kind)
    for name, validate in validators_of(kind).items():
        try:
            validate(item, declared[name], getattr(item, name))
        except Invalid as invalid:
            yield Problem(invalid.what, invalid.fix, Place(f"{path}.{name}"))


def _static(copula: Any, path: str, market: Market) -> Iterator[Problem]:
    names, found = market.drivers, list(_fields(copula, path))
    if isinstance(copula, Gaussian | Student):
        found += _pairs(copula, path, market)
    elif isinstance(copula, Vine):
        found += _vine(copula, path, market)
    yield from found
    if found:
        return
    try:
        if isinstance(copula, Gaussian | Student):
            correlation_matrix(copula.correlations, names, copula.repair)
        elif isinstance(copula, Clayton | Frank | Gumbel):
            joined(copula.of, names)
    except Invalid as invalid:
        yield Problem(invalid.what, invalid.fix, Place(path))


def _no_driver(name: str, market: Market, place: Place) -> Problem:
    """Why a name cannot be joined with others: nothing is called so, or what is takes no score."""
    factor = next((factor for factor in market.factors if factor.name == name), None)
    if factor is None:
        return Problem(f"unknown factor {name!r}", nearest(name, market.drivers), place)
    fix = "leave it out"
    if isinstance(factor, Tenants):
        fix = "`latent: period`, or leave it out"
    elif factor.reads:
        fix = f"leave it out: it moves with {', '.join(factor.reads)}"
    return Problem(f"{name!r} has no driver", fix, place)


def _pairs(copula: Gaussian | Student, path: str, market: Market) -> Iterator[Problem]:
    seen: set[frozenset[str]] = set()
    for one, other, correlation in copula.correlations:
        place = Place(f"{path}.{one} ~ {other}")
        for name in (one, other):
            if name not in market.drivers:
                yield _no_driver(name, market, place)
        if one == other:
            yield Problem(f"{one} is correlated with itself", "name two factors", place)
        elif frozenset((one, other)) in seen:
            yield Problem(f"the pair {one} ~ {other} is given twice", "keep one", place)
        seen.add(frozenset((one, other)))
        try:
            check_correlation(correlation)
        except Invalid as invalid:
            yield Problem(invalid.what, invalid.fix, place)


def _vine(vine: Vine, path: str, market: Market) -> Iterator[Problem]:
    idle = {factor.name for factor in market.factors} - set(market.drivers)
    idle &= {name for pair in vine.pairs for name in pair.members}
    for pair in vine.pairs:
        for name in (*pair.ends, *pair.given):
            if name in idle:
                yield _no_driver(name, market, Place(f"{path}.{pair.label}"))
        try:
            check_pair_copula(pair.copula)
        except Invalid as invalid:
            yield Problem(invalid.what, invalid.fix, Place(f"{path}.{pair.label}"))
    for at, what, fix in structure_problems(vine.pairs, [*market.drivers, *sorted(idle)]):
        yield Problem(what, fix, Place(path if at is None else f"{path}.{at.label}"))


def _link(link: StressLink, path: str, names: Sequence[str]) -> Iterator[Problem]:
    try:
        v.identifier(None, attrs.fields_dict(StressLink)["on"], link.on)
    except Invalid:
        return
    if link.on not in names:
        fix = nearest(link.on, names)
        yield Problem(f"no factor with a driver is called {link.on!r}", fix, Place(f"{path}.on"))
    if type(link.calm) is not type(link.stress) or getattr(link.calm, "dof", 0) != getattr(link.stress, "dof", 0):
        yield Problem(
            "calm and stress are different copulas", "two gaussian, or two t with the same dof", Place(f"{path}.stress")
        )
