"""The dataset of a batch: one Parquet file a table, a row group for some cases each, and the manifest.

`cases` has a row a case, failed ones with their reason; the others are `tables.KINDS`. Every table begins with `case`
(its number in the grid, from 0), `deal`, `market` ("" for the deal's own) and `overrides`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tranche.errors import MissingExtra, Problem
from tranche.files.write import unfinished, write_whole

from .columns import TEXT, WORD, Column, Kinds, Text, dtype_of
from .grid import Case
from .store import MANIFEST
from .tables import KINDS, unpack_tables

GROUP = 50_000  # rows of a table held before they are written
MANY = 64  # cases whose rows of a table are held one by one
KEYS: Kinds = {"case": "int32", "deal": TEXT, "market": TEXT, "overrides": TEXT}  # of every table
PLAIN = {  # of the table of cases
    "status": "string", "reason": "string", "address": "string", "name": "string", "currency": "string",
    "paths": "int64", "dates": "int32", "closing": "string", "maturity": "string", "program": "string",
    "audit_absolute": "float64", "audit_relative": "float64", "audit_path": "int64",
}  # fmt: skip


def write_dataset(
    out: Path, cases: Iterable[tuple[Case, str, Callable[[], bytes] | tuple[str, ...]]]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Write every table of `cases` (case, address, its packed tables or why it failed), in their order, holding few of
    them at a time. Returns what the manifest says of the tables and of the cases."""
    pa = arrow()
    plain = [pa.field(name, pa.type_for_alias(kind)) for name, kind in PLAIN.items()]
    kinds = {name: {**KEYS, **own} for name, own in KINDS.items()}
    tables = {name: _Writer(out / f"{name}.parquet", _schema(own), own) for name, own in kinds.items()}
    rows = _Writer(out / "cases.parquet", pa.schema([*_schema(KEYS), *plain]), {})
    writers = {"cases": rows, **tables}
    listed = []
    for number, (case, address, result) in enumerate(cases):
        row: dict[str, Any] = {"case": number, "deal": case.deal, "market": case.market, "overrides": case.said}
        if isinstance(result, tuple):
            row |= {"status": "failed", "reason": "\n".join(result)}
        else:
            said, found = unpack_tables(result())
            row |= {"status": "ok", "address": address, **said}
            for name, columns in found.items():
                tables[name].add(row, columns)
        rows.add_row(row)
        listed.append(row | {"deal_hash": case.deal_hash, "market_hash": case.market_hash})
    done = {name: writer.close() for name, writer in writers.items()}
    for writer in writers.values():
        writer.publish()
    return done, listed


def write_manifest(out: Path, manifest: Mapping[str, Any]) -> None:
    text = json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False)
    write_whole(out / MANIFEST, text.encode(), durable=True)


def arrow() -> Any:
    """pyarrow. Raises MissingExtra."""
    try:
        import pyarrow
    except ImportError:
        fix = "pip install 'tranche-finance[parquet]'"
        raise MissingExtra(Problem("a batch writes Parquet, which needs pyarrow", fix)) from None
    return pyarrow


def _schema(kinds: Kinds) -> Any:
    pa = arrow()
    text = pa.dictionary(pa.int32(), pa.string())
    return pa.schema([(name, text if kind == TEXT else pa.type_for_alias(kind)) for name, kind in kinds.items()])


class _Writer:
    """One table, beside its place until `publish`."""

    def __init__(self, path: Path, schema: Any, kinds: Kinds) -> None:
        import pyarrow.parquet as pq

        self.path, self.schema, self.kinds = path, schema, kinds
        self.beside = unfinished(path)
        self.parquet = pq.ParquetWriter(self.beside, schema, compression="zstd")
        self.held: list[dict[str, NDArray[Any]]] = []
        self.words: dict[str, dict[str, int]] = {}  # column of text → word → its number in what is held
        self.plain: list[dict[str, Any]] = []
        self.waiting = self.rows = 0
        self._begin()

    def _begin(self) -> None:
        self.held, self.plain, self.waiting = [], [], 0
        self.words = {name: {} for name, kind in self.kinds.items() if kind == TEXT}

    def add(self, keys: Mapping[str, Any], columns: Mapping[str, Column]) -> None:
        """Rows of one case, which `keys` say."""
        rows = len(next(array for array in columns.values() if not isinstance(array, Text)))
        held = {}
        for name, kind in self.kinds.items():
            column = columns.get(name)
            if isinstance(column, Text):
                held[name] = self._numbers(name, column.words)[column.numbers]
            elif column is not None:
                held[name] = column
            else:
                value = self._numbers(name, [keys[name]])[0] if kind == TEXT else keys[name]
                held[name] = np.full(rows, value, dtype=dtype_of(kind))
        self.held.append(held)
        if len(self.held) == MANY:  # a few rows take kilobytes beside them
            self.held = [self._together()]
        self._count(rows)

    def _numbers(self, name: str, words: Sequence[str]) -> NDArray[np.int32]:
        """The numbers of words of a column of text; new ones get the next."""
        known = self.words[name]
        return np.array([known.setdefault(word, len(known)) for word in words], dtype=WORD)

    def _together(self) -> dict[str, NDArray[Any]]:
        return {name: np.concatenate([held[name] for held in self.held]) for name in self.kinds}

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
            self.parquet.write_table(pa.Table.from_pylist(self.plain, schema=self.schema), row_group_size=self.waiting)
        if self.held:
            together = self._together()
            columns = [self._array(field, together[field.name]) for field in self.schema]
            self.parquet.write_table(pa.table(columns, schema=self.schema), row_group_size=max(1, self.waiting))
        self._begin()

    def _array(self, field: Any, values: NDArray[Any]) -> Any:
        pa = arrow()
        if pa.types.is_dictionary(field.type):
            return pa.DictionaryArray.from_arrays(values, pa.array(list(self.words[field.name]), pa.string()))
        return pa.array(values).view(field.type)

    def close(self) -> dict[str, Any]:
        self._flush()
        self.parquet.close()
        with self.beside.open("rb") as file:
            os.fsync(file.fileno())
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return {"rows": self.rows, "sha256": digest}

    def publish(self) -> None:
        self.beside.replace(self.path)
