"""The pictures of a report: Plotly figures as plain data, which the page's script draws and colours."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.report.study import Study

from . import balances, cashflows, convergence, coverage, factors, losses, values
from .chart import Chart

CHARTS = (cashflows.charts, balances.charts, coverage.charts, values.charts, losses.charts, convergence.charts,
          factors.charts)  # fmt: skip


def charts(study: Study) -> Iterator[Chart]:
    """Every chart that the deal has something for, in the order of the page."""
    for make in CHARTS:
        yield from make(study)


__all__ = ["Chart", "charts"]
