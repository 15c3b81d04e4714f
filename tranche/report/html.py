"""HTML as text. Whatever comes from a deal is escaped here, in one place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from tranche.json_text import json_text


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def text(value: object) -> Markup:
    """Any value, escaped unless it is markup; what cannot be printed becomes a replacement character."""
    if isinstance(value, Markup):
        return value
    shown = "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in str(value))
    return Markup(escape(shown))


def element(tag: str, *content: object, **attributes: object) -> Markup:
    """`<tag …>content</tag>`; `class_` is `class`, and `_` in other names `-`. None leaves an attribute out."""
    named = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items() if value is not None}
    head = "".join(f' {name}="{text(value)}"' for name, value in named.items())
    return Markup(f"<{tag}{head}>{''.join(text(part) for part in content)}</{tag}>")


def join(parts: Iterable[object], between: str = "") -> Markup:
    return Markup(between.join(text(part) for part in parts))


def table(head: Sequence[object], rows: Iterable[Sequence[object]], numbers: int = 1, label: str = "") -> Markup:
    """A table that scrolls sideways on a phone; the columns from `numbers` on are numbers."""
    body = element("tbody", *(_row(row, numbers) for row in rows))
    return _scrolls(head, (body,), numbers, label)


def grouped(
    head: Sequence[object], groups: Iterable[tuple[object, Iterable[Sequence[object]]]], label: str = ""
) -> Markup:
    """A table in groups, each below a line of its own; all columns but the first are numbers."""
    bodies = []
    for title, rows in groups:
        across = element("th", element("div", title), scope="rowgroup", colspan=len(head), class_="group")
        bodies.append(element("tbody", element("tr", across), *(_row(row, 1) for row in rows)))
    return _scrolls(head, bodies, 1, label)


def _row(row: Sequence[object], numbers: int) -> Markup:
    return element(
        "tr",
        *(
            element("th" if k == 0 else "td", cell, scope="row" if k == 0 else None,
                    class_="num" if k >= numbers else None)
            for k, cell in enumerate(row)
        ),
    )  # fmt: skip


def _scrolls(head: Sequence[object], bodies: Iterable[Markup], numbers: int, label: str) -> Markup:
    titles = [element("th", title, scope="col", class_="num" if k >= numbers else None) for k, title in enumerate(head)]
    inside = element("table", element("thead", element("tr", *titles)), *bodies)
    return element("div", inside, class_="scroll", role="region", aria_label=label or None, tabindex="0")


def script_data(name: str, data: Any) -> Markup:
    """Data for the page's own script, as JSON that no text in it can end early. NaN and infinities become null."""
    said = json_text(data).replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return Markup(f'<script type="application/json" id="{text(name)}">{said}</script>')
