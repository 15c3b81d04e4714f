"""`release`: an account's excess over its target goes to cash, or to the account named by `to`."""

from __future__ import annotations

from tranche.compiler.context import Context
from tranche.compiler.limits import step_limit
from tranche.compiler.masks import Mask
from tranche.deal import Step
from tranche.program import Op


def lower(context: Context, step: Step, mask: Mask) -> None:
    for name in step.targets:
        account = context.account(name)
        limit = mask.limit(context.emitter, step_limit(context, step, account))
        target = context.names[f"{name}.target"]()
        total, record = context.total(name, "drawn")
        context.emitter.emit(
            Op.RELEASE, account, context.account(step.to), target, limit, total, record=record
        )
