"""Losses of a debt: principal that is still unpaid after the last payment date, capitalised interest included."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .figures import Figures


def losses(figures: Figures, name: str) -> NDArray[np.float64]:
    """[paths], fractions of the notional: L = final balance / notional. Above 1 where capitalised interest is lost."""
    return figures.total(f"{name}.balance") / figures.claim(name).notional
