"""The instruction set: opcodes, what their operands are for, and what they report."""

from __future__ import annotations

import enum
from collections.abc import Mapping

import numpy as np

OPERANDS = 8  # registers an instruction can name

INSTRUCTION = np.dtype([("op", np.int32), ("record", np.int32, 2), ("r", np.int32, OPERANDS)])


class Op(enum.IntEnum):
    """The instruction set. `OPERAND_ROLES` gives the operands of each, `reference.py` its meaning in plain Python."""

    COPY = 0
    ADD = 1
    SUB = 2
    MUL = 3
    DIV = 4
    MIN = 5
    MAX = 6
    ABS = 7
    LT = 8
    LE = 9
    EQ = 10
    AND = 11
    OR = 12
    NOT = 13
    SELECT = 14
    WINDOW = 15
    SKIP = 16
    RECEIVE = 17
    ACCRUE = 18
    PAY = 19
    REPAY = 20
    SWEEP = 21
    TAKE = 22
    FUND = 23
    RELEASE = 24
    DRAW = 25
    MOVE = 26
    CAPITALISE = 27
    TEST = 28
    PRORATA = 29
    SHORTFALL = 30
    RECORD = 31
    # fused: see FUSED
    SERVICE = 32
    TOP_UP = 33
    PAY_CAPITALISE = 34
    SWEEP_WHEN = 35
    FALL_DUE = 36
    FALL_DUE_AGAIN = 37
    CLOSE = 38
    RECORD_TWO = 39
    PAY_ALL = 40
    REPAY_ALL = 41
    TAKE_ALL = 42
    COVER = 43
    EXCESS = 44
    TEST_ABOVE = 45
    SQRT = 46
    BORROW = 47
    # fused
    BEST = 48
    SCALE = 49
    SCALE_ADD = 50
    MUL_ADD = 51
    ADD_THREE = 52
    ADD_SEVEN = 53


