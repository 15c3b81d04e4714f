"""The modifiers of a step: whether it runs, and how much it may move."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tranche.deal import Step
from tranche.program import Op

from .context import Context
from .expressions import lower_formula
from .masks import Mask
from .values import INFINITE, ZERO, Constant, Lane, Value, series


def step_mask(context: Context, step: Step, mask: Mask) -> Mask:
    """The mask of the list, the dates `after`/`until`, and `when`."""
    after, until = step.after, step.until
    if after is not None or until is not None:
        inside = [(after is None or date >= after) and (until is None or date <= until) for date in context.dates.dates]
        mask = mask.also(context.emitter, series([float(x) for x in inside]))
    if step.when is not None:
        mask = mask.also(context.emitter, lower_formula(context, step.when))
    return mask


def step_limit(context: Context, step: Step, source: Value) -> Value:
    """The lower of `limit` and `share` of what is in the source account; infinite without either."""
    return _own_share(context, step, source, stated_limit(context, step))


def stated_limit(context: Context, step: Step) -> Value:
    """The `limit` of a step as it is when the step begins; infinite without one."""
    return INFINITE if step.limit is None else context.emitter.frozen(lower_formula(context, step.limit))


def _own_share(context: Context, step: Step, source: Value, limit: Value) -> Value:
    if step.share is None:
        return limit
    share = context.emitter.frozen(context.emitter.compute(Op.MUL, Constant(step.share), source))
    return context.emitter.compute(Op.MIN, limit, share)


@contextmanager
def pot(context: Context, step: Step, limit: Value) -> Iterator[tuple[Lane, Value]]:
    """Where the targets of a step are paid from, and each one's limit. Several targets under one limit are paid from a
    transit account, which gives back what they did not take: so the limit holds for all of them together. What left an
    account other than cash is recorded."""
    emitter, source = context.emitter, context.account(step.source)
    paid_from, each, unrecorded = source, limit, None
    if len(step.targets) > 1 and limit != INFINITE:
        paid_from, each, unrecorded = emitter.state("transit"), INFINITE, emitter.state("transit (moved)")
        emitter.emit(Op.MOVE, source, paid_from, limit, unrecorded)
    before = emitter.frozen(paid_from) if step.source != "cash" else ZERO
    yield paid_from, each
    taken = emitter.compute(Op.SUB, before, paid_from, name="taken") if step.source != "cash" else ZERO
    if unrecorded is not None:
        emitter.emit(Op.MOVE, paid_from, source, INFINITE, unrecorded)
    if step.source != "cash":
        total, record = context.total(step.source, "drawn")
        emitter.emit(Op.SHORTFALL, total, taken, ZERO, record=record)


@contextmanager
def destination(context: Context, to: str) -> Iterator[Lane]:
    """Where to put money that goes into the account `to`, which records what arrives when it is not cash."""
    if to == "cash":
        yield context.cash
        return
    transit = context.emitter.state("transit")
    yield transit
    total, record = context.total(to, "funded")
    context.emitter.emit(Op.MOVE, transit, context.account(to), INFINITE, total, record=record)


def each_limit(context: Context, step: Step, mask: Mask) -> Iterator[tuple[str, Lane, Value]]:
    """The accounts that a step takes money out of, one after the other, with what each may give: its share, and of the
    step's limit what those before it left. The caller emits the move before it asks for the next."""
    emitter = context.emitter
    left = stated_limit(context, step)
    for k, name in enumerate(step.targets):
        account = context.account(name)
        shared = left != INFINITE and k + 1 < len(step.targets)
        before = emitter.frozen(account) if shared else account
        yield name, account, mask.limit(emitter, _own_share(context, step, account, left))
        if shared:
            left = emitter.compute(Op.SUB, left, emitter.compute(Op.SUB, before, account), name="limit left")
