"""Prices per unit (`2.35 USD/gpu-hour`) and physical quantities (`1.275 kW`)."""

from __future__ import annotations

from tranche.errors import Invalid

from .literal import LITERAL_SUFFIXES
from .money import strip_currency
from .number import MULTIPLIERS, split_number, suffixed


def unit_price(value: object, unit: str, currency: str = "USD") -> float:
    """`2.35 USD/gpu-hour` for `unit="gpu-hour"`; `30k USD/gpu`; a bare number is in the unit of the field.

    Raises Invalid, naming the unit that the field wants.
    """
    wanted = f"a price such as 2.35 {currency}/{unit}"
    text = value
    if isinstance(value, str) and "/" in value:
        text, _, per = value.partition("/")
        if per.strip() != unit:
            raise Invalid(f"{value!r} is per {per.strip()!r}", f"this price is per {unit}: write {wanted}")
    return suffixed(strip_currency(text, currency), MULTIPLIERS, wanted)


def measured(value: object, unit: str) -> float:
    """`1.275 kW` for `unit="kW"`; a bare number is in the unit of the field. Raises Invalid."""
    wanted = f"a quantity such as 1.275 {unit}"
    digits, suffix = split_number(value, wanted)
    if suffix not in ("", unit):
        raise Invalid(f"{value!r} is in {suffix!r}", f"this field is in {unit}: write {wanted}")
    return suffixed(digits, LITERAL_SUFFIXES, wanted)
