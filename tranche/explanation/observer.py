"""Listens to the slow twin and keeps, for every date, what each instruction with a record saw and moved."""

from __future__ import annotations

import math
from collections.abc import Mapping

import attrs

from tranche.program import OPERAND_ROLES, Op, Program

DUST = 1e-12  # of the deal's notional
Operands = Mapping[str, float]


@attrs.frozen
class Constraint:
    """What lay behind an instruction's limit. `met`: its condition, True without one; `part`: it is a pro-rata part;
    `pot_limit`: what the step let into the pot it pays from, when that was less than the account held."""

    met: bool = True
    part: bool = False
    pot_limit: float | None = None


@attrs.frozen
class Event:
    """One instruction with a record, as it ran. `before` and `after`: its operands by name; `amount`: what it moved;
    `dust`: amounts up to this are rounding."""

    instruction: int
    before: Operands
    after: Operands
    amount: float
    constraint: Constraint = Constraint()
    dust: float = 0.0


class Observer:
    """A `reference.Watch`. `ran[t]`: the instructions that ran; `events[t]`: those with a record, in order; `seen[t]`:
    of those asked for in `also`, what they read and wrote.

    It knows instructions by the names of their operands, not by their opcodes. The program is not fused: each of its
    instructions does one thing.
    """

    def __init__(self, program: Program, also: frozenset[int] = frozenset()) -> None:
        self.ran: list[set[int]] = [set() for _ in range(program.periods)]
        self.events: list[list[Event]] = [[] for _ in range(program.periods)]
        self.seen: list[dict[int, Operands]] = [{} for _ in range(program.periods)]
        self._also = also
        self._code = program.code
        self._dust = dust(program)
        self._refused: set[int] = set()  # registers last written by a choice whose condition did not hold
        self._parts: set[int] = set()  # registers last written as a pro-rata part
        self._pots: dict[int, float] = {}  # pots that a limit kept small, and the limit
        self._shut: set[int] = set()  # pots that stay empty because the condition of their step does not hold

    def __call__(self, t: int, at: int, op: Op, before: Operands, after: Operands, amount: float) -> None:
        registers = self._code[at].registers
        self.ran[t].add(at)
        if at in self._also:
            self.seen[t][at] = {**before, **{name: after[name] for name, role in OPERAND_ROLES[op] if role == "w"}}
        if self._code[at].record >= 0:
            self.events[t].append(self._event(at, before, after, amount))
        elif "source" in before and "to" in before:
            self._fill_pot(registers, before, amount)
        for name, role in OPERAND_ROLES[op]:
            if role in "wu":
                source = registers.get("a", registers.get("pot"))
                left = source in self._refused and after[name] == 0  # what is left of a refused limit, or a part of it
                _mark(self._refused, registers[name], before.get("condition", 1.0) == 0 or left)
                _mark(self._parts, registers[name], "claims" in before)

    def _event(self, at: int, before: Operands, after: Operands, amount: float) -> Event:
        constraint = self._constraint(self._code[at].registers, before)
        return Event(at, dict(before), dict(after), amount, constraint, self._dust)

    def _constraint(self, registers: Mapping[str, int], before: Operands) -> Constraint:
        limit, cash = registers.get("limit", -1), registers.get("cash", -1)
        refused = before.get("condition", 1.0) == 0 or self._is_refused(limit, before) or cash in self._shut
        return Constraint(not refused, limit in self._parts, self._pots.get(cash))

    def _is_refused(self, limit: int, before: Operands) -> bool:
        return limit in self._refused and before["limit"] == 0

    def _fill_pot(self, registers: Mapping[str, int], before: Operands, amount: float) -> None:
        """An unrecorded move fills the pot that a step with several targets pays from, or gives back what is left."""
        self._pots.pop(registers["source"], None)
        self._pots.pop(registers["to"], None)
        self._shut -= {registers["source"], registers["to"]}
        if self._is_refused(registers.get("limit", -1), before):
            self._shut.add(registers["to"])
        if amount < before["source"]:
            self._pots[registers["to"]] = before.get("limit", math.inf)


def _mark(marked: set[int], register: int, on: bool) -> None:
    (marked.add if on else marked.discard)(register)


def dust(program: Program) -> float:
    """Amounts up to this are rounding, in the deal's currency."""
    return DUST * max(1.0, sum(claim.notional for claim in program.claims))
