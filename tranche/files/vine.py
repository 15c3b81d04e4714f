"""A vine in a market file: pairs by name, `rent ~ eth | btc`, each with the copula of its own."""

from __future__ import annotations

from functools import partial
from typing import Any

from tranche.errors import Invalid, nearest
from tranche.market.dependence.pair_copula import FAMILIES, INDEPENDENT, PARAMETERS, TURNED, check_pair_copula
from tranche.market.terms import PairCopula, Vine, VinePair
from tranche.terms.literal import literal

from .gather import Gather
from .readers import integer, mapping
from .unions import tagged

EXAMPLE = "rent ~ btc: {clayton: 2}"


def read_vine(raw: Any) -> Vine:
    """`{rent ~ btc: {clayton: 2}, btc ~ eth: {t: {correlation: 0.8, dof: 4}}, rent ~ eth | btc: independent}`. Raises
    everything that is wrong."""
    with Gather() as gather:
        pairs = [gather.read(key, partial(_pair, key), value) for key, value in mapping(raw, EXAMPLE).items()]
    return Vine(pairs=tuple(pair for pair in pairs if pair is not None))


def vine_keys(vine: Vine) -> dict[str, Any]:
    """What `read_vine` reads as this vine."""
    return {pair.label: _written(pair.copula) for pair in vine.pairs}


def own_keys(family: str) -> tuple[str, ...]:
    """The keys of a family, its parameter first."""
    called = PARAMETERS[family][0]
    return (called, *(("dof",) if family == "t" else ()), *(("rotation",) if family in TURNED else ()))


def _pair(key: str, raw: Any) -> VinePair:
    ends, _, given = key.partition("|")
    names = [part.strip() for part in ends.split("~")]
    before = [part.strip() for part in given.split(",")] if "|" in key else []
    if len(names) != 2 or not all(names + before):
        raise Invalid(f"{key!r} is not a pair of factors", "write a ~ b, or a ~ b | c, d for a and b given c and d")
    readers = {family: partial(_copula, family) for family in FAMILIES}
    copula = tagged(raw, "pair copula", readers, (INDEPENDENT,))
    return VinePair(first=names[0], second=names[1], given=tuple(before), copula=copula)


def _copula(family: str, raw: Any) -> PairCopula:
    """A number, which is the parameter, or the keys of the family."""
    if family == INDEPENDENT:
        return PairCopula(family=family)
    known = own_keys(family)
    body = raw if isinstance(raw, dict) else {known[0]: raw}
    found: dict[str, Any] = {}
    with Gather() as gather:
        for key, value in body.items():
            if key in known:
                found[key] = gather.read(key, integer if key == "rotation" else literal, value)
            else:
                gather.refuse(key, f"unknown key {key!r}", nearest(str(key), known))
        for key in known:
            if key not in body and key != "rotation":
                gather.refuse(key, "is missing", f"add `{key}:`")
    made = PairCopula(family=family, parameter=found.pop(known[0]), **found)
    check_pair_copula(made)
    return made


def _written(copula: PairCopula) -> Any:
    if copula.family == INDEPENDENT:
        return INDEPENDENT
    values = {"dof": copula.dof, "rotation": copula.rotation or None}
    more = {key: value for key, value in values.items() if value is not None}
    called = PARAMETERS[copula.family][0]
    return {copula.family: {called: copula.parameter, **more} if more else copula.parameter}
