"""Coupons as term sheets write them."""

from __future__ import annotations

import re

import attrs

from tranche.errors import Invalid

from .rate import rate

WANTED = "a coupon such as 6%, SOFR + 600bp or SOFR + 6.25% floor 0% cap 8%"

_INDEX = r"[A-Za-z][A-Za-z0-9_]*"
_RATE = r"[\d._]+(?:e-?\d+)?\s*(?:%|bps|bp)?"
_COUPON = re.compile(
    rf"(?:(?P<index>{_INDEX})\s*(?:(?P<sign>[+-])\s*(?P<spread>{_RATE}))?"
    rf"|(?P<fixed>[+-]?\s*{_RATE}))"
    rf"(?:\s+floor\s+(?P<floor>-?{_RATE}))?(?:\s+cap\s+(?P<cap>-?{_RATE}))?"
)


@attrs.frozen
class CouponTerms:
    """`index` + `spread` (decimals per annum); `floor` and `cap` bound the index. No index: a fixed rate."""

    spread: float
    index: str | None = None
    floor: float | None = None
    cap: float | None = None


def coupon(value: object) -> CouponTerms:
    """`6%`, `SOFR + 600bp`, `SOFR - 10bp`, `SOFR + 6.25% floor 0% cap 8%`, `SOFR`. Raises Invalid."""
    if not isinstance(value, str):
        return CouponTerms(rate(value))
    match = _COUPON.fullmatch(value.strip()) if len(value) <= 120 else None
    if match is None:
        raise Invalid(f"{value[:60]!r} is not a coupon", f"write {WANTED}")
    floor = None if match["floor"] is None else rate(match["floor"])
    cap = None if match["cap"] is None else rate(match["cap"])
    if match["index"] is None:
        if floor is not None or cap is not None:
            raise Invalid(f"{value!r} has a floor or cap but no index", "a fixed rate has neither: leave them out")
        return CouponTerms(rate(match["fixed"]))
    spread = rate((match["sign"] or "") + (match["spread"] or "0"))
    return CouponTerms(spread, match["index"], floor, cap)
