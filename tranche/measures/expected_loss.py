"""Expected loss of a debt."""

from __future__ import annotations

from .figures import Figures
from .loss import losses
from .statistics import standard_error


def expected_loss(figures: Figures, name: str) -> tuple[float, float]:
    """EL = mean over the paths of final balance / notional, a fraction; and its standard error."""
    lost = losses(figures, name)
    return float(lost.mean()), standard_error(lost)
