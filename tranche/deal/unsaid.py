"""Which terms need not be said: those at their default, unless that is a figure of its own."""

from __future__ import annotations

from typing import Any

import attrs


def default_of(field: attrs.Attribute[Any]) -> Any:
    """What a term is when a deal does not state it; `attrs.NOTHING` where it must."""
    if isinstance(field.default, attrs.Factory):  # type: ignore[arg-type]
        return field.default.factory()  # type: ignore[union-attr]
    return field.default


def is_default(default: Any, value: Any) -> bool:
    return default is not attrs.NOTHING and type(value) is type(default) and value == default


def goes_without_saying(default: Any, value: Any) -> bool:
    """A default, but for one that is neither nothing nor all, as a call at 75% is: such terms must be seen."""
    figure = isinstance(default, int | float) and default > 0 and default != 1
    return is_default(default, value) and not figure
