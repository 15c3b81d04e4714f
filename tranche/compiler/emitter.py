"""Collects registers and instructions; folds constants, shares equal subexpressions, packs temporary registers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import attrs
import numpy as np

from tranche.program import COMMUTATIVE, READ, WRITTEN, Kind, Op, Register, Step, constant
from tranche.replay import number_key, table

from .fold import fold
from .layout import Draft, laid_out
from .line import Line
from .values import INFINITE, ONE, ZERO, Constant, Lane, Value, series


@attrs.define
class Packed:
    """What `pack` makes: the arrays of a Program and the number that each virtual register got."""

    instructions: np.ndarray[tuple[int], np.dtype[np.void]]
    registers: tuple[Register, ...]
    series: np.ndarray[tuple[int, int], np.dtype[np.float64]]
    numbers: Mapping[int, int]


class Emitter:
    """Registers are virtual (unlimited, temporaries written once) until `pack` lays them out."""

    def __init__(self, periods: int) -> None:
        self.periods = periods
        self.steps: list[Step] = []
        self._registers: list[Register] = []
        self._series: dict[int, np.ndarray[tuple[int], np.dtype[np.float64]]] = {}
        self._uniform: dict[bytes, int] = {}
        self._lines: list[Line] = []
        self._shared: dict[tuple[object, ...], int] = {}
        self._version: dict[int, int] = {}
        self._rings: dict[int, int] = {}  # first register of a ring -> its length

    # ---- registers ------------------------------------------------------------------------------------------------

    def _add(self, register: Register) -> int:
        self._registers.append(register)
        return len(self._registers) - 1

    def _new(self, name: str, kind: Kind, initial: float = 0.0) -> int:
        return self._add(Register(name, kind, initial))

    def input(self, name: str) -> Lane:
        return Lane(self._new(name, Kind.INPUT))

    def state(self, name: str, initial: float = 0.0) -> Lane:
        return Lane(self._new(name, Kind.STATE, initial))

    def ring(self, name: str, length: int) -> Lane:
        """`length` neighbouring states, for WINDOW."""
        first = self._new(f"{name}[0]", Kind.STATE)
        for k in range(1, length):
            self._new(f"{name}[{k}]", Kind.STATE)
        self._rings[first] = length
        return Lane(first)

    def temp(self, name: str) -> Lane:
        return Lane(self._new(name, Kind.TEMP))

    def frozen(self, value: Value) -> Value:
        """`value` as it is now: a state is copied, everything else does not change within a period."""
        if not isinstance(value, Lane) or self._registers[value.register].kind is not Kind.STATE:
            return value
        copy = self.temp(self._registers[value.register].name)
        self.emit(Op.COPY, copy, value)
        return copy

    def register(self, value: Value) -> int:
        """The register that holds `value`; constants and series get one each, however often they are used."""
        if isinstance(value, Lane):
            return value.register
        key = number_key(value.value) if isinstance(value, Constant) else value.values.tobytes()
        found = self._uniform.get(key)
        if found is None:
            if isinstance(value, Constant):
                found = self._add(constant(value.value))
            else:
                found = self._new(f"series {len(self._series)}", Kind.SERIES)
                self._series[found] = value.values + 0.0  # no -0.0, which the kernel may not see change
            self._uniform[key] = found
        return found

    # ---- instructions ---------------------------------------------------------------------------------------------

    def emit(self, op: Op, *operands: Value | int, record: int = -1) -> None:
        """Append an instruction; an `int` operand is a plain number, not a register."""
        self._emit(op, [v if isinstance(v, int) else self.register(v) for v in operands], record)

    def _emit(self, op: Op, numbers: list[int], record: int = -1) -> None:
        written = [numbers[k] for k in WRITTEN[op]]
        for k in READ[op]:
            if numbers[k] in written:  # it would be named a second time: it is read from a copy
                numbers[k] = self.register(self.frozen(Lane(numbers[k])))
        self._lines.append(Line(op, tuple(numbers), (record,) if record >= 0 else ()))
        version = self._version
        for number in written:
            version[number] = version.get(number, 0) + 1

    def compute(self, op: Op, *operands: Value, name: str = "") -> Value:
        """The value of an arithmetic instruction: folded if uniform, simplified or shared if it can be."""
        if not any(isinstance(v, Lane) for v in operands):
            known = [v.value if isinstance(v, Constant) else v.values for v in operands if not isinstance(v, Lane)]
            return series(fold(op, known, self.periods))
        if op in (Op.MIN, Op.MAX) and isinstance(operands[1], Constant):
            operands = operands[::-1]  # one form for fuse to know
        if op is Op.COPY or any(isinstance(v, Constant) for v in operands):
            simple = _simplify(op, operands)
            if simple is not None:
                return simple
        numbers = [self.register(v) for v in operands]
        if op in COMMUTATIVE:
            numbers.sort()
        version = self._version
        key = (op, *numbers, *[version.get(n, 0) for n in numbers])
        found = self._shared.get(key)
        if found is None:
            found = self._shared[key] = self._new(name or op.name.lower(), Kind.TEMP)
            self._emit(op, [found, *numbers])
        return Lane(found)

    def product(self, a: Value, b: Value, name: str = "") -> Value:
        """a · b of two finite numbers: nothing where one of them is nothing on every date. What a formula multiplies
        may be infinite: `compute` looks at each date."""
        return ZERO if ZERO in (a, b) else self.compute(Op.MUL, a, b, name=name)

    @contextmanager
    def only_where(self, condition: Value) -> Iterator[None]:
        """Skip what is emitted inside where no lane of the block has `condition`. Inside, lanes without it still run:
        instructions that move anything need a limit of 0 there."""
        if condition == ONE:
            yield
            return
        start, shared = len(self._lines), dict(self._shared)
        self.emit(Op.SKIP, condition, 0)
        yield
        skip = self._lines[start]
        self._lines[start] = Line(Op.SKIP, (skip.operands[0], len(self._lines) - start - 1))
        self._shared = shared  # what was computed inside may not have been

    @contextmanager
    def step(self, path: str, text: str, **said: Any) -> Iterator[None]:
        """Instructions emitted inside belong to this step of the deal; `said`: the other fields of `program.Step`."""
        first = len(self._lines)
        yield
        if len(self._lines) > first:
            self.steps.append(Step(path, text, first, len(self._lines), **said))

    # ---- layout ---------------------------------------------------------------------------------------------------

    def pack(self, fused: bool = True) -> Packed:
        """The arrays of a Program; `fused`: without what nobody needs, and with frequent sequences fused."""
        layout = laid_out(Draft(self._lines, self.steps, self._registers, self._series, fused))
        ranges = zip(self.steps, layout.steps, strict=False)  # where no instruction is left, no step is
        self.steps = [attrs.evolve(step, first=first, last=last) for step, (first, last) in ranges]
        registers = [self._registers[virtual] for virtual in layout.order]
        registers += [Register(f"t{k}", Kind.TEMP) for k in range(layout.temps)]
        packed = table([values for _, values in sorted(self._series.items())], self.periods)
        return Packed(layout.instructions, tuple(registers), packed, layout.numbers)


def _simplify(op: Op, operands: tuple[Value, ...]) -> Value | None:
    """Identities that hold for every finite number: x + 0, x · 1, min(x, ∞), condition and 1, …"""
    match op, operands:
        case (Op.ADD, (x, y)) if ZERO in (x, y):
            return y if x == ZERO else x
        case (Op.SUB, (x, y)) if y == ZERO:
            return x
        case (Op.MUL, (x, y)) if ONE in (x, y):
            return y if x == ONE else x
        case (Op.DIV, (x, y)) if y == ONE:
            return x
        case (Op.MIN, (x, y)) if INFINITE in (x, y):
            return y if x == INFINITE else x
        case (Op.SELECT, (condition, x, y)) if isinstance(condition, Constant):
            return x if condition.value != 0 else y
        case (Op.AND, (x, y)) if ZERO in (x, y):
            return ZERO
        case (Op.OR, (x, y)) if ONE in (x, y):
            return ONE
        case (Op.COPY, (x,)):
            return x
    return None
