"""The tape of a market: what the scenario kernel does in every period, step by step, over registers.

A step reads and writes registers (float64, one number a path), numbers of the period (`params`) and numbers of the
market (`constants`). What each does stands in `market.twin`, line by line; `cyext/steps.pxd` and `cyext/copulas.pxd`
are the same loops over many paths. The first registers are the columns, and every column is written in every period.
"""

from __future__ import annotations

from enum import IntEnum

import attrs
import numpy as np
from numpy.typing import NDArray


class Op(IntEnum):
    """Steps, with what they read. d: the register written; a, b, …: registers read; p: params; c: constants."""

    NORMALS = 0  # d, count, slot: independent scores
    UNIFORMS = 1  # d, count, slot
    SCORES = 2  # d, a, count: d = Φ⁻¹(a)
    MIX = 3  # d, a, count; c: d = Σ c·a
    AFFINE = 4  # d, a; p: d = p0 + p1·a
    SUM = 5  # d, a, b; p: d = p0 + p1·a + p2·b
    PRODUCT = 6  # d, a, b
    QUOTIENT = 7  # d, a, b: 0 where b is 0
    HIGHER = 8  # d, a, b: the larger
    LOWER = 9  # d, a, b: the smaller
    SELECT = 10  # d, mask, a, b: a where the mask is 1, else b
    BELOW = 11  # d, a; p: 1 where a < p0, else 0
    SWITCH = 12  # d, a; p: d = 1 where a < (p1 where d is 1, else p0)
    ADVANCE = 13  # d, a; p: d = p0·d + (p1 + p2·a)
    EXP = 14  # d, a; p: d = p0·e**a
    CLIP = 15  # d, a; p: p0 + a within [p1, p2]
    LOG = 16  # d, a
    SQRT = 17  # d, a
    LOGISTIC = 18  # d, a: 1 / (1 + e**−a)
    CDF = 19  # d, a; c: Φ(a)
    POSITIVE = 20  # d, a; c: e to a rational function of a score
    T_VALUE = 21  # d, a; c: score → value of Student's t
    T_SCORE = 22  # d, a, count, mask or −1; c: values of Student's t → scores, by a second law where the mask is 1
    LINK = 23  # d, a, w, room, count; c: d = L a with L Lᵀ = R0 + w·R1
    CLAYTON = 24  # d, a, total, j; c: uniform j given those before it
    FRANK = 25  # d, a, total, j; c
    GUMBEL = 26  # d, a, total, j; c
    COUNT = 27  # d, a, count; p: how many of the rows are below p0
    SKIP = 28  # mask, wanted, count: pass over the next steps where no path is in the state (moves no bit)
    CLAYTON_H = 29  # d, u, v; c: the distribution function of u given v
    GUMBEL_H = 30  # d, u, v; c
    FRANK_H = 31  # d, u, v; c
    FRANK_H_INVERSE = 32  # d, w, v; c: the u whose distribution function given v is w
    T_VALUE_BY_STATE = 33  # d, a, mask; c: T_VALUE, by a second law where the mask is 1
    POSITIVE_BY_STATE = 34  # d, a, mask; c: POSITIVE, likewise


OPERANDS = 6
STEP_FIELDS = 5 + OPERANDS  # op, begin, end, first param, first constant, operands


@attrs.frozen(eq=False, kw_only=True)
class Tape:
    """`steps` int32 [steps, STEP_FIELDS]; `params` float64 [T, params]; `constants` float64; `initial` float64
    [registers]: what each register holds before the first period."""

    columns: tuple[str, ...]
    steps: NDArray[np.int32]
    params: NDArray[np.float64]
    constants: NDArray[np.float64]
    initial: NDArray[np.float64]

    @property
    def periods(self) -> int:
        """T."""
        return len(self.params)
