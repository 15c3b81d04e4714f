"""Student's t copula: every pair of drivers has tails that move together, both of them."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from .. import quantity as q
from ..maps import gamma_power_constants, student_score_constants, student_value_constants
from ..tape import Op
from ..writer import Writer
from .correlation import Pairs, mixing_matrix
from .draws import Draws


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
        values = self.values(writer, draws)
        return [draws.scores(), *scored(writer, values, len(draws.names) - 1, student_score_constants(self.dof))]

    def values(self, writer: Writer, draws: Draws) -> int:
        """The first register of the x of all drivers but the first."""
        count = len(draws.names)
        values = writer.register(count=count - 1)
        if count > 1:
            root = mixing_matrix(self.correlations, draws.names, self.repair).tolist()
            spread = self.spread(writer, draws)
            for i in range(1, count):
                writer.emit(Op.MIX, values + i - 1, spread, i + 1, constants=root[i][: i + 1])
        return values

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


def scored(writer: Writer, values: int, count: int, law: Sequence[float], state: int = -1) -> list[int]:
    """The registers of the scores of `count` values of Student's t; `law` has two laws where there is a `state`."""
    if not count:
        return []
    first = writer.register(count=count)
    writer.emit(Op.T_SCORE, first, values, count, state, constants=law)
    return [first + k for k in range(count)]
