"""Floor 4. What a run tells of one amount over its paths, and of the losses of a debt: quantiles and shortfall."""

from __future__ import annotations

import math
from functools import cached_property

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche._kernels.waterfall import TALLY
from tranche.errors import Problem, UsageError

BINS = TALLY["bins"]
PER_NOTIONAL = 10_000  # bins of the histogram of losses: basis points of the notional


@attrs.frozen
class Spread:
    """One amount over `count` paths: its mean, the standard error of the mean (NaN for a single path), the least and
    the most, and the share of the paths on which it is above zero. In the unit of the amount."""

    count: int
    mean: float
    error: float
    least: float
    most: float
    positive: float


@attrs.frozen(eq=False)
class Losses:
    """A debt's losses. `spread`: in money; `bins` int64 [BINS]: paths with a loss above 0 of k to k + 1 basis points of
    the notional, the last bin all beyond; `worst`: (path, share of the notional), the highest loss first."""

    notional: float
    spread: Spread
    bins: NDArray[np.int64]
    worst: tuple[tuple[int, float], ...]

    def __repr__(self) -> str:
        spread, high = self.spread, self.quantile(0.99)
        mean = spread.mean / self.notional if self.notional else math.nan
        return (
            f"Losses(mean {mean:.3%} of {self.notional:,.0f}; a loss on {spread.positive:.2%} of {spread.count:,} "
            f"paths; 99% quantile {high:.3%})"
        )

    def _repr_html_(self) -> str:
        return f"<p>{self!r}</p>"

    def quantile(self, share: float) -> float:
        """The loss, as a share of the notional, that is not exceeded on `share` of the paths: the losses of a basis
        point are taken as evenly spread over it, up to the highest of all, so that it is right to one; infinite beyond
        the last bin (200% of the notional). Raises UsageError for a share below 0 or above 1."""
        wanted, count = _share(share) * self.spread.count, self.spread.count
        if not self.worst:
            return 0.0
        reached = self._reached
        rank = wanted - (count - int(reached[-1]))
        if rank <= 0:
            return 0.0
        at = int(reached.searchsorted(math.ceil(rank)))
        k, paths = int(self.filled[at]), int(self.counts[at])
        if k >= BINS - 1:
            return math.inf
        inside = (rank - (int(reached[at]) - paths)) / paths
        low = k / PER_NOTIONAL
        high = min((k + 1) / PER_NOTIONAL, max(low, self._highest))
        return low + inside * (high - low)

    def shortfall(self, share: float) -> float:
        """The mean of `quantile` above `share` (expected shortfall), never below it; infinite where a loss is beyond
        the last bin. Raises UsageError for a share below 0 or above 1."""
        wanted = (1.0 - _share(share)) * self.spread.count
        if not self.worst:
            return 0.0
        if not wanted > 0:
            return self.worst[0][1]
        if self.bins[-1]:
            return math.inf
        upper = slice(-math.ceil(wanted), None)  # they are enough, for each holds a path or more
        paths = self.counts[upper]
        above = int(self._reached[-1]) - self._reached[upper]  # the paths in the bins beyond each
        taken = np.minimum(np.maximum(wanted - above, 0.0), paths)
        low, high = self.filled[upper] / PER_NOTIONAL, (self.filled[upper] + 1) / PER_NOTIONAL
        high = np.minimum(high, np.maximum(low, self._highest))
        lost = taken * (high - 0.5 * taken / paths * (high - low))
        return math.fsum(lost.tolist()) / wanted

    @cached_property
    def filled(self) -> NDArray[np.int64]:
        """The numbers of the bins in which losses lie."""
        last = int(min(self.worst[0][1] * PER_NOTIONAL, BINS - 1)) if self.worst else -1  # that of the highest loss
        return np.flatnonzero(self.bins[: last + 1] != 0)  # of Booleans it is the quicker by far

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """The paths in each of them."""
        return self.bins.take(self.filled)

    @cached_property
    def _reached(self) -> NDArray[np.int64]:
        """The paths in each of them and those before."""
        return self.counts.cumsum()

    @property
    def _highest(self) -> float:
        """The highest loss, a share of the notional: where the losses of the last bin end."""
        return self.spread.most / self.notional


def _share(share: float) -> float:
    if not 0.0 <= share <= 1.0:
        raise UsageError(Problem(f"the share is {share!r}", "a number from 0 to 1, such as 0.99"))
    return share
