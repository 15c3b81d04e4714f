"""`release`: an account's excess over its target goes to cash, or to the account named by `to`."""

from __future__ import annotations

from tranche.compiler.context import Context
from tranche.compiler.limits import destination, each_limit
from tranche.compiler.masks import Mask
from tranche.deal import Step
from tranche.program import Op


def lower(context: Context, step: Step, mask: Mask) -> None:
    with destination(context, step.to) as to:
        for name, account, limit in each_limit(context, step, mask):
            target = context.names[f"{name}.target"]()
            total, record = context.total(name, "drawn")
            context.emitter.emit(Op.RELEASE, account, to, target, limit, total, record=record)
