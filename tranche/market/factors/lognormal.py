"""A price or an index that walks at random."""

from __future__ import annotations

import math
from typing import ClassVar

import attrs

from .. import quantity as q
from ..tape import Op
from ..writer import Writer
from .parts import check_reach


@attrs.frozen(kw_only=True)
class Lognormal:
    """`initial` (its unit is the user's), `drift` and `volatility` per annum, decimals:

        ln S(t+dt) = ln S(t) + (drift − volatility²/2)·dt + volatility·√dt·z

    `drift` is the continuously compounded growth of the mean: E[S(t)] = initial · exp(drift · t).
    """

    name: str = q.name()
    initial: float = q.quantity("level", above=0)
    drift: float = q.drift()
    volatility: float = q.volatility()
    note: str = q.note()

    drivers: ClassVar[int] = 1
    fields: ClassVar[tuple[str, ...]] = ()
    reads: ClassVar[tuple[str, ...]] = ()

    def write(self, writer: Writer, z: int) -> None:
        """Its steps; `z`: the register of its score. Raises DealError."""
        shifts = [(self.drift - self.volatility * self.volatility / 2) * dt for dt in writer.lengths]
        scales = [self.volatility * math.sqrt(dt) for dt in writer.lengths]
        check_reach(writer, self.initial, shifts, scales)
        y = writer.register()
        params = [[1.0, shift, scale] for shift, scale in zip(shifts, scales, strict=True)]
        writer.emit(Op.ADVANCE, y, z, params=params)
        writer.emit(Op.EXP, writer.column(self.name), y, params=[self.initial])
        writer.logs[self.name] = (y, self.initial)
