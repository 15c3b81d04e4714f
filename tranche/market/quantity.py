"""What the fields of factors and copulas hold. A field says it once; the check of a deal and the reader of deal files
both go by that."""

from __future__ import annotations

import math
from typing import Any

import attrs

KEY = "quantity"
KINDS = (
    "name", "text", "level", "rate", "number", "share", "years", "count", "date", "dates", "flag", "word", "factor",
    "grade", "names", "pairs", "jumps", "steps", "default curve", "curve", "copula", "linked copula",
    "vine pairs",
)  # fmt: skip
"""What a field may hold: `factor` names one, `names` several; `pairs`: correlations; `jumps`, `steps`: by release."""


@attrs.frozen
class Quantity:
    """`kind`: one of KINDS. A number lies in [low, high] or above `above`; a word is one of `words`."""

    kind: str
    low: float = -math.inf
    high: float = math.inf
    above: float | None = None
    hint: str = ""
    optional: bool = False
    words: tuple[str, ...] = ()


def quantity(
    kind: str,
    low: float = -math.inf,
    high: float = math.inf,
    *,
    default: Any = attrs.NOTHING,
    above: float | None = None,
    hint: str = "",
) -> Any:
    """A field of an attrs class that holds a Quantity."""
    held = Quantity(kind, low, high, above, hint, default is None)
    return attrs.field(default=default, metadata={KEY: held})


def word(*words: str, default: Any = attrs.NOTHING) -> Any:
    """One of `words`, the first by default."""
    default = words[0] if default is attrs.NOTHING else default
    return attrs.field(default=default, metadata={KEY: Quantity("word", words=words)})


def quantities(kind: type) -> dict[str, Quantity]:
    """Field → quantity, for the fields that have one."""
    return {field.name: field.metadata[KEY] for field in attrs.fields(kind) if KEY in field.metadata}


def name() -> Any:
    """What the factor is called."""
    return quantity("name")


def note() -> Any:
    """Where the numbers come from."""
    return quantity("text", default="")


def drift(default: Any = 0.0) -> Any:
    """Growth per annum, a decimal."""
    hint = "write -1000% to 1000% a year, with the % sign (-25% is -0.25)"
    return quantity("rate", -10, 10, default=default, hint=hint)


def volatility(default: Any = attrs.NOTHING) -> Any:
    """Standard deviation per √year, a decimal."""
    return quantity("rate", 0, 20, default=default, hint="write 0% to 2000% a year, with the % sign (55% is 0.55)")


def dof(low: float = 2.1, default: Any = None) -> Any:
    """Degrees of freedom of Student's t."""
    return quantity("number", low, 1_000, default=default)


def share(default: Any = attrs.NOTHING) -> Any:
    """A part of a whole, 0 to 1."""
    return quantity("share", 0, 1, default=default)


def probability(default: Any = attrs.NOTHING) -> Any:
    """A probability strictly between 0 and 1."""
    return quantity("share", 1e-9, 1 - 1e-9, default=default, hint="write more than 0% and less than 100%")
