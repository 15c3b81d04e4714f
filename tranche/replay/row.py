"""Figures by period: what stands for an array [T] while a recording is made, and what numpy does with figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn, cast

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import NDArray

from .figure import Figure, node_of, number_key, value_of
from .tape import Escaped, recording


class Row(NDArrayOperatorsMixin):
    """Numbers and figures, `items`. Its arithmetic is numpy's, item by item where that gives the same bits."""

    def __init__(self, items: Sequence[Any]) -> None:
        self.items = list(items)

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def __getitem__(self, at: int) -> Any:
        if not isinstance(at, int | np.integer):
            raise Escaped("a part of a row")
        return self.items[at]

    def item(self, at: int) -> Any:
        return self.items[at]

    def tolist(self) -> list[Any]:
        return self.items

    def tobytes(self) -> bytes:
        """What no other row has, but one of the same numbers and nodes."""
        return b"a row: " + b"".join([number_key(one) for one in self.items])

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        return by_numpy(ufunc, method, inputs, options)

    def __array_function__(self, function: Any, types: Any, inputs: Any, options: Any) -> Any:
        if function is np.where and len(inputs) == 3 and not options:
            return _each(lambda condition, a, b: a if condition else b, inputs)
        if function is np.diff and len(inputs) == 1 and set(options) == {"prepend"}:
            before = [options["prepend"], *self.items[:-1]]
            return Row([b - a for a, b in zip(before, self.items, strict=True)])
        return _again(function, inputs, options)

    def __getattr__(self, name: str) -> NoReturn:
        raise Escaped(f"what an array has, and a row has not: {name}")

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        raise Escaped("an array of numbers")

    __hash__ = None  # type: ignore[assignment]


def vector(numbers: Any) -> NDArray[np.float64]:
    """`numbers` as an array [T]; where a figure is among them, as the Row that stands for one."""
    if recording() is not None and not isinstance(numbers, np.ndarray):
        if isinstance(numbers, Row):
            return cast(NDArray[np.float64], numbers)
        if any(isinstance(one, Figure) for one in numbers):
            return cast(NDArray[np.float64], Row(numbers))
    return np.asarray(numbers, dtype=np.float64)


def by_numpy(ufunc: np.ufunc, method: str, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    """What numpy asks of an operand that is a figure or a row: see `__array_ufunc__`."""
    if "out" in options:
        raise Escaped("an array that is there already")
    if method != "__call__" or options:
        return _again(getattr(ufunc, method), inputs, options)
    done = _SAME_BITS.get(ufunc)
    return _again(ufunc, inputs, {}) if done is None else _each(done, inputs)


def _again(function: Callable[..., Any], inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    """What numpy makes of figures in ways of its own: it is called again when they are others. Raises Escaped where
    that is no row of numbers."""
    numbers = [x for one in inputs if isinstance(one, Row | Figure) for x in (one if isinstance(one, Row) else [one])]
    tape = next((x.tape for x in numbers if isinstance(x, Figure)), None)
    if tape is None:  # they are in a list, say
        raise Escaped(f"numpy's {function.__name__}")

    def again(*values: float) -> Any:
        left = iter(values)

        def given(one: Any) -> Any:
            if isinstance(one, Row):
                return np.array([next(left) for _ in one])
            return next(left) if isinstance(one, Figure) else one

        return function(*map(given, inputs), **options)

    found = np.asarray(again(*map(value_of, numbers)))
    if found.dtype != np.float64 or found.ndim > 1:
        raise Escaped(f"numpy's {function.__name__}")
    nodes = tape.call(lambda *values: np.ravel(again(*values)).tolist(), [node_of(tape, x) for x in numbers])
    return Row([Figure(tape, node) for node in nodes]) if found.ndim else Figure(tape, nodes[0])


def _each(done: Callable[..., Any], inputs: Sequence[Any]) -> Any:
    """`done` item by item; a number stands for as many of it as the others have items. Answers that are yes or no are
    those of the recording, in which the tape has them."""
    lists = [one.tolist() if isinstance(one, np.ndarray | np.generic | Row) else one for one in inputs]
    count = max((len(one) for one in lists if isinstance(one, list)), default=None)
    if count is None:
        return done(*lists)
    each = [one if isinstance(one, list) else [one] * count for one in lists]
    found = [done(*items) for items in zip(*each, strict=True)]
    return np.array(found) if all(isinstance(one, bool) for one in found) else Row(found)


def _less(a: Any, b: Any) -> Any:
    return a if a < b or a == b else b


def _greater(a: Any, b: Any) -> Any:
    return a if a > b or a == b else b


def _divided(a: Any, b: Any) -> Any:
    if b == 0.0:
        raise Escaped("a division by nothing, which numpy allows")
    return a / b


# what IEEE 754 rounds in one way, and comparisons
_SAME_BITS: dict[np.ufunc, Callable[..., Any]] = {
    np.add: lambda a, b: a + b,
    np.subtract: lambda a, b: a - b,
    np.multiply: lambda a, b: a * b,
    np.divide: _divided,
    np.negative: lambda a: -a,
    np.minimum: _less,
    np.maximum: _greater,
    np.less: lambda a, b: bool(a < b),
    np.less_equal: lambda a, b: bool(a <= b),
    np.greater: lambda a, b: bool(a > b),
    np.greater_equal: lambda a, b: bool(a >= b),
    np.equal: lambda a, b: bool(a == b),
    np.not_equal: lambda a, b: bool(a != b),
}
