"""The liquidation of a fleet as a file writes it: what a market for used machines needs may stand once for all
generations, under `generations`, or both: what stands with the generation counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import attrs

from tranche.collateral.liquidation import SHAPES, Impact, Liquidation, Outlet
from tranche.errors import Invalid, nearest
from tranche.terms import percent

from .gather import Gather
from .keys import key_of
from .market import named
from .readers import mapping

Read = Callable[[Any], Any]


def read_liquidation(outlet: Mapping[str, Read], own: Mapping[str, Read], raw: Any) -> Liquidation:
    """`outlet`: field of Outlet → its reader; `own`: the same of Liquidation. Raises everything that is wrong."""
    section = mapping(raw, "{depth: 1_200 gpu/month, impact: {square_root: 30%}, price: economic}")
    keys = {key_of(Liquidation, field): field for field in own}
    with Gather() as gather:
        for key in section:
            if key not in keys and key not in outlet and key != "generations":
                gather.refuse(key, f"unknown key {key!r}", nearest(key, [*keys, *outlet, "generations"]))
        fields: dict[str, Any] = {
            field: gather.read(key, own[field], section[key]) for key, field in keys.items() if key in section
        }
        common = _terms(gather, outlet, section)
        read = partial(_generation, outlet, common)
        made = gather.read("generations", partial(named, read=read), section.get("generations"))
        if not section.get("generations") or all(key in section for key in _REQUIRED):
            _complete(gather, common)
    outlets = list(made or ())
    if all(key in common for key in _REQUIRED):
        outlets.append(("", Outlet(**common)))
    return Liquidation(generations=tuple(outlets), **fields)


_REQUIRED = tuple(field.name for field in attrs.fields(Outlet) if field.default is attrs.NOTHING)


def _terms(gather: Gather, readers: Mapping[str, Read], raw: Mapping[str, Any]) -> dict[str, Any]:
    return {key: gather.read(key, readers[key], value) for key, value in raw.items() if key in readers}


def _complete(gather: Gather, terms: Mapping[str, Any]) -> None:
    for key in _REQUIRED:
        if key not in terms:
            gather.refuse(key, "is missing", f"add `{key}:`")


def _generation(readers: Mapping[str, Read], common: Mapping[str, Any], name: str, raw: Any) -> tuple[str, Outlet]:
    body = mapping(raw, "depth: 1_200 gpu/month")
    with Gather() as gather:
        for key in body:
            if key not in readers:
                gather.refuse(key, f"unknown key {key!r}", nearest(key, readers))
        terms = {**common, **_terms(gather, readers, body)}
        _complete(gather, terms)
    return name, Outlet(**terms)


def read_impact(raw: Any) -> Impact:
    """`{square_root: 30%, most: 80%}` or `{linear: 30%}`."""
    body = mapping(raw, "{square_root: 30%}")
    shapes = [key for key in body if key in SHAPES]
    for key in body:
        if key not in (*SHAPES, "most"):
            raise Invalid(f"unknown key {key!r}", nearest(key, (*SHAPES, "most")))
    if len(shapes) != 1:
        raise Invalid("an impact has one shape", "write {square_root: 30%} or {linear: 30%}: the discount at the depth")
    most = {"most": percent(body["most"])} if "most" in body else {}
    return Impact(shape=shapes[0], discount=percent(body[shapes[0]]), **most)
