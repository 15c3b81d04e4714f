"""What becomes of interest beyond the coupon: interest on what is unpaid, PIK, and the available-funds cap."""

from __future__ import annotations

import attrs

from . import validators as v
from .formula import Formula

EXCESS = ("lost", "carried")


@attrs.frozen(kw_only=True)
class LateInterest:
    """The rate per annum on unpaid interest that is carried: `spread` on top of the coupon (`on_coupon`), or `spread`
    alone. It is due with the interest, and bears interest itself while it is unpaid."""

    spread: float = attrs.field(default=0.0, validator=v.rate())
    on_coupon: bool = attrs.field(default=True, validator=v.flag)


@attrs.frozen(kw_only=True)
class Pik:
    """Payment in kind: where `when` holds, `share` of the date's interest is capitalised at the close of the date and
    does not fall due, at the coupon plus `premium`. From maturity on all interest is due in cash; in default, and on a
    call, what was to be paid in kind is, with the premium.

    `when` is read as interest accrues, like the condition of a `Margin`.
    """

    when: Formula = attrs.field(validator=v.formula)
    share: float = attrs.field(default=1.0, validator=v.number(0, 1))
    premium: float = attrs.field(default=0.0, validator=v.rate())


@attrs.frozen(kw_only=True)
class AvailableFundsCap:
    """The most interest that can accrue for a date: the formula `amount` (money), or `rate` per annum (a net weighted
    average coupon) on the balance. It is read after the fees have accrued.

    What the coupon would pay beyond is the basis-risk shortfall, which is no shortfall of the tranche: it is `lost`, or
    `carried` without interest and paid where a step names `X.cap_shortfall`.
    """

    amount: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))
    rate: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))
    excess: str = attrs.field(default="carried", validator=v.one_of(EXCESS))
