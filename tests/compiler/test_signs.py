"""Registers that are never negative: what is claimed holds, and what could fail is not claimed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.compiler.line import Line
from tranche.compiler.signs import never_negative
from tranche.program import INSTRUCTION, OPERAND_ROLES, Kind, Op, Program, Register, instruction
from tranche.reference import run_path

ZERO, ONE, MINUS, ENDLESS, SERIES, CASH, FACTOR, STATE = range(8)
REGISTERS = (
    Register("0", Kind.CONSTANT, 0.0),
    Register("1", Kind.CONSTANT, 1.0),
    Register("-1", Kind.CONSTANT, -1.0),
    Register("inf", Kind.CONSTANT, math.inf),
    Register("series 0", Kind.SERIES),
    Register("collections.cash", Kind.INPUT),
    Register("market.rate", Kind.INPUT),
    *(Register(f"x{k}", Kind.STATE) for k in range(5)),
)
PERIODS = 3
# what a deal is made of; no infinite arithmetic, which a run refuses
OPS = [op for op in Op if op < Op.SERVICE and op not in (Op.SKIP, Op.WINDOW, Op.DIV, Op.PRORATA)]


def proven(lines: list[Line], values: tuple[float, ...] = (1.0, 2.0, 3.0)) -> set[int]:
    return never_negative(lines, REGISTERS, {SERIES: np.array(values)})


@pytest.mark.parametrize(
    ("op", "operands", "holds"),
    [
        (Op.COPY, (STATE, CASH), True),
        (Op.COPY, (STATE, FACTOR), False),
        (Op.COPY, (STATE, MINUS), False),
        (Op.COPY, (STATE, ENDLESS), False),
        (Op.ADD, (STATE, CASH, ONE), True),
        (Op.ADD, (STATE, CASH, MINUS), False),
        (Op.SUB, (STATE, ONE, CASH), False),
        (Op.MUL, (STATE, CASH, SERIES), True),
        (Op.MUL, (STATE, CASH, ENDLESS), False),  # 0 · inf
        (Op.MUL, (STATE, MINUS, MINUS), False),
        (Op.MIN, (STATE, CASH, ENDLESS), True),
        (Op.MIN, (STATE, CASH, FACTOR), False),
        (Op.MAX, (STATE, ZERO, MINUS), True),
        (Op.MAX, (STATE, ZERO, FACTOR), False),  # the factor may be -0.0
        (Op.LT, (STATE, FACTOR, MINUS), True),
        (Op.SELECT, (STATE, FACTOR, ONE, CASH), True),
        (Op.SELECT, (STATE, FACTOR, ONE, MINUS), False),
        (Op.DIV, (STATE, CASH, ONE), False),
        (Op.ACCRUE, (STATE, CASH, ONE), True),
        (Op.ACCRUE, (STATE, CASH, FACTOR), False),
        (Op.PAY, (STATE, STATE + 1, FACTOR, STATE + 2), True),
    ],
)
def test_one_instruction(op: Op, operands: tuple[int, ...], holds: bool) -> None:
    assert (STATE in proven([Line(op, operands)])) == holds


def test_a_series_is_what_its_values_are() -> None:
    copied = [Line(Op.COPY, (STATE, SERIES))]
    lower = [Line(Op.MIN, (STATE, SERIES, CASH))]
    assert STATE in proven(copied)
    assert STATE not in proven(copied, (1.0, -1.0, 0.0)) and STATE not in proven(copied, (1.0, -0.0, 0.0))
    assert STATE not in proven(copied, (0.0, 0.0, math.inf)) and STATE in proven(lower, (0.0, 0.0, math.inf))


def test_doubt_travels_against_the_order_of_the_instructions() -> None:
    lines = [Line(Op.COPY, (STATE, STATE + 1)), Line(Op.COPY, (STATE + 1, FACTOR))]
    assert not proven(lines) & {STATE, STATE + 1}


@st.composite
def lines(draw: st.DrawFn) -> list[Line]:
    result = []
    for op in draw(st.lists(st.sampled_from(OPS), min_size=1, max_size=8)):
        states = draw(st.permutations(range(STATE, len(REGISTERS))))
        operands = []
        for _, role in OPERAND_ROLES[op]:
            reads = st.sampled_from([n for n in range(STATE) if n != ENDLESS] + [states[-1]])
            operands.append(draw(reads) if role == "r" else states.pop(0))
        result.append(Line(op, tuple(operands)))
    return result


@given(
    lines=lines(),
    inputs=st.lists(
        st.tuples(st.sampled_from([0.0, 0.1, 7.0]), st.sampled_from([-3.0, -0.0, 0.0, 5.0])),
        min_size=PERIODS,
        max_size=PERIODS,
    ),
)
def test_what_is_proven_holds(lines: list[Line], inputs: list[tuple[float, float]]) -> None:
    found = proven(lines)
    rows = [instruction(line.op, line.operands) for line in lines]
    series = np.array([[1.0, 2.0, 3.0]])
    program = Program("signs", "USD", np.array(rows, INSTRUCTION), REGISTERS, series, ())

    def look(period: int, number: int, op: Op, before: dict, after: dict, moved: float) -> None:
        for (name, _), register in zip(OPERAND_ROLES[op], lines[number].operands, strict=True):
            if register in found:
                assert after[name] >= 0 and math.copysign(1.0, after[name]) > 0, (op, name, after)

    run_path(program, inputs, watch=look)
