"""What a Program must obey, because the kernel relies on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np

from tranche.errors import Problem, ProgramError
from tranche.few import Few

from .instructions import OPERAND_ROLES, READ, RECORDED, REGISTERS, SAME, Op
from .registers import FIXED, Kind

if TYPE_CHECKING:
    from .program import Program


def check(program: Program) -> None:
    """Refuse a Program that breaks the rules which the kernel relies on. Raises ProgramError with every breach."""
    problems: list[Problem] = []
    order = [_ORDER[register.kind] for register in program.registers]
    if order != sorted(order):
        problems.append(Problem("registers are out of order", "constants, series, inputs, states, temps"))
    if program.series.ndim != 2 or program.series.shape[0] != len(program.of_kind(Kind.SERIES)):
        problems.append(Problem(f"series has shape {program.series.shape}", "[series registers, T]"))
    if program.quantum <= 0 or np.frexp(program.quantum)[0] != 0.5:
        problems.append(Problem(f"quantum {program.quantum!r} is not a power of two"))
    form = _form(program)
    if not _sound.get(form):
        found = [*_wrong_instructions(program), *_wrong_records(program)]
        problems += found
        if not found:
            _sound.keep(form, True)
    if problems:
        raise ProgramError(problems)


_sound: Few[tuple[object, ...], bool] = Few(32)  # forms whose instructions and records obey the rules


def _form(program: Program) -> tuple[object, ...]:
    """All that the rules of instructions and records look at."""
    kinds = tuple([register.kind for register in program.registers])
    records = tuple([(record.register, record.flow, record.side) for record in program.records])
    return program.instructions.tobytes(), kinds, records


def _wrong_instructions(program: Program) -> Iterator[Problem]:
    fixed = {k for k, register in enumerate(program.registers) if register.kind not in _WRITABLE}
    for k, (op, records, operands) in enumerate(program.instructions.tolist()):
        for what in _breaches(program, fixed, op, operands, records, k):
            yield Problem(f"instruction {k}: {what}")


def _wrong_records(program: Program) -> Iterator[Problem]:
    for record in program.records:
        if not 0 <= record.register < len(program.registers):
            yield Problem(f"record {record.name}: register {record.register} does not exist")
        elif program.registers[record.register].kind is not Kind.STATE:
            yield Problem(f"record {record.name}: its register is not a state")
        if record.side not in ((-1, 0, 1) if record.flow else (0,)):
            yield Problem(f"record {record.name}: side {record.side}", "-1, 0 or 1 for a flow, 0 for a stock")


def _breaches(
    program: Program, fixed: Set[int], opcode: int, operands: Sequence[int], records: Sequence[int], number: int
) -> list[str]:
    """What is wrong with an instruction; `fixed`: registers that none may write."""
    if opcode not in _OPS:
        return [f"unknown opcode {opcode}"]
    op, registers = _OPS[opcode], program.registers
    count = len(registers)
    found: list[str] = []
    read: list[int] = []
    written: list[int] = []
    for k in REGISTERS[op]:
        value, length = operands[k], operands[3] if op is Op.WINDOW and k == _RING else 1
        if not 0 <= value < count:
            found.append(f"{op.name} {OPERAND_ROLES[op][k][0]}: register {value} does not exist")
        elif length < 1 or value + length > count:
            found.append(f"{op.name} {OPERAND_ROLES[op][k][0]}: {max(0, length)} registers from {value} do not exist")
        elif k in READ[op]:
            read.append(value)
        else:
            span = range(value, value + length)
            written.extend(span)
            if not fixed.isdisjoint(span):
                found.append(f"{op.name} writes {registers[value].name!r}, a {registers[value].kind}")
    for k in SAME[op]:
        if not 0 <= operands[k] < count or registers[operands[k]].kind not in FIXED:
            found.append(f"{op.name} {OPERAND_ROLES[op][k][0]}: not a constant or a series")
    if len(set(written)) < len(written) or not set(written).isdisjoint(read):
        found.append(f"{op.name} names a register that it writes more than once")
    if op is Op.SKIP and not 0 <= operands[1] <= len(program.instructions) - number - 1:
        found.append(f"SKIP leaves the program by skipping {operands[1]}")
    return found + _record_breaches(program, op, operands, records)


def _record_breaches(program: Program, op: Op, operands: Sequence[int], records: Sequence[int]) -> list[str]:
    found = []
    for number, operand in zip_longest(records, RECORDED.get(op, ())):
        if number in (-1, None):
            continue
        if operand is None:
            found.append(f"{op.name} cannot record that much")
        elif not 0 <= number < len(program.records):
            found.append(f"record {number} does not exist")
        else:
            at = _NAMES[op].index(operand)
            record = program.records[number]
            if record.register != operands[at] or record.flow != (at not in READ[op]):
                found.append(f"{op.name} records {record.name!r}, which is not its own register")
    return found


_OPS = {int(op): op for op in Op}
_ORDER = {kind: k for k, kind in enumerate(Kind)}
_NAMES = {op: tuple(name for name, _ in roles) for op, roles in OPERAND_ROLES.items()}
_RING = _NAMES[Op.WINDOW].index("ring")
_WRITABLE = (Kind.STATE, Kind.TEMP)
