"""Seniority inverted: a list pays a junior debt before a senior one its like, against the ranks of the tranches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tranche.analysis.subject import Subject
from tranche.errors import DealWarning
from tranche.program import Step

RULE = "seniority"


def seniority(subject: Subject) -> Iterator[DealWarning]:
    """Interest is compared with interest and principal with principal, by their first payment in the list out of one
    account; in enforcement any payment of a junior with principal of the senior."""
    order = subject.deal.ranks
    debts = [debt.name for debt in subject.deal.debts_by_rank]
    for status, steps in subject.stated.items():
        for k, senior in enumerate(debts):
            for junior in (name for name in debts[k + 1 :] if order[name] > order[senior]):
                yield from _inverted(subject, status, steps, senior, junior, (order[senior], order[junior]))


def _inverted(
    subject: Subject, status: str, steps: Sequence[Step], senior: str, junior: str, ranked_as: tuple[int, int]
) -> Iterator[DealWarning]:
    for part in ("interest", "principal"):
        against = "principal" if status == "enforcement" else part
        before, after = _first(steps, f"{junior}.{part}"), _first(steps, f"{senior}.{against}")
        if before is None or after is None or before >= after:
            continue
        if steps[before[0]].source != steps[after[0]].source:
            continue
        what = (
            f"{part} of {junior} (rank {ranked_as[1]}) is paid before {against} of {senior} (rank {ranked_as[0]})"
        )
        path = f"{steps[before[0]].path}.{steps[before[0]].verb}"
        yield subject.warning(RULE, path, what, "change the order, or the ranks of the tranches")


def _first(steps: Sequence[Step], due: str) -> tuple[int, int] | None:
    """The first payment of a due: the number of the step, and the place in it (targets that share stand equal)."""
    for k, step in enumerate(steps):
        if due in step.targets:
            return k, 0 if step.group == "pro_rata" else step.targets.index(due)
    return None
