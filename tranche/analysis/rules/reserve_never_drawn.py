"""A reserve that never helps: it is filled up to a target, but no step pays a due from it before a default.

An account whose target reads a test or the status is a trap, not a reserve: its target lets the money go again.
"""

from __future__ import annotations

from collections.abc import Iterator

from tranche.analysis.subject import Subject
from tranche.errors import DealWarning
from tranche.program import Step

from .trapped_cash import trapped_cash

RULE = "reserve-never-drawn"


def reserve_never_drawn(subject: Subject) -> Iterator[DealWarning]:
    trapped = {warning.place.path for warning in trapped_cash(subject)}
    tests = {test.name for test in subject.deal.tests} | {"status"}
    for account in subject.deal.accounts:
        path = f"accounts.{account.name}"
        if account.target is None or path in trapped:
            continue
        if {name.partition(".")[0] for name in subject.behind(account.target)} & tests:
            continue
        before = [step for status, listed in subject.steps.items() if status != "enforcement" for step in listed]
        if any(_funds(step, account.name) for step in before) and not any(_uses(step, account.name) for step in before):
            what = f"{account.name} is filled up to its target, but no step pays anything from it before a default"
            yield subject.warning(RULE, path, what, f"draw: {account.name} with for: [TRANCHE.interest, …]")


def _funds(step: Step, account: str) -> bool:
    return step.verb == "fund" and account in step.targets


def _uses(step: Step, account: str) -> bool:
    return step.source == account or (step.verb not in ("fund", "release") and account in step.targets)
