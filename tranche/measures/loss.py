"""Losses of a debt: what is still owed after the last payment date, principal, capitalised and unpaid interest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .figures import Figures


def losses(figures: Figures, name: str) -> NDArray[np.float64]:
    """[paths], fractions of the notional: L = (final balance + interest still owed) / notional. Above 1 where
    capitalised interest is lost."""
    owed = figures.total(f"{name}.balance") + figures.total(f"{name}.arrears")
    return owed / figures.claim(name).notional
