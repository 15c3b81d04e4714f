"""Floor 3. The slow twin: interprets a Program for one path in plain Python, for any number type.

In `float` it gives the same bits as the kernel; in `fractions.Fraction` cash in equals cash out exactly. It is also
what explains a path: a `watch` sees every instruction with the registers before and after it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.program import FUSED, NOTHING, OPERAND_ROLES, RECORDED, SCRATCH, UNCLAMPED, UNLIMITED, Kind, Op, Program

Number = Any  # float or Fraction; infinities stay floats, with which a Fraction compares

# period (0-based), instruction number, op, operands by name before, written operands by name after, amount moved
Watch = Callable[[int, int, Op, dict[str, Number], dict[str, Number], Number], None]


@attrs.frozen
class PathResult:
    """One path. `movements[t][k]`: what record k moved in period t (flow) or its level at the close (stock);
    `totals[k]`: the final value of record k's register."""

    movements: list[list[Number]]
    totals: list[Number]


def exact(value: float) -> Number:
    """A float as a Fraction, infinities as they are."""
    return Fraction(value) if math.isfinite(value) else value


def run_path(
    program: Program,
    inputs: NDArray[np.float64] | Sequence[Sequence[float]],
    number: Callable[[float], Number] = float,
    watch: Watch | None = None,
) -> PathResult:
    """Run one path. `inputs` [T, inputs] in the order of `program.inputs`; `number` is `float` or `exact`."""
    registers: list[Number] = [number(register.initial) for register in program.registers]
    series_registers, input_registers = program.of_kind(Kind.SERIES), program.of_kind(Kind.INPUT)
    series = program.series.tolist()
    registers += [math.inf, *[number(0.0)] * (len(_SPARE) - 1)]  # what _SPARE names, for the parts of fused ones
    code = [(Op(int(row["op"])), row["record"].tolist(), tuple(row["r"].tolist())) for row in program.instructions]
    zero = number(0.0)
    movements: list[list[Number]] = []
    for t in range(program.periods):
        for k, values in zip(series_registers, series, strict=True):
            registers[k] = number(values[t])
        for k, value in zip(input_registers, inputs[t], strict=True):
            registers[k] = number(float(value) + 0.0)
        moved = [zero] * len(program.records)
        at = 0
        while at < len(code):
            op, records, r = code[at]
            before = _named(op, r, registers) if watch else {}
            floor = -math.inf if op in UNCLAMPED else zero
            amounts = [_execute(part, q, registers, t, number, floor) for part, q in _parts(op, r)]
            amounts = amounts[-len(RECORDED.get(op, ("",))) :]  # parts that only compute come first
            for record, amount in zip(records, amounts, strict=False):
                if record >= 0:
                    moved[record] = moved[record] + amount
            if watch:
                watch(t, at, op, before, _named(op, r, registers), amounts[0])
            at += 1 + (r[1] if op is Op.SKIP and amounts[0] == 0 else 0)
        movements.append(moved)
    return PathResult(movements, [registers[record.register] for record in program.records])


def _named(op: Op, r: tuple[int, ...], registers: list[Number]) -> dict[str, Number]:
    return {name: k if role == "n" else registers[k] for (name, role), k in zip(OPERAND_ROLES[op], r, strict=False)}


_SPARE = {name: k for k, name in enumerate((UNLIMITED, NOTHING, *SCRATCH), start=-2 - len(SCRATCH))}
# registers that run_path adds at the end


def _parts(op: Op, r: tuple[int, ...]) -> list[tuple[Op, tuple[int, ...]]]:
    """A fused instruction as the sequence of simple ones that it stands for."""
    if op not in FUSED:
        return [(op, r)]
    named = {name: number for (name, _), number in zip(OPERAND_ROLES[op], r, strict=False)}
    named |= _SPARE
    return [(part.op, tuple(named[operand] for operand in part.operands)) for part in FUSED[op]]


def _lower(a: Number, b: Number) -> Number:
    return a if a < b else b


