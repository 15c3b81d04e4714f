"""Debt that is drawn over time: delayed-draw loans and revolvers."""

from __future__ import annotations

import datetime as dt

import attrs

from . import validators as v
from .formula import Formula

OUTSIDE = "outside"


@attrs.frozen(kw_only=True)
class Draws:
    """How a debt's `notional`, then its commitment, is drawn.

    `initial`   drawn at closing
    `amount`    formula, money: drawn on each payment date before the waterfall; None: only `draw` steps draw
    `until`     the last day of the availability period, after which what is undrawn is cancelled; None: maturity
    `first`     its first day; None: closing
    `when`      a condition of every draw after closing (conditions precedent, draw stop). In default nothing is drawn
    `limit`     formula, money: the most that may be outstanding, such as borrowing_base.base
    `to`        where the proceeds of `amount` go: `cash`, an account, or `outside` (they pay for what is built)
    `revolving` whether what was repaid can be drawn again
    `fee`       commitment fee, rate per annum from closing to `until` on what is undrawn at the beginning of the
                accrual period, paid where a step names `X.commitment_fee`; unpaid, it is due again
    """

    initial: float = attrs.field(default=0.0, validator=v.number(0))
    amount: Formula | None = attrs.field(default=None, validator=v.optional(v.amount))
    first: dt.date | None = attrs.field(default=None, validator=v.optional(v.date))
    until: dt.date | None = attrs.field(default=None, validator=v.optional(v.date))
    when: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))
    limit: Formula | None = attrs.field(default=None, validator=v.optional(v.amount))
    to: str = attrs.field(default="cash", validator=v.reference)
    revolving: bool = attrs.field(default=False, validator=v.flag)
    fee: float = attrs.field(default=0.0, validator=v.rate(0.0, 1.0))
