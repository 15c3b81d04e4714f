"""Numbers as people write them, and the suffixes that scale them. Everything in this package that reads a number
reads it here, so that `NaN`, `true` and `7,5` are refused in one place."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from tranche.errors import Invalid, nearest
from tranche.replay import figure_of

# the pattern of an unsigned number: 70, 1_000_000, 0.5, .5, 1e-6
DIGITS = r"(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d{1,4})?"
LONGEST = 80  # characters; no quantity is longer

MULTIPLIERS: Mapping[str, int] = {"k": 3, "m": 6, "mn": 6, "bn": 9}  # the power of ten of a money suffix

_NUMBER = re.compile(rf"(?P<sign>[+-]?)\s*(?P<digits>{DIGITS})\s*(?P<rest>.*)", re.DOTALL)
_GROUPED = re.compile(r"(?<![\d_.,])\d{1,3}(?:,\d{3})+(?![\d,])")
_NEEDLESS = re.compile(r"0[\d_]")


def scale(digits: str, power: int) -> float:
    """The float nearest to `digits` times 10**power: `scale("2.35", 6)` is exactly the float of 2350000."""
    mantissa, _, exponent = digits.replace("_", "").lower().partition("e")
    power += int(exponent or 0)
    figure = figure_of(mantissa, power)
    return float(f"{mantissa}e{power}") if figure is None else figure


def split_number(value: object, wanted: str) -> tuple[str, str]:
    """The signed digits that `value` starts with, and what follows them, stripped. Raises Invalid."""
    if isinstance(value, bool):
        raise Invalid(f"{str(value).lower()} is a yes/no value", f"write {wanted}")
    if value is None:
        raise Invalid("nothing is written here", f"write {wanted}")
    if isinstance(value, (int, float)):
        return repr(finite(value, wanted)), ""
    if not isinstance(value, str):
        raise Invalid(f"{describe(value)} is not a number", f"write {wanted}")
    text = value.strip()
    if len(text) > LONGEST:
        raise Invalid(f"{text[:20]!r}… is {len(text)} characters long", f"write {wanted}")
    match = _NUMBER.fullmatch(_GROUPED.sub(lambda m: m.group().replace(",", ""), text))
    if match is not None and _NEEDLESS.match(match["digits"]):
        fix = "leave the zero out; thousands are 1_000 or 1k, for a comma ends an item"
        raise Invalid(f"{value!r} begins with a needless zero", fix)
    if match is None or match["rest"].startswith((",", ".")):
        raise Invalid(f"{value!r} is not a number", f"write {wanted}")
    return match["sign"].replace("+", "") + match["digits"], match["rest"].strip()


def suffixed(value: object, suffixes: Mapping[str, int], wanted: str) -> float:
    """A number followed by one of `suffixes` (suffix → power of ten) or by none. Raises Invalid."""
    digits, suffix = split_number(value, wanted)
    if suffix and suffix not in suffixes:
        fix = f"{nearest(suffix.lower(), suffixes)} (write {wanted})"
        raise Invalid(f"{value!r} has an unknown unit {suffix!r}", fix)
    return finite(scale(digits, suffixes.get(suffix, 0)), wanted)


def finite(value: float, wanted: str) -> float:
    """`value` as a float when it is finite, else Invalid (NaN, infinity, an integer beyond 1e308)."""
    try:
        number = value if isinstance(value, float) else float(value)
    except OverflowError:
        number = math.inf
    if not -math.inf < number < math.inf:
        raise Invalid("not a number (NaN)" if math.isnan(number) else "an infinite number", f"write {wanted}")
    return number


def describe(value: object) -> str:
    """What a value of the wrong kind is, in the words of a deal file."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"{str(value).lower()} (yes/no)"
    if isinstance(value, (int, float)):
        return f"the number {value!r}"
    if isinstance(value, str):
        return repr(value if len(value) <= 40 else value[:37] + "…")
    if isinstance(value, Mapping):
        return "a mapping (key: value)"
    if isinstance(value, (list, tuple)):
        return "a list"
    return f"a {type(value).__name__}"
