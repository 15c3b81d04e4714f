"""How numbers read on a page."""

from __future__ import annotations

import math

NOTHING = "–"


def share(value: float, digits: int = 2) -> str:
    return NOTHING if math.isnan(value) else f"{value:.{digits}%}"


def money(value: float, unit: float) -> str:
    """In units of `unit`, such as millions; three digits behind the point where there is room."""
    if math.isnan(value):
        return NOTHING
    scaled = value / unit
    return f"{scaled:,.1f}" if abs(scaled) >= 1_000 else f"{scaled:,.3f}"


def years(value: float) -> str:
    return NOTHING if math.isnan(value) else f"{value:.2f}"
