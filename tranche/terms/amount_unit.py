"""The unit in which amounts of a deal are shown."""

from __future__ import annotations


def unit_of(largest: float) -> tuple[float, str]:
    """The unit in which amounts up to `largest` read well, and its name."""
    if largest >= 1e7:
        return 1e6, "millions of"
    if largest >= 1e4:
        return 1e3, "thousands of"
    return 1.0, ""
