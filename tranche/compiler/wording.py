"""Terms in words: what a test, a tranche, the collateral says, for whoever describes the Program."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

import attrs

from tranche.deal import Amortisation, Coupon, CoverageTest, Fee, LevelSchedule
from tranche.deal.formula import Formula, Number
from tranche.deal.test import LEVELS
from tranche.deal.unsaid import default_of, goes_without_saying

from .shares import is_share

# fields of terms that a deal file calls otherwise
KEYS = {"cover": "for", "source": "from"}
SHARE = "share"  # the unit of what is said in percent
RATIOS = frozenset(LEVELS)
MOST_SAID = 6  # items of a list that are all said


def details(terms: Any, without: Collection[str] = ("name",)) -> tuple[tuple[str, str], ...]:
    """(key, words) of every field that does not go without saying, in their order: new fields need nothing."""
    found = []
    own = _own_units(terms)
    for name, key, unit, default in _fields(type(terms)):  # type: ignore[arg-type]  # a class can be hashed
        value = getattr(terms, name)
        if value is not None and name not in without and not goes_without_saying(default, value):
            found.append((key, say(value, own.get(name, unit))))
    return tuple(found)


def _own_units(terms: Any) -> Mapping[str, str]:
    """The units of fields that depend on what else the terms say: levels of a test, steps of a fee that is a rate."""
    if isinstance(terms, CoverageTest):
        return dict.fromkeys(LEVELS, _unit_of_levels(terms))
    return {"steps": SHARE} if isinstance(terms, Fee) and terms.rate is not None else {}


def _unit_of_levels(test: CoverageTest) -> str:
    """The unit of a test's levels as `say` takes it: an amount, over 1, has none."""
    if test.unit == "%":
        return SHARE
    return "" if test.denominator.tree == Number(1.0) else LEVELS[0]


@lru_cache(maxsize=256)
def _fields(kind: type) -> tuple[tuple[str, str, str, Any], ...]:
    """Of every field of a class of terms: its name, its key in a deal file, its unit, its default."""
    found = []
    for field in attrs.fields(kind):
        unit = SHARE if is_share(kind, field.name) else field.name
        found.append((field.name, KEYS.get(field.name, field.name), unit, default_of(field)))
    return tuple(found)


def say(value: Any, field: str = "") -> str:
    """A value as a person would write it in a deal file."""
    match value:
        case Formula():
            return value.text
        case bool() | str() | dt.date():
            return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
        case int() | float():
            return _number(value, field)
        case Coupon():
            return coupon(value)
        case (dt.date() as date, int() | float() as number):
            return f"{_number(number, field)} from {date}"
        case Mapping() | LevelSchedule() | tuple() | list():
            return _several(_items(value, field))
    return _terms(value) if attrs.has(type(value)) else str(value)


def _number(value: float, field: str) -> str:
    if field == SHARE:
        return f"{100.0 * value:.6g}%"
    return f"{value:.4g}x" if field in RATIOS else f"{value:,.12g}"


def _terms(value: Any) -> str:
    """A class of terms: its kind, if it has one, and what it says."""
    kind, said = getattr(value, "kind", ""), details(value, without=("name", "kind"))
    long = isinstance(value, Amortisation) and len(value.amounts) > MOST_SAID
    parts = [_ends(value.amounts, value.balloon)] if long else []
    parts += [f"{key.replace('_', ' ')} {words}" for key, words in said if not (long and key == "amounts")]
    rest = ", ".join(parts)
    return kind + (f" ({rest})" if kind and rest else rest)


def _items(value: Any, field: str) -> list[str]:
    """The parts of a list or a mapping."""
    if isinstance(value, LevelSchedule):
        return [f"{say(level, field)} from {date}" for date, level in value.points]
    if isinstance(value, Mapping):
        return [f"{key} {say(item, field)}" for key, item in value.items()]
    named = [item for item in value if isinstance(item, tuple) and len(item) == 2 and attrs.has(type(item[1]))]
    if named:
        others = "all" if len(named) == 1 else "all others"
        return [f"{name or others}: {say(item)}" for name, item in named]
    if all(attrs.has(type(item)) for item in value):
        marks = [_mark(item, k if len(value) > 1 else 0) for k, item in enumerate(value, start=1)]
        return [f"{mark}{say(item)}" for mark, item in zip(marks, value, strict=True)]
    return [say(item, field) for item in value]


def _mark(item: Any, number: int) -> str:
    """What tells an item of a list from the one before it: its name, or its number (0: it is alone)."""
    name = getattr(item, "name", "")
    return f"{name}: " if name else f"({number}) " if number else ""


def _ends(amounts: tuple[float, ...], balloon: bool) -> str:
    """The ends of a schedule and its total. Under a balloon the last date takes whatever is left."""
    count = len(amounts)
    end = max((k for k, amount in enumerate(amounts, start=1) if amount), default=count)
    said = [say(amount) for amount in (*amounts[:2], *amounts[:end][-2:])]
    rest = f", then nothing on {count - end} dates" if end < count else ""
    rest = ", and on the last what is left" if rest and balloon else rest
    ends = f"{said[0]}, {said[1]}, … ({count} in all), {said[2]}, {said[3]}"
    return f"amounts {ends}{rest}, {say(math.fsum(amounts))} in total"


def _several(items: list[str]) -> str:
    if len(items) > MOST_SAID:
        items = [*items[: MOST_SAID - 2], f"… ({len(items)} in all)", items[-1]]
    return ", ".join(items)


def coupon(terms: Coupon) -> str:
    """`SOFR + 6%, floor 0%`, or `6%`; what else the coupon says follows."""
    spread = say(terms.spread, SHARE)
    if terms.index is None:
        said = spread
    elif terms.spread == 0:
        said = terms.index
    else:
        said = f"{terms.index} {'-' if terms.spread < 0 else '+'} {say(abs(terms.spread), SHARE)}"
    rest = details(terms, without=("spread", "index"))
    return ", ".join([said, *(f"{key.replace('_', ' ')} {words}" for key, words in rest)])
