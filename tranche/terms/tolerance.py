"""Figures that a deal file states about itself, with the tolerance that it allows."""

from __future__ import annotations

import re

from tranche.errors import Invalid

from .literal import literal

WANTED = "a value and its tolerance, such as 2.5% ± 0.1% or 0 +- 1e-9"

_PLUS_MINUS = re.compile(r"\s*(?:±|\+/-|\+-)\s*")


def tolerance(value: object) -> tuple[float, float]:
    """`0.0 ± 1e-6` is (0.0, 1e-6): the value and the absolute tolerance. Raises Invalid."""
    parts = _PLUS_MINUS.split(value.strip()) if isinstance(value, str) else []
    if len(parts) != 2 or not all(parts):
        what = "has no tolerance" if len(parts) < 2 else "is not a figure"
        raise Invalid(f"{value!r} {what}", f"write {WANTED}")
    figure, within = literal(parts[0]), literal(parts[1])
    if within < 0:
        raise Invalid(f"the tolerance of {value!r} is negative", f"write {WANTED}")
    return figure, within
