"""Single dates."""

from __future__ import annotations

import datetime as dt
import re

from tranche.errors import Invalid

from .number import describe

WANTED = "a date as year-month-day, such as 2025-01-31"
FIRST_YEAR, LAST_YEAR = 1901, 2198  # what QuantLib's calendars cover, with room to move a date off a holiday

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)


def day(value: object) -> dt.date:
    """`2025-01-31` as a date. Raises Invalid for anything else, and for years outside 1901–2198."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        date = value
    else:
        match = _ISO.fullmatch(value.strip()) if isinstance(value, str) else None
        if match is None:
            raise Invalid(f"{describe(value)} is not a date", f"write {WANTED}")
        try:
            date = dt.date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError as error:
            raise Invalid(f"{match[0]} is no day of the calendar: {error}", f"write {WANTED}") from None
    if not FIRST_YEAR <= date.year <= LAST_YEAR:
        raise Invalid(f"the year {date.year} is out of range", f"years {FIRST_YEAR} to {LAST_YEAR} are known")
    return date
