"""How much of a debt is lost where it is not repaid in full."""

from __future__ import annotations

import math

from .default_probability import defaulted
from .figures import Figures
from .loss import losses


def loss_given_default(figures: Figures, name: str) -> float:
    """LGD = mean of final balance / notional over the paths that end with a loss; NaN when none does."""
    hit = defaulted(figures, name)
    return float(losses(figures, name)[hit].mean()) if hit.any() else math.nan
