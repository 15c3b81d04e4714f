"""First pass over a formula: tokens with their columns. Units are applied here and nowhere later."""

from __future__ import annotations

import keyword
import re
from enum import Enum

import attrs

from tranche.errors import Invalid, nearest
from tranche.terms.literal import LITERAL_SUFFIXES
from tranche.terms.number import DIGITS, finite, scale

WORDS = ("and", "or", "not")
OPERATORS = ("<=", ">=", "==", "!=", "+", "-", "*", "/", "<", ">", "(", ")", ",")

_TOKEN = re.compile(
    rf"(?P<space>\s+)|(?P<digits>{DIGITS})(?P<suffix>\s*%|\s*bp\b|[A-Za-z_][A-Za-z0-9_]*)?"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)"
    rf"|(?P<operator>\*\*|//|{'|'.join(map(re.escape, OPERATORS))})|(?P<other>.)",
    re.ASCII | re.DOTALL,
)

_HINTS = {
    "**": "powers are not part of formulas: multiply",
    "//": "divide with /",
    "=": "compare with ==",
    "&": "write: and",
    "|": "write: or",
    "!": "write: not",
    "^": "powers are not part of formulas: multiply",
    "%": "only a number takes %, as in 5% (there is no remainder)",
    "'": "formulas have no text: leave the quotes out",
    '"': "formulas have no text: leave the quotes out",
    "[": "write parentheses; there are no lists",
    "{": "write parentheses; there are no lists",
    "if": "write if_else(condition, then, otherwise)",
    "else": "write if_else(condition, then, otherwise)",
    "is": "compare with ==",
    "True": "write 1",
    "False": "write 0",
    "None": "leave the formula out",
    ".": "names are joined by dots without spaces, as in senior.balance",
}


class Kind(Enum):
    NUMBER = "number"
    NAME = "name"
    OPERATOR = "operator"


@attrs.frozen
class Token:
    """`text` as written, from `column` (1-based); `value` is the number of a NUMBER, units applied."""

    kind: Kind
    text: str
    column: int
    value: float = 0.0


def tokens(text: str) -> list[Token]:
    """The tokens of `text`. Raises Invalid at the first character or unit that no formula has."""
    found = []
    for match in _TOKEN.finditer(text):
        column = match.start() + 1
        if match["digits"] is not None:
            found.append(Token(Kind.NUMBER, match.group(), column, _number(match, column)))
        elif (name := match["name"]) is not None:
            if keyword.iskeyword(name) and name not in WORDS:
                raise Invalid(f"{name!r} at column {column} is not part of formulas", _HINTS.get(name, ""))
            found.append(Token(Kind.OPERATOR if name in WORDS else Kind.NAME, name, column))
        elif match["space"] is None:
            symbol = match.group()
            if symbol not in OPERATORS:
                raise Invalid(f"{symbol!r} at column {column} is not part of formulas", _HINTS.get(symbol, ""))
            found.append(Token(Kind.OPERATOR, symbol, column))
    return found


def _number(match: re.Match[str], column: int) -> float:
    suffix = (match["suffix"] or "").strip()
    if suffix and suffix not in LITERAL_SUFFIXES:
        raise Invalid(
            f"{match.group()!r} at column {column} has an unknown unit {suffix!r}",
            nearest(suffix.lower(), LITERAL_SUFFIXES) if suffix.isalpha() else "a name cannot begin with a digit",
        )
    return finite(scale(match["digits"], LITERAL_SUFFIXES.get(suffix, 0)), "a finite number")
