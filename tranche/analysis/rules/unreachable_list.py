"""A waterfall for a status that nothing leads to."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.analysis.subject import Subject
from tranche.errors import DealWarning

RULE = "unreachable-status"
LEADS = {
    "revolving": "status.revolving",
    "lock_up": "a test with a lock_up level",
    "early_amortisation": "a test with an early_amortisation level",
    "enforcement": "a test with a default level",
}


def unreachable_list(subject: Subject) -> Iterator[DealWarning]:
    for status in subject.written:
        if status not in subject.steps:
            what = f"the waterfall for {status} never runs: no test leads to that status"
            fix = f"add {LEADS.get(status, 'what leads to it')}, or leave the list out"
            yield subject.warning(RULE, f"waterfall.{status}", what, fix)
