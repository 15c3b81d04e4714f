"""Where a value of a Program comes from: back through its instructions to inputs, states and tests.

Static: it reads the instructions, not a path. The Program is not fused.
"""

from __future__ import annotations

from functools import lru_cache

import attrs

from tranche.program import Kind, Program


@attrs.frozen
class Origin:
    """What a value depends on. `inputs`: names of input registers; `states`: names of balances, dues and other values
    that outlive a period; `tests`: instructions of tests whose outcome, or whose ratio, it reads."""

    inputs: tuple[str, ...]
    states: tuple[str, ...]
    tests: tuple[int, ...]


class Trace:
    """Origins of the operands of one Program's instructions."""

    def __init__(self, program: Program) -> None:
        self.program, self._code = program, program.code
        self._tests = [k for k, one in enumerate(self._code) if one.is_test]
        self.origin = lru_cache(maxsize=None)(self._origin)

    def operand(self, number: int, name: str) -> int | None:
        """The register of an operand, None where the instruction has none of that name."""
        return self._code[number].register(name)

    def _origin(self, number: int, name: str) -> Origin:
        """What operand `name` of instruction `number` depends on, as it is read there."""
        visited, leaves = self._walk(number, name)
        tests = [k for k in self._tests if k in visited or self._same_ratio(k, visited, leaves)]
        registers = self.program.registers
        inputs = [registers[k].name for k in sorted(leaves) if registers[k].kind is Kind.INPUT]
        states = [registers[k].name for k in sorted(leaves) if registers[k].kind is Kind.STATE]
        return Origin(tuple(inputs), tuple(states), tuple(tests))

    def _walk(self, number: int, name: str) -> tuple[set[int], set[int]]:
        """(writers gone through, registers at which the way back ends)."""
        visited: set[int] = set()
        leaves: set[int] = set()
        register = self._code[number].register(name)
        pending = [] if register is None else [(number, register)]
        while pending:
            at, register = pending.pop()
            if self.program.registers[register].kind is not Kind.TEMP:
                leaves.add(register)
                continue
            writer = self.writer(at, register)
            if writer is None or writer in visited:
                continue
            visited.add(writer)
            if writer in self._tests:
                continue  # a test stands for what it compares
            pending += [(writer, read) for read in self._code[writer].read if read != register]
        return visited, leaves

    def writer(self, before: int, register: int) -> int | None:
        """The last instruction ahead of `before` that wrote a register."""
        for k in range(before - 1, -1, -1):
            if register in self._code[k].written:
                return k
        return None

    def _same_ratio(self, test: int, visited: set[int], leaves: set[int]) -> bool:
        """Whether both sides of a test were gone through: `dscr < 1.35x` compares them without asking the test."""
        sides = []
        for side in ("numerator", "denominator"):
            register = self._code[test].operands[side]
            kind = self.program.registers[register].kind
            if kind is Kind.CONSTANT:
                continue
            sides.append(
                self.writer(test, register) in visited if kind is Kind.TEMP else register in leaves
            )
        return bool(sides) and all(sides)
