"""How much of a debt is lost where it is not repaid in full."""

from __future__ import annotations

import math

from .figures import Figures


def loss_given_default(figures: Figures, name: str) -> float:
    """LGD = EL / PD, the mean of what is lost / notional over the paths that end with a loss; NaN when none does."""
    losses = figures.losses(name)
    hit = losses.spread.positive
    return losses.spread.mean / losses.notional / hit if hit else math.nan
