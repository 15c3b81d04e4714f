"""What a debt tranche pays: a fixed or floating rate."""

from __future__ import annotations

import attrs

from . import validators as v


@attrs.frozen(kw_only=True)
class Coupon:
    """`index` + `spread`, or `spread` alone when `index` is None (a fixed rate). Decimals per annum.

    `floor` and `cap` bound the index (not the sum). The index is read on the first day of the accrual period.
    """

    spread: float = attrs.field(validator=v.rate())
    index: str | None = attrs.field(default=None, validator=v.optional(v.identifier))
    floor: float | None = attrs.field(default=None, validator=v.optional(v.rate()))
    cap: float | None = attrs.field(default=None, validator=v.optional(v.rate()))
