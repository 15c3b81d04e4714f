"""Arithmetic instructions on whole series at once: what all paths share is computed when the deal is compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tranche.program import Op
from tranche.reference import evaluate
from tranche.replay import Row, recording, vector

Array = NDArray[np.float64]


def fold(op: Op, operands: list[Array | float], periods: int) -> Array:
    """`op` in every period, bit for bit as the reference computes it; operands are [T] or one number for all periods.
    Returns [T], or [1] where no operand is a series."""
    numbers = [one for one in operands if not isinstance(one, np.ndarray | Row)]
    if len(numbers) == len(operands):
        return vector([evaluate(op, *numbers)])
    if op in _WHOLE and recording() is None:
        with np.errstate(all="ignore"):  # infinities and what becomes of them are values like others here
            return vector(_WHOLE[op](*operands))
    rows = [one.tolist() if isinstance(one, np.ndarray | Row) else [one] * periods for one in operands]
    return vector([evaluate(op, *values) for values in zip(*rows, strict=True)])


# `a if a < b else b`, which numpy's minimum is not where one is NaN or both are zeros of two signs
_WHOLE: dict[Op, Callable[..., Any]] = {
    Op.ADD: np.add,
    Op.SUB: np.subtract,
    Op.MUL: np.multiply,
    Op.MIN: lambda a, b: np.where(np.less(a, b), a, b),
    Op.MAX: lambda a, b: np.where(np.greater(a, b), a, b),
    Op.LT: np.less,
    Op.LE: np.less_equal,
    Op.EQ: np.equal,
    Op.AND: lambda a, b: np.not_equal(a, 0.0) & np.not_equal(b, 0.0),
    Op.OR: lambda a, b: np.not_equal(a, 0.0) | np.not_equal(b, 0.0),
    Op.NOT: lambda a: np.equal(a, 0.0),
    Op.SELECT: lambda condition, a, b: np.where(np.not_equal(condition, 0.0), a, b),
    Op.DIV: lambda a, b: np.where(np.not_equal(b, 0.0), np.divide(a, b), _by_nothing(a)),
}


def _by_nothing(a: Array) -> Array:
    """a / 0: an infinity of a's sign, and 0 / 0 is 0."""
    return np.where(np.greater(a, 0.0), np.inf, np.where(np.less(a, 0.0), -np.inf, 0.0))
