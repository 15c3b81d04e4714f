"""`write_down`: balances are reduced by a loss; `write_up`: what was written down is owed again. No money moves."""

from __future__ import annotations

from collections.abc import Callable

from tranche.compiler.context import Context, DebtRegisters
from tranche.compiler.limits import stated_limit
from tranche.compiler.masks import Mask
from tranche.compiler.values import Lane, Value
from tranche.deal import Step
from tranche.program import Op

from .pay import shares


def lower(context: Context, step: Step, mask: Mask) -> None:
    emitter = context.emitter
    for debt in _move(context, step, mask, "written_down", lambda debt: debt.balance):
        due = emitter.compute(Op.MIN, debt.balance, debt.principal, name="due")  # no more is due than is owed
        due = emitter.compute(Op.SELECT, mask.lane, due, debt.principal, name="due")
        emitter.emit(Op.COPY, debt.principal, due)


def write_up(context: Context, step: Step, mask: Mask) -> None:
    """What was written down before is owed again, up to all of it."""
    _move(context, step, mask, "written_up", _written)


def _written(debt: DebtRegisters) -> Lane:
    assert debt.written is not None
    return debt.written


def _move(
    context: Context, step: Step, mask: Mask, field: str, source: Callable[[DebtRegisters], Lane]
) -> list[DebtRegisters]:
    """The limit of the step goes round its debts in order, or by the balances that are reduced; returns the debts."""
    emitter = context.emitter
    debts = [context.debts[target] for target in step.targets]
    left = mask.limit(emitter, stated_limit(context, step))
    limits: list[Value] = []
    if step.group == "pro_rata" and len(debts) > 1:
        purse = emitter.temp("loss")
        emitter.emit(Op.COPY, purse, left)
        limits = shares(context, purse, [emitter.frozen(source(debt)) for debt in debts])
    for k, debt in enumerate(debts):
        reduced = source(debt)
        raised = _written(debt) if reduced == debt.balance else debt.balance
        before = emitter.frozen(reduced)
        total, record = context.total(debt.terms.name, field)
        emitter.emit(Op.MOVE, reduced, raised, limits[k] if limits else left, total, record=record)
        if not limits and k + 1 < len(debts):
            moved = emitter.compute(Op.SUB, before, reduced, name="moved")
            left = emitter.compute(Op.SUB, left, moved, name="left")
    return debts
