"""Floor 0. A Program for people: its registers, its series, its instructions step by step, what it records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import numpy as np

from tranche.program import OPERAND_ROLES, Instruction, Kind, Program

ENDS = 3  # values of a series that are shown from each end


@attrs.frozen
class Operand:
    """`role`: r read, w written, u updated, n a plain number. `number`: of the register; `text`: its name, or the plain
    number."""

    name: str
    role: str
    number: int
    text: str


def operands(program: Program, number: int) -> tuple[Operand, ...]:
    """The operands of an instruction, by name."""
    one = program.code[number]
    return tuple(
        Operand(name, role, one.operands[name], _text(program, one, name))
        for name, role in OPERAND_ROLES[one.op]
    )


def _text(program: Program, one: Instruction, name: str) -> str:
    register = one.register(name)
    return str(one.operands[name]) if register is None else program.registers[register].name


def records_of(program: Program, number: int) -> tuple[str, ...]:
    """The names of the records that an instruction sums."""
    return tuple(program.records[k].name for k in program.instructions[number]["record"].flat if k >= 0)


def disassemble(program: Program) -> str:
    """Plain text, a line for each register, series, instruction and record."""
    return "\n".join(_lines(program)) + "\n"


def _lines(program: Program) -> Iterator[str]:
    yield f"{program.name}: {program.periods} periods, {program.dates[0] if program.dates else '?'} to " + (
        f"{program.dates[-1]}, {program.currency}" if program.dates else f"?, {program.currency}"
    )
    yield f"sha256 {program.hash}"
    yield f"sums are kept in multiples of {program.quantum!r}"
    yield ""
    yield f"registers ({len(program.registers)})"
    for k, register in enumerate(program.registers):
        initial = f" = {register.initial!r}" if register.kind in (Kind.CONSTANT, Kind.STATE) else ""
        yield f"  r{k:<4}{register.kind:<9}{register.name}{initial}"
    if len(program.series):
        yield ""
        yield f"series ({len(program.series)}), a value for each period"
        for k, values in zip(program.of_kind(Kind.SERIES), program.series, strict=True):
            yield f"  r{k:<4}{_series(values.tolist())}"
    yield ""
    yield f"instructions ({len(program.instructions)})"
    yield from _code(program)
    yield ""
    yield f"records ({len(program.records)})"
    for k, record in enumerate(program.records):
        yield f"  {k:<5}{'flow ' if record.flow else 'stock'} {record.name} in r{record.register}"


def _series(values: list[float]) -> str:
    shown = [repr(value) for value in values]
    if len(shown) > 2 * ENDS + 1:
        shown = [*shown[:ENDS], "…", *shown[-ENDS:]]
    return ", ".join(shown)


def _code(program: Program) -> Iterator[str]:
    ends = {step.last for step in program.steps}
    for number in range(len(program.instructions)):
        starts = [step for step in program.steps if step.first == number]
        for step in starts:
            yield f"  {step.path}: {step.text}"
        if not starts and number in ends:
            yield "  (between steps)"
        yield f"    {_instruction(program, number)}"


def _instruction(program: Program, number: int) -> str:
    op = program.code[number].op
    words = []
    for operand in operands(program, number):
        register = "" if operand.role == "n" else f"r{operand.number}:"
        mark = {"w": "→", "u": "↔"}.get(operand.role, "")
        words.append(f"{operand.name}={mark}{register}{operand.text}")
    records = records_of(program, number)
    return f"{number:<5}{op.name:<10} {' '.join(words)}" + (f"  ⇒ {', '.join(records)}" if records else "")


def as_data(program: Program) -> dict[str, Any]:
    """The same as plain data: numbers that JSON has no words for are texts (`inf`)."""
    return {
        "name": program.name,
        "currency": program.currency,
        "hash": program.hash,
        "quantum": program.quantum,
        "dates": [date.isoformat() for date in program.dates],
        "times": list(program.times),
        "registers": [
            {"name": r.name, "kind": str(r.kind), "initial": _number(r.initial)} for r in program.registers
        ],
        "series": [
            {"register": k, "values": [_number(x) for x in values.tolist()]}
            for k, values in zip(program.of_kind(Kind.SERIES), program.series, strict=True)
        ],
        "instructions": [
            {
                "op": one.op.name,
                "operands": {operand.name: operand.number for operand in operands(program, k)},
                "records": list(records_of(program, k)),
            }
            for k, one in enumerate(program.code)
        ],
        "steps": [attrs.asdict(step) for step in program.steps],
        "records": [attrs.asdict(record) for record in program.records],
        "claims": [attrs.asdict(claim) for claim in program.claims],
    }


def _number(value: float) -> float | str:
    return value if np.isfinite(value) else repr(value)
