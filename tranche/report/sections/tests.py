"""How often the deal's tests fail."""

from __future__ import annotations

from tranche.deal.level_words import words
from tranche.report.figures import share
from tranche.report.html import Markup, element, join, table
from tranche.report.study import Study
from tranche.results import FIELDS

HEAD = ("test", "level", "fails", "failing dates per path (mean)", "paths on which it ever fails")


def section(study: Study) -> Markup | None:
    """Each level of each test: None for a deal without tests."""
    rows = []
    for test in study.deal.tests:
        for field in FIELDS["test"]:
            level = "trigger" if field == "breached" else field
            if level in test.levels:
                spread = study.results.spread(f"{test.name}.{field}")
                said = f"{test.breach} {words(test, test.levels[level])}".split(", ")
                steps = join((element("span", step, class_="whole") for step in said), ", ")  # a date is not broken
                rows.append((test.name, level.replace("_", "-"), steps, f"{spread.mean:.2f}", share(spread.positive)))
    if not rows:
        return None
    note = "A date fails as the documents say it, whether or not the cash suffices; grace and cures come after that."
    return join((table(HEAD, rows, numbers=3, label="Tests"), element("p", note, class_="note")))
