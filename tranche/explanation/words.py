"""Numbers as people read them."""

from __future__ import annotations

import math
from collections.abc import Sequence

SHOWN = 0.005  # less money than this is 0.00


def money(amount: float) -> str:
    """`1,234,567.89`; `all there is` for an unbounded amount."""
    return f"{amount + 0.0:,.2f}" if math.isfinite(amount) else "all there is"


def ratio(value: float) -> str:
    """`1.20x`, `1.0821x`: up to four decimals, at least two."""
    if not math.isfinite(value):
        return infinite(value)
    whole, _, decimals = f"{value:.4f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}x"


def share(value: float) -> str:
    """`75%`, `71.43%`: up to two decimals."""
    if not math.isfinite(value):
        return infinite(value)
    return f"{100.0 * value:,.2f}".rstrip("0").rstrip(".") + "%"


def infinite(value: float) -> str:
    return "∞" if value > 0 else "-∞"


def level(value: float) -> str:
    """A market factor: `1.738`, `57,402`."""
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.4g}"


def percent(share: float) -> str:
    return f"{100.0 * share:.2f}%"


def count(number: int, thing: str) -> str:
    """`1 date`, `12 dates`."""
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
