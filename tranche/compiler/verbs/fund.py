"""`fund`: tops accounts up to their targets."""

from __future__ import annotations

from tranche.compiler.context import Context
from tranche.compiler.limits import pot, step_limit
from tranche.compiler.masks import Mask
from tranche.deal import Step
from tranche.program import Op


def lower(context: Context, step: Step, mask: Mask) -> None:
    source = context.account(step.source)
    limit = mask.limit(context.emitter, step_limit(context, step, source))
    with pot(context, step, limit) as (cash, each):
        for name in step.targets:
            target = context.names[f"{name}.target"]()
            total, record = context.total(name, "funded")
            context.emitter.emit(Op.FUND, cash, context.account(name), target, each, total, record=record)
