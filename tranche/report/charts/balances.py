"""What is owed, date by date."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.report.figures import in_unit, paths
from tranche.report.study import Study
from tranche.terms.amount_unit import unit_of

from .chart import Chart, fan


def charts(study: Study) -> Iterator[Chart]:
    """The balance of each debt at the close of each date, over the sampled paths."""
    program = study.program
    dates = [date.isoformat() for date in program.dates[1:]]
    for k, name in enumerate(study.debts):
        balance = study.sample(f"{name}.balance")
        unit, words = unit_of(max(float(balance.max()), study.results.claim(name).notional))
        title = in_unit(words, program.currency)
        note = f"At the close of each date, {title}; {paths(study.sampled)}."
        layout = {"yaxis": {"title": {"text": title}, "rangemode": "tozero"}}
        yield Chart(f"balance-{k}", f"Balance of {name}", note, fan(dates, balance / unit, f"c{k % 8}", name), layout)
