"""Fused instructions: which sequences of simple ones they stand for."""

from __future__ import annotations

import attrs

from .instructions import Op

# Operands that are not registers of the Program: an infinite limit, zero, and temporaries that nothing else reads.
UNLIMITED, NOTHING, SCRATCH = "∞", "0", ("scratch", "scratch 2", "scratch 3", "scratch 4", "scratch 5")


@attrs.frozen
class Part:
    """One instruction of a fused one: its operands, as names of the fused one's operands or one of those above."""

    op: Op
    operands: tuple[str, ...]


# Operands that the compiler must know to be never negative before it uses a fused instruction: its payments are not
# clamped at zero from below. With such operands no clamp would do anything, so that it still does what its parts do.
UNCLAMPED: dict[Op, tuple[str, ...]] = {
    Op.SERVICE: ("cash", "interest", "principal", "balance"),
    Op.PAY_CAPITALISE: ("cash", "due"),
    Op.PAY_ALL: ("cash", "due"),
    Op.REPAY_ALL: ("cash", "due", "balance"),
    Op.TAKE_ALL: ("cash",),
}

# Fused instructions: frequent sequences in one loop. By definition each does what its parts do, to the last bit (those
# of UNCLAMPED: what its parts do without their clamps).
FUSED: dict[Op, tuple[Part, ...]] = {
    Op.SERVICE: (
        Part(Op.PAY, ("cash", "interest", UNLIMITED, "interest_total")),
        Part(Op.REPAY, ("cash", "principal", UNLIMITED, "balance", "principal_total")),
    ),
    Op.TOP_UP: (
        Part(Op.FUND, ("cash", "account", "target", UNLIMITED, "funded")),
        Part(Op.RELEASE, ("account", "cash", "target", UNLIMITED, "drawn")),
    ),
    Op.PAY_CAPITALISE: (
        Part(Op.PAY, ("cash", "due", UNLIMITED, "total")),
        Part(Op.CAPITALISE, ("due", "balance", UNLIMITED, "deferred")),
    ),
    Op.SWEEP_WHEN: (
        Part(Op.SELECT, (SCRATCH[0], "condition", UNLIMITED, NOTHING)),
        Part(Op.SWEEP, ("cash", SCRATCH[0], "balance", "total")),
    ),
    Op.FALL_DUE_AGAIN: (
        Part(Op.ACCRUE, ("interest", "balance", "rate")),
        Part(Op.ADD, (SCRATCH[0], "principal", "instalment")),
        Part(Op.MIN, ("principal", "balance", SCRATCH[0])),
    ),
    Op.FALL_DUE: (
        Part(Op.ACCRUE, ("interest", "balance", "rate")),
        Part(Op.MIN, ("principal", "balance", "instalment")),
    ),
    Op.CLOSE: (
        Part(Op.SHORTFALL, ("total", "a", "b")),
        Part(Op.RECORD, ("balance",)),
    ),
    Op.RECORD_TWO: (
        Part(Op.RECORD, ("a",)),
        Part(Op.RECORD, ("b",)),
    ),
    Op.EXCESS: (
        Part(Op.SUB, (SCRATCH[0], "a", "b")),
        Part(Op.MAX, ("d", NOTHING, SCRATCH[0])),
    ),
    Op.BEST: (
        Part(Op.MUL, (SCRATCH[0], "b", "factor")),
        Part(Op.SUB, (SCRATCH[1], SCRATCH[0], "less")),
        Part(Op.MAX, ("d", "a", SCRATCH[1])),
    ),
    Op.SCALE_ADD: (
        Part(Op.MUL, (SCRATCH[0], "a", "factor")),
        Part(Op.ADD, ("d", SCRATCH[0], "b")),
    ),
    Op.MUL_ADD: (
        Part(Op.MUL, (SCRATCH[0], "a", "b")),
        Part(Op.ADD, ("d", SCRATCH[0], "c")),
    ),
    Op.SCALE: (Part(Op.MUL, ("d", "a", "factor")),),
    Op.ADD_SEVEN: (
        Part(Op.ADD, (SCRATCH[0], "a", "b")),
        *(Part(Op.ADD, (SCRATCH[k + 1], SCRATCH[k], name)) for k, name in enumerate("cefg")),
        Part(Op.ADD, ("d", SCRATCH[4], "h")),
    ),
    Op.ADD_THREE: (
        Part(Op.ADD, (SCRATCH[0], "a", "b")),
        Part(Op.ADD, ("d", SCRATCH[0], "c")),
    ),
    Op.PAY_ALL: (Part(Op.PAY, ("cash", "due", UNLIMITED, "total")),),
    Op.REPAY_ALL: (Part(Op.REPAY, ("cash", "due", UNLIMITED, "balance", "total")),),
    Op.TAKE_ALL: (Part(Op.TAKE, ("cash", UNLIMITED, "total")),),
    Op.COVER: (Part(Op.DRAW, ("account", "cash", "need", UNLIMITED, "total")),),
}
