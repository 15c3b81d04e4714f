"""Pictures of tables. Needs the extra `report` (Plotly)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tranche.errors import MissingExtra, Problem

COLOURS = ("#1f4e79", "#c0504d", "#6a8f3c", "#7f5fa3", "#3f8f8f", "#c98a2b", "#5b5b5b", "#a34f7f")


def graph_objects() -> Any:
    """plotly.graph_objects. Raises MissingExtra."""
    try:
        import plotly.graph_objects as go
    except ImportError:
        raise MissingExtra(Problem("pictures need Plotly", "pip install 'tranche-finance[report]'")) from None
    return go


def lines(x: Sequence[Any], series: Mapping[str, Sequence[float]], title: str, x_title: str, y_title: str) -> Any:
    """A figure with a line for each series; those named `… null` are dashed."""
    go = graph_objects()
    figure = go.Figure()
    for k, (name, y) in enumerate(series.items()):
        dash = "dash" if name.endswith("null") else "solid"
        line = {"color": COLOURS[k % len(COLOURS)], "dash": dash}
        figure.add_trace(go.Scatter(x=list(x), y=list(y), name=name, mode="lines", line=line))
    return styled(figure, title, x_title, y_title)


def band(figure: Any, x: Sequence[Any], low: Sequence[float], high: Sequence[float], name: str, colour: int = 0) -> Any:
    """`figure` with the area between two lines behind what is there."""
    go = graph_objects()
    edges = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    shade = COLOURS[colour % len(COLOURS)]
    figure.add_trace(go.Scatter(x=list(x), y=list(high), showlegend=False, **edges))
    figure.add_trace(go.Scatter(x=list(x), y=list(low), name=name, fill="tonexty", fillcolor=f"{shade}22", **edges))
    return figure


def styled(figure: Any, title: str, x_title: str, y_title: str) -> Any:
    """The look that all pictures share."""
    figure.update_layout(title=title, template="plotly_white", xaxis_title=x_title, yaxis_title=y_title)
    return figure


def page(figures: Sequence[Any], title: str) -> str:
    """One HTML page that holds the figures and needs nothing from the network."""
    from html import escape

    options = {"full_html": False}
    parts = [one.to_html(include_plotlyjs=k == 0, div_id=f"figure{k}", **options) for k, one in enumerate(figures)]
    head = f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
    return f"{head}<body><h1>{escape(title)}</h1>{''.join(parts)}</body></html>\n"
