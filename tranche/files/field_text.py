"""What a file would write at one key of one object of a deal → the fields that it sets: for overrides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
from cattrs.errors import BaseValidationError

from tranche.deal import CoverageTest, Deal, Step, Waterfalls
from tranche.deal.override import register_reader
from tranche.errors import DealError, Invalid, Place, Problem
from tranche.market.terms import Market

from .converter import VALIDATORS, copulas, deal_converter
from .coverage import read_test
from .dependence import read_dependence
from .fields import field_readers
from .gather import flatten
from .keys import key_of
from .lines import plain_values
from .readers import as_written, formula, listing, text
from .steps import read_modifier, read_step
from .yaml_tree import yaml_tree


def read_field(owner: Any, key: str, value: Any, currency: str) -> dict[str, Any]:
    """See `tranche.deal.override.FieldReader`. A text that begins with { or [ is YAML, as in a file."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        value = _plain(value)
    try:
        return _read(owner, key, value, currency)
    except BaseValidationError as error:
        raise DealError(Problem(what, fix, Place(path)) for path, what, fix in flatten(error, "")) from None


def _plain(value: str) -> Any:
    tree, problems = yaml_tree(value, "")
    if problems:
        raise DealError(problems)
    return plain_values(tree)[0]


def _read(owner: Any, key: str, value: Any, currency: str) -> dict[str, Any]:
    if isinstance(owner, Mapping):
        return {key: formula(value)}
    kind = type(owner)
    if kind is CoverageTest and key == "ratio":
        parts: Any = read_test(lambda raw: raw, {"ratio": value})
        return dict(parts)
    if kind is Step:
        return read_modifier(key, value)
    if kind is Waterfalls:
        return {_field(kind, key).name: listing(read_step)(value)}
    if kind is Deal:
        return {_field(kind, key).name: _section(key, value, currency)}
    if kind is Market and key == "dependence" and not attrs.has(type(value)):
        return {key: read_dependence(copulas(deal_converter(currency)), value)}
    field_ = _field(kind, key)
    if value is None and field_.default is None:
        return {field_.name: None}
    made = field_readers(currency, deal_converter(currency)).get(kind, {}).get(field_.name, as_written)(value)
    if (validate := VALIDATORS.get(kind, {}).get(field_.name)) is not None:
        validate(None, field_, made)
    return {field_.name: made}


def _field(kind: type, key: str) -> attrs.Attribute[Any]:
    """The field that a file calls `key`. Raises KeyError."""
    field: attrs.Attribute[Any]
    for field in attrs.fields(kind):
        if key_of(kind, field.name) == key and field.name not in ("name", "source"):
            return field
    raise KeyError(key)


def _section(key: str, value: Any, currency: str) -> Any:
    """A whole section that is one value: texts, and the market."""
    if key in ("description", "currency"):
        return text(value)
    if key == "assumptions":
        return listing(text)(value)
    if key == "market":
        return deal_converter(currency).structure(value, Market)
    raise Invalid(f"{key!r} is a whole section", f"name one of its terms, such as {key}.…")


register_reader(read_field)
