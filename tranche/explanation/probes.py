"""A Program that also keeps what its tests compare: so the kernel tells the ratios of a run, at its own speed."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from tranche.program import INSTRUCTION, OPERAND_ROLES, Kind, Op, Program, Record, Register, instruction

SIDES = ("numerator", "denominator", "level")  # what a test reads; what it writes follows them
OWNER = "probe"


def compared(program: Program) -> list[int]:
    """The instructions that compare a numerator with a denominator: the levels of coverage tests."""
    return [k for k, one in enumerate(program.code) if one.is_test]


def probed(program: Program) -> Program:
    """The Program with four more levels, after its own records, for each instruction of `compared`: the SIDES as they
    are when it is read, and 1 where the test fails. Every other figure has the same bits. The Program is not fused."""
    tests = compared(program)
    first_temp = sum(register.kind is not Kind.TEMP for register in program.registers)
    more = (len(SIDES) + 1) * len(tests)
    kept = [Register(f"{OWNER} {k}", Kind.STATE) for k in range(more)]

    def moved(op: Op, operands: Sequence[int]) -> list[int]:
        """The operands of an instruction, temporaries behind the new states."""
        shift = [role != "n" and n >= first_temp for n, (_, role) in zip(operands, OPERAND_ROLES[op], strict=False)]
        return [n + more if late else n for n, late in zip(operands, shift, strict=False)]

    rows: list[tuple[int, tuple[int, ...], tuple[int, ...]]] = []
    first, at = [], []  # first[k], at[k]: where what belongs to instruction k begins, and where it is
    state = iter(range(first_temp, first_temp + more))
    for k, (number, records, operands) in enumerate(program.instructions.tolist()):
        op = Op(number)
        names = [name for name, _ in OPERAND_ROLES[op]]
        read = dict(zip(names, moved(op, operands), strict=False))
        first.append(len(rows))
        if k in tests:
            rows += [instruction(Op.COPY, (next(state), read[side])) for side in SIDES]
        at.append(len(rows))
        rows.append(instruction(op, tuple(read.values()), [record for record in records if record >= 0]))
        if k in tests:
            rows.append(instruction(Op.COPY, (next(state), read[names[0]])))
    first.append(len(rows))
    for k, operands in enumerate(program.instructions["r"].tolist()):
        if program.instructions["op"][k] == Op.SKIP:
            condition, count = rows[at[k]][2][0], operands[1]
            rows[at[k]] = instruction(Op.SKIP, (condition, first[k + 1 + count] - at[k] - 1))
    registers = (*program.registers[:first_temp], *kept, *program.registers[first_temp:])
    levels = [Record(OWNER, str(k), first_temp + k, flow=False) for k in range(more)]
    return attrs.evolve(
        program,
        instructions=np.array(rows, dtype=INSTRUCTION),
        registers=registers,
        records=(*program.records, *levels),
        steps=(),
    )
