"""A fleet of the file. Keys of a cohort may stand on the fleet, on its site, on its generation or on the cohort itself:
what stands nearer to the cohort counts. A fleet without `cohorts` is one cohort."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import attrs

from tranche.collateral.cohort import Cohort
from tranche.collateral.fleet import ALONE, Fleet
from tranche.deal.names import check_name
from tranche.errors import nearest

from .gather import MOST_UNKNOWN, Gather
from .keys import key_of
from .market import named
from .readers import mapping

Read = Callable[[Any], Any]
LEVELS = ("generations", "sites", "cohorts")


def read_fleet(cohort: Mapping[str, Read], own: Mapping[str, Read], raw: Any) -> Fleet:
    """`cohort`: field of Cohort → its reader; `own`: the same of Fleet. Raises everything that is wrong."""
    section = mapping(raw, "{gpus: 20_000, lease: {…}}")
    keys = {key_of(Cohort, field): field for field in cohort}
    fields: dict[str, Any] = {}
    with Gather() as gather:
        known = [*LEVELS, *own, *keys]
        shared = {key: value for key, value in section.items() if key in keys}
        _unknown(gather, section, known)
        common = _terms(gather, cohort, keys, shared)
        named_terms: dict[str, dict[str, dict[str, Any]]] = {}
        for level in LEVELS:
            read = partial(_level, cohort, keys)
            named_terms[level] = dict(gather.read(level, partial(named, read=read), section.get(level)) or ())
        for field, reader in own.items():
            if field in section:
                fields[field] = gather.read(field, reader, section[field])
        if "cohorts" in section and not section["cohorts"]:
            gather.refuse("cohorts", "there are no cohorts", "name at least one, or leave `cohorts` out")
    bodies = named_terms["cohorts"] or {ALONE: {}}
    cohorts = []
    with Gather() as gather:
        for name, terms in bodies.items():
            build = partial(_cohort, name, {**common, **terms}, terms, named_terms, common)
            alone = "cohorts" not in section
            made = gather.read(None if alone else "cohorts", build if alone else partial(_under, name, build), None)
            cohorts.append(made)
    return Fleet(cohorts=tuple(one for one in cohorts if one is not None), **fields)


def _under(name: str, build: Callable[[Any], Cohort], _: Any) -> Cohort:
    with Gather() as gather:
        made = gather.read(name, build, None)
    assert made is not None
    return made


def _unknown(gather: Gather, section: Mapping[str, Any], known: list[str]) -> None:
    unknown = [key for key in section if key not in known]
    for key in unknown[:MOST_UNKNOWN]:
        gather.refuse(key, f"unknown key {key!r}", nearest(key, known))
    if len(unknown) > MOST_UNKNOWN:
        gather.refuse(None, f"{len(unknown) - MOST_UNKNOWN} more unknown keys", nearest(unknown[-1], known))


def _terms(
    gather: Gather, readers: Mapping[str, Read], keys: Mapping[str, str], raw: Mapping[str, Any]
) -> dict[str, Any]:
    """The fields of Cohort that are written here; None where one is wrong (its error is kept)."""
    return {keys[key]: gather.read(key, readers[keys[key]], value) for key, value in raw.items() if key in keys}


def _level(readers: Mapping[str, Read], keys: Mapping[str, str], name: str, raw: Any) -> tuple[str, dict[str, Any]]:
    """One cohort, generation or site."""
    check_name(name)
    body = mapping(raw, "key: value")
    with Gather() as gather:
        _unknown(gather, body, list(keys))
        terms = _terms(gather, readers, keys, body)
    return name, terms


def _cohort(
    name: str,
    written: Mapping[str, Any],
    own: Mapping[str, Any],
    levels: Mapping[str, Mapping[str, dict[str, Any]]],
    common: Mapping[str, Any],
    _: Any,
) -> Cohort:
    """The cohort with what its site and its generation say, and the fleet before them."""
    terms = dict(common)
    with Gather() as gather:
        for level, field in (("sites", "site"), ("generations", "generation")):
            wanted, known = str(written.get(field) or ""), levels[level]
            if wanted in known:
                terms |= known[wanted]
            elif wanted and known:
                gather.refuse(field, f"unknown {field} {wanted!r}", nearest(wanted, known))
        terms |= own
        missing = [field.name for field in attrs.fields(Cohort) if field.default is attrs.NOTHING]
        for field in (field for field in missing if field not in {*terms, "name"}):
            gather.refuse(field, "is missing", f"add `{key_of(Cohort, field)}:`")
    return Cohort(name=name, **terms)
