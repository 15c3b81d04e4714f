"""The hashrate of a proof-of-work network."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar

import attrs

from .. import quantity as q
from ..tape import Op
from ..writer import Writer
from .factor import Contradiction, without
from .parts import check_reach, innovation


@attrs.frozen(kw_only=True)
class Hashrate:
    """Hashrate H in PH/s:

        ln H(t+dt) = ln H(t) + growth·dt + elasticity·(ln S(t) − ln S(t−dt)) + volatility·√dt·ε

    `growth`: the trend of the median at a constant price. `follows`: the coin S whose move of the period before brings
    miners in or drives them out, by `elasticity` (0.5: a coin that doubles adds 41% of hashrate a period later).
    """

    name: str = q.name()
    initial: float = q.quantity("level", above=0)
    growth: float = q.drift()
    volatility: float = q.volatility()
    dof: float | None = q.dof()
    follows: str | None = q.quantity("factor", default=None)
    elasticity: float | None = q.quantity("number", -5, 5, default=None)
    note: str = q.note()

    drivers: ClassVar[int] = 1
    fields: ClassVar[tuple[str, ...]] = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """The coin it follows."""
        return () if self.follows is None else (self.follows,)

    def contradictions(self) -> Iterator[Contradiction]:
        """What does not fit between the fields."""
        if self.elasticity is None and self.follows is not None:
            yield without("follows", "elasticity")
        if self.elasticity is not None and self.follows is None:
            yield without("elasticity", "follows")

    def write(self, writer: Writer, z: int) -> None:
        """Its steps; `z`: the register of its score. Raises DealError."""
        shifts = [self.growth * dt for dt in writer.lengths]
        scales = [self.volatility * math.sqrt(dt) for dt in writer.lengths]
        check_reach(writer, self.initial, shifts, scales)
        y = writer.register()
        params = [[1.0, shift, scale] for shift, scale in zip(shifts, scales, strict=True)]
        writer.emit(Op.ADVANCE, y, innovation(writer, z, self.dof), params=params)
        if self.follows is not None and self.elasticity is not None:
            coin, _ = writer.log_of(self.follows)
            last, move = writer.register(initial=writer.held(coin)), writer.register()
            writer.emit(Op.SUM, y, y, move, params=[0.0, 1.0, self.elasticity])
            writer.emit(Op.SUM, move, coin, last, params=[0.0, 1.0, -1.0])
            writer.emit(Op.AFFINE, last, coin, params=[0.0, 1.0])
        writer.emit(Op.EXP, writer.column(self.name), y, params=[self.initial])
        writer.logs[self.name] = (y, self.initial)
