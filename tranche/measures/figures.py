"""What a measure reads of a run: totals by path and means by date, under the names of the deal's records."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tranche.program import Claim, Program


class Figures(Protocol):
    """A run as measures see it; `tranche.results.Results` is one. Unknown records are zeros."""

    @property
    def program(self) -> Program: ...

    @property
    def count(self) -> int: ...

    def total(self, name: str) -> NDArray[np.float64]:
        """[paths]: the final value of the record `owner.field`."""

    def mean(self, name: str) -> NDArray[np.float64]:
        """[T]: the mean over the paths of what the record moved on each date, or of its level."""

    def claim(self, name: str) -> Claim: ...
