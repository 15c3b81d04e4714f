"""`repay`: a debt's balance, whether or not any of it is due; of a revolver, what is repaid can be drawn again. What
was drawn under facilities, and what guarantors are owed."""

from __future__ import annotations

from tranche.compiler.context import Context
from tranche.compiler.limits import pot, step_limit
from tranche.compiler.masks import Mask
from tranche.deal import Step
from tranche.program import Op

from . import sweep
from .pay import shares


def lower(context: Context, step: Step, mask: Mask) -> None:
    if step.targets[0] in context.debts:
        sweep.lower(context, step, mask)
        return
    emitter = context.emitter
    source = context.account(step.source)
    limit = mask.limit(emitter, step_limit(context, step, source))
    with pot(context, step, limit) as (cash, each):
        credits = [context.credits[name] for name in step.targets]
        limits = [each] * len(credits)
        if step.group == "pro_rata" and len(credits) > 1:
            limits = shares(context, cash, [credit.owed for credit in credits])
        for credit, own in zip(credits, limits, strict=True):
            total, record = context.total(credit.terms.name, credit.repaid, side=-1)
            emitter.emit(Op.SWEEP, cash, own, credit.owed, total, record=record)
