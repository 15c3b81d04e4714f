"""Shares of a whole."""

from __future__ import annotations

from .number import suffixed

WANTED = "a share such as 95% or 0.95"


def percent(value: object) -> float:
    """`95%` and `0.95` are 0.95. Raises Invalid."""
    return suffixed(value, {"%": -2}, WANTED)
