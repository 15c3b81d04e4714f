"""`draw`: an account covers what cash lacks for the dues named, or is emptied into cash when none is named."""

from __future__ import annotations

from tranche.compiler.context import Context
from tranche.compiler.limits import step_limit
from tranche.compiler.masks import Mask
from tranche.compiler.values import INFINITE, Value
from tranche.deal import Step
from tranche.program import Op

from .pay import unpaid


def lower(context: Context, step: Step, mask: Mask) -> None:
    emitter = context.emitter
    need: Value = INFINITE
    if step.cover:
        need = unpaid(context, step.cover[0])
        for item in step.cover[1:]:
            need = emitter.compute(Op.ADD, need, unpaid(context, item), name="need")
    for name in step.targets:
        account = context.account(name)
        limit = mask.limit(emitter, step_limit(context, step, account))
        total, record = context.total(name, "drawn")
        emitter.emit(Op.DRAW, account, context.account(step.to), need, limit, total, record=record)
