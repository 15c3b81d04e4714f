"""Coverage tests: a ratio read on each payment date before the cash is spent, and what its levels set off."""

from __future__ import annotations

import datetime as dt

import attrs

from . import validators as v
from .formula import Formula


@attrs.frozen(kw_only=True)
class CoverageTest:
    """`numerator / denominator` against levels; where the denominator is 0 or less nothing is due and the test passes.

    `trigger`: below it the test is *breached*: formulas read `NAME.breached`; the status does not change.
    `lock_up`, `default`: below it the deal's status this date is lock-up; default is for good.
    Formulas read the ratio itself as `NAME`. Before `first_test` every level passes.
    """

    name: str = attrs.field(validator=v.name)
    numerator: Formula = attrs.field(validator=v.formula)
    denominator: Formula = attrs.field(validator=v.formula)
    trigger: float | None = attrs.field(default=None, validator=v.optional(v.number(above=0)))
    lock_up: float | None = attrs.field(default=None, validator=v.optional(v.number(above=0)))
    default: float | None = attrs.field(default=None, validator=v.optional(v.number(above=0)))
    first_test: dt.date | None = attrs.field(default=None, validator=v.optional(v.date))
