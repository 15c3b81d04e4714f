"""What is done with the figures of a deal, as a list of float64 operations; and every comparison with what it gave,
since another answer would have led elsewhere."""

from __future__ import annotations

import enum
import operator
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche._kernels.replay import play

bits_of = struct.Struct("=d").pack  # of a float: for Python 0.0 is -0.0


class Escaped(Exception):
    """A figure went where it cannot be followed: what depends on it there cannot be done again with another."""


class Do(enum.IntEnum):
    """Twin of the numbers in `cyext/replay.pyx`; the last three are no operations."""

    ADD = 0
    SUB = 1
    MUL = 2
    DIV = 3
    NEG = 4
    ABS = 5
    POW = 6
    LT = 7
    LE = 8
    EQ = 9
    CALL = 10
    LEAF = 11
    CONSTANT = 12


_DONE: dict[Do, Callable[..., float]] = {
    Do.ADD: operator.add, Do.SUB: operator.sub, Do.MUL: operator.mul, Do.DIV: operator.truediv, Do.POW: operator.pow,
    Do.NEG: lambda a, _: -a, Do.ABS: lambda a, _: abs(a),
    Do.LT: operator.lt, Do.LE: operator.le, Do.EQ: operator.eq,
}  # fmt: skip


@attrs.frozen
class Leaf:
    """The number `literal` of a text times 10**`power`."""

    literal: int
    power: int


@attrs.frozen
class Call:
    """A pure function of numbers to as many numbers again whenever its arguments are as many."""

    function: Callable[..., Sequence[float]]
    arguments: tuple[int, ...]
    results: tuple[int, ...]


class Tape:
    """Nodes are numbered as they come: leaves, constants, results, comparisons. `marks`: how each number of the text
    that is followed is spelled → its number."""

    def __init__(self, marks: dict[str, int]) -> None:
        self.marks = marks
        self.rows: list[tuple[Do, int, int, int]] = []
        self.values: list[float] = []  # of every node, with the figures of the recording
        self.leaves: dict[int, Leaf] = {}
        self.series: list[list[float]] = []  # what the Program's became
        self.noted: dict[str, float] = {}  # figures of which the Program has a number
        self.calls: list[Call] = []
        self._known: dict[object, int] = {}

    def leaf(self, leaf: Leaf, value: float) -> int:
        number = self._node(leaf, (Do.LEAF, 0, 0, 0), value)
        self.leaves[number] = leaf
        return number

    def constant(self, value: float) -> int:
        return self._node(bits_of(value), (Do.CONSTANT, 0, 0, 0), value)

    def result(self, do: Do, a: int, b: int) -> int:
        """Raises what Python raises for these operands, and Escaped where the result is no real number."""
        known = self._known.get((do, a, b))
        if known is not None:
            return known
        value = _DONE[do](self.values[a], self.values[b])
        if not isinstance(value, float):
            raise Escaped("a complex number")
        return self._node((do, a, b), (do, a, b, 0), value)

    def compared(self, do: Do, a: int, b: int) -> bool:
        found = bool(_DONE[do](self.values[a], self.values[b]))
        self._node((do, a, b), (do, a, b, int(found)), 0.0)
        return found

    def call(self, function: Callable[..., Sequence[float]], arguments: Sequence[int]) -> list[int]:
        found = function(*(self.values[k] for k in arguments))
        first = len(self.rows)
        for value in found:
            self.rows.append((Do.CALL, len(self.calls), 0, 0))
            self.values.append(float(value))
        results = range(first, len(self.rows))
        self.calls.append(Call(function, tuple(arguments), tuple(results)))
        return list(results)

    def _node(self, key: object, row: tuple[Do, int, int, int], value: float) -> int:
        number = self._known.get(key)
        if number is None:
            number = self._known[key] = len(self.rows)
            self.rows.append(row)
            self.values.append(value)
        return number


@attrs.frozen(eq=False)
class Played:
    """A tape without what neither a comparison nor `wanted` needs. `values` holds the leaves, the constants and then
    what each row gives; `slots`: node → its place there."""

    rows: NDArray[np.int32]
    leaves: tuple[Leaf, ...]
    constants: NDArray[np.float64]
    calls: tuple[tuple[int, int, Call], ...]  # the row where it stands, the row after its results
    slots: dict[int, int]

    @classmethod
    def of(cls, tape: Tape, wanted: Sequence[int]) -> Played:
        needed = _needed(tape, wanted)
        leaves = [k for k in needed if tape.rows[k][0] is Do.LEAF]
        constants = [k for k in needed if tape.rows[k][0] is Do.CONSTANT]
        done = [k for k in needed if tape.rows[k][0] < Do.LEAF]
        slots = {node: k for k, node in enumerate([*leaves, *constants, *done])}
        rows = np.zeros((len(done), 4), dtype=np.int32)
        calls = []
        for k, node in enumerate(done):
            do, a, b, c = tape.rows[node]
            if do is not Do.CALL:
                rows[k] = do, slots[a], slots[b], c
            elif tape.calls[a].results[0] == node:
                call = tape.calls[a]
                there = attrs.evolve(call, arguments=tuple(slots[n] for n in call.arguments))
                calls.append((k, k + len(call.results), there))
        known = np.array([tape.values[k] for k in constants], dtype=np.float64)
        return cls(rows, tuple(tape.leaves[k] for k in leaves), known, tuple(calls), slots)

    def play(self, figures: Sequence[float]) -> NDArray[np.float64] | None:
        """Every value when the leaves are `figures`; None where a comparison gives something else."""
        offset = len(self.leaves) + len(self.constants)
        values = np.empty(offset + len(self.rows))
        values[: len(self.leaves)] = figures
        values[len(self.leaves) : offset] = self.constants
        done = 0
        for first, after, call in self.calls:
            if not play(self.rows, values, done, first, offset):
                return None
            found = call.function(*values[list(call.arguments)].tolist())
            if len(found) != after - first:
                return None
            values[offset + first : offset + after] = found
            done = after
        return values if play(self.rows, values, done, len(self.rows), offset) else None


def _needed(tape: Tape, wanted: Sequence[int]) -> list[int]:
    """The comparisons, `wanted`, and all that they come from, in the order in which they came."""
    needed = set(wanted)
    for number in range(len(tape.rows) - 1, -1, -1):
        do, a, b, _ = tape.rows[number]
        if do in _COMPARED or number in needed:
            needed.add(number)
            if do < Do.CALL:
                needed |= {a, b}
            elif do is Do.CALL:
                needed.update(tape.calls[a].arguments, tape.calls[a].results)
    return sorted(needed)


_COMPARED = (Do.LT, Do.LE, Do.EQ)
_recording: ContextVar[Tape | None] = ContextVar("recording", default=None)


def recording() -> Tape | None:
    """The tape on which this thread records; mostly there is none."""
    return _recording.get()


@contextmanager
def recorded(tape: Tape) -> Iterator[None]:
    """Inside, numbers spelled like one of the tape's marks are figures, and what is done with them is recorded."""
    token = _recording.set(tape)
    try:
        yield
    finally:
        _recording.reset(token)
