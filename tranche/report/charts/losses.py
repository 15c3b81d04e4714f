"""How much each debt loses, and how often."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tranche.report.figures import paths
from tranche.report.study import Study

from .chart import PALETTE, Chart, rounded

GROUP = 100  # basis points of one bar
PANEL = 120  # pixels of one class
GAP = 0.06  # between panels, of the height


def charts(study: Study) -> Iterator[Chart]:
    """The share of all paths by loss, a panel for each debt that loses; paths without a loss are told in words, or
    their bar would hide the others."""
    spared, losing = [], {}
    count = study.results.count
    for name in study.debts:
        bins = study.results.losses(name).bins
        lost = int(bins.sum())
        told = f"{1 - lost / count:.2%} of the paths lose nothing"
        spared.append(f"{name}: {told if 0 < lost < count else 'every path loses' if lost else 'no path loses'}")
        if lost:
            losing[name] = np.add.reduceat(bins, np.arange(0, len(bins), GROUP)) / count
    if not losing:
        return
    last = max(int(np.flatnonzero(bars)[-1]) for bars in losing.values()) + 1
    middle = rounded((np.arange(last) + 0.5) * GROUP / 10_000)
    traces, layout = _panels(losing, study.debts, middle)
    said = "; ".join(spared)
    note = f"Of {paths(count)}: {said}. Bars: shares of all paths by loss, each of one percent of the notional."
    height = max(Chart.HEIGHT, PANEL * len(losing))
    yield Chart("losses", "Losses", note, traces, layout, height)


def _panels(
    losing: dict[str, NDArray[np.float64]], debts: list[str], middle: list[float]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Traces and layout: panels from the top down, the axis of losses below the last."""
    count = len(losing)
    room = (1 + GAP) / count
    layout: dict[str, Any] = {"bargap": 0, "showlegend": False}
    traces: list[dict[str, Any]] = []
    for k, (name, bars) in enumerate(losing.items()):
        axis = "" if k == 0 else str(k + 1)
        low = (count - 1 - k) * room
        layout[f"yaxis{axis}"] = {
            "domain": [round(low, 4), round(min(1.0, low + room - GAP), 4)],
            "tickformat": ".3~%", "rangemode": "tozero",
            "title": {"text": name if count > 1 else "of all paths"}, "nticks": 4 if count > 1 else 8,
        }  # fmt: skip
        traces.append({"type": "bar", "x": middle, "y": rounded(bars[: len(middle)]), "name": name, "yaxis": f"y{axis}",
                       "marker": {"color": f"c{debts.index(name) % len(PALETTE)}"}})  # fmt: skip
    layout["xaxis"] = {"tickformat": ".0%", "title": {"text": "loss, of notional"}, "rangemode": "tozero",
                       "anchor": f"y{'' if count == 1 else count}"}  # fmt: skip
    return traces, layout
