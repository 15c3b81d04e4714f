"""Interest rates, spreads, drifts and volatilities: decimals per annum."""

from __future__ import annotations

from .number import suffixed

WANTED = "a rate such as 6%, 225bp or 0.06"

RATE_SUFFIXES = {"%": -2, "bp": -4, "bps": -4}


def rate(value: object) -> float:
    """`6%` and `0.06` are 0.06, `225bp` is 0.0225, `-25%` is -0.25. Raises Invalid."""
    return suffixed(value, RATE_SUFFIXES, WANTED)
