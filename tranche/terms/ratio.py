"""Coverage ratios and their levels."""

from __future__ import annotations

from .number import suffixed

WANTED = "a ratio such as 1.20x, 1.2 or 120%"


def ratio(value: object) -> float:
    """`1.20x`, `1.2` and `120%` are 1.2. Raises Invalid."""
    return suffixed(value, {"x": 0, "%": -2}, WANTED)
