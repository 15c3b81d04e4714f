"""The deal's tests against their levels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tranche.deal.level_schedule import levels_of
from tranche.report.study import Study

from .chart import Chart, fan, level

HIGHEST = 5.0  # a ratio is drawn up to so many times its highest level: what is far above says nothing


def charts(study: Study) -> Iterator[Chart]:
    """Each test's ratio before the cash of the date is spent, and its levels."""
    dates = [date.isoformat() for date in study.program.dates[1:]]
    for k, test in enumerate(study.deal.tests):
        ratio = study.ratio(test.name)
        if not np.isfinite(ratio).any():
            continue
        stated = {name: found for name, given in test.levels.items() for found in levels_of(given)}
        top = HIGHEST * max(stated.values(), default=1.0)
        traces = fan(dates, np.minimum(ratio, top), f"c{k % 8}", test.name)
        for j, (name, value) in enumerate(stated.items()):
            traces.append(level(dates, value, f"{name.replace('_', '-')} {value:g}", f"c{(k + j + 1) % 8}"))
        side = "below" if test.breach == "below" else "above"
        note = f"It fails {side} its level. {study.sampled:,} paths; drawn up to {top:g}; gaps where nothing is due."
        yield Chart(f"test-{k}", f"Test {test.name}", note, traces, {"yaxis": {"rangemode": "tozero"}})
