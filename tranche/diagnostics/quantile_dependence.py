"""Quantile dependence of a pair against a Gaussian copula of the same correlation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tranche.calibration.ranks import normal_scores, pseudo_observations
from tranche.closed_forms.quantile_dependence import quantile_dependence as gaussian_dependence

from .figure import lines

DEPTHS = (0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
FEWEST = 5.0  # q·n below which a share says nothing


def quantile_dependence(x: ArrayLike, y: ArrayLike) -> pd.DataFrame:
    """By depth q: `lower` P(V ≤ q | U ≤ q) and `upper` P(V > 1 − q | U > 1 − q) by ranks, their standard errors √(λ(1 −
    λ)/(nq)) (`lower_se`, `upper_se`; for independent steps), and what a Gaussian copula of the same correlation has
    (`gaussian`). Depths with fewer than FEWEST observations are left out."""
    pair = np.column_stack([np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)])
    u, z = pseudo_observations(pair), normal_scores(pair)
    rho = float(np.clip((z[:, 0] * z[:, 1]).mean() / (z * z).mean(), -1.0, 1.0))
    rows = []
    for q in (q for q in DEPTHS if q * len(u) >= FEWEST):
        shares = [float((side <= q).all(axis=1).mean()) / q for side in (u, 1.0 - u)]
        errors = [(max(s * (1.0 - s), 0.0) / (len(u) * q)) ** 0.5 for s in shares]
        rows.append((q, shares[0], errors[0], shares[1], errors[1], gaussian_dependence("gaussian", rho, q)))
    columns = ["q", "lower", "lower_se", "upper", "upper_se", "gaussian"]
    return pd.DataFrame(rows, columns=columns).set_index("q")


def plot_quantile_dependence(frame: pd.DataFrame, title: str = "Quantile dependence") -> Any:
    """A Plotly figure of `quantile_dependence`. Raises MissingExtra."""
    series = {"lower": frame["lower"], "upper": frame["upper"], "Gaussian null": frame["gaussian"]}
    plain = {name: list(values) for name, values in series.items()}
    return lines(list(frame.index), plain, title, "depth q", "probability")
