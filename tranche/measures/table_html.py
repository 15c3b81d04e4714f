"""The tranche table for notebooks: money with thousands separators, shares in percent."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

SHARES = (
    "expected_loss", "expected_loss_se", "default_probability", "default_probability_se", "loss_given_default", "irr",
)  # fmt: skip
SMALL = 1e4  # amounts below are shown with cents


def table_html(frame: pd.DataFrame) -> str:
    """The tranche table as HTML, every text escaped; `–` where a column says nothing of a class."""
    columns = [str(column) for column in frame.columns]
    heads = "".join(f"<th>{escape(_heading(column))}</th>" for column in columns)
    rows = "".join(
        f"<tr><th>{escape(str(name))}</th>"
        + "".join(f"<td>{_cell(column, float(frame[column][name]))}</td>" for column in columns)
        + "</tr>"
        for name in frame.index
    )
    return f"<table><thead><tr><th>tranche</th>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _money(amount: float) -> str:
    """`100,000,000`, or `12.50` where it is small and no whole number."""
    return f"{amount:,.2f}" if abs(amount) < SMALL and amount != round(amount) else f"{amount:,.0f}"


def _heading(column: str) -> str:
    if column.endswith("_se"):
        return "± one se"
    return {"irr": "IRR", "wal": "WAL"}.get(column, column.replace("_", " "))


def _cell(column: str, value: float) -> str:
    if math.isnan(value):
        return "–"
    if column in SHARES:
        return f"{100 * value:.3f}%"
    return f"{value:.2f} years" if column == "wal" else _money(value)
