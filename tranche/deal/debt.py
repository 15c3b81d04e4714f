"""A debt tranche: a notional, a coupon and the way its principal falls due."""

from __future__ import annotations

import attrs

from tranche.terms.daycounts import DAY_COUNTS

from . import validators as v
from .amortisation import Amortisation
from .coupon import Coupon

UNPAID_INTEREST = ("carried", "capitalised", "cancelled")


@attrs.frozen(kw_only=True)
class Debt:
    """A debt tranche. `notional` in the deal's currency, drawn in full at closing.

    `unpaid_interest`: `carried` (due again next date, without interest on it) · `capitalised` (added to the balance,
    PIK) · `cancelled` (non-cumulative). `rank` 1 is the most senior; by default the order in the file.
    """

    name: str = attrs.field(validator=v.name)
    notional: float = attrs.field(validator=v.number(above=0))
    coupon: Coupon = attrs.field(validator=v.instance_of(Coupon))
    amortisation: Amortisation = attrs.field(default=Amortisation(), validator=v.instance_of(Amortisation))
    unpaid_interest: str = attrs.field(default="carried", validator=v.one_of(UNPAID_INTEREST))
    day_count: str | None = attrs.field(default=None, validator=v.optional(v.one_of(DAY_COUNTS)))
    rank: int | None = attrs.field(default=None, validator=v.optional(v.whole(1, 1_000)))
