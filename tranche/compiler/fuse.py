"""Replaces frequent sequences of instructions by fused ones (`program.FUSED`), and neighbouring skips by one."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence, Set

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.program import (
    COMMUTATIVE,
    FIXED,
    FUSED,
    NOTHING,
    OPERAND_ROLES,
    REGISTERS,
    SCRATCH,
    UNCLAMPED,
    UNLIMITED,
    WRITTEN,
    Kind,
    Op,
    Part,
    Register,
    Step,
)

from .line import Line
from .signs import never_negative


def fuse(
    lines: Sequence[Line],
    steps: Sequence[Step],
    registers: Sequence[Register],
    series: Mapping[int, NDArray[np.float64]],
) -> tuple[list[Line], list[Step]]:
    """The fused instructions, and the steps with their new ranges (steps that were fused together share one)."""
    ends = {k: k + 1 + line.operands[1] for k, line in enumerate(lines) if line.op is Op.SKIP}
    live = _without_repeated_skips(lines, ends)
    mentions = Counter(line.operands[k] for line in lines for k in REGISTERS[line.op])
    positive = never_negative(lines, registers, series)
    targets = set(ends.values())
    result: list[Line] = []
    skips: dict[int, int] = {}  # new number of a SKIP -> old number of what it skips to
    moved: dict[int, int] = {}  # old number -> new number
    at = 0
    while at < len(live):
        line, length = _match(lines, live, at, targets, registers, mentions, positive)
        moved |= dict.fromkeys(live[at : at + length], len(result))
        if line.op is Op.SKIP:
            skips[len(result)] = ends[live[at]]
        result.append(line)
        at += length
    new = [moved.get(k, -1) for k in range(len(lines))] + [len(result)]
    for k in reversed(range(len(lines))):
        new[k] = new[k] if new[k] >= 0 else new[k + 1]  # a dropped instruction stands for the next one
    for k, end in skips.items():
        result[k] = Line(Op.SKIP, (result[k].operands[0], new[end] - k - 1))
    return result, [attrs.evolve(step, first=new[step.first], last=new[step.last - 1] + 1) for step in steps]


def _without_repeated_skips(lines: Sequence[Line], ends: dict[int, int]) -> list[int]:
    """Numbers of the instructions to keep: two regions in a row under one condition become one, when the first does
    not change the condition and no other region ends between them. `ends` loses the skips that go."""
    dropped: set[int] = set()
    for k in sorted(ends):
        while k in ends and ends[k] in ends and list(ends.values()).count(ends[k]) == 1:
            following = ends[k]
            inside = lines[k + 1 : following]
            written = {line.operands[k] for line in inside for k in WRITTEN[line.op]}
            if lines[following].operands[0] != lines[k].operands[0] or lines[k].operands[0] in written:
                break
            ends[k] = ends.pop(following)
            dropped.add(following)
    return [k for k in range(len(lines)) if k not in dropped]


def _match(
    lines: Sequence[Line],
    live: Sequence[int],
    at: int,
    targets: set[int],
    registers: Sequence[Register],
    mentions: Counter[int],
    positive: Set[int],
) -> tuple[Line, int]:
    """The fused instruction that can start at live[at], and how many it replaces; the plain one where there is none."""
    for op, parts, sequence in _BEGINNING.get(lines[live[at]].op, ()):
        numbers = live[at : at + len(parts)]
        window = [lines[k] for k in numbers]
        if [line.op for line in window] != sequence or not targets.isdisjoint(numbers[1:]):
            continue  # other instructions, or a jump lands inside
        bound = _unify(window, op, parts, registers, mentions)
        if bound is not None and all(bound[name] in positive for name in UNCLAMPED.get(op, ())):
            operands = tuple(bound[name] for name, _ in OPERAND_ROLES[op])
            written = [n for n, (_, role) in zip(operands, OPERAND_ROLES[op], strict=True) if role in "wu"]
            if all(operands.count(n) == 1 for n in written):
                return Line(op, operands, _records(window)), len(parts)
    return lines[live[at]], 1


# by the op of their first part, in order of preference: the fused op, its parts and their ops
_BEGINNING: dict[Op, list[tuple[Op, tuple[Part, ...], list[Op]]]] = {}
for _op, _parts in FUSED.items():
    _BEGINNING.setdefault(_parts[0].op, []).append((_op, _parts, [part.op for part in _parts]))


def _records(window: Sequence[Line]) -> tuple[int, ...]:
    return tuple(number for line in window for number in line.records)


def _unify(
    window: Sequence[Line],
    op: Op,
    parts: Sequence[Part],
    registers: Sequence[Register],
    mentions: Counter[int],
) -> dict[str, int] | None:
    """Which register each operand of the fused instruction is, if those of its parts fit together."""
    bound: dict[str, int] = {}
    for line, part in zip(window, parts, strict=True):
        orders = [line.operands]
        if line.op in COMMUTATIVE:
            d, a, b = line.operands
            orders.append((d, b, a))
        for operands in orders:
            found = _bind(operands, part, bound, _SAME[op], registers)
            if found is not None:
                bound = found
                break
        else:
            return None
    for name in SCRATCH:
        number = bound.get(name)
        if number is not None and (registers[number].kind is not Kind.TEMP or mentions[number] != 2):
            return None
    return bound


# by op, the operands that are the same for every path
_SAME = {op: frozenset(name for name, role in OPERAND_ROLES[op] if role == "s") for op in FUSED}


def _bind(
    numbers: Sequence[int], part: Part, bound: dict[str, int], same: Set[str], registers: Sequence[Register]
) -> dict[str, int] | None:
    """`bound`, and what a part's operands say of it; None where they contradict it."""
    bound = dict(bound)
    for number, name in zip(numbers, part.operands, strict=True):
        if name in (UNLIMITED, NOTHING):
            wanted = math.inf if name == UNLIMITED else 0.0
            if registers[number].kind is not Kind.CONSTANT or registers[number].initial != wanted:
                return None
        elif bound.setdefault(name, number) != number or (name in same and registers[number].kind not in FIXED):
            return None
    return bound
