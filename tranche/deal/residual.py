"""The class that takes what is left."""

from __future__ import annotations

import attrs

from . import validators as v


@attrs.frozen(kw_only=True)
class Residual:
    """Equity or certificate: takes what is left where a step pays it. `notional` is what was invested (for the IRR)."""

    name: str = attrs.field(validator=v.name)
    notional: float = attrs.field(default=0.0, validator=v.number(0))
    rank: int | None = attrs.field(default=None, validator=v.optional(v.whole(1, 1_000)))
