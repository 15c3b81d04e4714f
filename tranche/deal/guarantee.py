"""Guarantees: a sponsor or a third party who covers dues up to a limit of its own."""

from __future__ import annotations

import datetime as dt

import attrs

from tranche.terms.daycounts import DAY_COUNTS

from . import validators as v
from .formula import Formula


@attrs.frozen(kw_only=True)
class Guarantee:
    """A guarantee or sponsor backstop. `draw: NAME` with `for: [dues]` calls what cash lacks for these dues, as long as
    no more than `limit` (formula, money) has been called; a tranche among the dues means its interest and principal.

    `steps`: on payment dates from each date on the limit is the number given (a step-down). `fee`: rate per annum on
    what can still be called at the beginning of a period (after the payments of the date before, within the limit of
    that date), up to `until`, payable as `NAME.fee`, carried when it is not paid. `reimbursed`: the guarantor is owed
    what it paid, without interest, and `repay: NAME` pays it back. `reinstated`: the same, and what is paid back can be
    called again.
    It can be called up to `until` (a date, inclusive) while `available` (formula) holds; by default always, in default
    too. `covers`: the dues that a `draw` step without `for` covers, and those for which the default enforcement list
    calls it.
    """

    name: str = attrs.field(validator=v.name)
    limit: Formula = attrs.field(validator=v.amount)
    steps: tuple[tuple[dt.date, float], ...] = attrs.field(
        default=(), converter=v.as_tuple, validator=v.each(v.dated(v.number(0)))
    )
    fee: float = attrs.field(default=0.0, validator=v.rate(0.0, 1.0))
    covers: tuple[str, ...] = attrs.field(default=(), converter=v.as_tuple, validator=v.each(v.reference, at_most=64))
    reimbursed: bool = attrs.field(default=False, validator=v.flag)
    reinstated: bool = attrs.field(default=False, validator=v.flag)
    available: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))
    until: dt.date | None = attrs.field(default=None, validator=v.optional(v.date))
    day_count: str | None = attrs.field(default=None, validator=v.optional(v.one_of(DAY_COUNTS)))

    @property
    def repays(self) -> bool:
        """Whether `repay` may name it."""
        return self.reimbursed or self.reinstated

    @property
    def formulas(self) -> dict[str, Formula]:
        """Its formulas by field."""
        return {"limit": self.limit} | ({"available": self.available} if self.available is not None else {})
