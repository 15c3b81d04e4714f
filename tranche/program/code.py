"""The instructions of a Program, each with its operands by name: for whoever reads a Program rather than runs it."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import numpy as np
from numpy.typing import NDArray

from .instructions import OPERAND_ROLES, Op


@attrs.frozen
class Instruction:
    """`operands`: registers, and plain numbers, by name. `record`: the first record that it sums; −1 when it sums
    none."""

    op: Op
    operands: Mapping[str, int]
    record: int

    def register(self, name: str) -> int | None:
        """The register of an operand; None where there is none of that name."""
        return self.operands[name] if name in _ROLES[self.op] and _ROLES[self.op][name] != "n" else None

    @property
    def registers(self) -> Mapping[str, int]:
        """Every register that it reads or writes, by the name of the operand."""
        return {name: k for name, k in self.operands.items() if _ROLES[self.op][name] != "n"}

    @property
    def read(self) -> tuple[int, ...]:
        """The registers that it reads, those that it changes among them."""
        return self._of("rsu")

    @property
    def written(self) -> tuple[int, ...]:
        """The registers that it writes or changes."""
        return self._of("wu")

    @property
    def is_test(self) -> bool:
        """Whether it compares the two sides of a coverage test."""
        return "denominator" in self.operands

    def _of(self, roles: str) -> tuple[int, ...]:
        return tuple(k for name, k in self.operands.items() if _ROLES[self.op][name] in roles)


def code_of(instructions: NDArray[np.void]) -> tuple[Instruction, ...]:
    """An INSTRUCTION array, read."""
    found = []
    for number, records, operands in instructions.tolist():
        op = Op(number)
        named = {name: int(k) for (name, _), k in zip(OPERAND_ROLES[op], operands, strict=False)}
        found.append(Instruction(op, named, int(records[0])))
    return tuple(found)


def ratio_of(numerator: float, denominator: float, above: bool = False) -> float:
    """What a coverage test compares with its level. Over nothing: infinite, or, for one that fails `above`, 0 where
    the numerator is not above 0."""
    if denominator > 0:
        return numerator / denominator
    return 0.0 if above and numerator <= 0 else float("inf")


_ROLES = {op: dict(roles) for op, roles in OPERAND_ROLES.items()}
