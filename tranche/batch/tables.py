"""The tables of a case, from its Results: what the dataset has a row for."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from tranche.json_text import finite
from tranche.losses import Losses
from tranche.measures.credit import COLUMNS, tranche_rows
from tranche.results import FIELDS, Results

from .columns import DATE, TEXT, Column, Held, Kinds, Text, from_bytes, held, to_bytes
from .packed import Unpacked, pack

EPOCH = dt.date(1970, 1, 1).toordinal()
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
FIGURES = list(KINDS["tranches"])[3:]


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


def tables_of(unpacked: Unpacked) -> tuple[dict[str, Any], dict[str, dict[str, Column]]]:
    """What the table of cases says of the case, and the tables, of what `pack_tables` packed."""
    meta, blocks = unpacked
    tables = {name: from_bytes(meta["tables"][name], blocks[name], kinds) for name, kinds in KINDS.items()}
    return meta["case"], tables


def _tranches(results: Results) -> Mapping[str, Any]:
    claims, rows = [], []
    for claim, row in tranche_rows(results):
        claims.append(claim)
        rows.append(row | (_tail(results.losses(claim.name)) if claim.kind == "debt" else {"worst_path": -1}))
    return {
        "tranche": _text(tuple([claim.name for claim in claims])),
        "kind": _text(tuple([claim.kind for claim in claims])),
        "rank": _whole(tuple([claim.rank for claim in claims])),
        **{name: [row.get(name, math.nan) for row in rows] for name in FIGURES},
    }


def _tail(losses: Losses) -> dict[str, float]:
    quantiles = {column: losses.quantile(share) for column, share in QUANTILES.items()}
    worst = losses.worst[0][0] if losses.worst else -1
    return quantiles | {"shortfall_99": losses.shortfall(0.99), "worst_path": worst}


def _cashflows(results: Results) -> Mapping[str, Any]:
    layout, means = results.columns()
    rows, times = means.shape
    return {
        "class": _text(layout.owners, times),
        "field": _text(layout.columns, times),
        "date": _days(results.program.dates[1:], rows),
        "mean": means.ravel(),
    }


def _losses(results: Results) -> Mapping[str, Any]:
    debts = {debt.name: results.losses(debt.name) for debt in results.program.debts}
    hit = {name: losses for name, losses in debts.items() if losses.worst}
    empty = np.empty(0, dtype=np.int64)
    return {
        "tranche": Text.of(tuple(hit)).repeated([len(losses.filled) for losses in hit.values()]),
        "basis_point": np.concatenate([empty, *(losses.filled for losses in hit.values())]),
        "paths": np.concatenate([empty, *(losses.counts for losses in hit.values())]),
    }


def _tests(results: Results) -> Mapping[str, Any]:
    rows = list(_levels(results))
    return {
        "test": _text(tuple([test for test, _, _, _ in rows])),
        "level": _text(tuple([level for _, level, _, _ in rows])),
        "dates": [dates for _, _, dates, _ in rows],
        "share": [share for _, _, _, share in rows],
    }


def _levels(results: Results) -> Iterator[tuple[str, str, float, float]]:
    known = results.program.numbers
    for claim in results.program.claims:
        if claim.kind == "test":
            for level in FIELDS["test"]:
                if (name := f"{claim.name}.{level}") in known:
                    spread = results.spread(name)
                    yield claim.name, level, spread.mean, spread.positive


@lru_cache(maxsize=64)
def _text(values: tuple[str, ...], times: int = 1) -> Held:
    """They as a column, each `times` times: deals of one form have the same."""
    return held(Text.of(values).repeated(times), TEXT)


@lru_cache(maxsize=8)
def _whole(values: tuple[int, ...]) -> Held:
    """Whole numbers as a column, ranks."""
    return held(values, "int32")


@lru_cache(maxsize=8)
def _days(dates: tuple[dt.date, ...], times: int) -> Held:
    """Days since 1970, all the dates `times` times: of many deals they are the same."""
    return held(np.tile(np.array([date.toordinal() - EPOCH for date in dates], dtype=np.int32), times), DATE)
