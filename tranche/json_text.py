"""Floor 0. JSON that any reader takes: it has no word for NaN and infinities."""

from __future__ import annotations

import json
import math
from typing import Any


def json_text(data: Any, indent: int | None = None) -> str:
    """`data` as JSON, null in place of NaN and infinities; in one line, unless `indent` says otherwise."""
    separators = (",", ":") if indent is None else None
    return json.dumps(finite(data), indent=indent, ensure_ascii=False, allow_nan=False, separators=separators)


def finite(data: Any) -> Any:
    """`data` with None in place of NaN and infinities, however deep."""
    if isinstance(data, float):
        return float(data) if math.isfinite(data) else None
    if isinstance(data, dict):
        return {key: finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [finite(value) for value in data]
    return data
