"""Which registers can never be negative: what lets a fused payment leave out its clamp at zero.

Levels: 2, never negative and never -0.0; 1, never -0.0; 0, nothing is known; 3, as 2, but infinite in some period,
which only a minimum takes away again. Every register starts at the level of what it holds first; each instruction
lowers what it writes to what its operands allow, until nothing changes any more. What is left holds before and after
every instruction, whatever is skipped. (Amounts that outgrow float64 are not looked at: the run refuses them.)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tranche.program import Kind, Op, Register
from tranche.replay import Row, called

from .line import Line

# No level changes: payments take no more than is there from what they take it from, and never less than nothing; two
# write no register.
_KEEP = frozenset({
    Op.PAY, Op.REPAY, Op.SWEEP, Op.TAKE, Op.FUND, Op.RELEASE, Op.DRAW, Op.MOVE, Op.BORROW, Op.CAPITALISE, Op.TEST,
    Op.TEST_ABOVE, Op.SKIP, Op.RECORD,
})  # fmt: skip
_CONDITIONS = frozenset({Op.LT, Op.LE, Op.EQ, Op.AND, Op.OR, Op.NOT, Op.ABS, Op.SQRT})


def never_negative(
    lines: Sequence[Line], registers: Sequence[Register], series: Mapping[int, NDArray[np.float64]]
) -> set[int]:
    """The registers that are never negative in any run of these (unfused) instructions."""
    level = [first_level(number, register, series) for number, register in enumerate(registers)]
    changing = [line for line in lines if line.op not in _KEEP]
    changed = True
    while changed:
        changed = False
        for line in changing:
            for number, allowed in _writes(line, level).items():
                if allowed < level[number]:
                    level[number] = allowed
                    changed = True
    return {number for number, found in enumerate(level) if found == 2}


def first_level(number: int, register: Register, series: Mapping[int, NDArray[np.float64]]) -> int:
    """Of what a register holds first."""
    if register.kind is Kind.INPUT:
        return 2 if register.name.startswith("collections.") else 0  # the engine refuses negative collections
    if number not in series:
        return _lowest([register.initial])
    values = series[number]
    if isinstance(values, Row):
        return _lowest(list(values))
    if np.count_nonzero(np.isnan(values) | (values == -math.inf) | ((values == 0) & np.signbit(values))):
        return 0
    return 1 if values.min() < 0 else 3 if values.max() == math.inf else 2


def _lowest(values: Sequence[float]) -> int:
    levels = {_of(value) for value in values}
    if 0 in levels or any(sign < 0 for sign in called(_signs, *(value for value in values if value == 0))):
        return 0
    return 1 if 1 in levels else 3 if 3 in levels else 2


def _of(value: float) -> int:
    """Of a value that is not -0.0."""
    if not -math.inf < value <= math.inf:
        return 0
    return 1 if value < 0 else 3 if value == math.inf else 2


def _signs(*values: float) -> list[float]:
    return [math.copysign(1.0, value) for value in values]


def _writes(line: Line, levels: Sequence[int]) -> dict[int, int]:
    """The level that the instruction, none of those that keep it, allows for each register that it writes."""
    op, r = line.op, line.operands
    if op is Op.WINDOW:
        ring = range(r[2], r[2] + r[3])
        return {n: levels[r[1]] % 3 for n in ring} | {r[0]: min(levels[n] for n in ring)}
    if op is Op.MIN:
        return {r[0]: min(levels[r[1]], levels[r[2]])}
    level = [levels[n] % 3 for n in r]
    if op is Op.RECEIVE:
        return {r[0]: _sum(level[0], level[1]), r[2]: _sum(level[2], level[1])}
    return {r[0]: _result(op, level)}


def _result(op: Op, level: Sequence[int]) -> int:
    """The level that operands of these levels allow for the first of them, the one that is written."""
    match op:
        case Op.COPY:
            found = level[1]
        case Op.ADD:
            found = _sum(level[1], level[2])
        case Op.SUB:
            found = min(1, level[1])  # -0.0 only as -0.0 - 0.0
        case Op.MUL:
            found = _product(level[1], level[2])
        case Op.MAX:
            found = max(level[1:]) if min(level[1:]) else 0
        case Op.SELECT:
            found = min(level[2:])
        case Op.ACCRUE:
            found = _sum(level[0], _product(level[1], level[2]))
        case Op.SHORTFALL:
            found = _sum(level[0], _sum(level[1], level[2]))
        case _:
            found = 2 if op in _CONDITIONS else 0
    return found


def _sum(a: int, b: int) -> int:
    """-0.0 is only the sum of two of them."""
    return 2 if min(a, b) == 2 else min(1, max(a, b))


def _product(a: int, b: int) -> int:
    return 2 if min(a, b) == 2 else 0
