"""Student's t copula: every pair of drivers has tails that move together, both of them."""

from __future__ import annotations

import attrs

from .. import quantity as q
from ..maps import gamma_power_constants, student_score_constants, student_value_constants
from ..tape import Op
from ..writer import Writer
from .correlation import Pairs, mixing_matrix
from .draws import Draws
from .gaussian import mixed


@attrs.frozen(kw_only=True)
class Student:
    """`correlations` and `repair` as for the Gaussian copula; `dof` degrees of freedom, 1 to 1,000.

    The first driver x₀ = T⁻¹(Φ(e₀)) comes first and the mixing variable is drawn given it, so that it keeps its bits:
    (dof + x₀²) / W with W chi-square of dof + 1 degrees of freedom; then x = L (x₀, s e₁, s e₂, …), s² = (dof + x₀²)/W,
    and the scores are Φ⁻¹(T(x)).
    """

    dof: float = q.dof(low=1.0, default=attrs.NOTHING)
    correlations: Pairs = q.quantity("pairs", default=())
    repair: str = q.word("refuse", "nearest")

    def before(self, writer: Writer, draws: Draws) -> None:
        """What its scores share with those of other copulas: the draws."""
        draws.scores()

    def scores(self, writer: Writer, draws: Draws) -> list[int]:
        """The register of each driver's score."""
        if len(draws.names) < 2:
            return draws.own()
        root = mixing_matrix(self.correlations, draws.names, self.repair)
        x = self.spread(writer, draws)
        return [draws.scores(), *(self.scored(writer, mixed(writer, row, x, i)) for i, row in _later(root.tolist()))]

    def spread(self, writer: Writer, draws: Draws) -> int:
        """The first register of x₀, s e₁, s e₂, …."""
        first, count = draws.scores(), len(draws.names)
        x = writer.register(count=count)
        writer.emit(Op.T_VALUE, x, first, constants=student_value_constants(self.dof, 1.0))
        mixing = writer.emit(Op.NORMALS, writer.register(), 1, writer.draws(1))
        s = writer.make(Op.POSITIVE, mixing, constants=gamma_power_constants((self.dof + 1.0) / 2.0, -0.5, 0.5))
        square = writer.make(Op.PRODUCT, x, x)
        root = writer.make(Op.SQRT, writer.make(Op.AFFINE, square, params=[self.dof, 1.0]))
        s = writer.make(Op.PRODUCT, s, root)
        for j in range(1, count):
            writer.emit(Op.PRODUCT, x + j, s, first + j)
        return x

    def scored(self, writer: Writer, x: int) -> int:
        """The register of the score of a value of Student's t."""
        return writer.make(Op.T_SCORE, x, constants=student_score_constants(self.dof))


def _later(rows: list[list[float]]) -> list[tuple[int, list[float]]]:
    return list(enumerate(rows))[1:]
