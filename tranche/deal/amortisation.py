"""How the principal of a debt tranche falls due."""

from __future__ import annotations

import attrs

from . import validators as v

AMORTISATIONS = ("bullet", "level", "schedule", "none")
ARREARS = ("catch_up", "leave")


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
