"""The Gumbel copula: drivers that rise together; turned round, that fall together."""

from __future__ import annotations

import attrs

from .. import quantity as q
from ..tape import Op
from ..writer import Writer
from .archimedean import Given, conditional_scores
from .draws import Draws


@attrs.frozen(kw_only=True)
class Gumbel:
    """C(u) = exp(−(Σ (−ln u_j)^θ)^(1/θ)), θ ≥ 1; Kendall's τ = 1 − 1/θ, upper tail dependence 2 − 2^(1/θ). Of all
    drivers, or of those named in `of`. `survival`: turned round, so that they fall together.

    Derivative j of the generator e^(−t^α), α = 1/θ, is (−1)^j e^(−y) t^−j Σ a_jk y^k with y = t^α and
    a_j+1,k = (j − αk) a_jk + α a_j,k−1.
    """

    theta: float = q.quantity("number", 1, 50)
    of: tuple[str, ...] = q.quantity("names", default=())
    survival: bool = q.quantity("flag", default=False)

    def before(self, writer: Writer, draws: Draws) -> None:
        """What its scores share with those of other copulas: the draws."""
        draws.scores()
        draws.uniforms()

    def scores(self, writer: Writer, draws: Draws) -> list[int]:
        """The register of each driver's score."""

        def begin(first: int) -> Given:
            total = writer.make(Op.AFFINE, writer.make(Op.LOG, first), params=[0.0, -1.0])

            def given(v: int, j: int) -> int:
                constants = [self.theta, *derivative(1.0 / self.theta, j)]
                return writer.emit(Op.GUMBEL, writer.register(), v, total, j, constants=constants)

            return given

        return conditional_scores(writer, draws, self.of, self.survival, begin)


def derivative(alpha: float, j: int) -> list[float]:
    """a_j1 … a_jj, divided by the largest."""
    row = [alpha]
    for k in range(1, j):
        wider = [0.0, *row, 0.0]
        row = [(k - alpha * i) * wider[i] + alpha * wider[i - 1] for i in range(1, k + 2)]
        largest = max(row)
        row = [a / largest for a in row]
    return row
