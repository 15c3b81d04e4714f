"""How often the deal's tests fail."""

from __future__ import annotations

from tranche.report.figures import share
from tranche.report.html import Markup, table
from tranche.report.study import Study
from tranche.results import FIELDS

HEAD = ("test", "level", "failed on dates a path", "ever, share of paths")


def section(study: Study) -> Markup | None:
    """Each level of each test: None for a deal without tests."""
    rows = []
    for test in study.deal.tests:
        for field in FIELDS["test"]:
            level = "trigger" if field == "breached" else field
            if level in test.levels:
                spread = study.results.spread(f"{test.name}.{field}")
                rows.append((test.name, level.replace("_", "-"), f"{spread.mean:.2f}", share(spread.positive)))
    return table(HEAD, rows, numbers=2, label="Tests") if rows else None
