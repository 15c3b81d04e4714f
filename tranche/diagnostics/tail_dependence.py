"""Tail dependence of all pairs, by ranks."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pandas as pd

from .figure import graph_objects, styled
from .quantile_dependence import quantile_dependence

DEPTH = 0.05


def tail_dependence(changes: pd.DataFrame, depth: float = DEPTH) -> pd.DataFrame:
    """By pair `a ~ b` of the columns: `lower`, `upper` (and `_se`) at the smallest depth of `quantile_dependence` that
    is at least `depth`, and the Gaussian copula's there (`gaussian`), which is not 0: only the limit is."""
    rows, index = [], []
    for a, b in combinations(changes.columns, 2):
        frame = quantile_dependence(changes[a], changes[b])
        rows.append(frame.loc[frame.index[frame.index >= depth][0]])
        index.append(f"{a} ~ {b}")
    return pd.DataFrame(rows, index=pd.Index(index, name="pair"))


def plot_tail_dependence(frame: pd.DataFrame, title: str = "Tail dependence") -> Any:
    """A Plotly figure of `tail_dependence`. Raises MissingExtra."""
    go = graph_objects()
    bars = [
        go.Bar(name=side, x=list(frame.index), y=list(frame[side]), error_y={"array": list(1.96 * frame[f"{side}_se"])})
        for side in ("lower", "upper")
    ]
    bars.append(go.Bar(name="Gaussian null", x=list(frame.index), y=list(frame["gaussian"])))
    return styled(go.Figure(bars), title, "pair", "probability")
