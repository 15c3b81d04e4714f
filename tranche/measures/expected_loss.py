"""Expected loss of a debt."""

from __future__ import annotations

from .figures import Figures


def expected_loss(figures: Figures, name: str) -> tuple[float, float]:
    """EL = mean over the paths of what is lost / notional, a fraction; and its standard error, NaN for one path.

    Above 1 where capitalised interest is lost."""
    losses = figures.losses(name)
    return losses.spread.mean / losses.notional, losses.spread.error / losses.notional
