"""Who gets the cash, date by date."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tranche.report.study import Study
from tranche.terms.amount_unit import unit_of

from .chart import Chart, line, rounded

PARTS = {"fee": ("paid",), "debt": ("interest", "principal"), "residual": ("distribution",)}


def charts(study: Study) -> Iterator[Chart]:
    """Mean cash by date: what each class is paid, stacked; what comes in as a line."""
    program, results = study.program, study.results
    dates = [date.isoformat() for date in program.dates[1:]]
    came = results.mean("collateral.collections")
    unit, words = unit_of(float(came.max()))
    traces: list[dict[str, Any]] = []
    for claim in program.claims:
        if claim.kind not in PARTS:
            continue
        frame = results.cashflows(claim.name)
        for part in PARTS[claim.kind]:
            amounts = frame[part].to_numpy()
            if np.abs(amounts).max() > 0:
                name = claim.name if part in ("paid", "distribution") else f"{claim.name} {part}"
                traces.append({"type": "bar", "x": dates, "y": rounded(amounts / unit), "name": name,
                               "marker": {"color": f"c{len(traces) % 8}"}})  # fmt: skip
    traces.append(line(dates, came / unit, "collections", "ink", line={"width": 1.5, "dash": "dot"}))
    title = f"{words} {program.currency}".strip()
    note = f"Means over {results.count:,} paths, {title}, by payment date."
    layout = {"barmode": "stack", "yaxis": {"title": {"text": title}}}
    yield Chart("cashflows", "Where the cash goes", note, traces, layout)
