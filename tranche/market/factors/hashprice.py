"""What a unit of hashrate earns in a day."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

import attrs

from .. import quantity as q
from ..tape import Op
from ..writer import Writer
from .parts import first_period, log


@attrs.frozen(kw_only=True)
class Hashprice:
    """Currency per PH/s and day, by the identity

        hashprice = (reward + fees) · blocks · price / hashrate
        d ln hashprice = d ln price − d ln hashrate + d ln(reward + fees)

    `price`: the coin's factor, in currency; `hashrate`: the network's, in PH/s; `reward`: coins a block at the closing;
    `fees`: coins a block in transaction fees, which halvings leave as they are; `halvings`: the dates from which the
    reward is halved (in the period that ends on the date or later); `blocks` a day. It has no score of its own.
    """

    name: str = q.name()
    price: str = q.quantity("factor")
    hashrate: str = q.quantity("factor")
    reward: float = q.quantity("number", above=0)
    fees: float = q.quantity("number", 0, default=0.0)
    halvings: tuple[dt.date, ...] = q.quantity("dates", default=())
    blocks: float = q.quantity("number", above=0, default=144.0)
    note: str = q.note()

    drivers: ClassVar[int] = 0
    fields: ClassVar[tuple[str, ...]] = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """The coin and the hashrate."""
        return (self.price, self.hashrate)

    def write(self, writer: Writer, z: int) -> None:
        """Its steps; it has no score. Raises DealError."""
        (coin, price), (network, hashrate) = writer.log_of(self.price), writer.log_of(self.hashrate)
        earned = [self.earned(writer, t) for t in range(writer.periods)]
        level = self.blocks * price / hashrate
        y = writer.register(initial=log(self.reward + self.fees) + writer.held(coin) - writer.held(network))
        writer.emit(Op.SUM, y, coin, network, params=[[log(e), 1.0, -1.0] for e in earned])
        writer.emit(Op.EXP, writer.column(self.name), y, params=[level])
        writer.logs[self.name] = (y, level)

    def earned(self, writer: Writer, t: int) -> float:
        """Coins a block in period t, from 0."""
        halved = sum(1 for date in self.halvings if 0 <= first_period(writer, date) <= t)
        return self.reward / 2.0**halved + self.fees
