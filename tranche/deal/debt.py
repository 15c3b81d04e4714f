"""A debt tranche: a notional, a coupon and the way its principal falls due."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs

from tranche.terms.daycounts import DAY_COUNTS

from . import validators as v
from .amortisation import Amortisation
from .call_option import CallOption
from .conversion import Conversion
from .coupon import Coupon
from .draws import Draws
from .extension import Extension
from .formula import Formula
from .interest import AvailableFundsCap, LateInterest, Pik

UNPAID_INTEREST = ("carried", "capitalised", "cancelled")


def _notional(instance: Any, attribute: Any, value: Any) -> None:
    """More than 0; 0 where the compiler sizes the debt."""
    zero_stands = instance is None or instance.sculpted
    v.number(0)(instance, attribute, value) if zero_stands else v.number(above=0)(instance, attribute, value)


@attrs.frozen(kw_only=True)
class Debt:
    """A debt tranche. `notional` in the deal's currency, drawn in full at closing unless `draws` says otherwise.

    `sculpted`: the notional is 0 here and sized when the deal is compiled: see `Amortisation`.
    `unpaid_interest`: `carried` (due again next date, without interest on it unless `interest_on_unpaid` gives a rate)
    · `capitalised` (added to the balance, PIK) · `cancelled` (non-cumulative). `pik`: a toggle between cash and PIK.
    `maturity`: its own, the first payment date on or after it; None: the deal's. `extensions`: in order.
    `conversion`: into shares, and puts: see `Conversion`. `call`: the issuer's option to redeem it early.
    `price`: the issue price, of what is drawn at closing: an original-issue discount below 1; the yield counts from it.
    `strip`: an interest-only strip: interest accrues on this formula (money, such as senior.balance), and nothing is
    owed beyond it; `notional` is then what losses are measured by.
    `rank` 1 is the most senior; by default the order in the file.
    """

    name: str = attrs.field(validator=v.name)
    notional: float = attrs.field(validator=_notional)
    coupon: Coupon = attrs.field(validator=v.instance_of(Coupon))
    amortisation: Amortisation = attrs.field(default=Amortisation(), validator=v.instance_of(Amortisation))
    sculpted: bool = attrs.field(default=False, validator=v.flag)
    unpaid_interest: str = attrs.field(default="carried", validator=v.one_of(UNPAID_INTEREST))
    interest_on_unpaid: LateInterest | None = attrs.field(
        default=None, validator=v.optional(v.instance_of(LateInterest))
    )
    pik: Pik | None = attrs.field(default=None, validator=v.optional(v.instance_of(Pik)))
    available_funds_cap: AvailableFundsCap | None = attrs.field(
        default=None, validator=v.optional(v.instance_of(AvailableFundsCap))
    )
    maturity: dt.date | None = attrs.field(default=None, validator=v.optional(v.date))
    extensions: tuple[Extension, ...] = attrs.field(
        default=(), converter=v.as_tuple, validator=v.each(v.instance_of(Extension), at_most=8)
    )
    conversion: Conversion | None = attrs.field(default=None, validator=v.optional(v.instance_of(Conversion)))
    call: CallOption | None = attrs.field(default=None, validator=v.optional(v.instance_of(CallOption)))
    draws: Draws | None = attrs.field(default=None, validator=v.optional(v.instance_of(Draws)))
    price: float = attrs.field(default=1.0, validator=v.number(0, 2, hint="write a share of par such as 97%"))
    strip: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))
    day_count: str | None = attrs.field(default=None, validator=v.optional(v.one_of(DAY_COUNTS)))
    rank: int | None = attrs.field(default=None, validator=v.optional(v.whole(1, 1_000)))

    @property
    def at_closing(self) -> float:
        """The balance at closing."""
        if self.strip is not None:
            return 0.0
        return self.notional if self.draws is None else self.draws.initial

    @property
    def dues(self) -> tuple[str, ...]:
        """What of it falls due, as waterfall steps name it."""
        found = ["interest", "principal"]
        if self.available_funds_cap is not None and self.available_funds_cap.excess == "carried":
            found.append("cap_shortfall")
        if self.draws is not None and self.draws.fee > 0:
            found.append("commitment_fee")
        if self.call is not None:
            found.append("call_premium")
        return tuple(found)
