"""The picture of a Convergence, and a page with its picture and tables."""

from __future__ import annotations

import math
from html import escape

import pandas as pd

from .convergence import Convergence
from .line_panels import Panel, line_panels

HEADINGS = {
    "expected_loss": "expected loss",
    "default_probability": "default probability",
    "change": "change of expected loss",
    "expected_yield": "expected yield",
}
MILLION = 1e6
STYLE = (
    "body{font-family:Helvetica,Arial,sans-serif;margin:2em;max-width:60em;color:#222}"
    "table{border-collapse:collapse}td,th{padding:.25em .8em;text-align:right;border-bottom:1px solid #ddd}"
)


def convergence_svg(found: Convergence) -> str:
    """Four panels over the degree of convergence: expected loss and default probability of the debts, expected yield of
    every class, collateral shortfall and its tail in millions."""
    classes = list(dict.fromkeys(found.tranches.index.get_level_values("tranche")))

    def of(column: str, percent: int) -> Panel:
        series = {name: list(found.tranches.xs(name, level="tranche")[column]) for name in classes}
        series = {name: values for name, values in series.items() if any(map(math.isfinite, values))}
        return Panel(HEADINGS[column], series, lambda y: f"{100 * y:.{percent}f}%")

    shortfall = {
        "mean shortfall": [value / MILLION for value in found.deal["collateral_shortfall"]],
        "worst 1% of paths": [value / MILLION for value in found.deal["tail_shortfall"]],
    }
    panels = [
        of("expected_loss", 2),
        of("default_probability", 1),
        of("expected_yield", 1),
        Panel(f"collateral shortfall, millions of {found.currency}", shortfall, lambda y: f"{y:,.0f}"),
    ]
    return line_panels(found.points, panels, "degree of convergence", f"{found.name}: as correlations converge")


def convergence_page(found: Convergence) -> str:
    """An HTML page of its own: how it was made, the picture, the tables."""
    title = escape(f"{found.name}: as correlations converge")
    made = f"{found.paths:,} paths of seed {found.seed} at every degree; marginal laws do not move."
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
        f"</head><body><h1>{title}</h1><p>{made}</p>\n{convergence_svg(found)}"
        f"{_table(found.tranches.reset_index())}<h2>Collateral shortfall, {escape(found.currency)}</h2>"
        f"{_table(found.deal.reset_index())}</body></html>\n"
    )


def _table(frame: pd.DataFrame) -> str:
    head = "".join(f"<th>{escape(str(name).replace('_', ' '))}</th>" for name in frame.columns)
    rows = [
        "<tr>" + "".join(f"<td>{escape(_cell(value))}</td>" for value in row) + "</tr>"
        for row in frame.itertuples(index=False)
    ]
    return f"<table><tr>{head}</tr>{''.join(rows)}</table>"


def _cell(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    if math.isnan(value):
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.5g}"
