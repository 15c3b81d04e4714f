"""Whether every cent is where it should be, and what it takes to get the same figures again."""

from __future__ import annotations

from tranche._version import __version__
from tranche.report.figures import short_name
from tranche.report.html import Markup, element, table
from tranche.report.study import Study


def section(study: Study) -> Markup:
    """The conservation residual, and the run."""
    results, program, audit = study.results, study.program, study.results.audit
    rows = [
        ("cash in less cash out and cash held, at most", f"{audit.absolute:.3g} {program.currency}"),
        ("relative to the path's cash in, at most", f"{audit.relative:.3g}"),
        ("largest on", f"path {audit.path}, date {audit.period}"),
        ("paths", f"{results.count:,}"),
        ("seed", str(study.seed)),
        ("program", element("code", program.hash)),
        ("deal file", short_name(study.deal.source.file) or "made in Python"),
        ("tranche", __version__),
    ]
    return table(("of the run", "value"), rows, numbers=9, label="Audit")
