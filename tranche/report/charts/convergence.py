"""What the tranches lose as the market's correlations converge, every marginal law held fixed."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.report.figures import paths
from tranche.report.study import Study

from .chart import PALETTE, Chart, line, rounded


def charts(study: Study) -> Iterator[Chart]:
    """The expected loss of each debt by degree of convergence; nothing where the market has nothing to converge."""
    found = study.convergence
    if found is None:
        return
    degrees = [float(point) for point in found.points]
    table = found.tranches["expected_loss"].unstack("tranche")
    errors = found.tranches["expected_loss_se"].unstack("tranche")
    told = (
        "From the correlations of the market's calm (0%) to a stress in which all factors move together (100%); "
        f"marginal laws and draws are the same throughout. {paths(found.paths)}"
    )
    title = "As correlations converge"
    if not table[study.debts].to_numpy().any():
        yield Chart("convergence", title, f"{told}: at no degree does any class lose anything on any of them.", [])
        return
    traces = []
    for k, name in enumerate(study.debts):
        colour, dash = f"c{k % len(PALETTE)}", "solid" if k < len(PALETTE) else "dot"
        bars = {"type": "data", "array": rounded(errors[name]), "color": colour, "thickness": 1}
        traces.append(line(degrees, table[name], name, colour, mode="lines+markers", error_y=bars, line={"dash": dash}))
    layout = {
        "xaxis": {"title": {"text": "convergence"}, "tickformat": ".0%"},
        "yaxis": {"title": {"text": "expected loss, of notional"}, "tickformat": ".3~%", "rangemode": "tozero"},
    }
    yield Chart("convergence", title, f"{told}; bars of one standard error.", traces, layout)
