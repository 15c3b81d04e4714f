"""Hedges of interest rates: swaps and caps, settled net on each payment date, and what their termination costs."""

from __future__ import annotations

import datetime as dt

import attrs

from tranche.terms.daycounts import DAY_COUNTS

from . import validators as v
from .coupon import Coupon
from .formula import Formula


@attrs.frozen(kw_only=True)
class Termination:
    """When a hedge ends before its time. Formulas are read once the status of the date is known.

    `when`: the deal's own event (such as `status.default`): what the deal then owes ranks as `HEDGE.termination`.
    `counterparty`: the counterparty's: what the deal owes ranks as `HEDGE.termination_subordinated`. What the
    counterparty owes comes into the account of the hedge's receipts, after its own default `recovery` of it.
    `value` (formula, money): what the hedge is worth to the deal, negative when the deal owes it. Without it a swap is
    worth its remaining periods on the curve of its index: at their own notionals where these are known ahead (an
    amount, a series), else at the notional on which the date's own net accrued.
    """

    when: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))
    counterparty: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))
    value: Formula | None = attrs.field(default=None, validator=v.optional(v.amount))
    recovery: float = attrs.field(default=1.0, validator=v.number(0, 1))


@attrs.frozen(kw_only=True)
class Swap:
    """An interest-rate swap: on `notional` (formula, money, read as interest accrues: an amount, a series, or what it
    follows, such as `senior.balance`) the deal pays the rate `pay` and receives the rate `receive`, net.

    `pay`, `receive`: a fixed rate, or an index and a spread; other than a coupon, a leg may be negative. Each accrues
    by its own day count, `day_count` (the schedule's own) by default. It runs for the accrual periods that begin on or
    after `start` and end on or before `end`.
    A net amount in the deal's favour comes into the account `to` before the waterfall; one against it falls due, and
    `settle: NAME` pays it; unpaid, it is due again.
    """

    name: str = attrs.field(validator=v.name)
    notional: Formula = attrs.field(validator=v.amount)
    pay: Coupon = attrs.field(validator=v.instance_of(Coupon))
    receive: Coupon = attrs.field(validator=v.instance_of(Coupon))
    day_count: str | None = attrs.field(default=None, validator=v.optional(v.one_of(DAY_COUNTS)))
    pay_day_count: str | None = attrs.field(default=None, validator=v.optional(v.one_of(DAY_COUNTS)))
    receive_day_count: str | None = attrs.field(default=None, validator=v.optional(v.one_of(DAY_COUNTS)))
    start: dt.date | None = attrs.field(default=None, validator=v.optional(v.date))
    end: dt.date | None = attrs.field(default=None, validator=v.optional(v.date))
    to: str = attrs.field(default="cash", validator=v.identifier)
    termination: Termination | None = attrs.field(default=None, validator=v.optional(v.instance_of(Termination)))

    @property
    def formulas(self) -> dict[str, Formula]:
        """Its formulas by field, those of its termination among them."""
        return {"notional": self.notional, **_of_termination(self.termination)}


@attrs.frozen(kw_only=True)
class Cap:
    """An interest-rate cap: on `notional` the deal receives what `index` is above `strike` (rates per annum).

    `premium` (formula, money): falls due on each payment date, and `settle: NAME` pays it; one that is paid at closing
    is a use of the proceeds. The rest is that of a Swap; its termination has a stated `value`.
    """

    name: str = attrs.field(validator=v.name)
    notional: Formula = attrs.field(validator=v.amount)
    index: str = attrs.field(validator=v.identifier)
    strike: float = attrs.field(validator=v.rate())
    premium: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))
    day_count: str | None = attrs.field(default=None, validator=v.optional(v.one_of(DAY_COUNTS)))
    start: dt.date | None = attrs.field(default=None, validator=v.optional(v.date))
    end: dt.date | None = attrs.field(default=None, validator=v.optional(v.date))
    to: str = attrs.field(default="cash", validator=v.identifier)
    termination: Termination | None = attrs.field(default=None, validator=v.optional(v.instance_of(Termination)))

    @property
    def formulas(self) -> dict[str, Formula]:
        """Its formulas by field, those of its termination among them."""
        premium = {"premium": self.premium} if self.premium is not None else {}
        return {"notional": self.notional, **premium, **_of_termination(self.termination)}


Hedge = Swap | Cap


def terminations(hedge: Hedge) -> list[str]:
    """What the deal can owe when the hedge ends."""
    terms = hedge.termination
    if terms is None:
        return []
    found = ["termination"] if terms.when is not None else []
    return found + (["termination_subordinated"] if terms.counterparty is not None else [])


def _of_termination(terms: Termination | None) -> dict[str, Formula]:
    found = {field: getattr(terms, field, None) for field in ("when", "counterparty", "value")}
    return {f"termination.{field}": formula for field, formula in found.items() if formula is not None}
