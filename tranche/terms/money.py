"""Amounts of money in the deal's currency."""

from __future__ import annotations

import re

from tranche.errors import Invalid

from .number import MULTIPLIERS, suffixed

WANTED = "an amount such as 70m, 25k, 7.6bn or 1_000_000"

_CURRENCY = re.compile(r"[A-Z]{3}")
_PREFIX = re.compile(r"\s*([A-Z]{3})\s*(?=[\d.+-])")
_SUFFIX = re.compile(r"(?<=[\d.\sa-z])([A-Z]{3})\s*$")


def money(value: object, currency: str = "USD") -> float:
    """`70m`, `7.6bn`, `25k USD`, `USD 1_000_000`: k, m, mn and bn multiply; a currency must be the deal's.

    Raises Invalid.
    """
    return suffixed(strip_currency(value, currency), MULTIPLIERS, WANTED)


def strip_currency(value: object, currency: str) -> object:
    """`value` without a currency code before or after the number; Invalid when it is another currency."""
    if not isinstance(value, str):
        return value
    for pattern in (_PREFIX, _SUFFIX):
        if match := pattern.search(value) if pattern is _SUFFIX else pattern.match(value):
            if match[1] != currency:
                raise Invalid(f"{value!r} is in {match[1]}", f"the deal is in {currency}: convert the amount")
            value = value[: match.start()] + value[match.end() :]
    return value.strip()


def currency_code(value: object) -> str:
    """A currency: three capital letters (ISO 4217 form). Raises Invalid."""
    if not isinstance(value, str) or not _CURRENCY.fullmatch(value):
        raise Invalid(f"{value!r} is not a currency", "write three capital letters such as USD")
    return value
