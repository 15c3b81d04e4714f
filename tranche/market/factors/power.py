"""The price of electric power."""

from __future__ import annotations

from typing import ClassVar

import attrs

from .. import quantity as q
from ..tape import Op
from ..writer import Writer
from .parts import check_reach, innovation, log, reversion, speed_of


@attrs.frozen(kw_only=True)
class Power:
    """A price that returns to a level which grows (Schwartz 1997, model 1):

        ln P(t) = ln level + growth·t + x(t),   x an Ornstein–Uhlenbeck process with `volatility` and `half_life`

    `initial`: today's price; `level`: what it tends to today; `dof`: fat-tailed innovations, for spikes.
    """

    name: str = q.name()
    initial: float = q.quantity("level", above=0)
    level: float = q.quantity("level", above=0)
    half_life: float = q.quantity("years", above=0)
    volatility: float = q.volatility()
    growth: float = q.drift()
    dof: float | None = q.dof()
    note: str = q.note()

    drivers: ClassVar[int] = 1
    fields: ClassVar[tuple[str, ...]] = ()
    reads: ClassVar[tuple[str, ...]] = ()

    def write(self, writer: Writer, z: int) -> None:
        """Its steps; `z`: the register of its score. Raises DealError."""
        moves = [reversion(speed_of(self.half_life), self.volatility, dt) for dt in writer.lengths]
        start = log(self.initial / self.level)
        trends = [self.growth * t for t in writer.times[1:]]
        check_reach(writer, self.level, [start, trends[-1]], [move[2] for move in moves])
        x = writer.register(initial=start)
        writer.emit(Op.ADVANCE, x, innovation(writer, z, self.dof), params=moves)
        y = writer.emit(Op.AFFINE, writer.register(initial=start), x, params=[[trend, 1.0] for trend in trends])
        writer.emit(Op.EXP, writer.column(self.name), y, params=[self.level])
        writer.logs[self.name] = (y, self.level)
