"""Columns of Arrow from the memory of numpy's arrays. pyarrow's own conversions import pandas, which takes longer than
the tables of hundreds of cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tranche.errors import MissingExtra, Problem

from .columns import TEXT


def arrow() -> Any:
    """pyarrow. Raises MissingExtra."""
    try:
        import pyarrow
    except ImportError:
        fix = "pip install 'tranche-finance[parquet]'"
        raise MissingExtra(Problem("a batch writes Parquet, which needs pyarrow", fix)) from None
    return pyarrow


def type_of(kind: str) -> Any:
    """The type of a column of that kind."""
    pa = arrow()
    return pa.dictionary(pa.int32(), pa.string()) if kind == TEXT else pa.type_for_alias(kind)


def numbers(values: NDArray[Any], kind: Any, there: Sequence[bool] | None = None) -> Any:
    """A column of numbers or dates; `there`: where there is one, everywhere by default."""
    pa = arrow()
    mask = None if there is None else _mask(there)
    return pa.Array.from_buffers(kind, len(values), [mask, pa.py_buffer(np.ascontiguousarray(values))])


def strings(values: Sequence[str | None]) -> Any:
    """A column of strings, null where None."""
    pa = arrow()
    encoded = [b"" if value is None else value.encode() for value in values]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    mask = _mask([value is not None for value in values])
    return pa.Array.from_buffers(
        pa.string(), len(values), [mask, pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))]
    )


def _mask(there: Sequence[bool]) -> Any:
    """A bit for every value, 1 where there is one."""
    return arrow().py_buffer(np.packbits(np.asarray(there, dtype=bool), bitorder="little"))


def words(numbered: NDArray[np.int32], known: Sequence[str]) -> Any:
    """A column of text by the numbers of its words."""
    pa = arrow()
    return pa.DictionaryArray.from_arrays(numbers(numbered, pa.int32()), strings(known))
