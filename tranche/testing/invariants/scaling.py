"""Scaling every amount scales every flow."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tranche.testing.broken import BrokenInvariant
from tranche.testing.observed import Observed, observe
from tranche.testing.scaling import scaled

ROUNDING = 1e-9  # of the largest amount of the path


def scales(seen: Observed, factor: float) -> None:
    """All money of the deal and its collections times `factor` gives every flow and balance times `factor`: exactly
    where that is a power of two, else to 1e-9 of the path's largest amount. Conditions on exact equality of amounts,
    or on a ratio that lies on its level, can turn over when `factor` rounds.
    Raises BrokenInvariant."""
    assert seen.collections is not None
    other = observe(scaled(seen.deal, factor), _times(seen.collections, factor), paths=seen.paths)
    money = [k for k, record in enumerate(seen.program.records) if record.field not in COUNTS]
    expected, found = seen.flows[:, :, money] * factor, other.flows[:, :, money]
    rounding = 0.0 if np.frexp(factor)[0] == 0.5 else ROUNDING
    within = rounding * np.abs(expected).max(axis=(1, 2), keepdims=True)
    wrong = np.argwhere(~(np.abs(expected - found) <= within))
    if wrong.size:
        path, t, k = (int(x) for x in wrong[0])
        name = seen.program.records[money[k]].name
        said = f"{name} is {found[path, t, k]:.17g} and not {factor:.17g} times {seen.flows[path, t, money[k]]:.17g}"
        raise BrokenInvariant(f"scaling by {factor:.17g}", seen.name, said, path, t + 1)


# records that count and are no money
COUNTS = ("revolving", "breached", "sweep", "lock_up", "early_amortisation", "default", "called")


def _times(collections: object, factor: float) -> dict[str, NDArray[np.float64]] | NDArray[np.float64]:
    if isinstance(collections, Mapping):
        return {name: np.asarray(values, dtype=np.float64) * factor for name, values in collections.items()}
    return np.asarray(collections, dtype=np.float64) * factor
