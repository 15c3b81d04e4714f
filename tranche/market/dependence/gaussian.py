"""The Gaussian copula."""

from __future__ import annotations

import attrs

from .. import quantity as q
from ..tape import Op
from ..writer import Writer
from .correlation import Pairs, mixing_matrix
from .draws import Draws


@attrs.frozen(kw_only=True)
class Gaussian:
    """Correlations of the drivers' normal scores by pair, e.g. (("rent_h100", "btc", 0.3),); pairs not named are 0.

    `repair`: what is done with correlations that cannot hold together: `refuse` them, or take the `nearest` correlation
    matrix (Higham 2002).
    """

    correlations: Pairs = q.quantity("pairs", default=())
    repair: str = q.word("refuse", "nearest")

    def before(self, writer: Writer, draws: Draws) -> None:
        """What its scores share with those of other copulas: the draws."""
        draws.scores()

    def scores(self, writer: Writer, draws: Draws) -> list[int]:
        """z = L e, L Lᵀ = R, row by row; row 0 is the first draw itself."""
        root = mixing_matrix(self.correlations, draws.names, self.repair)
        return [mixed(writer, row, draws.scores(), i) for i, row in enumerate(root.tolist())]


def mixed(writer: Writer, row: list[float], first: int, i: int) -> int:
    """The register of Σ row[j] · (register first + j), j ≤ i: that of row i itself where it stands alone."""
    if row[i] == 1.0 and not any(row[:i]):
        return first + i
    return writer.emit(Op.MIX, writer.register(), first, i + 1, constants=row[: i + 1])
