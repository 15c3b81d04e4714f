"""Lengths of time: `36m` is 36 months here, not 36 million."""

from __future__ import annotations

from tranche.errors import Invalid

from .number import finite, scale, split_number

MONTHS_PER_YEAR = 12
DAYS_PER_WEEK = 7


def tenor_years(value: object) -> float:
    """`6y` is 6.0, `30m` 2.5; a bare number is years. Days are refused: how many make a year is a convention.

    Raises Invalid.
    """
    wanted = "a number of years such as 6y or 72m"
    digits, unit = split_number(value, wanted)
    if unit not in ("", "y", "m"):
        raise Invalid(f"{value!r} has the unit {unit!r}", f"write {wanted}")
    number = scale(digits, 0)
    return finite(number / MONTHS_PER_YEAR if unit == "m" else number, wanted)


def tenor_days(value: object) -> int:
    """`45d` is 45, `6w` is 42; a bare whole number is days. Months are refused: they have no fixed length.

    Raises Invalid.
    """
    wanted = "a whole number of days such as 45d or 6w"
    digits, unit = split_number(value, wanted)
    if unit not in ("", "d", "w"):
        raise Invalid(f"{value!r} has the unit {unit!r}", f"write {wanted}")
    number = finite(scale(digits, 0), wanted)
    if number != int(number):
        raise Invalid(f"{value!r} is not a whole number", f"write {wanted}")
    return int(number) * (DAYS_PER_WEEK if unit == "w" else 1)
