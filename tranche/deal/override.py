"""A deal with other terms: each named by its dotted path, as a file writes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import attrs

from tranche.errors import DealError, Invalid, Place, Problem, UsageError, nearest
from tranche.terms.number import describe

from .frozen_map import FrozenMap
from .override_path import Term, note, path_words
from .step import VERBS, Step


class FieldReader(Protocol):
    """Reads what a file would write at the key `key` of an object of the deal: the fields that this sets and their
    values. Raises Invalid, or several problems at once as a DealError, and KeyError when the object has no such key."""

    def __call__(self, owner: Any, key: str, value: Any, currency: str) -> dict[str, Any]: ...


_reader: FieldReader | None = None


def register_reader(reader: FieldReader) -> None:
    """What reads the text of an override; `tranche.files` registers its own when it is imported."""
    global _reader  # noqa: PLW0603  # the house has its floors: this one does not know files
    _reader = reader


def overridden(deal: Any, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of `deal` that `overrides` change: dotted path → what a file would write there, or the value itself.
    Raises DealError with every problem, two paths that name one term among them."""
    changed: dict[str, Any] = {}
    problems: list[Problem] = []
    if not isinstance(overrides, Mapping):
        what = f"the overrides are {describe(overrides)}"
        raise UsageError(Problem(what, 'give a mapping of path and value, such as {"senior.coupon": "6%"}'))
    told: dict[Term, str] = {}
    for path, value in overrides.items():
        if not isinstance(path, str):
            problems.append(Problem(f"{describe(path)} is not a path", "write names with dots, such as senior.coupon"))
            continue
        at: list[Any] = []
        value = _plain(value)
        try:
            words = list(path_words(path))
            section, words = _section(deal, changed, words)
            now = changed.get(section, getattr(deal, section))
            if not words:
                changed |= _leaf(deal, section, value, deal.currency, at)
            else:
                at.append(section)
                changed[section] = _set(now, words, value, deal.currency, at)
            note(told, path, at)
        except DealError as error:
            problems += [attrs.evolve(one, place=Place(_joined(path, one.place.path))) for one in error]
        except Invalid as invalid:
            problems.append(Problem(invalid.what, invalid.fix, Place(path)))
    if problems:
        raise DealError(problems)
    return changed


def _plain(value: Any) -> Any:
    """numpy's numbers, dates and arrays as Python's own, which is what a file would give."""
    if type(value).__module__ == "numpy" and hasattr(value, "tolist"):
        return (value.astype("datetime64[D]") if type(value).__name__ == "datetime64" else value).tolist()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _joined(path: str, below: str) -> str:
    return path + (below if not below or below[0] in ".[" else "." + below)


def _section(deal: Any, changed: Mapping[str, Any], words: list[str | int]) -> tuple[str, list[str | int]]:
    """The section of a path and the rest of it. A path may begin with the name of a tranche, fee, account, test, …"""
    first = words[0]
    sections = [field.name for field in attrs.fields(type(deal)) if field.name != "source"]
    if first in sections:
        return str(first), words[1:]
    names: dict[str, str] = {}
    for section in sections:
        items = changed.get(section, getattr(deal, section))
        if isinstance(items, Mapping):
            names |= dict.fromkeys(items, section)
        elif isinstance(items, tuple):
            names |= {item.name: section for item in items if hasattr(item, "name")}
    if first in names:
        return names[str(first)], words
    raise Invalid(f"unknown name {first!r}", nearest(str(first), [*names, *sections]))


def _set(owner: Any, words: list[str | int], value: Any, currency: str, at: list[Any]) -> Any:
    """`owner` with `value` at the path `words` below it; `at` gets the way there, and last the fields that are set."""
    word, rest = words[0], words[1:]
    if isinstance(owner, tuple):
        k = _item(owner, word)
        if not rest:
            raise Invalid(f"{word!r} is named as a whole", f"name one of its terms: {_known(owner[k])}")
        at.append(k)
        return (*owner[:k], _within(owner[k], rest, value, currency, at), *owner[k + 1 :])
    if isinstance(owner, Mapping):
        if word not in owner:
            raise Invalid(f"unknown name {word!r}", nearest(str(word), owner))
        if rest:
            raise Invalid(f"{word!r} has no terms of its own", "end the path there")
        return FrozenMap({**owner, **_leaf(owner, str(word), value, currency, at)})
    if not attrs.has(type(owner)):
        raise Invalid(f"there is nothing named {word!r} there", "end the path before it")
    word = _default(owner, word)
    if isinstance(word, int):
        return _set(owner, ["performing", *words], value, currency, at)
    if rest and _is_kind(owner, word):  # market.factors.rent.lognormal.drift: the kind stands between
        return _set(owner, rest, value, currency, at)
    if not rest:
        return attrs.evolve(owner, **_leaf(owner, word, value, currency, at))
    inside = getattr(owner, word, None)
    if inside is None or word.startswith("_") or word not in attrs.fields_dict(type(owner)):
        alone = _only_part(owner, word)
        if alone is None:
            raise Invalid(f"unknown key {word!r}", nearest(word, _names(owner)))
        return attrs.evolve(owner, **_in_only_part(owner, alone, words, value, currency, at))
    at.append(word)
    return attrs.evolve(owner, **{word: _set(inside, rest, value, currency, at)})


