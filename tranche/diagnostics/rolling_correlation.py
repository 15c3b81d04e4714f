"""Correlations over a moving window, and how far they move when nothing does."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Any

import pandas as pd

from tranche.errors import Problem, UsageError

from .figure import band, lines


def rolling_correlation(changes: pd.DataFrame, window: int = 52) -> pd.DataFrame:
    """By row and pair `a ~ b`: the correlation of the last `window` changes, NaN before there are as many. `low ` and
    `high ` before a pair: where 95% of such correlations lie when the correlation of all rows never changes, by
    Fisher's z, tanh(artanh ρ ± 1.96/√(window − 3)). Raises UsageError: a window that does not fit."""
    if not 10 <= window <= len(changes):
        raise UsageError(Problem(f"a window of {window} of {len(changes)} rows", f"10 to {len(changes)}"))
    found: dict[str, Any] = {}
    for a, b in combinations(changes.columns, 2):
        pair = f"{a} ~ {b}"
        found[pair] = changes[a].rolling(window).corr(changes[b])
        centre = math.atanh(min(0.999999, max(-0.999999, float(changes[a].corr(changes[b])))))
        reach = 1.959963984540054 / math.sqrt(window - 3)
        found[f"low {pair}"], found[f"high {pair}"] = math.tanh(centre - reach), math.tanh(centre + reach)
    return pd.DataFrame(found, index=changes.index)


def plot_rolling_correlation(frame: pd.DataFrame, title: str = "Rolling correlation") -> Any:
    """A Plotly figure of `rolling_correlation`. Raises MissingExtra."""
    pairs = [name for name in frame.columns if not name.startswith(("low ", "high "))]
    x = list(frame.index)
    figure = lines(x, {pair: list(frame[pair]) for pair in pairs}, title, "date", "correlation")
    for k, pair in enumerate(pairs):
        band(figure, x, list(frame[f"low {pair}"]), list(frame[f"high {pair}"]), f"{pair}, constant", k)
    return figure
