"""Where every factor of a market goes: quantiles of its simulated paths, date by date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from tranche.errors import Problem, UsageError, nearest
from tranche.market.scenario import scenario
from tranche.market.terms import Market

from .figure import COLOURS, band, graph_objects, styled

PROBABILITIES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
MOST_NUMBERS = 200_000_000  # paths × periods × columns


def fan(
    market: Market,
    times: Sequence[float],
    *,
    paths: int = 10_000,
    seed: int = 0,
    probabilities: Sequence[float] = PROBABILITIES,
    start: dt.date | None = None,
) -> pd.DataFrame:
    """By time (years from closing, without the first, 0), columns (factor column, `mean` or a probability), over
    `paths` simulated paths; `start`: the closing date, for factors with dates. Raises DealError (the market) and
    UsageError (too much to hold, no factors)."""
    if not market.factors:
        raise UsageError(Problem("the market has no factors", "factors: {…}"))
    source = scenario(market, times, seed, start=start)
    if paths < 1 or paths * source.periods * len(source.columns) > MOST_NUMBERS:
        what = f"{paths:,} paths of {source.periods} periods and {len(source.columns)} columns"
        raise UsageError(Problem(what, f"1 path or more, at most {MOST_NUMBERS:,} numbers in all"))
    rows = source.rows(0, paths)
    found: dict[tuple[str, Any], Any] = {}
    for k, column in enumerate(source.columns):
        values = rows[:, :, k]
        found[column.removeprefix("market."), "mean"] = values.mean(axis=0)
        for p, level in zip(probabilities, np.quantile(values, list(probabilities), axis=0), strict=True):
            found[column.removeprefix("market."), p] = level
    frame = pd.DataFrame(found, index=pd.Index(list(times)[1:], name="years"))
    frame.columns = pd.MultiIndex.from_tuples(list(found), names=["factor", "quantile"])
    return frame


def plot_fan(frame: pd.DataFrame, factor: str, title: str = "") -> Any:
    """A Plotly figure of one column of `fan`: its median and mean, and the bands between opposite quantiles. Raises
    UsageError, MissingExtra."""
    factors = list(dict.fromkeys(frame.columns.get_level_values(0)))
    if factor not in factors:
        raise UsageError(Problem(f"there is no factor {factor!r}", nearest(factor, factors)))
    go = graph_objects()
    one = frame[factor]
    x = list(one.index)
    levels = sorted(p for p in one.columns if p != "mean")
    figure = go.Figure()
    for low, high in zip(levels, reversed(levels), strict=True):
        if low < high:
            band(figure, x, list(one[low]), list(one[high]), f"{low:.0%} to {high:.0%}")
    for name, key in (("median", 0.5), ("mean", "mean")):
        if key in one.columns:
            colour = COLOURS[0 if name == "median" else 1]
            figure.add_trace(go.Scatter(x=x, y=list(one[key]), name=name, mode="lines", line={"color": colour}))
    return styled(figure, title or factor, "years from closing", factor)
