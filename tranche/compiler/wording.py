"""Terms in words: what a step, a test, a tranche says, for whoever describes the Program."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any

import attrs

from tranche.deal import CallOption, Coupon, CoverageTest, Debt, Fee, LevelSchedule, Step
from tranche.deal.formula import Formula
from tranche.deal.test import LEVELS
from tranche.deal.unsaid import default_of, goes_without_saying

# fields of terms that a deal file calls otherwise, and those that are parts of a whole or ratios
KEYS = {"cover": "for", "source": "from"}
SHARES = frozenset({"share", "spread", "floor", "cap", "growth", "interest_on_unpaid"})
_SHARES: Mapping[str, tuple[type, ...]] = {"rate": (Fee,), "price": (CallOption, Debt)}  # of these classes alone
RATIOS = frozenset(LEVELS)


def details(terms: Any, without: Collection[str] = ("name",)) -> tuple[tuple[str, str], ...]:
    """(key, words) of every field that does not go without saying, in their order: new fields need nothing."""
    found = []
    percent = isinstance(terms, CoverageTest) and terms.unit == "%"
    for name, key, unit, default in _fields(type(terms)):  # type: ignore[arg-type]  # a class can be hashed
        value = getattr(terms, name)
        unit = "share" if percent and name in RATIOS else unit
        if value is not None and name not in without and not goes_without_saying(default, value):
            found.append((key, say(value, unit)))
    return tuple(found)


@lru_cache(maxsize=256)
def _fields(kind: type) -> tuple[tuple[str, str, str, Any], ...]:
    """Of every field of a class of terms: its name, its key in a deal file, its unit, its default."""
    found = []
    for field in attrs.fields(kind):
        unit = "share" if issubclass(kind, _SHARES.get(field.name, ())) else field.name
        found.append((field.name, KEYS.get(field.name, field.name), unit, default_of(field)))
    return tuple(found)


def say(value: Any, field: str = "") -> str:
    """A value as a person would write it in a deal file."""
    match value:
        case Formula():
            return value.text
        case bool() | str() | dt.date():
            return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
        case int() | float() if field in SHARES:
            return f"{100.0 * value:.6g}%"
        case int() | float() if field in RATIOS:
            return f"{value:.4g}x"
        case int() | float():
            return f"{value:,.12g}"
        case Coupon():
            return coupon(value)
        case Mapping() | LevelSchedule():
            return _several(_pairs(value, field))
        case tuple() | list():
            return _several([say(item, field) for item in value])
    if attrs.has(type(value)):
        said = details(value)
        kind = getattr(value, "kind", "")
        rest = ", ".join(f"{key.replace('_', ' ')} {words}" for key, words in said if key != "kind")
        return kind + (f" ({rest})" if kind and rest else rest)
    return str(value)


def _pairs(value: Mapping[str, Any] | LevelSchedule, field: str) -> list[str]:
    if isinstance(value, LevelSchedule):
        return [f"{say(level, field)} from {date}" for date, level in value.points]
    return [f"{key} {say(item, field)}" for key, item in value.items()]


def _several(items: list[str], most: int = 6) -> str:
    if len(items) > most:
        items = [*items[: most - 2], f"… ({len(items)} in all)", items[-1]]
    return ", ".join(items)


def coupon(terms: Coupon) -> str:
    """`SOFR + 6%, floor 0%`, or `6%`; what else the coupon says follows."""
    spread = say(terms.spread, "spread")
    if terms.index is None:
        said = spread
    elif terms.spread == 0:
        said = terms.index
    else:
        said = f"{terms.index} {'-' if terms.spread < 0 else '+'} {say(abs(terms.spread), 'spread')}"
    rest = details(terms, without=("spread", "index"))
    return ", ".join([said, *(f"{key.replace('_', ' ')} {words}" for key, words in rest)])


def modifiers(step: Step) -> tuple[tuple[str, str], ...]:
    """The `details` of a step beside its verb and where the money goes."""
    return details(step, without=("verb", "targets", "group", "source", "to", "note"))


def words(step: Step, said: Iterable[tuple[str, str]]) -> str:
    """The step, of which `said` are the modifiers, in one line, as a report or a disassembly shows it."""
    joined = {"sequential": ", then ", "pro_rata": " and "}[step.group].join(step.targets)
    text = f"transfer to {joined}" if step.verb == "transfer" else f"{step.verb} {joined}"
    if step.group == "pro_rata" and len(step.targets) > 1:
        text += " pro rata"
    if step.cover:
        text += f" for {', '.join(step.cover)}"
    if step.source != "cash":
        text += f" from {step.source}"
    if step.to != "cash" and step.verb != "transfer":
        text += f" to {step.to}"
    for key, term in said:
        if key != KEYS["cover"]:
            text += _MODIFIERS.get(key, ", {key} {said}").format(key=key, said=term, purse=_purse(step))
    return text


_MODIFIERS = {
    "limit": ", at most {said}",
    "share": ", {said} of {purse}",
    "when": ", when {said}",
    "after": ", from {said}",
    "until": ", until {said}",
    "short": ", short: {said}",
}


def _purse(step: Step) -> str:
    """What a step's share is a share of: the account that it takes from."""
    if step.verb in ("draw", "release"):
        return "it" if len(step.targets) == 1 else "each"
    return "the cash" if step.source == "cash" else step.source
