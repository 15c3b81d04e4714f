"""The parts of a report that are text and tables, in the order of the page."""

from __future__ import annotations

from collections.abc import Callable

from tranche.report.html import Markup
from tranche.report.study import Study

from . import assumptions, audit, summary, terms, tests, waterfall, worst

Section = tuple[str, str, Callable[[Study], Markup | None]]  # id, heading, and what makes it (None: nothing to say)

BEFORE: tuple[Section, ...] = (
    ("tranches", "Tranches", summary.section),
    ("tests", "Tests", tests.section),
)
AFTER: tuple[Section, ...] = (
    ("worst", "The worst path, explained", worst.section),
    ("waterfall", "The waterfall", waterfall.section),
    ("terms", "The term sheet, as understood", terms.section),
    ("assumptions", "Assumptions", assumptions.section),
    ("audit", "Audit", audit.section),
)
