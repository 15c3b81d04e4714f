"""The independent draws of a period, as scores or as uniforms: whatever a copula starts from."""

from __future__ import annotations

from collections.abc import Sequence

from ..tape import Op
from ..writer import Writer

NEAR_ZERO, NEAR_ONE = 1e-300, 1.0 - 2.0**-53


class Draws:
    """Driver j of `names` has slot j. Both readings of a draw have the same bits, however many copulas read them."""

    def __init__(self, writer: Writer, names: Sequence[str]) -> None:
        self.writer, self.names = writer, tuple(names)
        self._scores = self._uniforms = -1

    def scores(self) -> int:
        """The first register of the drivers' independent scores."""
        if self._scores < 0:
            self._scores = self.writer.register(count=len(self.names))
            self.writer.emit(Op.NORMALS, self._scores, len(self.names), 0)
        return self._scores

    def uniforms(self) -> int:
        """The first register of the uniforms behind them."""
        if self._uniforms < 0:
            self._uniforms = self.writer.register(count=len(self.names))
            self.writer.emit(Op.UNIFORMS, self._uniforms, len(self.names), 0)
        return self._uniforms

    @property
    def has_uniforms(self) -> bool:
        """Whether a copula has asked for the uniforms."""
        return self._uniforms >= 0

    def own(self) -> list[int]:
        """The registers of the independent scores, one for each driver."""
        first = self.scores()
        return [first + j for j in range(len(self.names))]
