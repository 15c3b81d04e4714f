"""When a history was in stress, as far as the regimes can tell."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tranche.calibration.calibration import Calibration
from tranche.errors import Problem, UsageError

from .figure import lines


def regime_probabilities(calibration: Calibration) -> pd.DataFrame:
    """By date at the end of each step: P(stress) given the data up to then (`filtered`), given all (`smoothed`), and
    the weight of each stress link. Raises UsageError: one series has no regimes of dependence."""
    if calibration.regime is None:
        raise UsageError(Problem("no regimes were fitted", "a history of two series or more"))
    columns = {"filtered": calibration.regime.filtered, "smoothed": calibration.regime.probabilities}
    columns |= {f"{link.on} {link.measure}": link.weights for link in calibration.links}
    return pd.DataFrame(columns, index=pd.Index(calibration.history.dates[1:], name="date"))


def plot_regime_probabilities(frame: pd.DataFrame, title: str = "Probability of stress") -> Any:
    """A Plotly figure of `regime_probabilities`. Raises MissingExtra."""
    series = {str(name): list(frame[name]) for name in frame.columns}
    return lines(list(frame.index), series, title, "date", "probability")
