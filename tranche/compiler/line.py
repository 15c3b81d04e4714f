"""An instruction before it is laid out."""

from __future__ import annotations

import attrs

from tranche.program import REGISTERS, Op


@attrs.frozen
class Line:
    """An instruction over virtual registers; operands are plain numbers where the role is `n`."""

    op: Op
    operands: tuple[int, ...]
    records: tuple[int, ...] = ()

    def renamed(self, old: int, new: int) -> Line:
        """With the register `new` wherever `old` was named."""
        where = REGISTERS[self.op]
        operands = tuple(new if n == old and k in where else n for k, n in enumerate(self.operands))
        return Line(self.op, operands, self.records)
