"""The waterfall as the compiled Program has it: drawn, and in words."""

from __future__ import annotations

from tranche.description.english import english
from tranche.description.svg import svg
from tranche.report.html import Markup, element, join
from tranche.report.study import Study


def section(study: Study) -> Markup:
    """Made from the Program, so that the page and the engine cannot differ."""
    drawn = Markup(svg(study.program))  # escapes what it writes
    words = element("details", element("summary", "In words"), element("pre", english(study.program)))
    return join((element("div", drawn, class_="scroll drawing", role="region", aria_label="The waterfall, drawn",
                         tabindex="0"), words))  # fmt: skip
