"""The Clayton copula: drivers that fall together and rise apart."""

from __future__ import annotations

import attrs

from .. import quantity as q
from ..tape import Op
from ..writer import Writer
from .archimedean import Given, conditional_scores
from .draws import Draws


@attrs.frozen(kw_only=True)
class Clayton:
    """C(u) = (Σ u_j^−θ − d + 1)^(−1/θ); Kendall's τ = θ/(θ+2), lower tail dependence 2^(−1/θ). Of all drivers, or of
    those named in `of`. `survival`: turned round, so that they rise together."""

    theta: float = q.quantity("number", 0.01, 50)
    of: tuple[str, ...] = q.quantity("names", default=())
    survival: bool = q.quantity("flag", default=False)

    def before(self, writer: Writer, draws: Draws) -> None:
        """What its scores share with those of other copulas: the draws."""
        draws.scores()
        draws.uniforms()

    def scores(self, writer: Writer, draws: Draws) -> list[int]:
        """The register of each driver's score."""

        def begin(first: int) -> Given:
            total = writer.make(Op.AFFINE, writer.make(Op.LOG, first), params=[0.0, -self.theta])
            return lambda v, j: writer.emit(Op.CLAYTON, writer.register(), v, total, j, constants=[self.theta])

        return conditional_scores(writer, draws, self.of, self.survival, begin)
