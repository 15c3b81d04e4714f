"""What a machine of one generation sells for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import attrs

from .. import quantity as q
from ..tape import Op
from ..writer import Writer
from .factor import Contradiction, without
from .parts import mean_decay

HOURS = 8_760.0


@attrs.frozen(kw_only=True)
class Resale:
    """The price of one GPU, all in:

        economic   = hours·utilisation·rent·∫ e^((drift − discount)·s) ds − hours·cost·∫ e^(−discount·s) ds
        price      = max(scrap, economic · Π (1 − step)^releases · (1 − haircut where the market is closed))

    with the integrals over what is left of the economic life, `life` years from the closing. `rent`: the factor of its
    rent now; `drift`: what a buyer expects of it; `cost`: cash cost a GPU-hour; `obsolescence`: the step down with each
    release, by release factor; `market`: the factor that says whether buyers can borrow. Liquidity beyond that is a
    matter of the quantity sold, which a market factor does not know: see the liquidation of collateral.
    """

    name: str = q.name()
    rent: str = q.quantity("factor")
    cost: float = q.quantity("level", 0, default=0.0)
    utilisation: float = q.quantity("share", 0, 1, default=1.0)
    life: float = q.quantity("years", above=0)
    drift: float = q.drift()
    discount: float = q.quantity("rate", 0, 2)
    scrap: float = q.quantity("level", 0, default=0.0)
    obsolescence: tuple[tuple[str, float], ...] = q.quantity("steps", default=())
    market: str | None = q.quantity("factor", default=None)
    haircut: float = q.quantity("share", 0, 1, default=0.0)
    note: str = q.note()

    drivers: ClassVar[int] = 0
    fields: ClassVar[tuple[str, ...]] = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """The rent, the releases and the state of the market."""
        return (self.rent, *(release for release, _ in self.obsolescence), *([self.market] if self.market else []))

    def contradictions(self) -> Iterator[Contradiction]:
        """What does not fit between the fields."""
        if self.haircut != 0 and self.market is None:
            yield without("haircut", "market")

    def write(self, writer: Writer, z: int) -> None:
        """Its steps; it has no score."""
        left = [max(0.0, self.life - t) for t in writer.times[1:]]
        earning = [HOURS * self.utilisation * n * mean_decay((self.discount - self.drift) * n) for n in left]
        costing = [HOURS * self.cost * n * mean_decay(self.discount * n) for n in left]
        params = [[-cost, rent] for cost, rent in zip(costing, earning, strict=True)]
        value = writer.make(Op.AFFINE, writer.column(self.rent), params=params)
        for release, step in self.obsolescence:
            kept = writer.register(initial=1.0)
            now = writer.make(Op.AFFINE, writer.column(f"{release}.now"), params=[1.0, -step])
            writer.emit(Op.PRODUCT, kept, kept, now)
            value = writer.make(Op.PRODUCT, value, kept)
        if self.market is not None:
            kept = writer.make(Op.AFFINE, writer.column(self.market), params=[1.0 - self.haircut, self.haircut])
            value = writer.make(Op.PRODUCT, value, kept)
        writer.emit(Op.CLIP, writer.column(self.name), value, params=[0.0, self.scrap, float("inf")])
