"""How much each debt loses, and how often."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tranche.report.study import Study

from .chart import Chart, rounded

GROUP = 100  # basis points of one bar


def charts(study: Study) -> Iterator[Chart]:
    """The share of all paths by loss; paths without a loss are told in words, or their bar would hide the others."""
    traces, spared = [], []
    for k, name in enumerate(study.debts):
        losses = study.results.losses(name)
        count, bins = losses.spread.count, losses.bins
        lost = int(bins.sum())
        spared.append(f"{name}: {1 - lost / count:.2%} of the paths lose nothing")
        if not lost:
            continue
        bars = np.add.reduceat(bins, np.arange(0, len(bins), GROUP)) / count
        last = int(np.flatnonzero(bars)[-1]) + 1
        middle = (np.arange(last) + 0.5) * GROUP / 10_000
        traces.append({"type": "bar", "x": rounded(middle), "y": rounded(bars[:last]), "name": name,
                       "marker": {"color": f"c{k % 8}"}, "opacity": 0.75})  # fmt: skip
    if not traces:
        return
    layout = {"barmode": "overlay", "bargap": 0, "xaxis": {"tickformat": ".0%", "title": {"text": "loss, of notional"}},
              "yaxis": {"tickformat": ".3~%", "title": {"text": "of all paths"}}}  # fmt: skip
    note = f"{'; '.join(spared)}. Bars of one percent of the notional; {study.results.count:,} paths."
    yield Chart("losses", "Losses", note, traces, layout)
