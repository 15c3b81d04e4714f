"""`draw`: an account covers what cash lacks for the dues named, or is emptied into cash when none is named; a debt is
drawn up to what is available of it."""

from __future__ import annotations

from tranche.compiler import draws
from tranche.compiler.context import Context
from tranche.compiler.expressions import lower_formula
from tranche.compiler.limits import destination, each_limit
from tranche.compiler.masks import Mask
from tranche.compiler.values import INFINITE, ZERO, Constant, Lane, Value
from tranche.deal import Step
from tranche.program import Op

from .pay import unpaid


def _debts(context: Context, step: Step, mask: Mask, need: Value, to: Lane) -> None:
    """Each debt gives what may be drawn of it (or the step's share of that), within what the limit and those before it
    leave."""
    emitter = context.emitter
    left = INFINITE if step.limit is None else lower_formula(context, step.limit)
    for k, name in enumerate(step.targets):
        debt = context.debts[name]
        most = draws.room(context, debt)
        if step.share is not None:
            most = emitter.compute(Op.MUL, Constant(step.share), most)
        if need != INFINITE:
            most = emitter.compute(Op.MIN, most, emitter.compute(Op.SUB, need, context.account(step.to)), name="draw")
        most = emitter.compute(Op.MIN, most, mask.limit(emitter, left), name="draw")
        amount = emitter.compute(Op.MAX, ZERO, most, name="draw")
        draws.draw(context, debt, amount, to)
        if left != INFINITE and k + 1 < len(step.targets):
            left = emitter.compute(Op.SUB, left, amount, name="limit left")


def lower(context: Context, step: Step, mask: Mask) -> None:
    emitter = context.emitter
    need: Value = INFINITE
    if step.cover:
        need = unpaid(context, step.cover[0])
        for item in step.cover[1:]:
            need = emitter.compute(Op.ADD, need, unpaid(context, item), name="need")
    with destination(context, step) as to:
        if step.targets[0] in context.debts:
            _debts(context, step, mask, need, to)
            return
        for name, account, limit in each_limit(context, step, mask):
            total, record = context.total(name, "drawn")
            emitter.emit(Op.DRAW, account, to, need, limit, total, record=record)