def _leaf(owner: Any, key: str, value: Any, currency: str, at: list[Any]) -> dict[str, Any]:
    """The fields that `value` at `key` sets."""
    if key == "name" and not isinstance(owner, Mapping):
        raise Invalid("a name cannot be overridden", "name a term, such as senior.coupon")
    if key in VERBS and isinstance(owner, Step):
        raise Invalid("what a step does cannot be overridden", "its limit, share, when, … can; or write another deal")
    fields = _fields(owner, key, value, currency)
    if fields is None:
        alone = _only_part(owner, key)
        if alone is None:
            raise Invalid(f"unknown key {key!r}", nearest(key, _names(owner)))
        return _in_only_part(owner, alone, [key], value, currency, at)
    at.append(tuple(fields))
    return fields


def _fields(owner: Any, key: str, value: Any, currency: str) -> dict[str, Any] | None:
    """None where `owner` itself has no such key."""
    if _reader is not None and (value is None or isinstance(value, (str, int, float, dict, list)) or _is_date(value)):
        try:
            return _reader(owner, key, value, currency)
        except KeyError:
            return None
    return {key: value} if isinstance(owner, Mapping) or key in attrs.fields_dict(type(owner)) else None


def _in_only_part(
    owner: Any, alone: str, words: list[str | int], value: Any, currency: str, at: list[Any]
) -> dict[str, Any]:
    """The field `alone` of `owner` with `value` in its only part."""
    at += [alone, 0]
    return {alone: (_within(getattr(owner, alone)[0], words, value, currency, at),)}


def _within(item: Any, words: list[str | int], value: Any, currency: str, at: list[Any]) -> Any:
    """An item of a tuple with `value` below it: the item itself, or what stands beside its name."""
    if _is_named(item):
        return (item[0], _set(item[1], words, value, currency, at))
    return _set(item, words, value, currency, at)


def _is_named(item: Any) -> bool:
    return isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str)


def _is_date(value: Any) -> bool:
    return hasattr(value, "isoformat")


def _item(owner: tuple[Any, ...], word: str | int) -> int:
    if isinstance(word, int):
        if word >= len(owner):
            raise Invalid(f"there is no item [{word}]", f"there are {len(owner)}, numbered from 0")
        return word
    names = [item[0] if _is_named(item) else getattr(item, "name", None) for item in owner]
    if word not in names:
        raise Invalid(f"unknown name {word!r}", nearest(word, [name for name in names if name]))
    return names.index(word)


def _default(owner: Any, word: str | int) -> str | int:
    """A waterfall that is a plain list is the performing one."""
    if isinstance(word, int) and not hasattr(owner, "performing"):
        raise Invalid(f"[{word}] stands where a name is wanted", nearest("", _names(owner)))
    return word


def _is_kind(owner: Any, word: str) -> bool:
    """Whether `word` is the kind of thing that `owner` is, as a file says it: fleet, lognormal, gaussian, debt."""
    return word not in attrs.fields_dict(type(owner)) and type(owner).__name__.lower().startswith(word.replace("_", ""))


def _only_part(owner: Any, key: str) -> str | None:
    """The field that holds the only part of `owner`, when that part has `key`: a fleet of one cohort is the cohort."""
    if isinstance(owner, Mapping):
        return None
    for field in attrs.fields(type(owner)):
        inside = getattr(owner, field.name)
        if isinstance(inside, tuple) and len(inside) == 1:
            part = inside[0][1] if _is_named(inside[0]) else inside[0]
            known = attrs.fields_dict(type(part)) if attrs.has(type(part)) else {}
            if any(f"{key}{unit}" in known for unit in ("", "_days", "_years")):
                return str(field.name)
    return None


def _names(owner: Any) -> list[str]:
    return [field.name for field in attrs.fields(type(owner)) if field.name not in ("name", "source")]


def _known(owner: Any) -> str:
    owner = owner[1] if _is_named(owner) else owner
    return ", ".join(_names(owner)[:8]) if attrs.has(type(owner)) else "it has none"
