"""Tables of few rows as bytes, and back: numpy's arrays one behind the other, and text as numbers of words. Arrow's
streams say the same with a schema in each, which takes longer to write and read than such a table to make.

Whole numbers are held in as few bytes as they need: half of what a pipe, a digest and a disk would have to do is saved.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import attrs
import numpy as np
from numpy.typing import NDArray

TEXT, DATE = "text", "date32"  # kinds of a column beside those that numpy and Arrow call alike
WORD = np.dtype(np.int32)  # the number of a word, and days since 1970
NARROW = tuple((np.dtype(f"<i{size}"), -(2 ** (8 * size - 1)), 2 ** (8 * size - 1) - 1) for size in (1, 2, 4))


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


class Held(NamedTuple):
    """A column as it lies in a block: its rows, their type and bytes; the words of a text."""

    rows: int
    type: str
    data: bytes
    words: Sequence[str] | None


def held(column: Any, kind: str) -> Held:
    """A column of that kind (Text, an array, or what makes one) as it is to lie there."""
    values, words = (column.numbers, column.words) if isinstance(column, Text) else (column, None)
    array = narrowed(np.asarray(values, dtype=dtype_of(kind)))
    return Held(len(array), array.dtype.str, array.tobytes(), words)


Column = NDArray[Any] | Text
Kinds = Mapping[str, str]  # column → kind: TEXT, DATE, or what numpy calls it


@cache
def dtype_of(kind: str) -> np.dtype[Any]:
    """How a column of that kind is held at most: the lower byte first, whatever the processor does."""
    return (WORD if kind in (TEXT, DATE) else np.dtype(kind)).newbyteorder("<")


def narrowed(array: NDArray[Any]) -> NDArray[Any]:
    """Whole numbers in the smallest type that holds them all, the lower byte first; anything else as it is."""
    if array.dtype.kind != "i" or not len(array):
        return array
    low, high = array.min(), array.max()
    for kind, least, most in NARROW:
        if low >= least and high <= most:
            return array.astype(kind)
    return array


def to_bytes(columns: Mapping[str, Any], kinds: Kinds) -> tuple[dict[str, Any], bytes]:
    """What the header says of a table (JSON), and its columns, in the order of `kinds`; some may be `held` already."""
    rows, words, types, parts = 0, [], [], []
    for name, kind in kinds.items():
        column = columns[name]
        if kind == "float64" and isinstance(column, list):  # of so few, numpy would be the slower
            rows, held_as, data, known = len(column), "<f8", struct.pack(f"<{len(column)}d", *column), None
        else:
            rows, held_as, data, known = column if isinstance(column, Held) else held(column, kind)
        types.append(held_as)
        parts.append(data)
        if known is not None:
            words.append(list(known))
    return {"rows": rows, "words": words, "types": types}, b"".join(parts)


def from_bytes(said: Mapping[str, Any], block: bytes, kinds: Kinds) -> dict[str, Column]:
    """The columns that `to_bytes` was given; whole numbers narrow, as they lie there."""
    rows, words, at = said["rows"], iter(said["words"]), 0
    columns: dict[str, Column] = {}
    for (name, kind), held in zip(kinds.items(), said["types"], strict=True):
        array = np.frombuffer(block, dtype=held, count=rows, offset=at)
        columns[name] = Text(next(words), array) if kind == TEXT else array
        at += array.nbytes
    return columns
