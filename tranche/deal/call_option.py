"""The issuer's option to redeem a debt before its maturity."""

from __future__ import annotations

import datetime as dt

import attrs

from . import validators as v
from .coupon import Coupon
from .formula import Formula
from .level_schedule import Level, LevelSchedule, each_level, level_on, levels_of

PAR = 1.0


@attrs.frozen(kw_only=True)
class MakeWhole:
    """A call price that leaves the holder whole, on dates before `until` (the first payment date on or after it; None:
    the maturity of the debt): the present value of what the debt is scheduled to pay after the date of the call, up to
    `until`, and of the balance left then at its call price, over the scheduled balance that is called.

    `rate`: the discount rate, a fixed rate or a reference rate and a spread (`SOFR + 50bp`), as it is fixed on the date
    of the call for the period that follows it; one rate for all later periods, compounded by period on the debt's
    day count. At a rate equal to its coupon a debt is worth par.
    """

    rate: Coupon = attrs.field(validator=v.instance_of(Coupon))
    until: dt.date | None = attrs.field(default=None, validator=v.optional(v.date))


@attrs.frozen(kw_only=True)
class CallOption:
    """An optional redemption: the issuer calls the whole debt on the first payment date on which `when` (formula, a
    condition; None: always) holds, from `first` on (the end of the non-call period; None: closing), before the maturity
    of the debt, while it owes something. In default nobody calls.

    `when` is read once the tests and the status of the date are known and before anything is paid: balances are those
    of the last close.

    `price`: of what is called, a share of par, or such shares by date; before the first of those dates there is no
    price, so that it is not called. `make_whole`: until its own end the price is what makes the holder whole, where
    that is more than `price` (than par, where there is none). What the price is above par is a due of its own,
    `X.call_premium`, which a step must pay; unpaid, it is due again. There is none on principal that is due on the date
    anyhow: scheduled, in arrears, accelerated.

    The call makes all of the debt due: its balance, as after an acceleration, on this date and every later one; its
    interest, also what would be paid in kind; a commitment that is not drawn is cancelled. `proceeds`: the account into
    which the sponsor pays, from outside of the deal, all that is due of the debt on that date; the steps of the
    waterfall pay it out. What other cash of the date pays of it, the deal keeps. `X.called` is 1 from the call on.
    """

    when: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))
    first: dt.date | None = attrs.field(default=None, validator=v.optional(v.date))
    price: Level = attrs.field(
        default=PAR, validator=each_level(v.number(1, 2, hint="write a share of par from 100% to 200%, such as 101%"))
    )
    make_whole: MakeWhole | None = attrs.field(default=None, validator=v.optional(v.instance_of(MakeWhole)))
    proceeds: str = attrs.field(default="cash", validator=v.reference)

    @property
    def has_premium(self) -> bool:
        """Whether its price can be above par."""
        return self.make_whole is not None or max(levels_of(self.price)) > PAR

    def price_on(self, date: dt.date) -> float | None:
        """The stated price on a date; None before the first."""
        return level_on(self.price, date)

    @property
    def begins(self) -> dt.date | None:
        """The first date of its prices; None where one price holds for good."""
        return self.price.points[0][0] if isinstance(self.price, LevelSchedule) else None
