"""Tables of few rows as bytes, and back: numpy's arrays one behind the other, and text as numbers of words. Arrow's
streams say the same with a schema in each, which takes longer to write and read than such a table to make."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

TEXT, DATE = "text", "date32"  # kinds of a column beside those that numpy and Arrow call alike
WORD = np.dtype(np.int32)  # the number of a word, and days since 1970


@attrs.frozen(eq=False)
class Text:
    """A column of text: its words, and the number of the word in every row."""

    words: Sequence[str]
    numbers: NDArray[np.int32]

    @classmethod
    def of(cls, values: Sequence[str]) -> Text:
        """A column that holds `values`."""
        words = {word: k for k, word in enumerate(dict.fromkeys(values))}
        return cls(list(words), np.array([words[value] for value in values], dtype=WORD))

    def repeated(self, times: int | Sequence[int]) -> Text:
        """Each row `times` times, or as many as `times` has for it."""
        return Text(self.words, np.repeat(self.numbers, times))


Column = NDArray[Any] | Text
Kinds = Mapping[str, str]  # column → kind: TEXT, DATE, or what numpy calls it


@functools.cache
def dtype_of(kind: str) -> np.dtype[Any]:
    """How a column of that kind is held: the lower byte first, whatever the processor does."""
    return (WORD if kind in (TEXT, DATE) else np.dtype(kind)).newbyteorder("<")


def to_bytes(columns: Mapping[str, Any], kinds: Kinds) -> tuple[dict[str, Any], bytes]:
    """What the header says of a table (JSON), and its columns, in the order of `kinds`."""
    rows, words, parts = 0, [], []
    for name, kind in kinds.items():
        column = columns[name]
        if isinstance(column, Text):
            words.append(list(column.words))
            column = column.numbers
        array = np.ascontiguousarray(column, dtype=dtype_of(kind))
        rows = len(array)
        parts.append(array.tobytes())
    return {"rows": rows, "words": words}, b"".join(parts)


def from_bytes(said: Mapping[str, Any], block: bytes, kinds: Kinds) -> dict[str, Column]:
    """The columns that `to_bytes` was given."""
    rows, words, at = said["rows"], iter(said["words"]), 0
    columns: dict[str, Column] = {}
    for name, kind in kinds.items():
        array = np.frombuffer(block, dtype=dtype_of(kind), count=rows, offset=at)
        columns[name] = Text(next(words), array) if kind == TEXT else array
        at += array.nbytes
    return columns
