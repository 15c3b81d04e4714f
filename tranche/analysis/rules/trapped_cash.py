"""Money that can never leave an account: it is paid in, and no step that can run takes it out."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.analysis.subject import Subject
from tranche.errors import DealWarning
from tranche.program import Step

RULE = "trapped-cash"


def trapped_cash(subject: Subject) -> Iterator[DealWarning]:
    """The default enforcement list, which empties every account, is no way out: it runs after a default alone."""
    steps = [step for listed in subject.stated.values() for step in listed if subject.runs(step).any()]
    for account in subject.deal.accounts:
        name = account.name
        filled = account.initial != 0.0 or any(_fills(step, name) for step in steps)
        if filled and not any(_takes(step, name) for step in steps):
            what = f"money that {name} holds can never leave it: no step that can run takes it out"
            if "enforcement" in subject.steps.keys() - subject.stated.keys():
                what = f"money that {name} holds leaves it only after a default: no step that can run takes it out"
            fix = f"draw: {name}, release: {name}, or a step with from: {name}"
            yield subject.warning(RULE, f"accounts.{name}", what, fix)


def _fills(step: Step, account: str) -> bool:
    return (step.verb not in ("draw", "release") and account in step.targets) or step.to == account


def _takes(step: Step, account: str) -> bool:
    """A verb that nobody described here may take from the account that it names."""
    return step.source == account or (step.verb not in ("fund", "transfer") and account in step.targets)
