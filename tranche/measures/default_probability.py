"""How often a debt is not repaid in full."""

from __future__ import annotations

import math

from .figures import Figures


def default_probability(figures: Figures, name: str) -> tuple[float, float]:
    """PD = share of paths that end with a loss; and its standard error √(PD·(1 − PD) / (n − 1)), NaN for one path.

    Late payment that is made good before the end is not a default here: tests and the deal's status speak of that.
    """
    share = figures.losses(name).spread.positive
    error = math.sqrt(share * (1.0 - share) / (figures.count - 1)) if figures.count > 1 else math.nan
    return share, error
