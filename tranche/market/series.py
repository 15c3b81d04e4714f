"""The two power series that distribution functions are sums of, in floats or in decimals.

Their terms are positive and fall for good once they fall, so that a sum may end with a term of `least` or less.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TypeVar

Number = TypeVar("Number", float, Decimal)


def kummer(c: Number, x: Number, least: Number) -> Number:
    """M(1, c, x) = 1 + x/c + x²/(c (c+1)) + … for c > 0, x ≥ 0."""
    term = x / c
    total = 1 + term
    while term > least:
        c += 1
        term = term * x / c
        total += term
    return total


def gauss(a: Number, c: Number, y: Number, least: Number) -> Number:
    """F(a, 1; c; y) = 1 + a y/c + a (a+1) y²/(c (c+1)) + … for a, c > 0, 0 ≤ y < 1."""
    above = a * y
    term = above / c
    total = 1 + term
    while term > least:
        above += y
        c += 1
        term = term * above / c
        total += term
    return total
