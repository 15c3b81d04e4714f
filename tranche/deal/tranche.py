"""A deal's liabilities: debt with a coupon and a principal schedule, and residual (equity, certificate); its fees."""

from __future__ import annotations

import attrs

from tranche.terms.daycounts import DAY_COUNTS

from . import validators as v
from .formula import Formula

AMORTISATIONS = ("bullet", "level", "schedule", "none")
ARREARS = ("catch_up", "leave")
UNPAID_INTEREST = ("carried", "capitalised", "cancelled")
UNPAID_FEES = ("carried", "cancelled")


@attrs.frozen(kw_only=True)
class Coupon:
    """`index` + `spread`, or `spread` alone when `index` is None (a fixed rate). Decimals per annum.

    `floor` and `cap` bound the index (not the sum). The index is read on the first day of the accrual period.
    """

    spread: float = attrs.field(validator=v.rate())
    index: str | None = attrs.field(default=None, validator=v.optional(v.identifier))
    floor: float | None = attrs.field(default=None, validator=v.optional(v.rate()))
    cap: float | None = attrs.field(default=None, validator=v.optional(v.rate()))


@attrs.frozen(kw_only=True)
class Amortisation:
    """How scheduled principal falls due.

    `kind`:  `bullet` (all at maturity) · `level` (notional / number of payment dates, each date) ·
             `schedule` (`amounts`, one per payment date, in money) · `none` (never scheduled: sweeps only).
    `arrears`: `catch_up` (an unpaid instalment is due again at the next date) or `leave` (it stays in the balance).
    `balloon`: at maturity the whole balance is due; without it, only the last instalment.
    """

    kind: str = attrs.field(default="bullet", validator=v.one_of(AMORTISATIONS))
    amounts: tuple[float, ...] = attrs.field(default=(), converter=v.as_tuple, validator=v.each(v.number(0)))
    arrears: str = attrs.field(default="catch_up", validator=v.one_of(ARREARS))
    balloon: bool = attrs.field(default=True, validator=v.instance_of(bool))

    @property
    def carries(self) -> bool:
        """Whether an instalment that is not paid is due again at the next date."""
        return self.arrears == "catch_up" and self.kind in ("level", "schedule")


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


@attrs.frozen(kw_only=True)
class Residual:
    """Equity or certificate: takes what is left where a step pays it. `notional` is what was invested (for the IRR)."""

    name: str = attrs.field(validator=v.name)
    notional: float = attrs.field(default=0.0, validator=v.number(0))
    rank: int | None = attrs.field(default=None, validator=v.optional(v.whole(1, 1_000)))


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
