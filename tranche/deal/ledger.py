"""Principal deficiency ledgers: what losses have taken from the principal behind each tranche, until it is cured."""

from __future__ import annotations

import attrs

from . import validators as v
from .formula import Formula, Name


@attrs.frozen(kw_only=True)
class Ledger:
    """A principal deficiency ledger of the debt `tranche`.

    On each payment date, before the tests, the `losses` (formula, money; `collections.loss` by default) are debited to
    the ledgers in reverse order: to that of the most junior tranche until it stands at the tranche's balance, then to
    the next. What no ledger takes is recorded as `unallocated` of the most senior one. Ledgers with the same `losses`
    stand in one order; each formula of losses has an order of its own.
    `pay: NAME` cures it: money moves from the account of the step to the account `to`, from where it repays principal,
    and the ledger is credited. Formulas read `NAME.balance`.
    """

    name: str = attrs.field(validator=v.name)
    tranche: str = attrs.field(validator=v.identifier)
    to: str = attrs.field(validator=v.identifier)
    losses: Formula = attrs.field(default=Formula(Name("collections.loss"), "collections.loss"), validator=v.formula)

    @property
    def formulas(self) -> dict[str, Formula]:
        """Its formulas by field."""
        return {"losses": self.losses}
