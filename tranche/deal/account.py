"""Accounts that hold cash between payment dates. The collection account `cash` always exists and is not declared."""

from __future__ import annotations

import datetime as dt

import attrs

from . import validators as v
from .formula import Formula


@attrs.frozen(kw_only=True)
class Account:
    """An account. `target` (formula, money) is what `fund` tops it up to and `release` leaves in it.

    `initial` is paid in at closing from the proceeds. After `closes` no step may pay into it.
    """

    name: str = attrs.field(validator=v.name)
    target: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))
    initial: float = attrs.field(default=0.0, validator=v.number(0))
    closes: dt.date | None = attrs.field(default=None, validator=v.optional(v.date))

    @property
    def formulas(self) -> dict[str, Formula]:
        """Its formulas by field."""
        return {} if self.target is None else {"target": self.target}
