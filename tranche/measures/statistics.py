"""How sure a mean over simulated paths is."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def standard_error(values: NDArray[np.float64]) -> float:
    """Of the mean of independent `values` [n]: s / √n with s² = Σ(x − x̄)² / (n − 1). NaN for a single value."""
    return float(np.std(values, ddof=1)) / math.sqrt(values.size) if values.size > 1 else math.nan
