"""A draw that counts what an earlier one brought in for other dues: it stands between that draw and its payments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tranche.analysis.subject import Subject
from tranche.compiler.symbols import dues_of
from tranche.errors import DealWarning
from tranche.program import Step

RULE = "draw-on-draw"


def draw_on_draw(subject: Subject) -> Iterator[DealWarning]:
    """A draw brings what cash lacks of its own dues, whoever the cash is meant for. Two draws in a row for different
    dues are short by the first one; they are not where the second is for all dues of both, or the first is paid out
    before it."""
    for steps in subject.stated.values():
        for k, step in enumerate(steps):
            if _draws(step) and subject.runs(step).any():
                yield from _counted(subject, steps[:k], step)


def _counted(subject: Subject, before: Sequence[Step], step: Step) -> Iterator[DealWarning]:
    own = _dues(subject, step)
    paid: set[str] = set()
    for earlier in reversed(before):
        if earlier.verb in ("pay", "sweep", "settle") and earlier.source == step.to:
            paid |= set(earlier.targets)
        if not _draws(earlier) or earlier.to != step.to or set(earlier.targets) & set(step.targets):
            continue
        waiting = _dues(subject, earlier) - paid - own
        if waiting and own - _dues(subject, earlier) and (subject.runs(earlier) & subject.runs(step)).any():
            names = f"{', '.join(earlier.targets)} brought in for {', '.join(sorted(waiting))}"
            what = f"it counts what {names}, which no step has paid yet"
            fix = "a place after that payment, or `for:` with the dues of both"
            yield subject.warning(RULE, f"{step.path}.draw", what, fix)
            return


def _draws(step: Step) -> bool:
    return step.verb == "draw" and bool(step.cover)


def _dues(subject: Subject, step: Step) -> set[str]:
    """The dues that a draw is for; a tranche stands for its interest and principal."""
    debts = {tranche.name for tranche in subject.deal.tranches}
    return set(dues_of(step.cover, debts))
