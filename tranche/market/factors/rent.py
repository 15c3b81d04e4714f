"""The rent of one GPU generation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import attrs

from .. import quantity as q
from ..tape import Op
from ..writer import Writer
from .factor import Contradiction, without
from .parts import check_reach, innovation, log, reversion, speed_of


@attrs.frozen(kw_only=True)
class Jump:
    """What a release does to a rent: the median changes by `jump` (−15%: it falls by 15%), the logarithm of the change
    has the standard deviation `deviation`. It is permanent."""

    jump: float = q.quantity("share", -0.99, 10)
    deviation: float = q.quantity("rate", 0, 5, default=0.0)


@attrs.frozen(kw_only=True)
class Rent:
    """Rent of a generation, in the user's unit (USD a GPU-hour):

        ln R(t) = ln(initial/(1 + premium)) + drift·t + Σ jumps so far + x(t),   x(0) = ln(1 + premium)
        x(t+dt) = e^(−κ·dt)·x(t) + volatility·√((1 − e^(−2κ·dt))/(2κ))·ε,   κ = ln 2 / half_life

    `drift`: the quality-adjusted trend of the median, −20% to −40% a year being a reasonable prior. `half_life`: the
    years in which a deviation from the trend halves; without it there is no way back. ε is the score, or Student's t of
    variance 1. `premium`: how far rent stands above its trend at closing (25%: the trend is 20% below it); `half_life`
    takes it back, and is needed. `releases`: what each release factor does to it. It can rise: by ε, by a discount at
    closing, by a jump upwards.
    """

    name: str = q.name()
    initial: float = q.quantity("level", above=0)
    drift: float = q.drift()
    volatility: float = q.volatility()
    half_life: float | None = q.quantity("years", default=None, above=0)
    dof: float | None = q.dof()
    premium: float = q.quantity("share", -0.99, 100, default=0.0)
    releases: tuple[tuple[str, Jump], ...] = q.quantity("jumps", default=())
    note: str = q.note()

    drivers: ClassVar[int] = 1
    fields: ClassVar[tuple[str, ...]] = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """The releases."""
        return tuple(release for release, _ in self.releases)

    def contradictions(self) -> Iterator[Contradiction]:
        """What does not fit between the fields."""
        if self.premium != 0 and self.half_life is None:
            yield without("premium", "half_life")

    def write(self, writer: Writer, z: int) -> None:
        """Its steps; `z`: the register of its score. Raises DealError."""
        deviation = log(1.0 + self.premium)
        moves = [reversion(speed_of(self.half_life), self.volatility, dt) for dt in writer.lengths]
        trends = [self.drift * dt for dt in writer.lengths]
        check_reach(writer, self.initial, [*trends, deviation], [move[2] for move in moves])
        x, trend = writer.register(initial=deviation), writer.register(initial=-deviation)
        writer.emit(Op.ADVANCE, x, innovation(writer, z, self.dof), params=moves)
        writer.emit(Op.AFFINE, trend, trend, params=[[move, 1.0] for move in trends])
        for release, jump in self.releases:
            size = writer.emit(Op.NORMALS, writer.register(), 1, writer.draws(1))
            writer.emit(Op.AFFINE, size, size, params=[log(1.0 + jump.jump), jump.deviation])
            moved = writer.make(Op.PRODUCT, size, writer.column(f"{release}.now"))
            writer.emit(Op.SUM, trend, trend, moved, params=[0.0, 1.0, 1.0])
        y = writer.make(Op.SUM, trend, x, params=[0.0, 1.0, 1.0])
        writer.emit(Op.EXP, writer.column(self.name), y, params=[self.initial])
        writer.logs[self.name] = (y, self.initial)
