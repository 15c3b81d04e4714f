"""A level that returns to its mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import attrs

from .. import quantity as q
from ..tape import Op
from ..writer import Writer
from .factor import Contradiction
from .parts import reversion


@attrs.frozen(kw_only=True)
class Reverting:
    """`speed` per annum, `volatility` per √year:

        X(t+dt) = mean + (X(t) − mean)·exp(−speed·dt) + volatility·√((1−exp(−2·speed·dt))/(2·speed))·z

    read as X clipped to [low, high]: the process itself goes on unclipped, so that its law stays exact.
    """

    name: str = q.name()
    initial: float = q.quantity("level")
    mean: float = q.quantity("level")
    speed: float = q.quantity("number", 0, 1_000)
    volatility: float = q.quantity("rate", 0)
    low: float = q.quantity("level", default=0.0)
    high: float = q.quantity("level", default=1.0)
    note: str = q.note()

    drivers: ClassVar[int] = 1
    fields: ClassVar[tuple[str, ...]] = ()
    reads: ClassVar[tuple[str, ...]] = ()

    def contradictions(self) -> Iterator[Contradiction]:
        """What does not fit between the fields."""
        if self.low >= self.high:
            yield "low", f"low {self.low:g} is not below high {self.high:g}", "write low < high"
            return
        for field in ("initial", "mean"):
            value = getattr(self, field)
            if not self.low <= value <= self.high:
                fix = f"write {self.low:g} to {self.high:g} (low and high of the factor)"
                yield field, f"{field} is {value:g}", fix

    def write(self, writer: Writer, z: int) -> None:
        """Its steps; `z`: the register of its score."""
        y = writer.register(initial=self.initial - self.mean)
        writer.emit(Op.ADVANCE, y, z, params=[reversion(self.speed, self.volatility, dt) for dt in writer.lengths])
        writer.emit(Op.CLIP, writer.column(self.name), y, params=[self.mean, self.low, self.high])
