"""`transfer`: moves money from one account to another; without a limit, all of it."""

from __future__ import annotations

from tranche.compiler.context import Context
from tranche.compiler.limits import destination, step_limit
from tranche.compiler.masks import Mask
from tranche.deal import Step
from tranche.program import Op


def lower(context: Context, step: Step, mask: Mask) -> None:
    emitter = context.emitter
    source, (name,) = context.account(step.source), step.targets
    limit = mask.limit(emitter, step_limit(context, step, source))
    if step.source == "cash":
        total, record = context.total(name, "funded")
        emitter.emit(Op.MOVE, source, context.account(name), limit, total, record=record)
        return
    total, record = context.total(step.source, "drawn")
    with destination(context, name) as to:  # each account records its own side
        emitter.emit(Op.MOVE, source, to, limit, total, record=record)
