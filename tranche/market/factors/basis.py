"""A price that stands above or below another: a contract rent against the spot rent, one index against another."""

from __future__ import annotations

from typing import ClassVar

import attrs

from .. import quantity as q
from ..tape import Op
from ..writer import Writer
from .parts import check_reach, log, reversion, speed_of


@attrs.frozen(kw_only=True)
class Basis:
    """The price P = S·(1 + b) beside the factor `of`, S: ln(1 + b) is an Ornstein–Uhlenbeck process that returns to
    ln(1 + mean). `initial` and `mean` are b (−10%: a contract pays 10% less than spot)."""

    name: str = q.name()
    of: str = q.quantity("factor")
    initial: float = q.quantity("share", -0.99, 100)
    mean: float = q.quantity("share", -0.99, 100)
    half_life: float | None = q.quantity("years", default=None, above=0)
    volatility: float = q.volatility()
    note: str = q.note()

    drivers: ClassVar[int] = 1
    fields: ClassVar[tuple[str, ...]] = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """The price it stands beside."""
        return (self.of,)

    def write(self, writer: Writer, z: int) -> None:
        """Its steps; `z`: the register of its score. Raises DealError."""
        moves = [reversion(speed_of(self.half_life), self.volatility, dt) for dt in writer.lengths]
        middle, start = log(1.0 + self.mean), log(1.0 + self.initial)
        check_reach(writer, 1.0, [middle, start], [move[2] for move in moves])
        x = writer.register(initial=start - middle)
        writer.emit(Op.ADVANCE, x, z, params=moves)
        y, level = writer.log_of(self.of)
        total = writer.register(initial=start + writer.held(y))
        writer.emit(Op.SUM, total, x, y, params=[middle, 1.0, 1.0])
        writer.emit(Op.EXP, writer.column(self.name), total, params=[level])
        writer.logs[self.name] = (total, level)
