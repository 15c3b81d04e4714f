"""`repay`: a debt's balance, whether or not any of it is due; of a revolver, what is repaid can be drawn again. What
was drawn under facilities, and what guarantors are owed."""

from __future__ import annotations

from tranche.compiler.context import Context
from tranche.compiler.credit import owed
from tranche.compiler.limits import pot, step_limit
from tranche.compiler.masks import Mask
from tranche.compiler.values import Lane
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
        balances = [owed(context, name, context.credits[name]) for name in step.targets]
        limits = [each] * len(balances)
        if step.group == "pro_rata" and len(balances) > 1:
            limits = shares(context, cash, balances)
        for name, balance, own in zip(step.targets, balances, limits, strict=True):
            credit = context.credits[name]
            total, record = context.total(name, credit.repaid, side=-1)
            if balance != credit.drawn:  # what can be called again is another figure: see `owed`
                left = emitter.state(f"{name}.owed")
                emitter.emit(Op.COPY, left, balance)
                balance = left
            assert isinstance(balance, Lane)
            emitter.emit(Op.SWEEP, cash, own, balance, total, record=record)
