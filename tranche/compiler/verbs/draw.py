"""`draw`: an account covers what cash lacks for the dues named, or is emptied into cash when none is named; a debt is
drawn up to what is available of it; a facility or a guarantee covers what cash lacks; free coins of a treasury are
sold."""

from __future__ import annotations

from tranche.compiler import draws
from tranche.compiler.collateral import treasury
from tranche.compiler.context import Context
from tranche.compiler.credit import available, ceiling
from tranche.compiler.limits import destination, each_limit, stated_limit
from tranche.compiler.masks import Mask
from tranche.compiler.symbols import dues_of
from tranche.compiler.values import INFINITE, ONE, ZERO, Constant, Lane, Value
from tranche.deal import Step
from tranche.program import Op

from .pay import unpaid


def _debts(context: Context, step: Step, mask: Mask, need: Value, to: Lane) -> None:
    """Each debt gives what may be drawn of it (or the step's share of that), within what the limit and those before it
    leave."""
    emitter = context.emitter
    left = stated_limit(context, step)
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


def _coins(context: Context, step: Step, mask: Mask, need: Value, to: Lane) -> None:
    """Each treasury gives what those before it left lacking, and of the step's limit; or its share of free coins."""
    emitter = context.emitter
    left = stated_limit(context, step)
    for name in step.targets:
        most = left
        if step.share is not None:
            worth = emitter.compute(Op.MUL, Constant(step.share), treasury.worth(context, name), name="share")
            most = emitter.compute(Op.MIN, most, worth, name="limit")
        got = treasury.draw(context, name, to, need, mask.limit(emitter, most), step.cover)
        if left != INFINITE:
            left = emitter.compute(Op.SUB, left, got, name="limit left")


def lower(context: Context, step: Step, mask: Mask) -> None:
    if step.targets[0] in context.credits:
        _borrow(context, step, mask)
        return
    emitter = context.emitter
    need = _need(context, step.cover) if step.cover else INFINITE
    with destination(context, step.to) as to:
        if step.targets[0] in context.debts:
            _debts(context, step, mask, need, to)
            return
        if need != INFINITE and step.to != "cash":
            need = emitter.compute(Op.SUB, need, context.account(step.to), name="lacking")
        if step.targets[0] in context.treasuries:
            _coins(context, step, mask, need, to)
            return
        for name, account, limit in each_limit(context, step, mask):
            total, record = context.total(name, "drawn")
            emitter.emit(Op.DRAW, account, to, need, limit, total, record=record)


def _need(context: Context, cover: tuple[str, ...]) -> Value:
    """What is unpaid of the dues named; a debt stands for its interest and principal."""
    parts = dues_of(cover, context.debts)
    need = unpaid(context, parts[0])
    for item in parts[1:]:
        need = context.emitter.compute(Op.ADD, need, unpaid(context, item), name="need")
    return need


def _borrow(context: Context, step: Step, mask: Mask) -> None:
    emitter = context.emitter
    left = stated_limit(context, step)
    to = context.account(step.to)
    for name in step.targets:
        credit = context.credits[name]
        need = _need(context, step.cover or credit.terms.covers)
        limit = emitter.compute(Op.SELECT, available(context, credit), left, ZERO, name="limit")
        total, record = context.total(name, credit.field, side=1)
        before = emitter.frozen(credit.drawn)
        most = ceiling(context, credit)
        emitter.emit(Op.BORROW, to, credit.drawn, most, need, mask.limit(emitter, limit), total, record=record)
        if credit.owed == credit.drawn and left == INFINITE and step.to == "cash":
            continue
        came = emitter.compute(Op.SUB, credit.drawn, before, name="drawn")
        if credit.owed != credit.drawn:
            emitter.emit(Op.ACCRUE, credit.owed, came, ONE)
        if step.to != "cash":
            context.flow(step.to, "funded", came)
        left = emitter.compute(Op.SUB, left, came, name="limit left")
