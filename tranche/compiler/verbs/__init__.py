"""One file for each verb: how a step of it becomes instructions."""

from __future__ import annotations

from collections.abc import Callable

from tranche.compiler.context import Context
from tranche.compiler.masks import Mask
from tranche.deal import Step

from . import draw, fund, pay, release, repay, settle, sweep, transfer, write_down

VERBS: dict[str, Callable[[Context, Step, Mask], None]] = {
    "pay": pay.lower,
    "fund": fund.lower,
    "draw": draw.lower,
    "release": release.lower,
    "repay": repay.lower,
    "settle": settle.lower,
    "sweep": sweep.lower,
    "transfer": transfer.lower,
    "write_down": write_down.lower,
    "write_up": write_down.write_up,
}
