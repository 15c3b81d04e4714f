"""Whether the debt market is open to a refinancing."""

from __future__ import annotations

from typing import ClassVar

import attrs

from tranche._kernels.scenario import inverse_normal

from .. import quantity as q
from ..tape import Op
from ..writer import Writer
from .chain import chain_limits


@attrs.frozen(kw_only=True)
class Refinancing:
    """`market.NAME` is 1 while the market is open and 0 while it is closed.

    `closed`: the share of time it is closed in the long run; `lasts`: years that a closure lasts on average; `start`:
    open | closed | long_run. The chain's own score decides: it is closed where the score is low, so that in the
    market's copula it closes when rents and coins fall.
    """

    name: str = q.name()
    closed: float = q.probability()
    lasts: float = q.quantity("years", above=0)
    start: str = q.word("open", "closed", "long_run")
    note: str = q.note()

    drivers: ClassVar[int] = 1
    fields: ClassVar[tuple[str, ...]] = ()
    reads: ClassVar[tuple[str, ...]] = ()

    def write(self, writer: Writer, z: int) -> None:
        """Its steps; `z`: the register of its score."""
        state = writer.register(initial=float(self.start == "closed"))
        limits = chain_limits(self.closed, self.lasts, writer.lengths, self.start)
        writer.emit(Op.SWITCH, state, z, params=inverse_normal(limits.ravel()).reshape(limits.shape))
        writer.emit(Op.AFFINE, writer.column(self.name), state, params=[1.0, -1.0])
