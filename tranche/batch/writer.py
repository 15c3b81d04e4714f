"""A table of the dataset: the rows of a few cases are held until they make a row group of the Parquet file."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tranche.files.write import unfinished, writing

from .arrow import arrow, numbers, strings, type_of, words
from .columns import DATE, TEXT, WORD, Column, Kinds, Text, dtype_of
from .store import ELSEWHERE

GROUP = 50_000  # rows of a table held before they are written
MANY = 64  # cases whose rows of a table are held one by one
BATCH = 65_536  # values that pyarrow writes, and takes the statistics of, at a time
STRING = "string"
LISTED = (TEXT, STRING, DATE)  # kinds of a column with few different values; so is `case`


class Writer:
    """One table, beside its place until `publish`. `keys`: the columns that say which case a row is of; `own`: the
    others; `sparse`: whether a row may lack some of them."""

    def __init__(self, path: Path, keys: Kinds, own: Kinds, sparse: bool = False) -> None:
        self.path, self.keys, self.own = path, keys, own
        self.kinds = {**keys, **own}
        self.schema = arrow().schema([arrow().field(name, type_of(kind), sparse) for name, kind in self.kinds.items()])
        self.beside = unfinished(path)
        with writing(path, ELSEWHERE):
            self.parquet = _parquet(self.beside, self.schema, keys, own)
        self.rows = 0
        self._begin()

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):  # it was closed, or why it cannot be was told
            self.parquet.close()

    def _begin(self) -> None:
        self.waiting = 0
        self.counts: list[int] = []  # rows of the cases that are held
        self.key: dict[str, list[int]] = {name: [] for name in self.keys}  # a number for each of these cases
        self.held: dict[str, list[NDArray[Any]]] = {name: [] for name in self.own}  # their columns
        self.words: dict[str, dict[str, int]] = {name: {} for name, kind in self.kinds.items() if kind == TEXT}
        self.plain: list[dict[str, Any]] = []

    def add(self, keys: Mapping[str, Any], columns: Mapping[str, Column]) -> None:
        """Rows of one case, which `keys` say."""
        rows = 0
        for name, parts in self.held.items():
            column = columns[name]
            array = self._numbers(name, column.words)[column.numbers] if isinstance(column, Text) else column
            parts.append(array)
            rows = len(array)
            if len(parts) == MANY:  # a few rows take kilobytes beside them
                parts[:] = [self._joined(name)]
        for name, kind in self.keys.items():
            self.key[name].append(self._number(name, keys[name]) if kind == TEXT else keys[name])
        self.counts.append(rows)
        self._count(rows)

    def _number(self, name: str, word: str) -> int:
        """The number of a word of a column of text; a new one gets the next."""
        known = self.words[name]
        return known.setdefault(word, len(known))

    def _numbers(self, name: str, words: Sequence[str]) -> NDArray[np.int32]:
        return np.array([self._number(name, word) for word in words], dtype=WORD)

    def _joined(self, name: str) -> NDArray[Any]:
        return np.concatenate(self.held[name], dtype=dtype_of(self.own[name]))

    def add_row(self, row: Mapping[str, Any]) -> None:
        self.plain.append({name: row.get(name) for name in self.kinds})
        self._count(1)

    def _count(self, rows: int) -> None:
        self.waiting += rows
        self.rows += rows
        if self.waiting >= GROUP:
            self._flush()

    def _flush(self) -> None:
        if self.waiting:
            columns = self._plain() if self.plain else self._columns()
            table = arrow().Table.from_arrays(columns, schema=self.schema)
            with writing(self.path, ELSEWHERE):
                self.parquet.write_table(table, row_group_size=self.waiting)
        self._begin()

    def _columns(self) -> list[Any]:
        """The columns of what is held."""
        keyed = {
            name: np.repeat(np.array(self.key[name], dtype=dtype_of(kind)), self.counts)
            for name, kind in self.keys.items()
        }
        arrays = keyed | {name: self._joined(name) for name in self.own}
        return [
            words(arrays[name], list(self.words[name])) if kind == TEXT else numbers(arrays[name], type_of(kind))
            for name, kind in self.kinds.items()
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


def _parquet(path: Path, schema: Any, keys: Kinds, own: Kinds) -> Any:
    """The file: a dictionary for a column with few different values, differences for whole numbers."""
    import pyarrow.parquet as pq

    listed = [*keys, *(name for name, kind in own.items() if kind in LISTED)]
    whole = [name for name, kind in own.items() if kind.startswith("int")]
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        use_dictionary=listed,
        column_encoding=dict.fromkeys(whole, "DELTA_BINARY_PACKED"),
        write_batch_size=BATCH,
    )
