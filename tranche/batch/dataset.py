"""The dataset of a batch: one Parquet file a table, a row group for some cases each, and the manifest.

`cases` has a row a case, failed ones with their reason; the others are `tables.KINDS`. Every table begins with `case`
(its number in the grid, from 0), `deal`, `market` ("" for the deal's own) and `overrides`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tranche.files.write import discard, unfinished, write_whole, writing

from .arrow import arrow, numbers, strings, type_of, words
from .columns import TEXT, WORD, Column, Kinds, Text, dtype_of
from .grid import Case
from .store import ELSEWHERE, MANIFEST
from .tables import KINDS, unpack_tables

GROUP = 50_000  # rows of a table held before they are written
MANY = 64  # cases whose rows of a table are held one by one
STRING = "string"
KEYS: Kinds = {"case": "int32", "deal": TEXT, "market": TEXT, "overrides": TEXT}  # of every table
PLAIN: Kinds = {  # of the table of cases
    "status": STRING, "reason": STRING, "address": STRING, "name": STRING, "currency": STRING,
    "paths": "int64", "dates": "int32", "closing": STRING, "maturity": STRING, "program": STRING,
    "audit_absolute": "float64", "audit_relative": "float64", "audit_path": "int64",
}  # fmt: skip


def write_dataset(
    out: Path, cases: Iterable[tuple[Case, str, Callable[[], bytes] | tuple[str, ...]]]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Write every table of `cases` (case, address, its packed tables or why it failed), in their order, holding few of
    them at a time. Returns what the manifest says of the tables and of the cases. Raises UsageError where the system
    does not let it write, and leaves nothing half written."""
    with contextlib.ExitStack() as opened:
        writers = {}
        for name, own in {"cases": PLAIN, **KINDS}.items():
            path = out / f"{name}.parquet"
            opened.callback(discard, unfinished(path))
            writers[name] = opened.enter_context(_Writer(path, {**KEYS, **own}))
        return _write(writers, cases)


def _write(
    writers: Mapping[str, _Writer], cases: Iterable[tuple[Case, str, Callable[[], bytes] | tuple[str, ...]]]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    listed = []
    for number, (case, address, result) in enumerate(cases):
        row: dict[str, Any] = {"case": number, "deal": case.deal, "market": case.market, "overrides": case.said}
        if isinstance(result, tuple):
            row |= {"status": "failed", "reason": "\n".join(result)}
        else:
            said, found = unpack_tables(result())
            row |= {"status": "ok", "address": address, **said}
            for name, columns in found.items():
                writers[name].add(row, columns)
        writers["cases"].add_row(row)
        listed.append(row | {"deal_hash": case.deal_hash, "market_hash": case.market_hash})
    done = {name: writer.close() for name, writer in writers.items()}
    for writer in writers.values():
        writer.publish()
    return done, listed


def write_manifest(out: Path, manifest: Mapping[str, Any]) -> None:
    text = json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False)
    with writing(out / MANIFEST, ELSEWHERE):
        write_whole(out / MANIFEST, text.encode(), durable=True)


class _Writer:
    """One table, beside its place until `publish`."""

    def __init__(self, path: Path, kinds: Kinds) -> None:
        import pyarrow.parquet as pq

        self.path, self.kinds = path, kinds
        self.schema = arrow().schema([(name, type_of(kind)) for name, kind in kinds.items()])
        self.beside = unfinished(path)
        with writing(path, ELSEWHERE):
            self.parquet = pq.ParquetWriter(self.beside, self.schema, compression="zstd")
        self.held: list[dict[str, NDArray[Any]]] = []
        self.words: dict[str, dict[str, int]] = {}  # column of text → word → its number in what is held
        self.plain: list[dict[str, Any]] = []
        self.waiting = self.rows = 0
        self._begin()

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):  # it was closed, or why it cannot be was told
            self.parquet.close()

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
        self.plain.append({name: row.get(name) for name in self.kinds})
        self._count(1)

    def _count(self, rows: int) -> None:
        self.waiting += rows
        self.rows += rows
        if self.waiting >= GROUP:
            self._flush()

    def _flush(self) -> None:
        if self.plain or self.held:
            columns = self._plain() if self.plain else self._written()
            table = arrow().Table.from_arrays(columns, schema=self.schema)
            with writing(self.path, ELSEWHERE):
                self.parquet.write_table(table, row_group_size=max(1, self.waiting))
        self._begin()

    def _written(self) -> list[Any]:
        """The columns of `held`."""
        together = self._together()
        return [
            words(together[field.name], list(self.words[field.name]))
            if self.kinds[field.name] == TEXT
            else numbers(together[field.name], field.type)
            for field in self.schema
        ]

    def _plain(self) -> list[Any]:
        """The columns of `plain`."""
        columns = []
        for name, kind in self.kinds.items():
            values = [row[name] for row in self.plain]
            if kind == TEXT:
                text = Text.of(values)
                columns.append(words(text.numbers, text.words))
            elif kind == STRING:
                columns.append(strings(values))
            else:
                array = np.array([0 if value is None else value for value in values], dtype=kind)
                columns.append(numbers(array, type_of(kind), [value is not None for value in values]))
        return columns

    def close(self) -> dict[str, Any]:
        self._flush()
        with writing(self.path, ELSEWHERE):
            self.parquet.close()
            with self.beside.open("rb") as file:
                os.fsync(file.fileno())
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        return {"rows": self.rows, "sha256": digest}

    def publish(self) -> None:
        with writing(self.path, ELSEWHERE):
            self.beside.replace(self.path)
