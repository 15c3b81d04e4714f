"""Floor 0. The last few values by key, where a key says less than what a value is made from (else: `lru_cache`)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Few(Generic[K, V]):
    """At most `most` values; the one that was not asked for longest goes. Several threads may use it: each step is one
    of the dictionary's own, and two that miss a key at once both make its value."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._held: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        """The value, which is the newest from then on; None where it is not known."""
        found = self._held.pop(key, None)
        return None if found is None else self.keep(key, found)

    def keep(self, key: K, value: V) -> V:
        self._held[key] = value
        if len(self._held) > self.most:
            self._held.popitem(last=False)
        return value

    def clear(self) -> None:
        self._held.clear()

    def __len__(self) -> int:
        return len(self._held)
