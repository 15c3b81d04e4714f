"""What diagnostics look at: the changes of series, in a history or in a simulated market."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd

from tranche.calibration.history import History
from tranche.errors import Problem, UsageError
from tranche.market.scenario import scenario
from tranche.market.terms import Market


def history_changes(history: History) -> pd.DataFrame:
    """By date: log changes of series that are positive throughout, plain changes of others."""
    columns = {}
    for name in history.names:
        levels = history.column(name)
        columns[name] = np.diff(np.log(levels) if (levels > 0.0).all() else levels)
    return pd.DataFrame(columns, index=pd.Index(history.dates[1:], name="date"))


def market_changes(
    market: Market, times: Sequence[float], *, paths: int = 10_000, seed: int = 0, start: dt.date | None = None
) -> pd.DataFrame:
    """The changes of every factor over the last period of each path: a row a path, so that rows are independent.
    `start`: the closing date, for factors with dates. Raises DealError, UsageError."""
    source = scenario(market, times, seed, start=start)
    if source.periods < 2:
        raise UsageError(Problem("one period has no change that the paths hold", "times of two periods or more"))
    rows = source.rows(0, paths)
    before = rows[:, -2]
    columns = {}
    for k, column in enumerate(source.columns):
        a, b = before[:, k], rows[:, -1, k]
        columns[column.removeprefix("market.")] = np.log(b / a) if (a > 0.0).all() and (b > 0.0).all() else b - a
    return pd.DataFrame(columns, index=pd.RangeIndex(paths, name="path"))
