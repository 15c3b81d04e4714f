"""Which instructions are left, fused, and which register each value gets: what the form of a deal decides, not its
figures. Deals of one form, as a sweep over a coupon or a folder of offers has them, are laid out once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.few import Few
from tranche.program import INSTRUCTION, REGISTERS, Kind, Register, Step, instruction

from .fuse import fuse
from .line import Line
from .prune import prune
from .signs import first_level

_ORDER = (Kind.CONSTANT, Kind.SERIES, Kind.INPUT, Kind.STATE)
Form = tuple[object, ...]


@attrs.frozen(eq=False)
class Layout:
    """`steps`: their new ranges. `numbers`: emitter's register → its number; `order`: those that are no temporaries, as
    they are numbered; after them come `temps` more."""

    instructions: NDArray[np.void]
    steps: tuple[tuple[int, int], ...]
    numbers: Mapping[int, int]
    order: tuple[int, ...]
    temps: int


@attrs.frozen(eq=False)
class Draft:
    """What an emitter has collected: `lines` over its registers, the values of those that are `series`, the `steps`
    with their ranges; `fused`: what nobody needs is to be dropped, and frequent sequences fused."""

    lines: Sequence[Line]
    steps: Sequence[Step]
    registers: Sequence[Register]
    series: Mapping[int, NDArray[np.float64]]
    fused: bool


_known: Few[Form, Layout] = Few(32)


def laid_out(draft: Draft) -> Layout:
    """Drop and fuse, and number the registers: constants, series, inputs, states, temps; temps whose lives do not meet
    share one."""
    form = _form(draft)
    return _known.get(form) or _known.keep(form, _lay_out(draft))


def _form(draft: Draft) -> Form:
    """All that a layout depends on: of the numbers, whether they are zero, below it or infinite."""
    said: list[int] = []
    for line in draft.lines:
        said += (int(line.op), *line.operands, -1, *line.records, -2)
    spans = [number for step in draft.steps for number in (step.first, step.last)]
    traits = [
        (register.kind, first_level(number, register, draft.series), register.initial == 0.0)
        for number, register in enumerate(draft.registers)
    ]
    return draft.fused, tuple(said), tuple(spans), tuple(traits)


def _lay_out(draft: Draft) -> Layout:
    lines, steps, registers = draft.lines, draft.steps, draft.registers
    if draft.fused:
        left, steps = prune(lines, steps, registers)
        lines, steps = fuse(left, steps, registers, draft.series)
    order = [n for kind in _ORDER for n, register in enumerate(registers) if register.kind is kind]
    numbers = {virtual: number for number, virtual in enumerate(order)}
    temps = _number_temps(lines, {n for n, one in enumerate(registers) if one.kind is Kind.TEMP}, numbers)
    rows = []
    for line in lines:
        operands = list(line.operands)
        for k in REGISTERS[line.op]:
            operands[k] = numbers[operands[k]]
        rows.append(instruction(line.op, operands, line.records))
    made = np.array(rows, dtype=INSTRUCTION)
    made.setflags(write=False)
    return Layout(made, tuple((step.first, step.last) for step in steps), numbers, tuple(order), temps)


def _number_temps(lines: Sequence[Line], temps: set[int], numbers: dict[int, int]) -> int:
    """Give every temporary a number; how many numbers that takes."""
    first = len(numbers)
    uses = [
        dict.fromkeys([n for n in [line.operands[k] for k in REGISTERS[line.op]] if n in temps]) for line in lines
    ]
    last_use = {n: k for k, used in enumerate(uses) for n in used}
    free: list[int] = []
    count = 0
    for k, used in enumerate(uses):
        for n in used:
            if n not in numbers:
                if free:
                    numbers[n] = free.pop()
                else:
                    numbers[n] = first + count
                    count += 1
        free.extend(numbers[n] for n in used if last_use[n] == k)
    return count
