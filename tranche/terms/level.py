"""Levels of market factors: a price, an index, a share; its unit is the user's own."""

from __future__ import annotations

import re

from .literal import LITERAL_SUFFIXES
from .money import strip_currency
from .number import suffixed

WANTED = "a level such as 2.35 USD/gpu-hour, 65k USD or 85%"

_PER = re.compile(r"\s*/\s*[A-Za-z][A-Za-z0-9-]*\s*$")


def level(value: object, currency: str = "USD") -> float:
    """`2.35 USD/gpu-hour`, `65k USD`, `85%`, `42.5 USD/PH-day`: the number; a currency must be the deal's.

    What stands behind the slash is a note to the reader. Raises Invalid.
    """
    text = _PER.sub("", value) if isinstance(value, str) else value
    return suffixed(strip_currency(text, currency), LITERAL_SUFFIXES, WANTED)
