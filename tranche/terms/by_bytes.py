"""Values as keys of a cache."""

from __future__ import annotations

import pickle
from typing import Any, Generic, TypeVar

import attrs

T = TypeVar("T")


@attrs.frozen
class ByBytes(Generic[T]):
    """A value that equals another only where all that can be seen of the two is the same. Python's own equality says
    less: 1, 1.0 and True are equal, and 0.0 and −0.0, from which other things may follow."""

    data: bytes
    value: T = attrs.field(eq=False, repr=False)


def by_bytes(value: Any) -> ByBytes[Any]:
    """`value`, which can be pickled, as a key."""
    return ByBytes(pickle.dumps(value, protocol=5), value)
