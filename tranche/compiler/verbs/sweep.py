"""`sweep`: prepays principal beyond what is due, down to a zero balance."""

from __future__ import annotations

from tranche.compiler.context import Context
from tranche.compiler.limits import pot, step_limit
from tranche.compiler.masks import Mask
from tranche.deal import Step
from tranche.program import Op

from .pay import shares


def lower(context: Context, step: Step, mask: Mask) -> None:
    source = context.account(step.source)
    limit = mask.limit(context.emitter, step_limit(context, step, source))
    debts = [context.debts[target.split(".")[0]] for target in step.targets]
    with pot(context, step, limit) as (cash, each):
        limits = [each] * len(debts)
        if step.group == "pro_rata" and len(debts) > 1:
            limits = shares(context, cash, [debt.balance for debt in debts])
        for debt, own in zip(debts, limits, strict=True):
            total, record = context.total(debt.terms.name, "prepaid")
            context.emitter.emit(Op.SWEEP, cash, own, debt.balance, total, record=record)
