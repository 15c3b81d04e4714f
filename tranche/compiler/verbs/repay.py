"""`repay`: a debt's balance, whether or not any of it is due; of a revolver, what is repaid can be drawn again."""

from __future__ import annotations

from tranche.compiler.context import Context
from tranche.compiler.masks import Mask
from tranche.deal import Step

from . import sweep


def lower(context: Context, step: Step, mask: Mask) -> None:
    sweep.lower(context, step, mask)
