"""`draw`: an account covers what cash lacks for the dues named, or is emptied into cash when none is named."""

from __future__ import annotations

from tranche.compiler.context import Context
from tranche.compiler.limits import destination, each_limit
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
    with destination(context, step) as to:
        for name, account, limit in each_limit(context, step, mask):
            total, record = context.total(name, "drawn")
            emitter.emit(Op.DRAW, account, to, need, limit, total, record=record)
