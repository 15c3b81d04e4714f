"""The right of a sponsor to mend a failed test with money of its own."""

from __future__ import annotations

import attrs

from . import validators as v
from .formula import Formula


@attrs.frozen(kw_only=True)
class EquityCure:
    """On a test date on which the level `of` fails, the sponsor pays in what is missing, before any step of the date.

    `amount` (formula, money) by default: what the test's `shortfall` says for a test that fails below its level (cash
    that the numerator lacks), its `cure` for one that fails above (debt to be repaid). The test then counts as passed
    at `of` and at every level that is less strict; a stricter one stays failed. The sponsor does so `limit` times in
    all and `in_a_row` times on consecutive test dates at most, only where `when` (formula) holds, and only where the
    amount is no more than `most` (formula, money): else it pays nothing. The money goes to the account `to`. Formulas
    read the amount of the date as `TEST.equity_cure`.
    """

    limit: int = attrs.field(validator=v.whole(1, 1_200))
    of: str | None = attrs.field(default=None, validator=v.optional(v.text))  # by default the gravest level stated
    in_a_row: int | None = attrs.field(default=None, validator=v.optional(v.whole(1, 1_200)))
    amount: Formula | None = attrs.field(default=None, validator=v.optional(v.amount))
    most: Formula | None = attrs.field(default=None, validator=v.optional(v.amount))
    when: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))
    to: str = attrs.field(default="cash", validator=v.reference)
