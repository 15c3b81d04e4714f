"""The release of a hardware generation: an event that rents and resale values of older ones react to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import ClassVar

import attrs
import numpy as np

from tranche._kernels.scenario import exp

from .. import quantity as q
from ..tape import Op
from ..writer import Writer
from .factor import Contradiction
from .parts import first_period


@attrs.frozen(kw_only=True)
class Release:
    """One of: a known `date`; a date drawn evenly from `earliest` to `latest`; releases at random, `intensity` a year
    (at most one a period). Columns: `market.NAME`, how many there have been by the end of the period (one before the
    closing counts), and `market.NAME.now`, how many in it.
    """

    name: str = q.name()
    date: dt.date | None = q.quantity("date", default=None)
    earliest: dt.date | None = q.quantity("date", default=None)
    latest: dt.date | None = q.quantity("date", default=None)
    intensity: float | None = q.quantity("number", 0, 12, default=None)
    note: str = q.note()

    drivers: ClassVar[int] = 0
    fields: ClassVar[tuple[str, ...]] = ("now",)
    reads: ClassVar[tuple[str, ...]] = ()

    def contradictions(self) -> Iterator[Contradiction]:
        """What does not fit between the fields."""
        ways = [self.date is not None, self.earliest is not None or self.latest is not None, self.intensity is not None]
        if sum(ways) != 1:
            what = "it is not said when it is" if not any(ways) else "it is said twice when it is"
            yield "name", what, "write one of date, earliest and latest, intensity"
        elif ways[1] and (self.earliest is None or self.latest is None or self.earliest >= self.latest):
            yield "latest", "the dates span no time", "write earliest and a later latest"

    def write(self, writer: Writer, z: int) -> None:
        """Its steps; it has no score. Raises DealError."""
        now, count = writer.column(f"{self.name}.now"), writer.register()
        if self.date is not None:
            period = first_period(writer, self.date)
            happens = np.array([[float(t == period), 0.0] for t in range(writer.periods)])
            count = writer.register(initial=float(period < 0))
            writer.emit(Op.AFFINE, now, count, params=happens)
        elif self.earliest is not None and self.latest is not None:
            begin, end = writer.years_to(self.earliest), writer.years_to(self.latest)
            u = writer.register()
            writer.emit(Op.UNIFORMS, u, 1, writer.draws(1), end=1)
            writer.emit(Op.AFFINE, u, u, params=[begin, end - begin], end=1)
            writer.emit(Op.BELOW, count, u, params=[0.0], end=1)
            past = writer.make(Op.BELOW, u, params=[[t] for t in writer.times[1:]])
            writer.emit(Op.SUM, now, past, count, params=[0.0, 1.0, -1.0])
        else:
            u = writer.emit(Op.UNIFORMS, writer.register(), 1, writer.draws(1))
            rate = self.intensity or 0.0
            writer.emit(Op.BELOW, now, u, params=[[1.0 - exp(-rate * dt)] for dt in writer.lengths])
        writer.emit(Op.SUM, count, count, now, params=[0.0, 1.0, 1.0])
        writer.emit(Op.AFFINE, writer.column(self.name), count, params=[0.0, 1.0])
