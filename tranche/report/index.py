"""The index of a folder of reports."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs

from tranche.files import write_text

from .figures import share, years
from .html import Markup, element, table
from .page import document
from .study import Study

HEAD = ("deal", "tranche", "expected loss", "± s.e.", "default prob.", "WAL", "IRR")


@attrs.frozen
class Entry:
    """A deal of the index: its file, and the page and rows of its tranches, or why there is none."""

    file: str
    name: str = ""
    page: str = ""
    rows: tuple[tuple[Any, ...], ...] = ()
    failed: str = ""

    @classmethod
    def of(cls, study: Study, file: str, page: str) -> Entry:
        """What the index says of a deal that was reported to `page`, a path relative to the index."""
        frame = study.results.tranches()
        rows = tuple(
            (name, share(row["expected_loss"], 3), share(row["expected_loss_se"], 3), share(row["default_probability"]),
             years(row["wal"]), share(row["irr"]) if not math.isnan(row["irr"]) else "–")
            for name, row in frame.iterrows()
        )  # fmt: skip
        return cls(file, study.deal.name, page, rows)


def write_index(path: Path, entries: Sequence[Entry]) -> None:
    """Write the index page, whole or not at all. Raises UsageError where it cannot be written."""
    good = [entry for entry in entries if not entry.failed]
    bad = [entry for entry in entries if entry.failed]
    rows = [
        (_link(entry) if k == 0 else "", *row)
        for entry in good
        for k, row in enumerate(entry.rows)
    ]
    parts: list[object] = [
        element("header", element("div", element("h1", "Deals"), element("p", _count(good, bad), class_="sub"))),
    ]
    body: list[object] = [table(HEAD, rows, numbers=2, label="Deals")] if rows else []
    if bad:
        failures = [(entry.file, element("pre", entry.failed)) for entry in bad]
        body += [element("h2", "Failed"), table(("file", "why"), failures, numbers=9, label="Failed")]
    parts.append(element("main", *body))
    write_text(path, document("Deals", Markup("".join(str(part) for part in parts))))


def _count(good: Sequence[Entry], bad: Sequence[Entry]) -> str:
    said = f"{len(good)} deal{'' if len(good) == 1 else 's'}"
    return said + (f", {len(bad)} failed" if bad else "")


def _link(entry: Entry) -> Markup:
    return element("span", element("a", entry.name, href=entry.page), element("div", entry.file, class_="note"))
