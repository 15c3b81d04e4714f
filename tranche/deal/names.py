"""Which names a deal may give to its parts: they become names of formulas, so all live in one namespace."""

from __future__ import annotations

import keyword
import re
import unicodedata

from tranche.errors import Invalid

from .formula import FUNCTIONS

# what formulas already mean by these words
RESERVED = frozenset(FUNCTIONS) | {
    "period", "periods", "final", "year_fraction", "cash", "collections", "debt_service", "fees", "status", "market",
    "borrowing_base", "clean_up", "rates", "fleet", "miner",
    "audit", "series", "tranches", "accounts", "tests", "definitions", "waterfall", "true", "false",
}  # fmt: skip
LONGEST_NAME = 60
LONGEST_DEAL_NAME = 200

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)


def check_name(name: object) -> str:
    """`name` when it can be used in formulas; else Invalid with what would do."""
    check_identifier(name)
    assert isinstance(name, str)
    if name in RESERVED:
        raise Invalid(f"the name {name!r} is reserved for formulas", "choose another, such as " + repr(name + "_1"))
    return name


def check_deal_name(name: str) -> str:
    """`name` when a deal can be called that: it stands in titles, drawings and on the terminal; else Invalid."""
    shows = all(letter.isprintable() or unicodedata.category(letter) == "Zs" for letter in name)  # blanks of any width
    if not name.strip() or not shows or len(name) > LONGEST_DEAL_NAME:
        shown = ascii(name) if len(name) <= LONGEST_NAME else ascii(name[:LONGEST_NAME]) + "…"
        raise Invalid(f"a deal cannot be called {shown}", f"a name of 1 to {LONGEST_DEAL_NAME} printable letters")
    return name


def check_identifier(name: object) -> str:
    """`name` if letters, digits and underscores, begins with a letter and is no word of Python; else Invalid."""
    wanted = "use letters, digits and underscores and begin with a letter, such as mezz_a"
    if not isinstance(name, str) or len(name) > LONGEST_NAME or not _IDENTIFIER.fullmatch(name):
        shown = repr(name) if len(repr(name)) <= LONGEST_NAME else repr(name)[:40] + "…"
        raise Invalid(f"{shown} cannot be a name", wanted)
    if keyword.iskeyword(name):
        raise Invalid(f"the name {name!r} is a word of the formula language", "choose another")
    return name
