"""The slow twin of the tally: what the kernel keeps of paths, from their totals, one amount at a time."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from tranche.losses import BINS, PER_NOTIONAL
from tranche.program import Program
from tranche.reduction import HALF, REST, WORST, Reduction, Tally, Watched, carried, new_tally, ordered, watched

TINY = float(np.finfo(np.float64).tiny)


def reduce_totals(
    program: Program, totals: NDArray[np.float64], sums: NDArray[np.uint64], first_path: int = 0
) -> Reduction:
    """The Reduction of paths first_path, first_path + 1, … whose `totals` [paths, records] and `sums` (see Reduction)
    are known."""
    found, tally = watched(program), new_tally(program)
    at = {record.register: k for k, record in enumerate(program.records)}
    losses = np.zeros((len(totals), len(found.debts)))
    for debt, registers in enumerate(found.owed):
        for register in registers:
            if register >= 0:
                losses[:, debt] += totals[:, at[int(register)]]
    losses[losses <= found.dust * found.notional] = 0.0
    finest = program.quantum * 2.0**-REST
    for k, values in enumerate(np.hstack([totals, losses]).T):
        quanta = [int(q) for q in np.rint(values / program.quantum)]
        rests = [int(r) for r in np.rint((values - np.rint(values / program.quantum) * program.quantum) / finest)]
        halves = [divmod(abs(q), 2**HALF) for q in quanta]
        squares = (sum(a * a for a, _ in halves), sum(a * b for a, b in halves), sum(b * b for _, b in halves))
        for moment, total in enumerate((sum(quanta), sum(rests), *squares)):
            tally.moments[:, k, moment] = _limbs(total)
        if quanta:
            keys = ordered(np.ascontiguousarray(values).view(np.int64))
            tally.extremes[:, k] = keys.min(), keys.max()
        tally.positive[k] = int((values > 0).sum())
    for debt, notional in enumerate(found.notional):
        shares = losses[:, debt] / notional
        hit = np.flatnonzero(losses[:, debt] > 0)
        bins = np.minimum(shares[hit] * PER_NOTIONAL, BINS - 1).astype(np.int64)
        np.add.at(tally.histogram[debt], bins, 1)
        ranked = sorted((-float(shares[row]), first_path + int(row)) for row in hit)[:WORST]
        for place, (loss, path) in enumerate(ranked):
            tally.worst_path[debt, place], tally.worst_loss[debt, place] = path, -loss
    for path, row in enumerate(totals.tolist()):
        _audit(found, tally, first_path + path, row)
    return Reduction(len(totals), carried(sums), tally)


def _audit(found: Watched, tally: Tally, path: int, totals: Iterable[float]) -> None:
    residual = scale = found.start
    for side, amount in zip(found.side.tolist(), totals, strict=True):
        residual += side * amount if side else 0.0
        scale += amount if side > 0 else 0.0
    if abs(residual) > tally.residual[0] or tally.residual_path[0] < 0:
        tally.residual[0], tally.residual_path[0] = abs(residual), path
    tally.residual[1] = max(tally.residual[1], abs(residual) / max(scale, TINY))


def _limbs(value: int) -> tuple[int, int]:
    return value & 0xFFFFFFFF, (value >> 32) & (2**64 - 1)
