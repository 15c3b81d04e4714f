"""A number that tells its tape what is done with it.

It is a float to whoever asks, so that no code need know of it; but the float that C code finds inside (`math`, numpy,
`struct`) is NaN. What went there unseen therefore cannot pass for a number of the recording.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NoReturn

import attrs
import numpy as np

from .tape import Do, Escaped, Tape, bits_of, recording

_NOTHING = 0  # what sum() begins with: small ints are one object each
_SAID = "(a figure)"


class Figure(float):
    """A node of a tape."""

    __slots__ = ("node", "tape")
    node: int
    tape: Tape

    def __new__(cls, tape: Tape, node: int) -> Figure:
        self = super().__new__(cls, math.nan)
        self.tape, self.node = tape, node
        return self

    def _result(self, do: Do, a: Any, b: Any) -> Any:
        pair = self._nodes(a, b)
        return NotImplemented if pair is None else Figure(self.tape, self.tape.result(do, *pair))

    def _compared(self, do: Do, a: Any, b: Any) -> Any:
        pair = self._nodes(a, b)
        return NotImplemented if pair is None else self.tape.compared(do, *pair)

    def _nodes(self, a: Any, b: Any) -> tuple[int, int] | None:
        """The nodes of two numbers; None where one is none."""
        found = []
        for one in (a, b):
            if isinstance(one, Figure) and one.tape is not self.tape:
                raise Escaped("a figure of another recording")
            if not isinstance(one, float | int | np.integer | np.bool_):
                return None
            found.append(node_of(self.tape, one if isinstance(one, float) else float(one)))
        return found[0], found[1]

    def __add__(self, other: Any) -> Any:
        return self._result(Do.ADD, self, other)

    def __radd__(self, other: Any) -> Any:
        if other is _NOTHING:
            raise Escaped("sum(), which adds floats in its own way")
        return self._result(Do.ADD, other, self)

    def __sub__(self, other: Any) -> Any:
        return self._result(Do.SUB, self, other)

    def __rsub__(self, other: Any) -> Any:
        return self._result(Do.SUB, other, self)

    def __mul__(self, other: Any) -> Any:
        return self._result(Do.MUL, self, other)

    def __rmul__(self, other: Any) -> Any:
        return self._result(Do.MUL, other, self)

    def __truediv__(self, other: Any) -> Any:
        return self._result(Do.DIV, self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return self._result(Do.DIV, other, self)

    def __pow__(self, other: Any, mod: None = None) -> Any:
        return self._result(Do.POW, self, other)

    def __rpow__(self, other: Any, mod: None = None) -> Any:
        return self._result(Do.POW, other, self)

    def __neg__(self) -> Figure:
        return Figure(self.tape, self.tape.result(Do.NEG, self.node, self.node))

    def __pos__(self) -> Figure:
        return self

    def __abs__(self) -> Figure:
        return Figure(self.tape, self.tape.result(Do.ABS, self.node, self.node))

    def __lt__(self, other: Any) -> Any:
        return self._compared(Do.LT, self, other)

    def __le__(self, other: Any) -> Any:
        return self._compared(Do.LE, self, other)

    def __gt__(self, other: Any) -> Any:
        return self._compared(Do.LT, other, self)

    def __ge__(self, other: Any) -> Any:
        return self._compared(Do.LE, other, self)

    def __eq__(self, other: object) -> Any:
        return self._compared(Do.EQ, self, other)

    def __ne__(self, other: object) -> Any:
        found = self._compared(Do.EQ, self, other)
        return found if found is NotImplemented else not found

    def __bool__(self) -> bool:
        return bool(self != 0.0)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        from .row import by_numpy  # which knows figures

        return by_numpy(ufunc, method, inputs, options)

    def __hash__(self) -> int:
        raise Escaped("a figure as a key")

    def __format__(self, form: str) -> str:
        return _SAID

    def __str__(self) -> str:  # words, of which a template has none; a `repr` may be a key
        return _SAID

    def __repr__(self) -> str:
        raise Escaped("a figure as a text")

    def _escapes(self, *_: Any) -> NoReturn:
        raise Escaped("a figure is not known before it is played")

    __float__ = __int__ = __trunc__ = __floor__ = __ceil__ = __round__ = _escapes
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __divmod__ = __rdivmod__ = _escapes
    is_integer = as_integer_ratio = hex = conjugate = __reduce_ex__ = __getnewargs__ = _escapes
    real = imag = property(_escapes)


def value_of(number: float) -> float:
    """The number itself, and of a figure what it is in the recording."""
    return number.tape.values[number.node] if isinstance(number, Figure) else float(number)


def decimal_of(number: float) -> Decimal:
    """The number with all its digits. Raises Escaped of a figure, of which Decimal itself makes a NaN that min() and
    max() pass over."""
    if isinstance(number, Figure):
        raise Escaped("a figure as a decimal")
    return Decimal(number)


def node_of(tape: Tape, number: float) -> int:
    return number.node if isinstance(number, Figure) else tape.constant(float(number))


def number_key(number: float) -> bytes:
    """What no other number has; of figures, what no other node has."""
    return f"figure {number.node}".encode() if isinstance(number, Figure) else bits_of(number)


def holds_figure(value: Any) -> bool:
    """Whether a figure is anywhere in a value made of classes of terms, mappings, lists and numbers."""
    if attrs.has(type(value)):
        return any(holds_figure(getattr(value, field.name)) for field in attrs.fields(type(value)))
    if isinstance(value, Mapping):
        return any(holds_figure(one) for one in (*value.keys(), *value.values()))
    return isinstance(value, Figure) or (isinstance(value, list | tuple | set) and any(map(holds_figure, value)))


def called(function: Callable[..., Sequence[float]], *arguments: float) -> list[float]:
    """`function(*arguments)`, a pure function whose insides are not looked at: it is called again, with numbers, when a
    recording is played. A list also where the function makes one number, since each of its results is a figure of its
    own; how many there are is part of the recording."""
    tape = recording()
    if tape is None or not any(isinstance(one, Figure) for one in arguments):
        return list(function(*arguments))
    nodes = [node_of(tape, one) for one in arguments]
    return [Figure(tape, node) for node in tape.call(function, nodes)]
