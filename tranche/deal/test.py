"""Coverage tests: a ratio read on test dates before the cash is spent, and what its levels set off."""

from __future__ import annotations

import datetime as dt

import attrs

from . import validators as v
from .equity_cure import EquityCure
from .formula import Formula
from .level_schedule import Level, each_level, level_on

LEVELS = ("trigger", "sweep", "lock_up", "early_amortisation", "default")  # the gravest last
BREACHES = ("below", "above")
UNITS = ("x", "%")

_LEVEL = v.optional(each_level(v.number(above=0)))


@attrs.frozen(kw_only=True)
class CoverageTest:
    """`numerator / denominator` against levels. `breach` says on which side of a level it fails:

        below   a minimum (DSCR, LLCR, OC, IC, liquidity). Where the denominator is 0 or less nothing is due: it passes
        above   a maximum (LTV, cumulative loss, concentration). Where the denominator is 0 or less there is nothing to
                set the numerator against: any numerator above 0 fails

    `trigger`, `sweep`: formulas read `NAME.breached` (the first level that is stated) and `NAME.sweep`; the status does
    not change. `lock_up`, `early_amortisation`, `default`: what the deal's status is while the level fails; default is
    for good. A level is a number or a LevelSchedule.

    Tested are the payment dates from `first_test` on, each `every`-th of them; in between, the last outcome stands.
    `grace`: so many failures in a row are forgiven, the next one bites; `clean`: so many passed test dates in a row
    lift it again.

    `unit`: how people read its levels, `1.20x` or `75%`; it decides no figure. A test of an amount, over 1, has no x.

    Formulas read the ratio itself as `NAME`, `NAME.numerator`, `NAME.denominator`, and `NAME.LEVEL` for each level
    stated (1 while it bites). For the first level stated, as balances stand when they are read, and 0 on dates that
    are not tested: `NAME.cure`, what would have to be repaid to pass, taken off the denominator (`below`) or the
    numerator (`above`), or the formula `cure`; `NAME.shortfall`, what the other side of the ratio lacks.
    """

    name: str = attrs.field(validator=v.name)
    numerator: Formula = attrs.field(validator=v.formula)
    denominator: Formula = attrs.field(validator=v.formula)
    breach: str = attrs.field(default="below", validator=v.one_of(BREACHES))
    trigger: Level | None = attrs.field(default=None, validator=_LEVEL)
    sweep: Level | None = attrs.field(default=None, validator=_LEVEL)
    lock_up: Level | None = attrs.field(default=None, validator=_LEVEL)
    early_amortisation: Level | None = attrs.field(default=None, validator=_LEVEL)
    default: Level | None = attrs.field(default=None, validator=_LEVEL)
    first_test: dt.date | None = attrs.field(default=None, validator=v.optional(v.date))
    every: int = attrs.field(default=1, validator=v.whole(1, 1_200))
    grace: int = attrs.field(default=0, validator=v.whole(0, 1_200))
    clean: int = attrs.field(default=1, validator=v.whole(1, 1_200))
    unit: str = attrs.field(default="x", validator=v.one_of(UNITS))
    cure: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))
    equity_cure: EquityCure | None = attrs.field(default=None, validator=v.optional(v.instance_of(EquityCure)))

    @property
    def levels(self) -> dict[str, Level]:
        """The levels that are stated, the gravest last."""
        return {name: level for name in LEVELS if (level := getattr(self, name)) is not None}

    def stricter(self, one: Level, other: Level, date: dt.date) -> bool:
        """Whether on `date` the level `one` fails before `other` does; false where one of them has not begun."""
        a, b = level_on(one, date), level_on(other, date)
        return a is not None and b is not None and (a > b if self.breach == "below" else a < b)
