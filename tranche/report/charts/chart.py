"""One chart: data for Plotly, with colours by name, so that the page can show it light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.report.study import QUANTILES

# Okabe and Ito (2008), with a wine red for their yellow, which is too faint on white: told apart by people who see no
# difference between red and green; named c0 to c7 in the figures
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#882255", "#7F7F7F")

FEW = 20  # a fan of fewer paths than one in so many is none


@attrs.frozen(eq=False)
class Chart:
    """`name`: its id on the page; `title`, `note`: what it shows and from what; `traces`, `layout`: Plotly's, in which
    a colour is `c0` to `c7`, or `c0/25` for a quarter of it, and `ink` is that of the text. Without traces the note is
    all there is to say. `height`: pixels."""

    HEIGHT: ClassVar[int] = 360

    name: str
    title: str
    note: str
    traces: list[dict[str, Any]]
    layout: dict[str, Any] = attrs.field(factory=dict)
    height: int = HEIGHT


def line(x: Sequence[Any], y: Any, name: str, colour: str, **more: Any) -> dict[str, Any]:
    style = {"color": colour, "width": 2, "shape": more.pop("shape", "linear"), **more.pop("line", {})}
    return {"type": "scatter", "mode": "lines", "x": list(x), "y": rounded(y), "name": name, "line": style, **more}


def fan(
    x: Sequence[Any], paths: NDArray[np.float64], colour: str, name: str, bands: str = ""
) -> list[dict[str, Any]]:
    """The median and the bands between 5% and 95%, 25% and 75% of paths [paths, T]; `bands`: whose they are, where a
    chart has several. Dates on which fewer than one path in FEW has a number are gaps; one path is a line."""
    if len(paths) == 1:
        return [line(x, paths[0], name, colour)]
    with np.errstate(all="ignore"):
        seen = np.isfinite(paths).sum(axis=0) >= max(1, len(paths) // FEW)
        held = np.where(seen, paths, 0.0)
        levels = np.where(seen, np.nanquantile(held, QUANTILES, axis=0), np.nan)
    edges: dict[str, Any] = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "type": "scatter"}
    found: list[dict[str, Any]] = []
    for low, high, weight in ((0, 4, 15), (1, 3, 30)):
        label = f"{bands} {QUANTILES[low]:.0%} to {QUANTILES[high]:.0%}".strip()
        found.append({**edges, "x": list(x), "y": rounded(levels[low]), "showlegend": False})
        found.append({**edges, "x": list(x), "y": rounded(levels[high]), "name": label, "fill": "tonexty",
                      "fillcolor": f"{colour}/{weight}"})  # fmt: skip
    return [*found, line(x, levels[2], f"{name}, median", colour)]


def partial(paths: NDArray[np.float64], lacking: str) -> str:
    """What must be said of a fan where some paths have no number, because `lacking` ("nothing is due"); or nothing."""
    if not np.isnan(paths).any():
        return ""
    gone = bool((np.isnan(paths).sum(axis=0) > len(paths) - max(1, len(paths) // FEW)).any())
    return f" Paths on which {lacking} are left out, date by date" + (
        f"; a gap where fewer than one in {FEW} remains." if gone and len(paths) > 1 else "."
    )


def rounded(values: Any) -> list[float]:
    """Six significant digits are more than a picture shows, and less than a page must carry."""
    return [float(f"{value:.6g}") for value in np.asarray(values, dtype=np.float64).tolist()]