# operand -> role: r read, s read and the same for every path (a constant or a series), w written, u updated (read and
# written), n a plain number and not a register.
OPERAND_ROLES: Mapping[Op, tuple[tuple[str, str], ...]] = {
    Op.COPY: (("d", "w"), ("a", "r")),
    **{
        op: (("d", "w"), ("a", "r"), ("b", "r"))
        for op in (Op.ADD, Op.SUB, Op.MUL, Op.DIV, Op.MIN, Op.MAX, Op.LT, Op.LE, Op.EQ, Op.AND, Op.OR)
    },
    Op.ABS: (("d", "w"), ("a", "r")),
    Op.SQRT: (("d", "w"), ("a", "r")),
    Op.NOT: (("d", "w"), ("a", "r")),
    Op.SELECT: (("d", "w"), ("condition", "r"), ("a", "r"), ("b", "r")),
    Op.WINDOW: (("d", "w"), ("a", "r"), ("ring", "u"), ("length", "n")),
    Op.SKIP: (("condition", "r"), ("count", "n")),
    Op.RECEIVE: (("cash", "u"), ("amount", "r"), ("total", "u")),
    Op.ACCRUE: (("due", "u"), ("balance", "r"), ("rate", "r")),
    Op.PAY: (("cash", "u"), ("due", "u"), ("limit", "r"), ("total", "u")),
    Op.REPAY: (("cash", "u"), ("due", "u"), ("limit", "r"), ("balance", "u"), ("total", "u")),
    Op.SWEEP: (("cash", "u"), ("limit", "r"), ("balance", "u"), ("total", "u")),
    Op.TAKE: (("cash", "u"), ("limit", "r"), ("total", "u")),
    Op.FUND: (("cash", "u"), ("account", "u"), ("target", "r"), ("limit", "r"), ("total", "u")),
    Op.RELEASE: (("account", "u"), ("cash", "u"), ("target", "r"), ("limit", "r"), ("total", "u")),
    Op.DRAW: (("account", "u"), ("cash", "u"), ("need", "r"), ("limit", "r"), ("total", "u")),
    Op.MOVE: (("source", "u"), ("to", "u"), ("limit", "r"), ("total", "u")),
    Op.BORROW: (("cash", "u"), ("drawn", "u"), ("ceiling", "r"), ("need", "r"), ("limit", "r"), ("total", "u")),
    Op.CAPITALISE: (("due", "u"), ("balance", "u"), ("limit", "r"), ("total", "u")),
    Op.TEST: (("breached", "w"), ("numerator", "r"), ("denominator", "r"), ("level", "r"), ("total", "u")),
    Op.TEST_ABOVE: (("breached", "w"), ("numerator", "r"), ("denominator", "r"), ("level", "r"), ("total", "u")),
    Op.PRORATA: (("d", "w"), ("pot", "r"), ("due", "r"), ("claims", "r")),
    Op.SHORTFALL: (("total", "u"), ("a", "r"), ("b", "r")),
    Op.RECORD: (("a", "r"),),
    Op.SERVICE: (
        ("cash", "u"),
        ("interest", "u"),
        ("principal", "u"),
        ("balance", "u"),
        ("interest_total", "u"),
        ("principal_total", "u"),
    ),
    Op.TOP_UP: (("cash", "u"), ("account", "u"), ("target", "r"), ("funded", "u"), ("drawn", "u")),
    Op.PAY_CAPITALISE: (("cash", "u"), ("due", "u"), ("balance", "u"), ("total", "u"), ("deferred", "u")),
    Op.SWEEP_WHEN: (("cash", "u"), ("condition", "r"), ("balance", "u"), ("total", "u")),
    Op.FALL_DUE: (("interest", "u"), ("balance", "r"), ("rate", "r"), ("principal", "w"), ("instalment", "r")),
    Op.FALL_DUE_AGAIN: (("interest", "u"), ("balance", "r"), ("rate", "r"), ("principal", "u"), ("instalment", "r")),
    Op.CLOSE: (("total", "u"), ("a", "r"), ("b", "r"), ("balance", "r")),
    Op.RECORD_TWO: (("a", "r"), ("b", "r")),
    Op.PAY_ALL: (("cash", "u"), ("due", "u"), ("total", "u")),
    Op.REPAY_ALL: (("cash", "u"), ("due", "u"), ("balance", "u"), ("total", "u")),
    Op.TAKE_ALL: (("cash", "u"), ("total", "u")),
    Op.COVER: (("account", "u"), ("cash", "u"), ("need", "r"), ("total", "u")),
    Op.EXCESS: (("d", "w"), ("a", "r"), ("b", "r")),
    Op.BEST: (("d", "w"), ("a", "r"), ("b", "r"), ("factor", "s"), ("less", "s")),
    Op.SCALE: (("d", "w"), ("a", "r"), ("factor", "s")),
    Op.SCALE_ADD: (("d", "w"), ("a", "r"), ("factor", "s"), ("b", "r")),
    Op.MUL_ADD: (("d", "w"), ("a", "r"), ("b", "r"), ("c", "r")),
    Op.ADD_THREE: (("d", "w"), *((name, "r") for name in "abc")),
    Op.ADD_SEVEN: (("d", "w"), *((name, "r") for name in "abcefgh")),
}
# by op, where among its operands the registers stand: those it only reads, those it writes, all of them
READ = {op: tuple(k for k, (_, role) in enumerate(roles) if role in "rs") for op, roles in OPERAND_ROLES.items()}
WRITTEN = {op: tuple(k for k, (_, role) in enumerate(roles) if role in "wu") for op, roles in OPERAND_ROLES.items()}
REGISTERS = {op: tuple(k for k, (_, role) in enumerate(roles) if role != "n") for op, roles in OPERAND_ROLES.items()}
SAME = {op: tuple(k for k, (_, role) in enumerate(roles) if role == "s") for op, roles in OPERAND_ROLES.items()}

# whose two operands may be exchanged, to the same bits
COMMUTATIVE = frozenset({Op.ADD, Op.MUL, Op.AND, Op.OR, Op.EQ})

# Operands whose movement (totals) or level an instruction's records sum, in the order of `record`.
RECORDED: dict[Op, tuple[str, ...]] = {
    **{op: ("total",) for op, roles in OPERAND_ROLES.items() if any(name == "total" for name, _ in roles)},
    Op.RECORD: ("a",),
    Op.SERVICE: ("interest_total", "principal_total"),
    Op.TOP_UP: ("funded", "drawn"),
    Op.PAY_CAPITALISE: ("total", "deferred"),
    Op.CLOSE: ("total", "balance"),
    Op.RECORD_TWO: ("a", "b"),
}
