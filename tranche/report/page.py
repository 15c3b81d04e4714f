"""A report as one HTML page: no network, no other files."""

from __future__ import annotations

import base64
import gzip
from functools import cache
from pathlib import Path

from tranche._version import __version__
from tranche.errors import MissingExtra, Problem
from tranche.files import write_text

from .charts import Chart, charts
from .charts.chart import PALETTE
from .figures import paths
from .html import Markup, element, join, script_data, text
from .script import SCRIPT
from .sections import AFTER, BEFORE
from .study import Study
from .style import STYLE

# no page of ours asks for anything from anywhere
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:"


def write_report(study: Study, path: Path) -> None:
    """Write the page, whole or not at all. Raises MissingExtra (Plotly), UsageError where it cannot be written."""
    write_text(path, page(study))


def page(study: Study) -> str:
    """The page of a deal."""
    drawn = list(charts(study))
    sections = [*_sections(study, BEFORE), ("charts", "Charts", _figures(drawn)), *_sections(study, AFTER)]
    body = [
        element(
            "header",
            element(
                "div",
                element("h1", study.deal.name),
                element("p", _subtitle(study), class_="sub"),
                element("nav", element("ul", *(_link(*one[:2]) for one in sections)), aria_label="Sections"),
            ),
            element("button", "Dark", id="theme", type="button"),
        ),
        element(
            "main",
            element("p", study.deal.description) if study.deal.description.strip() else "",
            *(element("section", element("h2", title), content, id=name) for name, title, content in sections),
        ),
        element("footer", f"Made by tranche {__version__}. Figures are simulated; what they rest on stands above."),
    ]
    figures = {
        "palette": PALETTE,
        "charts": [
            {"name": one.name, "traces": one.traces, "layout": one.layout, "height": one.height}
            for one in drawn
            if one.traces
        ],
    }
    scripts = [
        script_data("figures", figures),
        Markup(f'<script type="text/plain" id="plotly">{plotly_packed() if drawn else ""}</script>'),
        Markup(f"<script>{SCRIPT}</script>"),
    ]
    return document(study.deal.name, join((*body, *scripts)))


def document(title: str, body: Markup) -> str:
    """A whole HTML document."""
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{text(POLICY)}">'
        f'<link rel="icon" href="data:,"><title>{text(title)}</title><style>{STYLE}</style>'
    )
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head><body>{body}</body></html>\n'


def run_of(study: Study) -> str:
    """`2,000 paths of seed 7`."""
    source = f"of seed {study.seed}" if study.drawn else "of the collections given"
    return f"{paths(study.results.count)} {source}"


def _subtitle(study: Study) -> str:
    dates = study.program.dates
    between = f"{dates[1]} to {dates[-1]}"
    return f"{run_of(study)} · {study.program.periods} payment dates from {between} · {study.program.currency}"


def _sections(study: Study, wanted: tuple) -> list[tuple[str, str, Markup]]:  # type: ignore[type-arg]
    made = [(name, title, make(study)) for name, title, make in wanted]
    return [(name, title, content) for name, title, content in made if content is not None]


def _link(name: str, title: str) -> Markup:
    return element("li", element("a", title, href=f"#{name}"))


def _figures(drawn: list[Chart]) -> Markup:
    return element(
        "div",
        *(
            element(
                "figure",
                element("figcaption", element("h3", one.title), element("p", one.note, class_="note")),
                element("div", id=one.name, class_="plot", style=_height(one)) if one.traces else "",
            )
            for one in drawn
        ),
        class_="charts",
    )


def _height(chart: Chart) -> str | None:
    return f"height:{chart.height}px" if chart.height != Chart.HEIGHT else None  # the page's style has the usual one


@cache
def plotly_packed() -> str:
    """Plotly's script, gzipped, as base64: a third of its size. Raises MissingExtra."""
    try:
        from plotly.offline import get_plotlyjs
    except ImportError:
        raise MissingExtra(Problem("reports need Plotly", "pip install 'tranche-finance[report]'")) from None
    return base64.b64encode(gzip.compress(get_plotlyjs().encode(), 9, mtime=0)).decode()
