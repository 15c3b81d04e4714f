"""Fees and expenses of a deal."""

from __future__ import annotations

import attrs

from tranche.terms.daycounts import DAY_COUNTS

from . import validators as v
from .formula import Formula

UNPAID_FEES = ("carried", "cancelled")


@attrs.frozen(kw_only=True)
class Fee:
    """A fee due on every payment date: `amount` (a formula, per payment date), or `rate` per annum on the formula `on`
    accrued by `day_count`. `unpaid`: `carried` or `cancelled`."""

    name: str = attrs.field(validator=v.name)
    amount: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))
    rate: float | None = attrs.field(default=None, validator=v.optional(v.rate(0.0, 1.0)))
    on: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))
    day_count: str | None = attrs.field(default=None, validator=v.optional(v.one_of(DAY_COUNTS)))
    unpaid: str = attrs.field(default="carried", validator=v.one_of(UNPAID_FEES))
