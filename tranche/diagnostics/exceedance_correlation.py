"""Exceedance correlations against the Gaussian null."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tranche.calibration.honesty import ExceedanceTest, exceedance_test

from .figure import band, graph_objects, lines


def exceedance_correlation(x: ArrayLike, y: ArrayLike, *, simulations: int = 499, seed: int = 0) -> pd.DataFrame:
    """By threshold, in standard deviations of the normal scores (0 stands twice: below, above): `correlation`, `count`,
    the Gaussian copula's (`gaussian`) and its 95% band (`low`, `high`). See `calibration.honesty.exceedance_test`."""
    pair = np.column_stack([np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)])
    return exceedance_frame(exceedance_test(pair[:, 0], pair[:, 1], simulations=simulations, seed=seed))


def exceedance_frame(test: ExceedanceTest) -> pd.DataFrame:
    """The table of a test that was made already."""
    columns = {
        "side": ["below" if k < len(test.thresholds) // 2 else "above" for k in range(len(test.thresholds))],
        "correlation": test.correlation,
        "count": test.count,
        "gaussian": test.null,
        "low": test.low,
        "high": test.high,
    }
    return pd.DataFrame(columns, index=pd.Index(test.thresholds, name="threshold"))


def plot_exceedance_correlation(frame: pd.DataFrame, title: str = "Exceedance correlation") -> Any:
    """A Plotly figure of `exceedance_correlation`: what leaves the band is more than a Gaussian copula shows. Raises
    MissingExtra."""
    go = graph_objects()
    x = list(frame.index)
    null = {"Gaussian null": list(frame["gaussian"])}
    figure = lines(x, null, title, "threshold, standard deviations", "correlation")
    band(figure, x, list(frame["low"]), list(frame["high"]), "95% of Gaussian histories")
    figure.add_trace(go.Scatter(x=x, y=list(frame["correlation"]), name="found", mode="markers+lines"))
    return figure
