"""A crypto-currency: fat tails, and spells of turbulence."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar

import attrs

from .. import quantity as q
from ..tape import Op
from ..writer import Writer
from .chain import chain_limits
from .factor import Contradiction
from .parts import LARGEST_LOG, check_reach, innovation, log


@attrs.frozen(kw_only=True)
class Coin:
    """BTC, ETH and their like. With x the score, or Student's t of variance 1 with `dof` degrees of freedom:

        ln S(t+dt) = ln S(t) + (drift − σ²/2)·dt + σ·√dt·x

    σ is `volatility`, or `turbulent_volatility` in spells of turbulence that last `turbulent_lasts` years on average
    and take up the share `turbulent_probability` of time in the long run; without that share they are the stress of the
    market's regimes. Fat tails leave no finite mean: `drift` is the growth of the mean as far as the variance goes.
    `ceiling`: the price is read no higher than this, by whoever reads it; the process itself goes on. With `dof` it is
    what gives the price, and the means of all that hangs on it, a finite mean; without it no law is touched.
    """

    name: str = q.name()
    initial: float = q.quantity("level", above=0)
    drift: float = q.drift()
    volatility: float = q.volatility()
    dof: float | None = q.dof()
    turbulent_volatility: float | None = q.volatility(default=None)
    turbulent_probability: float | None = q.quantity("share", 1e-9, 1 - 1e-9, default=None)
    turbulent_lasts: float | None = q.quantity("years", default=None, above=0)
    ceiling: float | None = q.quantity("level", default=None, above=0)
    note: str = q.note()

    drivers: ClassVar[int] = 1
    fields: ClassVar[tuple[str, ...]] = ()
    reads: ClassVar[tuple[str, ...]] = ()

    def contradictions(self) -> Iterator[Contradiction]:
        """What does not fit between the fields."""
        given = [self.turbulent_probability is not None, self.turbulent_lasts is not None]
        if any(given) and self.turbulent_volatility is None:
            yield "turbulent_volatility", "turbulence has no volatility", "write turbulent_volatility, such as 110%"
        elif any(given) and not all(given):
            yield "turbulent_probability", "turbulence needs both", "write turbulent_probability and turbulent_lasts"
        if self.ceiling is not None and self.ceiling < self.initial:
            yield "ceiling", f"the ceiling is below the {self.initial:g} of the closing", "write a price above it"

    def write(self, writer: Writer, z: int) -> None:
        """Its steps; `z`: the register of its score. Raises DealError."""
        calm = self._moves(writer, self.volatility)
        x, y = innovation(writer, z, self.dof), writer.register()
        if self.turbulent_volatility is None:
            writer.emit(Op.ADVANCE, y, x, params=[[1.0, *move] for move in calm])
        else:
            turbulent = self._moves(writer, self.turbulent_volatility)
            a, b = writer.make(Op.AFFINE, x, params=calm), writer.make(Op.AFFINE, x, params=turbulent)
            move = writer.make(Op.SELECT, self._state(writer), b, a)
            writer.emit(Op.SUM, y, y, move, params=[0.0, 1.0, 1.0])
        if self.ceiling is not None:
            y = writer.make(Op.CLIP, y, params=[0.0, -LARGEST_LOG, log(self.ceiling) - log(self.initial)])
        writer.emit(Op.EXP, writer.column(self.name), y, params=[self.initial])
        writer.logs[self.name] = (y, self.initial)

    def _moves(self, writer: Writer, sigma: float) -> list[tuple[float, float]]:
        shifts = [(self.drift - sigma * sigma / 2) * dt for dt in writer.lengths]
        scales = [sigma * math.sqrt(dt) for dt in writer.lengths]
        check_reach(writer, self.initial, shifts, scales)
        return list(zip(shifts, scales, strict=True))

    def _state(self, writer: Writer) -> int:
        """The register that is 1 in turbulence."""
        if self.turbulent_probability is None or self.turbulent_lasts is None:
            if "stress" not in writer.fields:
                raise writer.problem(
                    f"{self.name!r} follows the market's regimes, and there are none",
                    "state turbulent_probability and turbulent_lasts, or market.dependence.regime",
                )
            return writer.fields["stress"]
        state, u = writer.register(), writer.emit(Op.UNIFORMS, writer.register(), 1, writer.draws(1))
        limits = chain_limits(self.turbulent_probability, self.turbulent_lasts, writer.lengths, "long_run")
        writer.emit(Op.SWITCH, state, u, params=limits)
        return state
