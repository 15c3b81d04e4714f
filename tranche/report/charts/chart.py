"""One chart: data for Plotly, with colours by name, so that the page can show it light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.report.study import QUANTILES

# Okabe and Ito (2008), with a wine red for their yellow, which is too faint on white: told apart by people who see no
# difference between red and green; named c0 to c7 in the figures
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#882255", "#7F7F7F")


@attrs.frozen(eq=False)
class Chart:
    """`name`: its id on the page; `title`, `note`: what it shows and from what; `traces`, `layout`: Plotly's, in which
    a colour is `c0` to `c7`, or `c0/25` for a quarter of it, and `ink` is that of the text."""

    name: str
    title: str
    note: str
    traces: list[dict[str, Any]]
    layout: dict[str, Any] = attrs.field(factory=dict)


def line(x: Sequence[Any], y: Any, name: str, colour: str, **more: Any) -> dict[str, Any]:
    style = {"color": colour, "width": 2, "shape": more.pop("shape", "linear"), **more.pop("line", {})}
    return {"type": "scatter", "mode": "lines", "x": list(x), "y": rounded(y), "name": name, "line": style, **more}


def fan(x: Sequence[Any], paths: NDArray[np.float64], colour: str, name: str) -> list[dict[str, Any]]:
    """The median and the bands between 5% and 95%, 25% and 75% of paths [paths, T]; dates without a number are gaps."""
    with np.errstate(all="ignore"):
        seen = np.isfinite(paths).sum(axis=0) >= max(1, len(paths) // 20)
        held = np.where(seen, paths, 0.0)
        levels = np.where(seen, np.nanquantile(held, QUANTILES, axis=0), np.nan)
    edges: dict[str, Any] = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "type": "scatter"}
    found: list[dict[str, Any]] = []
    for low, high, weight in ((0, 4, 15), (1, 3, 30)):
        label = f"{QUANTILES[low]:.0%} to {QUANTILES[high]:.0%}"
        found.append({**edges, "x": list(x), "y": rounded(levels[low]), "showlegend": False})
        found.append({**edges, "x": list(x), "y": rounded(levels[high]), "name": label, "fill": "tonexty",
                      "fillcolor": f"{colour}/{weight}"})  # fmt: skip
    return [*found, line(x, levels[2], f"{name}, median", colour)]


def level(x: Sequence[Any], value: float, name: str, colour: str) -> dict[str, Any]:
    """A horizontal line."""
    return line([x[0], x[-1]], [value, value], name, colour, line={"dash": "dash", "width": 1.5})


def rounded(values: Any) -> list[float]:
    """Six significant digits are more than a picture shows, and less than a page must carry."""
    return [float(f"{value:.6g}") for value in np.asarray(values, dtype=np.float64).tolist()]
