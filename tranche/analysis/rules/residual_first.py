"""Residual before debt: a list pays a residual all that is left, and a debt or fee further down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tranche.analysis.subject import Subject, owner_of
from tranche.errors import DealWarning
from tranche.program import Step

RULE = "residual-first"


def residual_first(subject: Subject) -> Iterator[DealWarning]:
    """A residual without condition leaves nothing, so that any later payment from its account gets nothing unless cash
    comes in between; one with a condition, a limit or a share stands before dues that no earlier step pays."""
    kinds = {claim.name: claim.kind for claim in subject.program.claims}
    for steps in subject.stated.values():
        for k, step in enumerate(steps):
            taken = [name for name in step.targets if kinds.get(name) == "residual"]
            if step.verb != "pay" or not taken or not subject.runs(step).any():
                continue
            later = _passed_over(subject, steps, k, kinds)
            if later:
                paid = f"{', '.join(later)} {'is' if len(later) == 1 else 'are'} paid"
                what = f"{taken[0]} takes what is left before {paid}"
                yield subject.warning(RULE, f"{step.path}.{step.verb}", what, "residuals last")


def _passed_over(subject: Subject, steps: Sequence[Step], k: int, kinds: dict[str, str]) -> list[str]:
    step = steps[k]
    takes_all = not {key for key, _ in step.details} & {"limit", "share", "when", "waits"}
    paid = {target for earlier in steps[:k] for target in earlier.targets}
    found: list[str] = []
    for later in steps[k + 1 :]:
        if _brings(later, step.source) or not (subject.runs(later) & subject.runs(step)).any():
            if _brings(later, step.source):
                break
            continue
        if later.verb in ("pay", "sweep") and later.source == step.source:
            owed = [target for target in later.targets if kinds.get(owner_of(target)) != "residual"]
            found += [target for target in owed if takes_all or target not in paid]
    return list(dict.fromkeys(found))


def _brings(step: Step, account: str) -> bool:
    """Whether cash comes into the account by this step."""
    return step.verb not in ("pay", "sweep", "fund") and step.to == account
