"""Numbers as a file writes them: with the unit of their field, and thousands that an eye can count."""

from __future__ import annotations

from functools import partial
from typing import Any

from tranche.errors import Invalid
from tranche.terms import level, measured, money, percent, rate, ratio, tenor_days, tenor_years, unit_price

from .collateral_fields import months
from .readers import Reader

LONG = 10_000  # numbers from here on are grouped by thousands


def inner_reader(reader: Reader | None) -> Reader | None:
    """The reader of what `reader` reads the parts of, or of the number that may stand for something else."""
    if isinstance(reader, partial) and reader.args and callable(reader.args[0]):
        found: Reader = reader.args[0]
        return found
    return None


def curve_key(key: Any) -> Any:
    """The key of a curve: years, a date or a name."""
    return (f"{key:g}y" if tenor_years(f"{key:g}y") == key else f"{key!r}y") if isinstance(key, float) else key


def number_text(value: float, reader: Reader | None, currency: str) -> Any:
    """The number with the unit that its field has, where it reads back as the same; else bare."""
    unit = reader
    while (inner := inner_reader(unit)) is not None:
        unit = inner
    base = unit.func if isinstance(unit, partial) else unit
    whole = isinstance(bare(value), int)  # with a fraction it would have to stand in quotes
    grouping = [grouped(value)] if whole and abs(value) >= LONG else []
    for text in (*_candidates(value, base, unit), *grouping):
        try:
            if reader is not None and reader(text) == value:
                return text
        except Invalid:  # a unit that this field has not
            continue
    return bare(value)


def bare(value: float) -> Any:
    return int(value) if value == int(value) and abs(value) < 1e15 else float(value)


def grouped(value: float) -> str:
    """`250_000`: thousands that an eye can count."""
    return f"{bare(value):_}" if abs(value) >= LONG else repr(bare(value))


def _candidates(value: float, base: Any, reader: Reader | None) -> list[str]:
    if base in (rate, percent):
        return [f"{value * 100:.10g}%"]
    if base is ratio:
        return [f"{value:.2f}x", f"{value:.10g}x"]
    if base is tenor_days:
        return [f"{value:g}d"]
    if base is months:
        return [f"{value!r}m", f"{value / 12!r}y"]
    if base is tenor_years:
        return [f"{value:g}y", f"{value * 12:g}m"]
    if base is measured:
        return [f"{value:.10g} {reader.keywords['unit']}"]  # type: ignore[union-attr]
    if base in (money, unit_price, level):
        per = f" {reader.keywords['currency']}/{reader.keywords['unit']}" if base is unit_price else ""  # type: ignore[union-attr]
        return [
            f"{value / scale:.7g}{suffix}{per}"
            for scale, suffix in ((1e9, "bn"), (1e6, "m"), (1e3, "k"), (1.0, ""))
            if (abs(value) >= scale and suffix) or (per and scale == 1.0)
        ]
    return []
