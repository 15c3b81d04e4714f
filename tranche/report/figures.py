"""How numbers read on a page."""

from __future__ import annotations

import math
from pathlib import Path

NOTHING = "–"


def share(value: float, digits: int = 2) -> str:
    """In percent; what rounds to nothing has no sign."""
    return NOTHING if math.isnan(value) else f"{round(value, digits + 2) + 0.0:.{digits}%}"


def rare(value: float, digits: int = 2) -> str:
    """A share that is above nothing, however small: `< 0.01%` is not 0.00%."""
    least = 10.0 ** -(digits + 2)
    return f"< {least:.{digits}%}" if 0 < value < least / 2 else share(value, digits)


def none_of(count: int) -> float:
    """How probable what none of `count` draws shows may be, with 95% confidence: about 3 / count."""
    return float(1.0 - 0.05 ** (1.0 / count))


def money(value: float, unit: float) -> str:
    """In units of `unit`, such as millions; three digits behind the point where there is room."""
    if math.isnan(value):
        return NOTHING
    scaled = value / unit
    digits = 1 if abs(scaled) >= 1_000 else 3
    return f"{round(scaled, digits) + 0.0:,.{digits}f}"


def years(value: float) -> str:
    return NOTHING if math.isnan(value) else f"{value:.2f}"


def paths(count: int) -> str:
    """`1 path`, `2,000 paths`."""
    return f"{count:,} path{'' if count == 1 else 's'}"


def means(count: int) -> str:
    """What amounts of a run are: means, unless it has one path."""
    return f"means over {paths(count)}" if count > 1 else "amounts of one path"


def in_unit(words: str, currency: str) -> str:
    """`millions of USD`, or `USD` where the unit has no name."""
    return f"{words} {currency}".strip()


def short_name(file: str) -> str:
    """A file as a page names it, which others read: from the folder of the work, or by its name alone."""
    path, here = Path(file), Path.cwd()
    if not path.is_absolute():
        return file
    return str(path.relative_to(here)) if path.is_relative_to(here) else path.name
