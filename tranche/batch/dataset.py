"""The dataset of a batch: one Parquet file a table, a row group for some cases each, and the manifest.

`cases` has a row a case, failed ones with their reason; the others are `tables.schemas`. Every table begins with `case`
(its number in the grid, from 0), `deal`, `market` ("" for the deal's own) and `overrides`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from tranche.files.write import unfinished, write_whole

from .grid import Case
from .store import MANIFEST, TABLES
from .tables import arrow, schemas, unpack_tables

GROUP = 50_000  # rows of a table held before they are written
MANY = 64  # record batches of a table held as such
CASE_COLUMNS = ("case", "deal", "market", "overrides")
SAID = {
    "name": "string", "currency": "string", "paths": "int64", "dates": "int32", "closing": "string",
    "maturity": "string", "program": "string", "audit_absolute": "float64", "audit_relative": "float64",
    "audit_path": "int64",
}  # fmt: skip


def write_dataset(
    out: Path, cases: Iterable[tuple[Case, str, Callable[[], bytes] | tuple[str, ...]]]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Write every table of `cases` (case, address, its packed tables or why it failed), in their order, holding few of
    them at a time. Returns what the manifest says of the tables and of the cases."""
    pa = arrow()
    keys = [pa.field("case", pa.int32()), *(pa.field(name, _text()) for name in CASE_COLUMNS[1:])]
    said = [pa.field(name, pa.type_for_alias(kind)) for name, kind in SAID.items()]
    status = [pa.field(name, pa.string()) for name in ("status", "reason", "address")]
    wanted = {"cases": pa.schema([*keys, *status, *said])}
    wanted |= {name: pa.schema([*keys, *schema]) for name, schema in schemas().items()}
    writers = {name: _Writer(out / f"{name}.parquet", wanted[name]) for name in TABLES}
    listed = []
    for number, (case, address, result) in enumerate(cases):
        row: dict[str, Any] = {"case": number, "deal": case.deal, "market": case.market, "overrides": case.said}
        if isinstance(result, tuple):
            row |= {"status": "failed", "reason": "\n".join(result)}
        else:
            meta, tables = unpack_tables(result())
            row |= {"status": "ok", "address": address, **meta}
            for name, batch in tables.items():
                writers[name].add([_repeated(row, field, batch.num_rows) for field in keys], batch)
        writers["cases"].add_row(row)
        listed.append(row | {"deal_hash": case.deal_hash, "market_hash": case.market_hash})
    done = {name: writer.close() for name, writer in writers.items()}
    for writer in writers.values():
        writer.publish()
    return done, listed


def write_manifest(out: Path, manifest: Mapping[str, Any]) -> None:
    text = json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False)
    write_whole(out / MANIFEST, text.encode(), durable=True)


def _text() -> Any:
    pa = arrow()
    return pa.dictionary(pa.int32(), pa.string())


def _repeated(row: Mapping[str, Any], field: Any, count: int) -> Any:
    pa = arrow()
    value = row[field.name]
    if pa.types.is_dictionary(field.type):
        zeros = pa.repeat(pa.scalar(0, pa.int32()), count)
        return pa.DictionaryArray.from_arrays(zeros, pa.array([value], pa.string()))
    return pa.repeat(pa.scalar(value, field.type), count)


class _Writer:
    """One table, beside its place until `publish`."""

    def __init__(self, path: Path, schema: Any) -> None:
        import pyarrow.parquet as pq

        self.path, self.schema = path, schema
        self.beside = unfinished(path)
        self.parquet = pq.ParquetWriter(self.beside, schema, compression="zstd")
        self.held: list[Any] = []
        self.plain: list[dict[str, Any]] = []
        self.waiting = self.rows = 0

    def add(self, keys: list[Any], batch: Any) -> None:
        pa = arrow()
        self.held.append(pa.record_batch([*keys, *batch.columns], schema=self.schema))
        if len(self.held) == MANY:  # a batch of a few rows takes kilobytes beside them
            self.held = self._table().combine_chunks().to_batches()
        self._count(batch.num_rows)

    def add_row(self, row: Mapping[str, Any]) -> None:
        self.plain.append({name: row.get(name) for name in self.schema.names})
        self._count(1)

    def _count(self, rows: int) -> None:
        self.waiting += rows
        self.rows += rows
        if self.waiting >= GROUP:
            self._flush()

    def _flush(self) -> None:
        pa = arrow()
        if self.plain:
            self.held.append(pa.RecordBatch.from_pylist(self.plain, schema=self.schema))
        if self.held:
            table = self._table()
            self.parquet.write_table(table, row_group_size=max(1, table.num_rows))
        self.held, self.plain, self.waiting = [], [], 0

    def _table(self) -> Any:
        return arrow().Table.from_batches(self.held, schema=self.schema).unify_dictionaries()

    def close(self) -> dict[str, Any]:
        self._flush()
        self.parquet.close()
        with self.beside.open("rb") as file:
            os.fsync(file.fileno())
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return {"rows": self.rows, "sha256": digest}

    def publish(self) -> None:
        self.beside.replace(self.path)
