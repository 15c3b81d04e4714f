"""Named amounts by payment date that a deal states: a base-case CFADS, a capital plan, a planned balance."""

from __future__ import annotations

import datetime as dt

import attrs

from . import validators as v

UNITS = ("money", "number")

Dated = tuple[tuple[dt.date, float], ...]


@attrs.frozen(kw_only=True)
class Series:
    """A number for every payment date, the same on every path; formulas read it by its `name`, and `sum_next` may look
    ahead in it. Exactly one of:

    `values`  one number a payment date
    `dated`   amounts on dates: each belongs to the first payment date on or after it, several add up, the other payment
              dates have 0
    `levels`  each holds from its date to the next; the first also before it

    `unit`: `money` (in the deal's currency) or `number` (a ratio, a rate, a factor).
    """

    name: str = attrs.field(validator=v.name)
    values: tuple[float, ...] = attrs.field(default=(), converter=v.as_tuple, validator=v.each(v.number()))
    dated: Dated = attrs.field(default=(), converter=v.as_tuple, validator=v.by_date)
    levels: Dated = attrs.field(default=(), converter=v.as_tuple, validator=v.by_date)
    unit: str = attrs.field(default="money", validator=v.one_of(UNITS))

    def by_date(self, dates: tuple[dt.date, ...]) -> list[float]:
        """The number of each of the payment dates. The compiler has checked that they fit."""
        if self.values:
            return list(self.values)
        if self.levels:
            first, *later = sorted(self.levels)
            return [[first[1], *(level for start, level in later if start <= date)][-1] for date in dates]
        found = [0.0] * len(dates)
        for date, amount in sorted(self.dated):
            found[next(t for t, payment in enumerate(dates) if payment >= date)] += amount
        return found
