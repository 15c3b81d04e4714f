"""A tenant that pays until it defaults."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import attrs

from .. import quantity as q
from ..tape import Op
from ..writer import Writer
from .factor import Contradiction
from .survival import Curve, default_scores


@attrs.frozen(kw_only=True)
class Tenant:
    """One name. In each period its score stands in the market's copula with the rents and the coins; the tenant
    defaults in the period when it is below Φ⁻¹(P(default in the period | none before)), so that the default time has
    the law of the curve whatever the copula. A low score is bad: a positive correlation with a coin means default as
    it falls.

    `pd`: the probability of default within a year, the same in every year that it lives to see (30%: 70% are alive
    after one year and 49% after two), or cumulative ones by years, (years, probability), with a constant hazard between
    two of them and after the last; or the `grade` whose curve the market states. Columns: `market.NAME` is 1 until it
    defaults and 0 from that period's end on, `market.NAME.defaulted` is 1 in the period of default.
    """

    name: str = q.name()
    pd: Curve | None = q.quantity("default curve", default=None)
    grade: str | None = q.quantity("grade", default=None)
    note: str = q.note()

    drivers: ClassVar[int] = 1
    fields: ClassVar[tuple[str, ...]] = ("defaulted",)
    reads: ClassVar[tuple[str, ...]] = ()

    def contradictions(self) -> Iterator[Contradiction]:
        """What does not fit between the fields."""
        if (self.pd is None) == (self.grade is None):
            yield "pd", "it takes a default curve or a grade", "write one of pd and grade"

    def write(self, writer: Writer, z: int) -> None:
        """Its steps; `z`: the register of its score. Raises DealError."""
        alive = writer.register(initial=1.0)
        limits = default_scores(writer.curve(self.pd, self.grade), writer.times)
        hit = writer.make(Op.BELOW, z, params=[[limit] for limit in limits])
        writer.emit(Op.PRODUCT, writer.column(f"{self.name}.defaulted"), hit, alive)
        writer.emit(Op.SUM, alive, alive, writer.column(f"{self.name}.defaulted"), params=[0.0, 1.0, -1.0])
        writer.emit(Op.AFFINE, writer.column(self.name), alive, params=[0.0, 1.0])
