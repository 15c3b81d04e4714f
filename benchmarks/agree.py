"""Whether two versions of the job gave the same numbers."""

from __future__ import annotations

import numpy as np

from benchmarks.job import SUMS, TOTALS, Array, Output

FLOW_TOLERANCE = 1e-7
"""Absolute, on flows of 1e6; a total of 1e7 is held to ten times that, as its last digit is worth ten times as much."""
SUM_TOLERANCE = 1e-9
"""Relative to the largest month of the same figure, as the order of the sum over paths is free; where amounts are
rounded before they are added (`Output.grain`), half of that for each path comes on top, twice in a sum of two."""


def disagreements(out: Output, reference: Output) -> list[str]:
    """What differs beyond tolerance, one line for each column, with the worst place; empty when all agree."""
    if out.totals.shape != reference.totals.shape or out.sums.shape != reference.sums.shape:
        return [f"shapes {out.totals.shape}, {out.sums.shape}, not {reference.totals.shape}, {reference.sums.shape}"]
    flow_limit = FLOW_TOLERANCE * np.maximum(1.0, np.abs(reference.totals) / 1e6)
    sum_limit = SUM_TOLERANCE * np.maximum(1.0, np.abs(reference.sums).max(axis=0, keepdims=True))
    sum_limit = sum_limit + out.grain * len(out.totals)
    return [
        *_columns("totals", "path", TOTALS, out.totals, reference.totals, flow_limit),
        *_columns("sums", "month", SUMS, out.sums, reference.sums, np.broadcast_to(sum_limit, out.sums.shape)),
    ]


def _columns(where: str, row: str, names: tuple[str, ...], got: Array, expected: Array, limit: Array) -> list[str]:
    lines = []
    for k, name in enumerate(names):
        off = ~(np.abs(got[:, k] - expected[:, k]) <= limit[:, k])  # a NaN is off too
        if off.any():
            worst = int(np.argmax(np.where(off, np.nan_to_num(np.abs(got[:, k] - expected[:, k]), nan=np.inf), -1.0)))
            lines.append(
                f"{where}.{name}: {off.sum()} of {len(off)} {row}s differ, most at {row} {worst}: "
                f"{got[worst, k]!r}, expected {expected[worst, k]!r}"
            )
    return lines
