"""Literals with any of the suffixes that formulas know."""

from __future__ import annotations

from .number import MULTIPLIERS, suffixed

# suffix → power of ten; `m` is million here (a tenor such as 36m has no place in a formula)
LITERAL_SUFFIXES = {"%": -2, "bp": -4, "x": 0, **MULTIPLIERS}

WANTED = "a number such as 0.05, 5%, 25bp, 1.35x, 25k or 70m"


def literal(value: object) -> float:
    """`2%` is 0.02, `225bp` 0.0225, `1.35x` 1.35, `100m` 1e8. Raises Invalid."""
    return suffixed(value, LITERAL_SUFFIXES, WANTED)
