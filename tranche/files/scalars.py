"""YAML 1.2 core schema for plain scalars: null, true, false, integers and floats; everything else is text.

Dates stay text on purpose, and so do `yes`, `no`, `1_000_000` and numbers with a needless zero in front (`[1,000]` is a
list of two): the field that reads them knows what it wants.
"""

from __future__ import annotations

import re

from tranche.replay import is_followed

Scalar = str | int | float | bool | None

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,19})", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)")
_CONSTANTS: dict[str, Scalar] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    ".nan": float("nan"), ".NaN": float("nan"), ".NAN": float("nan"),
}  # fmt: skip
_LONGEST_NUMBER = 60


def plain_scalar(text: str) -> Scalar:
    """What the unquoted `text` means."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if len(text) > _LONGEST_NUMBER or is_followed(text):  # a figure is for the reader of its field to make
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _INFINITE.fullmatch(text):
        return float("-inf" if text.startswith("-") else "inf")
    return text
