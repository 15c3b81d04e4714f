"""All rules on one deal, less what the deal itself accepts."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.deal import Deal
from tranche.deal.deal import ACCEPTABLE
from tranche.errors import DealWarning

from .rules import RULES
from .subject import Subject


def warnings_of(deal: Deal) -> tuple[DealWarning, ...]:
    """What the deal may well not mean, in the order of its file. Raises DealError where it does not compile.

    What stands under the deal's `accept` is left out; an entry there that accepts nothing is a warning itself.
    """
    subject = Subject.of(deal)
    found = [warning for rule in RULES for warning in rule(subject)]
    left = [one for one in found if one.place.path not in deal.accept]
    left += _nothing_to_accept(subject, {one.place.path for one in found})
    return tuple(sorted(left, key=lambda one: (one.place.line, one.place.path, one.rule)))


def _nothing_to_accept(subject: Subject, paths: set[str]) -> Iterator[DealWarning]:
    for path in subject.deal.accept:
        if path not in paths and path not in ACCEPTABLE:
            fix = f"leave it out, or write one of {', '.join(sorted(paths))}" if paths else "leave it out"
            yield subject.warning("accept", f"accept.{path}", f"nothing is warned of at {path!r}", fix)
