"""The tables of a case, from its Results: what the dataset has a row for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tranche.errors import MissingExtra, Problem
from tranche.json_text import finite
from tranche.measures.credit import COLUMNS
from tranche.results import FIELDS, Results, columns_of

from .packed import pack, unpack

if TYPE_CHECKING:
    import pyarrow as pa

QUANTILES = {"loss_95": 0.95, "loss_99": 0.99, "loss_999": 0.999}


def arrow() -> Any:
    """pyarrow. Raises MissingExtra."""
    try:
        import pyarrow
    except ImportError:
        fix = "pip install 'tranche-finance[parquet]'"
        raise MissingExtra(Problem("a batch writes Parquet, which needs pyarrow", fix)) from None
    return pyarrow


def schemas() -> dict[str, pa.Schema]:
    """Table → its columns, beside those that say which case a row is of. Money in the deal's currency, shares of the
    notional, means over the paths.

    tranches   the tranche table, loss quantiles and expected shortfall, the path of the highest loss (-1: none)
    cashflows  a row a class, field and payment date: the mean
    losses     a row a debt and basis point of its notional in which losses lie: the paths there
    tests      a row a coverage test and level: dates on which it failed, a path's mean; share of paths on which it did
    """
    pa = arrow()
    text, number, whole = pa.dictionary(pa.int32(), pa.string()), pa.float64(), pa.int64()
    return {
        "tranches": pa.schema(
            [
                ("tranche", text), ("kind", text), ("rank", pa.int32()), *((name, number) for name in COLUMNS),
                *((name, number) for name in QUANTILES), ("shortfall_99", number), ("worst_path", whole),
            ]
        ),
        "cashflows": pa.schema([("class", text), ("field", text), ("date", pa.date32()), ("mean", number)]),
        "losses": pa.schema([("tranche", text), ("basis_point", pa.int32()), ("paths", whole)]),
        "tests": pa.schema([("test", text), ("level", text), ("dates", number), ("share", number)]),
    }


def pack_tables(results: Results) -> bytes:
    """The tables as Arrow streams, and in the header what the table of cases says of the case."""
    pa = arrow()
    columns = {
        "tranches": _tranches(results),
        "cashflows": _cashflows(results),
        "losses": _losses(results),
        "tests": _tests(results),
    }
    blocks = {}
    for name, schema in schemas().items():
        batch = pa.record_batch([_array(columns[name][f.name], f.type) for f in schema], schema=schema)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, schema) as writer:
            writer.write_batch(batch)
        blocks[name] = sink.getvalue().to_pybytes()
    program = results.program
    absolute, relative, path = results.reduction.residual
    meta = {
        "name": program.name, "currency": program.currency, "paths": results.count, "dates": program.periods,
        "closing": program.dates[0].isoformat(), "maturity": program.dates[-1].isoformat(), "program": program.hash,
        "audit_absolute": finite(absolute), "audit_relative": finite(relative), "audit_path": path,
    }  # fmt: skip
    return pack(meta, blocks)


def unpack_tables(data: bytes) -> tuple[dict[str, Any], dict[str, pa.RecordBatch]]:
    """The header and the tables. Raises Invalid when `data` is not whole."""
    pa = arrow()
    meta, blocks = unpack(data)
    return meta, {name: pa.ipc.open_stream(block).read_next_batch() for name, block in blocks.items()}


def _array(values: Any, kind: Any) -> Any:
    pa = arrow()
    if pa.types.is_dictionary(kind):
        return pa.array(values, type=pa.string()).dictionary_encode()
    return pa.array(values, type=kind)


def _tranches(results: Results) -> Mapping[str, Any]:
    table = results.tranches()
    columns: dict[str, Any] = {"tranche": list(table.index), "kind": [], "rank": [], "shortfall_99": []}
    columns |= {name: table[name].to_numpy() for name in COLUMNS}
    columns |= {name: [] for name in QUANTILES} | {"worst_path": []}
    for name in table.index:
        claim = results.claim(name)
        losses = results.losses(name) if claim.kind == "debt" else None
        columns["kind"].append(claim.kind)
        columns["rank"].append(claim.rank)
        for column, share in QUANTILES.items():
            columns[column].append(losses.quantile(share) if losses else np.nan)
        columns["shortfall_99"].append(losses.shortfall(0.99) if losses else np.nan)
        columns["worst_path"].append(losses.worst[0][0] if losses and losses.worst else -1)
    return columns


def _cashflows(results: Results) -> Mapping[str, Any]:
    dates = list(results.program.dates[1:])
    owners, fields, means = [], [], []
    for claim in results.program.claims:
        for field, parts in columns_of(results.program, claim).items():
            owners.append(claim.name)
            fields.append(field)
            means.append(np.sum([results.mean(f"{claim.name}.{part}") for part in parts], axis=0))
    times = len(dates)
    return {
        "class": np.repeat(np.array(owners, dtype=object), times),
        "field": np.repeat(np.array(fields, dtype=object), times),
        "date": np.tile(np.array(dates, dtype="datetime64[D]"), len(owners)),
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
        "tranche": names,
        "basis_point": np.concatenate([empty, *points]),
        "paths": np.concatenate([empty, *paths]),
    }


def _tests(results: Results) -> Mapping[str, Any]:
    rows = list(_levels(results))
    return {name: [row[k] for row in rows] for k, name in enumerate(("test", "level", "dates", "share"))}


def _levels(results: Results) -> Iterator[tuple[str, str, float, float]]:
    known = {record.name for record in results.program.records}
    for claim in results.program.claims:
        if claim.kind == "test":
            for level in FIELDS["test"]:
                if (name := f"{claim.name}.{level}") in known:
                    spread = results.spread(name)
                    yield claim.name, level, spread.mean, spread.positive
