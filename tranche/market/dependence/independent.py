"""No dependence at all."""

from __future__ import annotations

import attrs

from ..writer import Writer
from .draws import Draws


@attrs.frozen(kw_only=True)
class Independent:
    """Every driver on its own."""

    def before(self, writer: Writer, draws: Draws) -> None:
        """What its scores share with those of other copulas: the draws."""
        draws.scores()

    def scores(self, writer: Writer, draws: Draws) -> list[int]:
        """The register of each driver's score."""
        return draws.own()
