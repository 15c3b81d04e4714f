"""A conditional distribution function F(x | D) on the tape: the forms in which the copulas of pairs read it."""

from __future__ import annotations

import attrs

from ..maps import mills, student_value_constants
from ..tape import Op
from ..writer import Writer

LEAST, MOST = 2.0**-53, 1.0 - 2.0**-53  # as a draw: its value and that of 1 - u are numbers inside (0, 1)


@attrs.define(eq=False)
class Reading:
    """Registers of one uniform variable: its normal `score`, the `uniform` itself, 1 − u, and what is made of them,
    each written when it is first asked for."""

    writer: Writer
    score: int = -1
    uniform: int = -1
    turned: int = -1
    values: dict[float, int] = attrs.field(factory=dict)

    def as_score(self) -> int:
        """Φ⁻¹(u)."""
        if self.score < 0:
            self.score = self.writer.make(Op.SCORES, self.uniform, 1)
        return self.score

    def as_uniform(self, turned: bool = False) -> int:
        """u, or 1 − u."""
        if self.uniform < 0:
            self.uniform = inside(self.writer, self.writer.make(Op.CDF, self.score, constants=mills().constants))
        if not turned:
            return self.uniform
        if self.turned < 0:
            self.turned = self.writer.make(Op.AFFINE, self.uniform, params=[1.0, -1.0])
        return self.turned

    def as_value(self, dof: float) -> int:
        """T⁻¹(u) of Student's t."""
        if dof not in self.values:
            law = student_value_constants(dof, 1.0)
            self.values[dof] = self.writer.make(Op.T_VALUE, self.as_score(), constants=law)
        return self.values[dof]


def inside(writer: Writer, u: int) -> int:
    """A uniform that rounding may have taken to 0 or 1, held where the draws are."""
    return writer.make(Op.CLIP, u, params=[0.0, LEAST, MOST])
