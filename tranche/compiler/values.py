"""What a formula compiles to: a constant, a series (one number a period), or a register (one number a path)."""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.replay import Row, vector


@attrs.frozen
class Constant:
    value: float


@attrs.frozen(eq=False)
class Series:
    """`values` [T]."""

    values: NDArray[np.float64]


@attrs.frozen
class Lane:
    """A virtual register of the emitter."""

    register: int


Value = Constant | Series | Lane

ZERO, ONE, INFINITE = Constant(0.0), Constant(1.0), Constant(float("inf"))


def series(values: NDArray[np.float64] | list[float]) -> Constant | Series:
    """A series, or a constant when every period has the same number."""
    array = vector(values)
    if isinstance(array, Row):
        first = array.item(0)
        return Constant(first) if all(one == first for one in array) else Series(array)
    same = np.isnan(array) if np.isnan(array[0]) else array == array[0]
    return Constant(float(array[0])) if np.count_nonzero(same) == len(array) else Series(array)


def is_uniform(value: Value) -> bool:
    """Whether all paths have the same number (a constant or a series)."""
    return not isinstance(value, Lane)


def at(value: Constant | Series, t: int) -> float:
    """The number in period t (0-based)."""
    return value.value if isinstance(value, Constant) else value.values.item(t)
