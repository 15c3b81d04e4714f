"""How the principal of a debt tranche falls due."""

from __future__ import annotations

import datetime as dt

import attrs

from . import validators as v
from .formula import Formula

AMORTISATIONS = (
    "bullet", "level", "annuity", "schedule", "sculpted", "target_balance", "pass_through", "none",
)  # fmt: skip
ARREARS = ("catch_up", "leave")
MOST_INSTALMENTS = 1_200


@attrs.frozen(kw_only=True)
class Amortisation:
    """How scheduled principal falls due.

    `kind`:  `bullet`          all at maturity
             `level`           notional / number of instalments, each date
             `annuity`         level debt service: instalment and interest at the coupon are the same sum on each date,
                               on the balance as scheduled; it needs a coupon that is known in advance
             `schedule`        `amounts`, one per payment date, in money
             `sculpted`        debt service is `cfads` / `dscr` on each date: the instalment is what interest at the
                               coupon on the balance as scheduled leaves of it, not below 0; formulas and coupon are
                               known in advance. Sized (`notional: sculpted`), the debt is the present value of the
                               service at its coupon, and is repaid by it
             `target_balance`  what the balance is above the formula `amount` (a planned balance: PAC, borrowing base)
             `pass_through`    the formula `amount`, such as collections.principal
             `none`            never due: sweeps only. Convertible notes are due at maturity all the same
    `over`: the number of instalments of `level` and `annuity` (more than there are dates leaves a balloon); None: one
    on each date up to maturity. `first`: the first date on which one of them falls due.
    `arrears`: `catch_up` (an unpaid instalment is due again at the next date) or `leave` (it stays in the balance).
    A target balance looks at the balance anew on each date and knows no arrears.
    `balloon`: at maturity the whole balance is due; without it, only the last instalment.
    """

    kind: str = attrs.field(default="bullet", validator=v.one_of(AMORTISATIONS))
    amounts: tuple[float, ...] = attrs.field(default=(), converter=v.as_tuple, validator=v.each(v.number(0)))
    amount: Formula | None = attrs.field(default=None, validator=v.optional(v.amount))
    cfads: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))
    dscr: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))
    over: int | None = attrs.field(default=None, validator=v.optional(v.whole(1, MOST_INSTALMENTS)))
    first: dt.date | None = attrs.field(default=None, validator=v.optional(v.date))
    arrears: str = attrs.field(default="catch_up", validator=v.one_of(ARREARS))
    balloon: bool = attrs.field(default=True, validator=v.instance_of(bool))

    @property
    def carries(self) -> bool:
        """Whether an instalment that is not paid is due again at the next date."""
        return self.arrears == "catch_up" and self.kind not in ("bullet", "none", "target_balance")
