"""Values as keys of a cache."""

from __future__ import annotations

import pickle
import uuid
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
    """`value` as a key; one that cannot be pickled, such as a market with a function for a number, equals no other."""
    try:
        data = pickle.dumps(value, protocol=5)
    except (pickle.PicklingError, AttributeError, TypeError):  # all that pickle raises for what it cannot write
        data = uuid.uuid4().bytes
    return ByBytes(data, value)
