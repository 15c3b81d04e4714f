"""Deal → the text of its file."""

from __future__ import annotations

import datetime as dt
import re
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarint import ScalarInt
from ruamel.yaml.scalarstring import LiteralScalarString

from tranche.deal import Deal
from tranche.market.terms import Market

from .plain import plain, plain_market

WIDTH = 100_000  # no text is folded
SHORT = 90  # characters of a mapping that stands on one line
_GROUPED = re.compile(r"-?[1-9]\d{0,2}(_\d{3})+", re.ASCII)


def dump(deal: Deal) -> str:
    """The deal as YAML, format 1: `load(dump(deal)) == deal`. Sections in the order in which people write them, numbers
    with their units where that loses no bit. Comments are not kept; what a fleet's site or generation says stands with
    each cohort."""
    return _text(plain(deal))


def dump_market(market: Market, currency: str = "USD") -> str:
    """The market as a file of its own: `load_market` reads the same market back."""
    return _text(plain_market(market, currency))


def _text(values: dict[str, Any]) -> str:
    yaml = YAML()
    yaml.width = WIDTH
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = StringIO()
    yaml.dump(_styled(values, 0), stream)
    return _spaced(stream.getvalue())


def _styled(value: Any, depth: int, in_list: bool = False) -> Any:
    """Plain values as ruamel's, which know their style: what is short and lies deep enough stands on one line."""
    if isinstance(value, dict):
        found = CommentedMap((_key(key), _styled(item, depth + 1)) for key, item in value.items())
        if depth > 1 and not in_list and len(str(value)) <= SHORT:
            found.fa.set_flow_style()
        return found
    if isinstance(value, list):
        items = CommentedSeq(_styled(item, depth + 1, in_list=True) for item in value)
        if not any(isinstance(item, dict) for item in value) and depth > 1:
            items.fa.set_flow_style()
        return items
    if isinstance(value, str) and "\n" in value:
        return LiteralScalarString(value)
    if isinstance(value, str) and _GROUPED.fullmatch(value):
        return ScalarInt(int(value), underscore=[3, False, False])  # else it would stand in quotes
    return value


def _key(key: Any) -> Any:
    return key.isoformat() if isinstance(key, dt.date) else key


def _spaced(text: str) -> str:
    """An empty line above every section that has lines below it."""
    lines = text.splitlines()
    found: list[str] = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if found and line[:1].strip() and following.startswith(" "):
            found.append("")
        found.append(line)
    return "\n".join(found) + "\n"
