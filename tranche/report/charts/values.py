"""Paper against liquidation: what the collateral is said to be worth, and what it would fetch, over the debt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tranche.report.figures import in_unit, paths
from tranche.report.study import VALUES, Study
from tranche.terms.amount_unit import unit_of

from .chart import Chart, fan, line, partial

HIGHEST = 3.0  # a loan to value is drawn up to here


def charts(study: Study) -> Iterator[Chart]:
    """The values of a fleet side by side (medians), and loan to value on paper and in a forced sale."""
    have = [name for name in VALUES if study.has(name) and study.sample(name).max() > 0]
    if not have:
        return
    dates = [date.isoformat() for date in study.program.dates[1:]]
    unit, words = unit_of(float(study.sample(have[0]).max()))
    title = in_unit(words, study.program.currency)
    medians = [
        line(dates, np.median(study.sample(name), axis=0) / unit, name.removeprefix("fleet."), f"c{k}")
        for k, name in enumerate(have)
    ]
    of = paths(study.sampled)
    whose = f"Medians of {of}" if study.sampled > 1 else f"Of {of}"
    note = f"{whose}, {title}: by the books, by the appraiser, and what a market would pay."
    yield Chart("values", "What the machines are worth", note, medians, {"yaxis": {"title": {"text": title}}})
    if "fleet.appraised" not in have or "fleet.forced" not in have:
        return
    owed = np.sum([study.sample(f"{name}.balance") for name in study.debts], axis=0)
    traces: list[dict[str, Any]] = []
    capped, said = False, ""
    for colour, name, what in (("c0", "fleet.appraised", "paper"), ("c5", "fleet.forced", "liquidation")):
        value = study.sample(name)
        ltv = np.divide(owed, value, out=np.where(owed > 0, np.inf, np.nan), where=value > 0)
        traces += fan(dates, np.minimum(ltv, HIGHEST), colour, f"{what} LTV", what)
        capped, said = capped or bool((ltv > HIGHEST).any()), partial(ltv, "nothing is owed and nothing is left")
    note = f"All debt over the appraisal, and over a forced sale; {of}.{said}"
    note += f" What is above {HIGHEST:.0%} is drawn there." if capped else ""
    layout = {"yaxis": {"tickformat": ".0%", "rangemode": "tozero"}}
    yield Chart("ltv", "Loan to value, on paper and in liquidation", note, traces, layout)
