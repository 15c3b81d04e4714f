"""What the tranches lose as the market's correlations converge, every marginal law held fixed."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.report.study import Study

from .chart import Chart, line, rounded


def charts(study: Study) -> Iterator[Chart]:
    """The expected loss of each debt by degree of convergence; nothing where the market has nothing to converge."""
    found = study.convergence
    if found is None:
        return
    degrees = [float(point) for point in found.points]
    table = found.tranches["expected_loss"].unstack("tranche")
    errors = found.tranches["expected_loss_se"].unstack("tranche")
    traces = []
    for k, name in enumerate(study.debts):
        bars = {"type": "data", "array": rounded(errors[name]), "color": f"c{k % 8}", "thickness": 1}
        traces.append(line(degrees, table[name], name, f"c{k % 8}", mode="lines+markers", error_y=bars))
    layout = {
        "xaxis": {"title": {"text": "convergence"}, "tickformat": ".0%"},
        "yaxis": {"title": {"text": "expected loss, of notional"}, "tickformat": ".3~%", "rangemode": "tozero"},
    }
    note = (
        "From the correlations of the market's calm (0%) to a stress in which all factors move together (100%); "
        f"marginal laws and draws are the same throughout. {found.paths:,} paths, bars of one standard error."
    )
    yield Chart("convergence", "As correlations converge", note, traces, layout)
