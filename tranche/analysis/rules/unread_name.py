"""A definition or a series that no formula reads."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.analysis.subject import Subject
from tranche.errors import DealWarning

RULE = "unread-name"


def unread_name(subject: Subject) -> Iterator[DealWarning]:
    read = subject.reads
    named = [(f"definitions.{name}", name, name) for name in subject.deal.definitions]
    named += [(f"series.{series.name}", series.name, f"series.{series.name}") for series in subject.deal.series]
    for path, name, used in named:
        if not {name, used} & read:
            yield subject.warning(RULE, path, f"no formula reads {name}", "use it, or leave it out")
