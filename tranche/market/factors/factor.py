"""What every factor of a market is."""

from __future__ import annotations

from typing import Protocol

from ..writer import Writer

Contradiction = tuple[str, str, str]
"""(field, what is wrong, what would be right)."""


def without(field: str, other: str) -> Contradiction:
    """A field that does nothing without another."""
    return field, f"`{field}` without `{other}`", f"add `{other}`, or leave `{field}` out"


class Factor(Protocol):
    """Frozen terms that can write their steps onto a tape.

    `drivers`: 1 when it takes a score from the copula, 0 when it has none. `fields`: its columns beside its own, as
    `market.NAME.FIELD`. `reads`: the factors whose values of the same period it needs. Some have `contradictions()`,
    what does not fit between their fields.
    """

    @property
    def name(self) -> str: ...
    @property
    def drivers(self) -> int: ...
    @property
    def fields(self) -> tuple[str, ...]: ...
    @property
    def reads(self) -> tuple[str, ...]: ...

    def write(self, writer: Writer, z: int) -> None:
        """Its steps; `z`: the register of its score (−1 when it has none). Raises DealError."""
        ...
