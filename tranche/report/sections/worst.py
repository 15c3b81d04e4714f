"""Why the debt that loses most lost what it lost on its worst path."""

from __future__ import annotations

from tranche.report.figures import paths
from tranche.report.html import Markup, element, join
from tranche.report.study import Study


def section(study: Study) -> Markup | None:
    """The story of the path, the causal chain of the loss, and every date behind a click."""
    found, count = study.worst, study.results.count
    if found is None:
        many = f"On none of the {paths(count)} does a debt lose anything."
        return element("p", many if count > 1 else "No debt loses anything on the only path.")
    name, explanation = found
    loss = study.results.losses(name).worst[0][1]
    among = f", the most of {paths(count)}" if count > 1 else ""
    said = f"Path {explanation.path}: {name} loses {loss:.2%} of its notional{among}."
    story = element("ul", *(element("li", sentence) for sentence in explanation.story))
    why = element("pre", explanation.why(name).text())
    dates = element("details", element("summary", "Date by date"), element("pre", explanation.text()))
    return join((element("p", said), story, element("h3", f"Why {name} lost"), why, dates))
