"""The Frank copula: dependence in the middle, none in the tails."""

from __future__ import annotations

import attrs

from .. import quantity as q
from ..tape import Op
from ..writer import Writer
from .archimedean import Given, conditional_scores
from .draws import Draws


@attrs.frozen(kw_only=True)
class Frank:
    """Generator −ln((e^−θt − 1)/(e^−θ − 1)), θ > 0; Kendall's τ = 1 − 4/θ·(1 − D₁(θ)); no tail dependence. Of all
    drivers, or of those named in `of`. Turned round (`survival`) two drivers keep their law.

    The frailty given the first uniform u is geometric, P(V > k) = (1 − e^−θu)^k; the others are independent given it.
    """

    theta: float = q.quantity("number", 0.01, 100)
    of: tuple[str, ...] = q.quantity("names", default=())
    survival: bool = q.quantity("flag", default=False)

    def before(self, writer: Writer, draws: Draws) -> None:
        """What its scores share with those of other copulas: the draws."""
        draws.scores()
        draws.uniforms()

    def scores(self, writer: Writer, draws: Draws) -> list[int]:
        """The register of each driver's score."""

        def begin(first: int) -> Given:
            q = writer.emit(Op.UNIFORMS, writer.register(), 1, writer.draws(1))
            frailty = writer.emit(Op.FRANK, writer.register(), first, q, 0, constants=[self.theta])
            return lambda v, j: writer.emit(Op.FRANK, writer.register(), v, frailty, j, constants=[self.theta])

        return conditional_scores(writer, draws, self.of, self.survival, begin)
