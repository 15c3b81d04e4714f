"""The rights of a holder of convertible notes."""

from __future__ import annotations

import datetime as dt

import attrs

from . import validators as v
from .formula import Formula


@attrs.frozen(kw_only=True)
class Conversion:
    """`parity` (formula, a ratio): the value of the shares that a unit of principal converts into: the conversion ratio
    times the price of a share, for which a deal names its own proxy.

    The holder decides on maturity and on `puts` (the first payment date on or after each): at a parity of 1 or more it
    converts, else it is due the whole balance in cash, whatever the amortisation is (and stays due it, converting no
    more). From `forced_from` on (None: closing) the issuer calls the notes at a parity of `forced` or more (None:
    never), and the holder converts.

    Who converts, converts all: the balance is gone, no cash is paid for it, and the shares' value is recorded as
    `converted`, which counts in the yield. Interest of the period is still due in cash. After a default of the deal
    nobody converts. The time value of the option is not looked at: nobody converts early, or holds on to be paid more.
    """

    parity: Formula = attrs.field(validator=v.formula)
    puts: tuple[dt.date, ...] = attrs.field(default=(), converter=v.as_tuple, validator=v.each(v.date, at_most=20))
    forced: float | None = attrs.field(default=None, validator=v.optional(v.number(1, 100)))
    forced_from: dt.date | None = attrs.field(default=None, validator=v.optional(v.date))
