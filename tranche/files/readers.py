"""Readers of single values: what the file has → what the class wants. Quantities are read by `tranche.terms`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from cattrs import Converter

from tranche.deal import Formula, parse_formula
from tranche.errors import Invalid
from tranche.terms.literal import literal
from tranche.terms.number import MULTIPLIERS, describe, suffixed

from .gather import Gather

T = TypeVar("T")
_DIGITS = re.compile(r"[1-9][\d_]*", re.ASCII)
Reader = Callable[[Any], Any]


def as_written(value: Any) -> Any:
    """For fields that have no unit and no form of their own: their validator says what they may be."""
    return tuple(value) if isinstance(value, list) else value


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise Invalid(f"{describe(value)} is not text", "write text; put it in quotes")
    return value


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Invalid(f"{describe(value)} is not a yes/no value", "write true or false")
    return value


def integer(value: Any) -> int:
    """A whole number; `2_000` and `30k` count as such."""
    number = suffixed(value, MULTIPLIERS, "a whole number")
    if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):  # a float holds 16 digits, a seed has 20
        value = int(value.replace("_", ""))
    if number != int(number):
        raise Invalid(f"{describe(value)} is not a whole number", "write a whole number")
    return value if isinstance(value, int) else int(number)


def formula(value: Any) -> Formula:
    if isinstance(value, Formula):
        return value
    if isinstance(value, bool):
        raise Invalid(f"{str(value).lower()} is a yes/no value", "write a formula; 1 is true and 0 is false")
    if isinstance(value, (int, float)):
        literal(value)
        value = repr(value)
    if not isinstance(value, str):
        raise Invalid(f"{describe(value)} is not a formula", "write one such as 2% * pool / 12")
    return parse_formula(value)


def mapping(value: Any, example: str = "key: value") -> dict[str, Any]:
    """A mapping; an empty value counts as one without keys."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Invalid(f"{describe(value)} stands where a mapping is wanted", f"write {example}")
    return value


def listing(reader: Callable[[Any], T]) -> Callable[[Any], tuple[T, ...]]:
    """A list whose items `reader` reads; every item that fails is told by its index."""
    return partial(_listing, reader)


def _listing(reader: Callable[[Any], T], value: Any) -> tuple[T, ...]:
    if not isinstance(value, list):
        fix = "write [a, b] or lines that begin with '- '"
        raise Invalid(f"{describe(value)} stands where a list is wanted", fix)
    with Gather() as gather:
        items = [gather.read(i, reader, item) for i, item in enumerate(value)]
    return tuple(item for item in items if item is not None)


def structure_named(converter: Converter, kind: type, name: str, raw: Any) -> Any:
    """Structure a class whose `name` is the key above its other keys."""
    body = mapping(raw)
    if "name" in body:
        raise Invalid("unknown key 'name'", f"the name is {name!r} already, the key above: remove it")
    return converter.structure({**body, "name": name}, kind)
