"""A reference rate that moves: Vasicek or Cox–Ingersoll–Ross, fitted to a curve where one is given."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar

import attrs

from tranche._kernels.scenario import exp

from .. import quantity as q
from ..curve import Points, forwards
from ..maps import gamma_power_constants
from ..tape import Op
from ..writer import Writer
from .factor import Contradiction
from .parts import mean_decay, reversion


@attrs.frozen(kw_only=True)
class ShortRate:
    """`market.NAME` is the rate at the end of the period, `market.NAME.fixing` that at its start (what an interest
    period that begins then pays), decimals per annum.

        vasicek   dr = speed·(mean − r)·dt + volatility·dW
        cir       dr = speed·(mean − r)·dt + volatility·√r·dW

    Both are exact in law over any period. CIR takes r' = c·((z + √λ)² + χ²(d−1)) with d = 4·speed·mean/volatility²,
    c = volatility²·(1 − e^(−speed·dt))/(4·speed), λ = r·e^(−speed·dt)/c; 2·speed·mean ≥ volatility² is asked for
    (Feller), which keeps r above zero. `curve`: continuously compounded zero rates by date; the rate is then r + φ(t),
    φ such that the model gives the curve's forwards back (Hull & White 1990; Brigo & Mercurio 2001), and `initial` and
    `mean` speak of r: for Vasicek leave them out, r starts at 0 and returns there.
    """

    name: str = q.name()
    model: str = q.word("vasicek", "cir")
    initial: float = q.quantity("rate", -0.5, 2, default=0.0)
    mean: float = q.quantity("rate", -0.5, 2, default=0.0)
    speed: float = q.quantity("number", 1e-6, 1_000)
    volatility: float = q.quantity("rate", 0, 2)
    curve: Points = q.quantity("curve", default=())
    note: str = q.note()

    drivers: ClassVar[int] = 1
    fields: ClassVar[tuple[str, ...]] = ("fixing",)
    reads: ClassVar[tuple[str, ...]] = ()

    @property
    def degrees(self) -> float:
        """d, the degrees of freedom of CIR's law."""
        return 4.0 * self.speed * self.mean / (self.volatility * self.volatility) if self.volatility else math.inf

    def contradictions(self) -> Iterator[Contradiction]:
        """What does not fit between the fields."""
        if self.model == "cir" and self.volatility > 0 and self.degrees < 2.0:
            what = f"2·speed·mean/volatility² is {self.degrees / 2:.3g}: the rate would reach zero"
            yield "volatility", what, "1 or more: a lower volatility, or a higher speed or mean"
        if self.model == "cir" and self.initial < 0:
            yield "initial", f"initial is {self.initial:g}", "0 or more: this rate is never negative"

    def write(self, writer: Writer, z: int) -> None:
        """Its steps; `z`: the register of its score. Raises DealError."""
        shifts = self.shifts(writer)
        out, fixing = writer.column(self.name), writer.column(f"{self.name}.fixing")
        if self.model == "cir":
            r = writer.register(initial=self.initial)
            writer.emit(Op.AFFINE, fixing, r, params=[[shift, 1.0] for shift in shifts[:-1]])
            self._cir(writer, r, z)
            writer.emit(Op.AFFINE, out, r, params=[[shift, 1.0] for shift in shifts[1:]])
            return
        x = writer.register(initial=self.initial - self.mean)
        writer.emit(Op.AFFINE, fixing, x, params=[[self.mean + shift, 1.0] for shift in shifts[:-1]])
        writer.emit(Op.ADVANCE, x, z, params=[reversion(self.speed, self.volatility, dt) for dt in writer.lengths])
        writer.emit(Op.AFFINE, out, x, params=[[self.mean + shift, 1.0] for shift in shifts[1:]])

    def _cir(self, writer: Writer, r: int, z: int) -> None:
        if self.volatility == 0:
            params = [[self.mean * (1.0 - exp(-self.speed * dt)), exp(-self.speed * dt)] for dt in writer.lengths]
            writer.emit(Op.AFFINE, r, r, params=params)
            return
        units = [self.volatility**2 * dt * mean_decay(self.speed * dt) / 4.0 for dt in writer.lengths]
        params = [[0.0, exp(-self.speed * dt) / c] for dt, c in zip(writer.lengths, units, strict=True)]
        centre = writer.make(Op.SQRT, writer.make(Op.AFFINE, r, params=params))
        moved = writer.make(Op.SUM, centre, z, params=[0.0, 1.0, 1.0])
        square = writer.make(Op.PRODUCT, moved, moved)
        own = writer.emit(Op.NORMALS, writer.register(), 1, writer.draws(1))
        rest = writer.make(Op.POSITIVE, own, constants=gamma_power_constants((self.degrees - 1.0) / 2.0, 1.0, 0.5))
        writer.emit(Op.SUM, r, square, rest, params=[[0.0, c, c] for c in units])

    def shifts(self, writer: Writer) -> list[float]:
        """φ at the T+1 times; 0 without a curve. Raises DealError."""
        if not self.curve:
            return [0.0] * len(writer.times)
        ends = [writer.years_to(date) for date, _ in self.curve]
        market = forwards(tuple(zip(ends, (rate for _, rate in self.curve), strict=True)), writer.times)
        return [round(f - self.forward(t), 12) for f, t in zip(market, writer.times, strict=True)]

    def forward(self, t: float) -> float:
        """The instantaneous forward rate of the model itself, without φ, seen at the closing."""
        a, s = self.speed, self.volatility
        if self.model == "vasicek":
            b = (1.0 - exp(-a * t)) / a
            return self.initial * exp(-a * t) + self.mean * (1.0 - exp(-a * t)) - s * s * b * b / 2.0
        h = math.sqrt(a * a + 2.0 * s * s)
        e = exp(h * t)
        below = 2.0 * h + (a + h) * (e - 1.0)
        return 2.0 * a * self.mean * (e - 1.0) / below + self.initial * 4.0 * h * h * e / (below * below)

