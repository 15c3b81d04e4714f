"""A broken rule, told so that a person can act on it: the rule, the stress that breaks it, and the waterfall there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tranche.engine import Scenario
from tranche.explanation.explain import explain_inputs
from tranche.explanation.text import day_by_day

from .broken import BrokenInvariant

if TYPE_CHECKING:
    from .observed import Observed
    from .strategies import Stress

DATES = 2  # the date on which the rule breaks, and the one before


def told(rule: Callable[[Observed], None], stress: Stress) -> str:
    """The text of a failure: what breaks on the stress, and what each step did on the last dates up to there."""
    try:
        rule(stress.observe())
    except BrokenInvariant as found:
        broken = found
    else:
        raise AssertionError(f"{rule.__name__} holds on {stress}")
    first, _, _ = " ".join((rule.__doc__ or "").split()).partition(". ")
    lines = [str(broken), f"  rule: {first.removesuffix('.')}", f"  on: {stress}"]
    if broken.period is not None:
        lines += ["", *_waterfall(stress, broken.period)]
    return "\n".join(lines)


def _waterfall(stress: Stress, period: int) -> Iterator[str]:
    explanation = explain_inputs(Scenario(stress.program, stress.observe().inputs.sources), 0)
    yield from day_by_day(stress.program, explanation.days[max(0, period - DATES) : period], every=True)
