"""What a measure reads of a run: each record over the paths, means by date, and the losses of each debt."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tranche.losses import Losses, Spread
from tranche.program import Claim, Program


class Figures(Protocol):
    """A run as measures see it; `tranche.results.Results` is one. Unknown records are zeros."""

    @property
    def program(self) -> Program: ...

    @property
    def count(self) -> int: ...

    def spread(self, name: str) -> Spread:
        """The final value of the record `owner.field` over the paths."""

    def final_mean(self, name: str) -> float:
        """The mean of `spread` alone."""

    def losses(self, name: str) -> Losses:
        """What the debt `name` loses over the paths: what is still owed after the last payment date, principal,
        capitalised and unpaid interest; less than DUST of the notional is none."""

    def mean(self, *names: str) -> NDArray[np.float64]:
        """[T]: the mean over the paths of what the record moved on each date, or of its level; of several, the sum."""

    def claim(self, name: str) -> Claim: ...
