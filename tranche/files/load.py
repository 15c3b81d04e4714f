"""Deal files → Deal. A file that is no deal ends in one DealError with everything that is wrong, each with its line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from tranche.deal import Deal, Source
from tranche.errors import DealError

from .keys import RENAMED
from .lines import plain_values
from .market_file import include_market
from .sections import read_deal
from .text_file import MOST_BYTES, read_text, too_big
from .yaml_tree import yaml_tree


def load(path: str | Path) -> Deal:
    """The deal in the file at `path` (YAML, UTF-8, format 1); a text with a line break is no path but the deal itself,
    as `dump` writes it. Raises DealError."""
    if isinstance(path, str) and "\n" in path:
        return loads(path)
    return loads(read_text(path), str(path))


def loads(text: str, file: str = "<text>") -> Deal:
    """The deal that `text` writes; `file` is the name that errors show. Raises DealError."""
    if len(text) > MOST_BYTES:
        raise too_big(file)
    tree, problems = yaml_tree(text.removeprefix("\ufeff"), file)
    values, lines = plain_values(tree)
    values, included, more = include_market(values, file)
    source = Source(file=file, lines={**lines, **_other_names(lines)}, included=included)
    more = [attrs.evolve(one, place=source.place(one.place.path)) if not one.place.line else one for one in more]
    return read_deal(values, source, [*problems, *more])


def read_values(path: str | Path, kind: str) -> tuple[Any, dict[str, int]]:
    """The plain values in a YAML file and the line of each path in it; `kind`, for messages: what it should be. Raises
    DealError."""
    tree, problems = yaml_tree(read_text(path, kind).removeprefix("\ufeff"), str(path), kind)
    if problems:
        raise DealError(problems)
    return plain_values(tree)


_FIELDS: dict[str, list[str]] = {}  # key of a file -> the fields that it can be
for _fields in RENAMED.values():
    for _field, _key in _fields.items():
        _FIELDS.setdefault(_key, []).append(_field)


def _other_names(lines: Mapping[str, int]) -> dict[str, int]:
    """Lines of what the deal calls otherwise than the file: a plain list is the performing waterfall, a test's ratio or
    value is a numerator and a denominator, and some fields have another key."""
    found = {}
    for path, line in lines.items():
        if path.startswith("waterfall["):
            found[path.replace("waterfall[", "waterfall.performing[", 1)] = line
        elif path.startswith("tests.") and path.endswith((".ratio", ".value")):
            test = path.rpartition(".")[0]
            found |= {f"{test}.numerator": line, f"{test}.denominator": line}
    for path, line in lines.items():
        stem, dot, key = path.rpartition(".")
        for field in _FIELDS.get(key, ()) if dot else ():
            found[f"{stem}.{field}"] = line
    return found
