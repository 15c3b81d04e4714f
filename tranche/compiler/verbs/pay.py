"""`pay`: what is due to debts and fees, or all that is left to a residual."""

from __future__ import annotations

from tranche.compiler.context import Context, Due
from tranche.compiler.expressions import lower_formula
from tranche.compiler.limits import pot, step_limit
from tranche.compiler.masks import Mask
from tranche.compiler.values import INFINITE, ZERO, Lane, Value
from tranche.deal import Step
from tranche.program import Op


def lower(context: Context, step: Step, mask: Mask) -> None:
    source = context.account(step.source)
    limit = mask.limit(context.emitter, step_limit(context, step, source))
    with pot(context, step, limit) as (cash, each):
        limits = [each] * len(step.targets)
        if step.group == "pro_rata" and len(step.targets) > 1:
            limits = shares(context, cash, [unpaid(context, target) for target in step.targets])
        for target, own in zip(step.targets, limits, strict=True):
            _pay(context, cash, target, own)
    if step.short == "capitalise":
        for target in step.targets:
            name, _, part = target.partition(".")
            if part == "interest" and name in context.debts:
                capitalise(context, name, mask.limit(context.emitter))


def shares(context: Context, cash: Lane, dues: list[Value]) -> list[Value]:
    """Each one's part of the cash, in proportion to what it is due: of what those before it leave, by its due in what
    is due to it and to those after it. So the last one that is due anything gets all that is left, and no rounding
    stays behind. Where there is enough, a part is above the due, and the payment itself stops at the due."""
    emitter = context.emitter
    claims = [dues[-1]]  # of each and of those after it, from the back
    for due in reversed(dues[:-1]):
        claims.append(emitter.compute(Op.ADD, due, claims[-1], name="claims"))
    parts: list[Value] = []
    left: Value = cash
    for due, claim in zip(dues[:-1], claims[:0:-1], strict=True):
        parts.append(emitter.compute(Op.PRORATA, left, due, claim, name="part"))
        left = emitter.compute(Op.SUB, left, parts[-1], name="part")
    return [*parts, left]


def unpaid(context: Context, target: str) -> Value:
    """What a target is still due on this date; a residual is due all there is."""
    return context.dues[target].unpaid if target in context.dues else INFINITE


def _pay(context: Context, cash: Lane, target: str, limit: Value) -> None:
    emitter = context.emitter
    due = context.dues.get(target)
    if due is not None:
        if due.to is not None:
            _cure(context, cash, due, limit)
            return
        total, record = context.total(due.owner, due.field, side=-1)
        if due.balance is None:
            emitter.emit(Op.PAY, cash, due.unpaid, limit, total, record=record)
        else:
            emitter.emit(Op.REPAY, cash, due.unpaid, limit, due.balance, total, record=record)
    else:
        if context.residuals_wait is not None:
            ready = lower_formula(context, context.residuals_wait)
            limit = emitter.compute(Op.SELECT, ready, limit, ZERO, name="limit")
        total, record = context.total(target, "distribution", side=-1)
        emitter.emit(Op.TAKE, cash, limit, total, record=record)


def _cure(context: Context, cash: Lane, due: Due, limit: Value) -> None:
    """A payment that stays in the deal: into an account, as much as the due is credited."""
    assert due.to is not None
    emitter = context.emitter
    amount = emitter.compute(Op.MIN, limit, emitter.compute(Op.MIN, cash, due.unpaid, name="credit"), name="credit")
    amount = emitter.frozen(emitter.compute(Op.MAX, ZERO, amount, name="credit"))
    total, record = context.total(due.owner, due.field)
    emitter.emit(Op.PAY, cash, due.unpaid, amount, total, record=record)
    total, record = context.total(due.to, "funded")
    emitter.emit(Op.RECEIVE, context.account(due.to), amount, total, record=record)


def capitalise(context: Context, name: str, limit: Value) -> None:
    """Unpaid interest of a debt becomes balance."""
    if limit == ZERO:
        return
    debt = context.debts[name]
    total, record = context.total(name, "deferred")
    context.emitter.emit(Op.CAPITALISE, debt.interest, debt.balance, limit, total, record=record)
