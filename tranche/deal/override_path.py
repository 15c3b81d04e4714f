"""The paths of overrides: their words, and the terms of a deal that they lead to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tranche.errors import Invalid

_INDEX = re.compile(r"\[(\d{1,6})\]")
_WORD = re.compile(r"[^.\[\]]+")

Term = tuple[str | int, ...]  # where in the deal a path leads, however it is spelt: fields, items by number


def path_words(path: str) -> Iterator[str | int]:
    """`waterfall.performing[3].share` → waterfall, performing, 3, share."""
    at = 0
    while at < len(path):
        if index := _INDEX.match(path, at):
            yield int(index[1])
            at = index.end()
        elif word := _WORD.match(path, at):
            yield word[0].strip()
            at = word.end()
        else:
            raise Invalid(f"{path[:60]!r} is not a path", "write names with dots, such as senior.coupon")
        if at < len(path) and path[at] == ".":
            at += 1
            if at == len(path):
                raise Invalid(f"{path[:60]!r} ends with a dot", "write names with dots, such as senior.coupon")
    if at == 0:
        raise Invalid("the path is empty", "write names with dots, such as senior.coupon")


def note(told: dict[Term, str], path: str, at: list[Any]) -> None:
    """Note that `path` leads to `at`. Raises Invalid when an earlier path leads there too, or below: it would be lost
    without a word."""
    *above, fields = at
    for term in ((*above, field) for field in fields):
        for earlier, first in told.items():
            if earlier == term:
                raise Invalid(f"{first} names the same term", "give one of them")
            if earlier[: len(term)] == term:
                raise Invalid(f"it overwrites {first}", "give that one after it, or leave one out")
    told |= {(*above, field): path for field in fields}
