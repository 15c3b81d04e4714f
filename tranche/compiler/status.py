"""Stage 5 of a period: the status that the tests lead to, and the mask of each waterfall."""

from __future__ import annotations

from tranche.program import Claim, Op

from .context import Context
from .coverage import Biting
from .masks import Mask
from .values import ONE, ZERO, Value


def lower(context: Context, biting: Biting) -> dict[str, Mask]:
    """The mask of each status (`performing` alone when nothing sets a status)."""
    if not biting["lock_up"] and not biting["default"]:
        context.names["status.lock_up"] = context.names["status.default"] = lambda: ZERO
        return {"performing": Mask()}
    with context.emitter.step("status", "status of the deal"):
        return _status(context, biting)


def _status(context: Context, biting: Biting) -> dict[str, Mask]:
    """Default is for good; lock-up lasts as long as its test fails; default overrides lock-up."""
    emitter = context.emitter
    defaulted: Value = ZERO
    if biting["default"]:
        state = emitter.state("status.default")
        defaulted = _any(context, [state, *biting["default"]])
        emitter.emit(Op.COPY, state, defaulted)
        context.record("status", "default", state, flow=False)
        context.claims.append(Claim("status", "status"))
    locked = _any(context, biting["lock_up"])
    locked = emitter.compute(Op.AND, locked, emitter.compute(Op.NOT, defaulted))
    performing = emitter.compute(Op.NOT, emitter.compute(Op.OR, locked, defaulted))
    context.names["status.lock_up"] = lambda: locked
    context.names["status.default"] = lambda: defaulted
    masks = {"performing": Mask(ONE, performing), "lock_up": Mask(ONE, locked), "enforcement": Mask(ONE, defaulted)}
    return {status: mask for status, mask in masks.items() if mask.lane != ZERO}


def _any(context: Context, conditions: list[Value]) -> Value:
    result: Value = ZERO
    for condition in conditions:
        result = condition if result == ZERO else context.emitter.compute(Op.OR, result, condition)
    return result
