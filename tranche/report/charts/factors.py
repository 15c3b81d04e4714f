"""The market that the deal met."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tranche.report.study import Study

from .chart import Chart, fan

MOST = 24  # factors on a page


def charts(study: Study) -> Iterator[Chart]:
    """Every simulated factor, over the sampled paths."""
    inputs = study.results.inputs
    names = study.program.inputs
    drawn = [k for k, name in enumerate(names) if name.startswith("market.")][:MOST]
    if not drawn or inputs is None:
        return
    rows = inputs.rows(0, study.sampled)
    dates = [date.isoformat() for date in study.program.dates[1:]]
    for k in drawn:
        name = names[k].removeprefix("market.")
        values = np.ascontiguousarray(rows[:, :, k])
        note = f"{study.sampled:,} paths, at each payment date."
        yield Chart(f"factor-{k}", f"Factor {name}", note, fan(dates, values, f"c{k % 8}", name))
