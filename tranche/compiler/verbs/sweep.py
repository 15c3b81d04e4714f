"""`sweep`: repays principal down to a zero balance: first an instalment that is due and would stay due, then beyond."""

from __future__ import annotations

from tranche.compiler.context import Context, DebtRegisters
from tranche.compiler.limits import pot, step_limit
from tranche.compiler.masks import Mask
from tranche.compiler.values import INFINITE, Lane, Value
from tranche.deal import Step
from tranche.program import Op

from .pay import shares


def lower(context: Context, step: Step, mask: Mask) -> None:
    source = context.account(step.source)
    limit = mask.limit(context.emitter, step_limit(context, step, source))
    debts = [context.debts[target.split(".")[0]] for target in step.targets]  # repay: X; sweep: X.principal
    with pot(context, step, limit) as (cash, each):
        limits = [each] * len(debts)
        if step.group == "pro_rata" and len(debts) > 1:
            limits = shares(context, cash, [debt.balance for debt in debts])
        for debt, own in zip(debts, limits, strict=True):
            sweep_debt(context, cash, debt, own)


def sweep_debt(context: Context, cash: Lane, debt: DebtRegisters, limit: Value) -> None:
    """An instalment that will be due again until it is paid (`catch_up`) is paid first, or it would be billed twice."""
    emitter, name = context.emitter, debt.terms.name
    if debt.terms.amortisation.carries:
        before = cash if limit == INFINITE else emitter.frozen(cash)
        total, record = context.total(name, "principal", side=-1)
        emitter.emit(Op.REPAY, cash, debt.principal, limit, debt.balance, total, record=record)
        if limit != INFINITE:
            limit = emitter.compute(Op.SUB, limit, emitter.compute(Op.SUB, before, cash), name="limit left")
    total, record = context.total(name, "prepaid", side=-1)
    emitter.emit(Op.SWEEP, cash, limit, debt.balance, total, record=record)