def _execute(
    op: Op, r: tuple[int, ...], x: list[Number], t: int, number: Callable[[float], Number], floor: Number = 0
) -> Number:
    """Carry out one instruction on the registers `x`; returns what it moved (0 when it moves nothing). A payment moves
    no less than `floor`, -∞ for none."""
    one, zero = number(1.0), number(0.0)
    payment = _PAYMENTS.get(op)
    if payment is not None:
        return payment(x, r, floor)
    match op:
        case Op.ACCRUE:
            x[r[0]] += x[r[1]] * x[r[2]]
        case Op.TEST | Op.TEST_ABOVE:
            x[r[0]] = one if _breached(op, x[r[1]], x[r[2]], x[r[3]]) else zero
            x[r[4]] += x[r[0]]
            return x[r[0]]
        case Op.PRORATA:
            x[r[0]] = x[r[1]] * (x[r[2]] / x[r[3]]) if x[r[3]] > 0 else zero
        case Op.RECORD:
            return x[r[0]]
        case Op.SKIP:
            return one if x[r[0]] != 0 else zero
        case Op.SELECT:
            x[r[0]] = x[r[2]] if x[r[1]] != 0 else x[r[3]]
        case Op.WINDOW:
            x[r[2] + t % r[3]] = x[r[1]]
            x[r[0]] = zero
            for k in range(r[2], r[2] + r[3]):  # not sum(): it compensates from Python 3.12 on
                x[r[0]] += x[k]
        case Op.DIV:
            x[r[0]] = _divide(x[r[1]], x[r[2]], zero)
        case Op.COPY:
            x[r[0]] = x[r[1]]
        case Op.ABS | Op.SQRT:
            x[r[0]] = abs(x[r[1]]) if op is Op.ABS else _root(x[r[1]], number)
        case Op.NOT:
            x[r[0]] = zero if x[r[1]] != 0 else one
        case Op.ADD | Op.SUB | Op.MUL | Op.MIN | Op.MAX:
            x[r[0]] = _ARITHMETIC[op](x[r[1]], x[r[2]])
        case _:
            x[r[0]] = one if _CONDITIONS[op](x[r[1]], x[r[2]]) else zero
    return zero


def _breached(op: Op, numerator: Number, denominator: Number, level: Number) -> bool:
    """A minimum fails below its level, where anything is due; a maximum above it, whatever there is to divide by."""
    if op is Op.TEST:
        return bool(denominator > 0 and numerator < level * denominator)
    if denominator > 0:
        return bool(numerator > level * denominator)
    return bool(numerator > 0 and abs(level) != math.inf)


def _root(a: Number, number: Callable[[float], Number]) -> Number:
    """In Fraction too the float nearest to it: a root decides how much is moved, not whether it adds up."""
    return number(math.sqrt(float(a))) if a > 0 else number(0.0)


def _divide(a: Number, b: Number, zero: Number) -> Number:
    if b != 0:
        return a / b
    return math.inf if a > 0 else (-math.inf if a < 0 else zero)


_ARITHMETIC: dict[Op, Callable[[Number, Number], Number]] = {
    Op.ADD: lambda a, b: a + b,
    Op.SUB: lambda a, b: a - b,
    Op.MUL: lambda a, b: a * b,
    Op.MIN: _lower,
    Op.MAX: lambda a, b: a if a > b else b,
}

_CONDITIONS: dict[Op, Callable[[Number, Number], bool]] = {
    Op.LT: lambda a, b: a < b,
    Op.LE: lambda a, b: a <= b,
    Op.EQ: lambda a, b: a == b,
    Op.AND: lambda a, b: a != 0 and b != 0,
    Op.OR: lambda a, b: a != 0 or b != 0,
}


def _move(x: list[Number], amount: Number, floor: Number, out: Sequence[int], into: Sequence[int]) -> Number:
    """Take `amount`, but no less than `floor`, off the registers `out` and put it on the registers `into`."""
    moved = amount if amount > floor or floor < 0 else floor
    for k in out:
        x[k] -= moved
    for k in into:
        x[k] += moved
    return moved


