"""Liquidity facilities: a lender who covers dues for a while and is repaid at the top of the waterfall."""

from __future__ import annotations

import datetime as dt

import attrs

from tranche.terms.daycounts import DAY_COUNTS

from . import validators as v
from .coupon import Coupon
from .formula import Formula


@attrs.frozen(kw_only=True)
class Facility:
    """A liquidity facility. `draw: NAME` with `for: [dues]` draws what cash lacks for these dues, as long as no more
    than `commitment` (formula, money) is drawn; `repay: NAME` pays it back, and what is paid back can be drawn again.

    What is drawn at the beginning of a period (after the payments of the date before) bears `coupon`, payable as
    `NAME.interest`; what is undrawn then bears `commitment_fee` per annum, payable as `NAME.fee`, up to `until`. Both
    are carried when they are not paid.
    It can be drawn up to `until` (a date, inclusive) while `available` (formula) holds: `not status.default` by
    default. `covers`: the dues that a `draw` step without `for` covers.
    """

    name: str = attrs.field(validator=v.name)
    commitment: Formula = attrs.field(validator=v.amount)
    coupon: Coupon = attrs.field(default=Coupon(spread=0.0), validator=v.instance_of(Coupon))
    commitment_fee: float = attrs.field(default=0.0, validator=v.rate(0.0, 1.0))
    covers: tuple[str, ...] = attrs.field(default=(), converter=v.as_tuple, validator=v.each(v.reference, at_most=64))
    available: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))
    until: dt.date | None = attrs.field(default=None, validator=v.optional(v.date))
    day_count: str | None = attrs.field(default=None, validator=v.optional(v.one_of(DAY_COUNTS)))

    @property
    def formulas(self) -> dict[str, Formula]:
        """Its formulas by field."""
        return {"commitment": self.commitment} | ({"available": self.available} if self.available is not None else {})
