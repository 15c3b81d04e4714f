"""Information criteria, by which fits to the same history are compared."""

from __future__ import annotations

import math

from .estimate import Estimate


class Criteria:
    """Of a fit with `parameters` by name and the `log_likelihood` of `n` rows: aic = 2k − 2·lnL and
    bic = k·ln n − 2·lnL, on ranks, as is usual; smaller is better."""

    __slots__ = ()

    parameters: dict[str, Estimate]
    log_likelihood: float
    n: int

    @property
    def aic(self) -> float:
        return 2.0 * len(self.parameters) - 2.0 * self.log_likelihood

    @property
    def bic(self) -> float:
        return math.log(self.n) * len(self.parameters) - 2.0 * self.log_likelihood
