"""A vine copula beside the others: how much a copula of any pair by any family would gain. Needs `calibrate`."""

from __future__ import annotations

import math
from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.errors import MissingExtra, Problem


@attrs.frozen
class VineFit:
    """`count` parameters in all, `log_likelihood` of `n` rows, and `pairs`: the family of each pair copula, as
    pyvinecopulib describes the vine. Markets do not draw from vines: this is what a market's copula is measured by."""

    names: tuple[str, ...]
    count: int
    log_likelihood: float
    n: int
    pairs: str

    @property
    def aic(self) -> float:
        return 2.0 * self.count - 2.0 * self.log_likelihood

    @property
    def bic(self) -> float:
        return math.log(self.n) * self.count - 2.0 * self.log_likelihood


def fit_vine(u: NDArray[np.float64], names: Sequence[str]) -> VineFit:
    """The regular vine that Dißmann's algorithm selects (CSDA 59, 2013), pair copulas of one or two parameters by BIC,
    from pseudo-observations u [n, d]. Raises MissingExtra."""
    try:
        import pyvinecopulib as pv
        from pyvinecopulib.families import parametric
    except ImportError:
        raise MissingExtra(Problem("vines need pyvinecopulib", "pip install 'tranche-finance[calibrate]'")) from None
    controls = pv.FitControlsVinecop(family_set=parametric, selection_criterion="bic", num_threads=1)
    vine = pv.Vinecop.from_data(u, controls=controls)
    return VineFit(tuple(names), round(vine.npars), float(vine.loglik(u)), len(u), str(vine))
