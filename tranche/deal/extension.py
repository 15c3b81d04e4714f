"""An option to pay a debt back later."""

from __future__ import annotations

import datetime as dt

import attrs

from . import validators as v
from .formula import Formula


@attrs.frozen(kw_only=True)
class Extension:
    """On the maturity of a debt (or of the extension before), its maturity moves to `to` where `when` holds; `add` is
    added to its coupon from then on. `when` is read like the condition of a `Margin`; None: it is always extended.
    Instalments end with the first maturity: an extended debt is due whole on the maturity that it got, unless sweeps,
    a pass-through or a target balance repay it before."""

    to: dt.date = attrs.field(validator=v.date)
    when: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))
    add: float = attrs.field(default=0.0, validator=v.rate())
