"""The tables of a case, from its Results: what the dataset has a row for."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from tranche.json_text import finite
from tranche.measures.credit import COLUMNS, tranche_rows
from tranche.results import FIELDS, Results, columns_of

from .columns import DATE, TEXT, Column, Kinds, Text, from_bytes, to_bytes
from .packed import pack, unpack

QUANTILES = {"loss_95": 0.95, "loss_99": 0.99, "loss_999": 0.999}


# table → column → kind, beside the columns that say which case a row is of. Money in the deal's currency, shares of the
# notional, means over the paths.
#   tranches   the tranche table, loss quantiles and expected shortfall, the path of the highest loss (-1: none)
#   cashflows  a row a class, field and payment date: the mean
#   losses     a row a debt and basis point of its notional in which losses lie: the paths there
#   tests      a row a coverage test and level: dates on which it failed, a path's mean; share of paths on which it did
KINDS: dict[str, Kinds] = {
    "tranches": {
        "tranche": TEXT, "kind": TEXT, "rank": "int32", **dict.fromkeys((*COLUMNS, *QUANTILES), "float64"),
        "shortfall_99": "float64", "worst_path": "int64",
    },
    "cashflows": {"class": TEXT, "field": TEXT, "date": DATE, "mean": "float64"},
    "losses": {"tranche": TEXT, "basis_point": "int32", "paths": "int64"},
    "tests": {"test": TEXT, "level": TEXT, "dates": "float64", "share": "float64"},
}  # fmt: skip


def pack_tables(results: Results) -> bytes:
    """The tables, and in the header what the table of cases says of the case."""
    made = {
        "tranches": _tranches(results),
        "cashflows": _cashflows(results),
        "losses": _losses(results),
        "tests": _tests(results),
    }
    said, blocks = {}, {}
    for name, kinds in KINDS.items():
        said[name], blocks[name] = to_bytes(made[name], kinds)
    program = results.program
    absolute, relative, path = results.reduction.residual
    meta = {
        "name": program.name, "currency": program.currency, "paths": results.count, "dates": program.periods,
        "closing": program.dates[0].isoformat(), "maturity": program.dates[-1].isoformat(), "program": program.hash,
        "audit_absolute": finite(absolute), "audit_relative": finite(relative), "audit_path": path,
    }  # fmt: skip
    return pack({"case": meta, "tables": said}, blocks)


def unpack_tables(data: bytes) -> tuple[dict[str, Any], dict[str, dict[str, Column]]]:
    """What the table of cases says of the case, and the tables. Raises Invalid when `data` is not whole."""
    meta, blocks = unpack(data)
    tables = {name: from_bytes(meta["tables"][name], blocks[name], kinds) for name, kinds in KINDS.items()}
    return meta["case"], tables


def _tranches(results: Results) -> Mapping[str, Any]:
    names, kinds, ranks = [], [], []
    figures: dict[str, list[float]] = {name: [] for name in list(KINDS["tranches"])[3:]}
    for claim, row in tranche_rows(results):
        losses = results.losses(claim.name) if claim.kind == "debt" else None
        more = {column: losses.quantile(share) if losses else math.nan for column, share in QUANTILES.items()}
        more["shortfall_99"] = losses.shortfall(0.99) if losses else math.nan
        more["worst_path"] = losses.worst[0][0] if losses and losses.worst else -1
        names.append(claim.name)
        kinds.append(claim.kind)
        ranks.append(claim.rank)
        for name, column in figures.items():
            column.append(more[name] if name in more else row.get(name, math.nan))
    return {"tranche": Text.of(names), "kind": Text.of(kinds), "rank": ranks, **figures}


def _cashflows(results: Results) -> Mapping[str, Any]:
    dates = np.array(results.program.dates[1:], dtype="datetime64[D]").astype(np.int64)
    owners, fields, means = [], [], []
    for claim in results.program.claims:
        for field, parts in columns_of(results.program, claim).items():
            owners.append(claim.name)
            fields.append(field)
            means.append(functools.reduce(np.add, [results.mean(f"{claim.name}.{part}") for part in parts]))
    times = len(dates)
    return {
        "class": Text.of(owners).repeated(times),
        "field": Text.of(fields).repeated(times),
        "date": np.tile(dates, len(owners)),
        "mean": np.concatenate(means) if means else np.empty(0),
    }


def _losses(results: Results) -> Mapping[str, Any]:
    names, points, paths = [], [], []
    for claim in results.program.claims:
        if claim.kind == "debt":
            bins = results.losses(claim.name).bins
            filled = np.flatnonzero(bins)
            names += [claim.name] * len(filled)
            points.append(filled)
            paths.append(bins[filled])
    empty = np.empty(0, dtype=np.int64)
    return {
        "tranche": Text.of(names),
        "basis_point": np.concatenate([empty, *points]),
        "paths": np.concatenate([empty, *paths]),
    }


def _tests(results: Results) -> Mapping[str, Any]:
    rows = list(_levels(results))
    tests, levels, dates, shares = zip(*rows, strict=True) if rows else ((), (), (), ())
    return {"test": Text.of(tests), "level": Text.of(levels), "dates": dates, "share": shares}


def _levels(results: Results) -> Iterator[tuple[str, str, float, float]]:
    known = {record.name for record in results.program.records}
    for claim in results.program.claims:
        if claim.kind == "test":
            for level in FIELDS["test"]:
                if (name := f"{claim.name}.{level}") in known:
                    spread = results.spread(name)
                    yield claim.name, level, spread.mean, spread.positive
