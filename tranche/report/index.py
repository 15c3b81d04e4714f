"""The index of a folder of reports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs

from tranche.files import write_text

from .html import Markup, element, grouped, join, table
from .page import document, run_of
from .sections.summary import risks
from .study import Study

HEAD = ("tranche", "expected loss", "± s.e.", "prob. of loss", "WAL", "IRR")
NOTE = (
    "Expected loss in percent of the notional, with its standard error; probability of loss: the share of paths on "
    "which the tranche ends with a loss; WAL in years from closing; IRR effective per annum. Each page says more."
)


@attrs.frozen
class Entry:
    """A deal of the index: its file, and the page, the run and the rows of its tranches, or why there is none."""

    file: str
    name: str = ""
    page: str = ""
    run: str = ""
    rows: tuple[tuple[Any, ...], ...] = ()
    failed: str = ""

    @classmethod
    def of(cls, study: Study, file: str, page: str) -> Entry:
        """What the index says of a deal that was reported to `page`, a path relative to the index."""
        rows = tuple((name, *risks(study, str(name))) for name in study.results.tranches().index)
        return cls(file, study.deal.name, page, f"{run_of(study)}, {study.program.currency}", rows)


def write_index(path: Path, entries: Sequence[Entry]) -> None:
    """Write the index page, whole or not at all. Raises UsageError where it cannot be written."""
    good = [entry for entry in entries if not entry.failed]
    bad = [entry for entry in entries if entry.failed]
    header = element("header", element("div", element("h1", "Deals"), element("p", _count(good, bad), class_="sub")))
    body: list[object] = []
    if good:
        groups = ((_title(entry), entry.rows) for entry in good)
        body += [grouped(HEAD, groups, label="Deals"), element("p", NOTE, class_="note")]
    if bad:
        failures = [(entry.file, element("pre", entry.failed)) for entry in bad]
        body += [element("h2", "Failed"), table(("file", "why"), failures, numbers=9, label="Failed")]
    write_text(path, document("Deals", join((header, element("main", *body)))))


def _count(good: Sequence[Entry], bad: Sequence[Entry]) -> str:
    said = f"{len(good)} deal{'' if len(good) == 1 else 's'}"
    return said + (f", {len(bad)} failed" if bad else "")


def _title(entry: Entry) -> Markup:
    said = element("div", f"{entry.file} · {entry.run}", class_="note")
    return join((element("a", entry.name, href=entry.page), said))
