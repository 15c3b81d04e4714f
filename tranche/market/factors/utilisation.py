"""The share of machines that is let and billed."""

from __future__ import annotations

from typing import ClassVar

import attrs

from .. import quantity as q
from ..tape import Op
from ..writer import Writer
from .parts import log, reversion, speed_of


@attrs.frozen(kw_only=True)
class Utilisation:
    """A share U between 0 and 1 whose log-odds return to those of `typical`:

        ln(U/(1−U)) = ln(typical/(1−typical)) + x,   x an Ornstein–Uhlenbeck process

    `half_life`: years in which a deviation halves; `deviation`: the standard deviation of x in the long run, in
    log-odds (0.4 at 82% typical: two thirds of the time between 75% and 87%). `typical` is the median in the long run.
    """

    name: str = q.name()
    initial: float = q.quantity("share", 1e-6, 1 - 1e-6)
    typical: float = q.quantity("share", 1e-6, 1 - 1e-6)
    half_life: float = q.quantity("years", above=0)
    deviation: float = q.quantity("number", 0, 10)
    note: str = q.note()

    drivers: ClassVar[int] = 1
    fields: ClassVar[tuple[str, ...]] = ()
    reads: ClassVar[tuple[str, ...]] = ()

    def write(self, writer: Writer, z: int) -> None:
        """Its steps; `z`: the register of its score."""
        speed, middle = speed_of(self.half_life), log(self.typical / (1.0 - self.typical))
        x = writer.register(initial=log(self.initial / (1.0 - self.initial)) - middle)
        volatility = self.deviation * (2.0 * speed) ** 0.5
        writer.emit(Op.ADVANCE, x, z, params=[reversion(speed, volatility, dt) for dt in writer.lengths])
        odds = writer.make(Op.AFFINE, x, params=[middle, 1.0])
        writer.emit(Op.LOGISTIC, writer.column(self.name), odds)