def _pay(x: list[Number], r: Sequence[int], floor: Number) -> Number:
    cash, due, limit, total = r[:4]
    return _move(x, _lower(x[limit], _lower(x[cash], x[due])), floor, (cash, due), (total,))


def _repay(x: list[Number], r: Sequence[int], floor: Number) -> Number:
    cash, due, limit, balance, total = r[:5]
    amount = _lower(x[limit], _lower(x[balance], _lower(x[cash], x[due])))
    return _move(x, amount, floor, (cash, due, balance), (total,))


def _sweep(x: list[Number], r: Sequence[int], floor: Number) -> Number:
    cash, limit, balance, total = r[:4]
    return _move(x, _lower(x[limit], _lower(x[balance], x[cash])), floor, (cash, balance), (total,))


def _take(x: list[Number], r: Sequence[int], floor: Number) -> Number:
    cash, limit, total = r[:3]
    return _move(x, _lower(x[limit], x[cash]), floor, (cash,), (total,))


def _fund(x: list[Number], r: Sequence[int], floor: Number) -> Number:
    cash, account, target, limit, total = r[:5]
    amount = _lower(x[limit], _lower(x[cash], x[target] - x[account]))
    return _move(x, amount, floor, (cash,), (account, total))


def _release(x: list[Number], r: Sequence[int], floor: Number) -> Number:
    account, cash, target, limit, total = r[:5]
    amount = _lower(x[limit], _lower(x[account], x[account] - x[target]))
    return _move(x, amount, floor, (account,), (cash, total))


def _draw(x: list[Number], r: Sequence[int], floor: Number) -> Number:
    account, cash, need, limit, total = r[:5]
    amount = _lower(x[limit], _lower(x[account], x[need] - x[cash]))
    return _move(x, amount, floor, (account,), (cash, total))


def _borrow(x: list[Number], r: Sequence[int], floor: Number) -> Number:
    cash, drawn, ceiling, need, limit, total = r[:6]
    lack = x[need] - x[cash]
    amount = _lower(x[limit], _lower(lack, x[ceiling] - x[drawn])) if lack > 0 else floor
    return _move(x, amount, floor, (), (cash, drawn, total))


def _transfer(x: list[Number], r: Sequence[int], floor: Number) -> Number:
    source, to, limit, total = r[:4]
    return _move(x, _lower(x[limit], x[source]), floor, (source,), (to, total))


def _capitalise(x: list[Number], r: Sequence[int], floor: Number) -> Number:
    due, balance, limit, total = r[:4]
    return _move(x, _lower(x[limit], x[due]), floor, (due,), (balance, total))


def _receive(x: list[Number], r: Sequence[int], floor: Number) -> Number:
    cash, amount, total = r[:3]
    x[cash] += x[amount]
    x[total] += x[amount]
    return x[amount]


def _shortfall(x: list[Number], r: Sequence[int], floor: Number) -> Number:
    total, a, b = r[:3]
    amount = x[a] + x[b]
    x[total] += amount
    return amount


_PAYMENTS: dict[Op, Callable[[list[Number], Sequence[int], Number], Number]] = {
    Op.PAY: _pay,
    Op.REPAY: _repay,
    Op.SWEEP: _sweep,
    Op.TAKE: _take,
    Op.FUND: _fund,
    Op.RELEASE: _release,
    Op.DRAW: _draw,
    Op.BORROW: _borrow,
    Op.MOVE: _transfer,
    Op.CAPITALISE: _capitalise,
    Op.RECEIVE: _receive,
    Op.SHORTFALL: _shortfall,
}


def evaluate(op: Op, *values: float) -> float:
    """An arithmetic instruction on plain numbers, as the kernel would compute it (the compiler folds with this)."""
    registers: list[Number] = [0.0, *values]
    _execute(op, tuple(range(len(registers))), registers, 0, float)
    found: float = registers[0]
    return found if isinstance(found, float) else float(found)
