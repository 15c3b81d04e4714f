"""The kernel, one instruction at a time, with results worked out by hand. A new opcode needs a case here."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.kernel.running import kernel_run, one_instruction, quanta
from tranche._kernels import waterfall
from tranche.program import OPERAND_ROLES, RECORDED, Op
from tranche.reference import exact, run_path

INF = math.inf
Case = tuple[Op, dict[str, float], dict[str, float]]

# op, operands before, operands after (those not named keep what they had)
CASES: list[Case] = [
    (Op.COPY, {"a": 3.5}, {"d": 3.5}),
    (Op.ADD, {"a": 0.1, "b": 0.2}, {"d": 0.1 + 0.2}),
    (Op.SUB, {"a": 1.0, "b": 3.0}, {"d": -2.0}),
    (Op.MUL, {"a": 1.5, "b": -4.0}, {"d": -6.0}),
    (Op.DIV, {"a": 7.0, "b": 2.0}, {"d": 3.5}),
    (Op.DIV, {"a": 7.0, "b": 0.0}, {"d": INF}),
    (Op.DIV, {"a": -7.0, "b": 0.0}, {"d": -INF}),
    (Op.DIV, {"a": 0.0, "b": 0.0}, {"d": 0.0}),
    (Op.MIN, {"a": 2.0, "b": 3.0}, {"d": 2.0}),
    (Op.MIN, {"a": INF, "b": 3.0}, {"d": 3.0}),
    (Op.MAX, {"a": 2.0, "b": 3.0}, {"d": 3.0}),
    (Op.ABS, {"a": -2.5}, {"d": 2.5}),
    (Op.SQRT, {"a": 2.25}, {"d": 1.5}),
    (Op.SQRT, {"a": 2.0}, {"d": math.sqrt(2.0)}),
    (Op.SQRT, {"a": -4.0}, {"d": 0.0}),
    (Op.SQRT, {"a": math.nan}, {"d": 0.0}),
    (Op.SQRT, {"a": INF}, {"d": INF}),
    (Op.LT, {"a": 1.0, "b": 2.0}, {"d": 1.0}),
    (Op.LT, {"a": 2.0, "b": 2.0}, {"d": 0.0}),
    (Op.LE, {"a": 2.0, "b": 2.0}, {"d": 1.0}),
    (Op.LE, {"a": 2.5, "b": 2.0}, {"d": 0.0}),
    (Op.EQ, {"a": 2.0, "b": 2.0}, {"d": 1.0}),
    (Op.EQ, {"a": 2.0, "b": 2.5}, {"d": 0.0}),
    (Op.AND, {"a": 5.0, "b": -1.0}, {"d": 1.0}),
    (Op.AND, {"a": 5.0, "b": 0.0}, {"d": 0.0}),
    (Op.OR, {"a": 0.0, "b": -1.0}, {"d": 1.0}),
    (Op.OR, {"a": 0.0, "b": 0.0}, {"d": 0.0}),
    (Op.NOT, {"a": 0.0}, {"d": 1.0}),
    (Op.NOT, {"a": 0.25}, {"d": 0.0}),
    (Op.SELECT, {"condition": 1.0, "a": 4.0, "b": 5.0}, {"d": 4.0}),
    (Op.SELECT, {"condition": 0.0, "a": 4.0, "b": 5.0}, {"d": 5.0}),
    (Op.EXCESS, {"a": 5.0, "b": 3.0}, {"d": 2.0}),
    (Op.EXCESS, {"a": 3.0, "b": 5.0}, {"d": 0.0}),
    (Op.BEST, {"a": 1.0, "b": 5.0, "factor": 2.0, "less": 3.0}, {"d": 7.0}),
    (Op.BEST, {"a": 8.0, "b": 5.0, "factor": 2.0, "less": 3.0}, {"d": 8.0}),
    (Op.SCALE, {"a": 3.0, "factor": -0.5}, {"d": -1.5}),
    (Op.SCALE_ADD, {"a": 3.0, "factor": 0.5, "b": 4.0}, {"d": 5.5}),
    (Op.MUL_ADD, {"a": 3.0, "b": 0.5, "c": 4.0}, {"d": 5.5}),
    (Op.ADD_THREE, {"a": 1.0, "b": 2.0**53, "c": 1.0}, {"d": 2.0**53}),  # from the left: each 1 is lost
    (Op.ADD_SEVEN, {name: 2.0**k for k, name in enumerate("abcefgh")}, {"d": 127.0}),
    (Op.ADD_SEVEN, {"a": 2.0**53} | dict.fromkeys("bcefgh", 1.0), {"d": 2.0**53}),
    (Op.RECEIVE, {"cash": 1.0, "amount": 10.0, "total": 0.0}, {"cash": 11.0, "total": 10.0}),
    (Op.ACCRUE, {"due": 3.0, "balance": 100.0, "rate": 0.05}, {"due": 8.0}),
    # enough cash · too little · capped by the limit · a negative limit moves nothing
    (Op.PAY, {"cash": 100.0, "due": 30.0, "limit": INF}, {"cash": 70.0, "due": 0.0, "total": 30.0}),
    (Op.PAY, {"cash": 20.0, "due": 30.0, "limit": INF}, {"cash": 0.0, "due": 10.0, "total": 20.0}),
    (Op.PAY, {"cash": 100.0, "due": 30.0, "limit": 12.0}, {"cash": 88.0, "due": 18.0, "total": 12.0}),
    (Op.PAY, {"cash": 100.0, "due": 30.0, "limit": -12.0}, {}),
    (Op.PAY, {"cash": 100.0, "due": -30.0, "limit": INF}, {}),
    (Op.PAY, {"cash": 100.0, "due": 30.0, "limit": math.nan}, {"cash": 70.0, "due": 0.0, "total": 30.0}),
    (Op.PAY_ALL, {"cash": 20.0, "due": 30.0}, {"cash": 0.0, "due": 10.0, "total": 20.0}),
    (
        Op.REPAY,
        {"cash": 100.0, "due": 40.0, "limit": INF, "balance": 500.0},
        {"cash": 60.0, "due": 0.0, "balance": 460.0, "total": 40.0},
    ),
    (
        Op.REPAY,
        {"cash": 100.0, "due": 40.0, "limit": INF, "balance": 25.0},
        {"cash": 75.0, "due": 15.0, "balance": 0.0, "total": 25.0},
    ),
    (
        Op.REPAY,
        {"cash": 100.0, "due": 40.0, "limit": 5.0, "balance": 500.0},
        {"cash": 95.0, "due": 35.0, "balance": 495.0, "total": 5.0},
    ),
    (
        Op.REPAY_ALL,
        {"cash": 30.0, "due": 40.0, "balance": 500.0},
        {"cash": 0.0, "due": 10.0, "balance": 470.0, "total": 30.0},
    ),
    (
        Op.SWEEP,
        {"cash": 100.0, "limit": INF, "balance": 70.0},
        {"cash": 30.0, "balance": 0.0, "total": 70.0},
    ),
    (Op.SWEEP, {"cash": 100.0, "limit": 8.0, "balance": 70.0}, {"cash": 92.0, "balance": 62.0, "total": 8.0}),
    (
        Op.SWEEP_WHEN,
        {"cash": 100.0, "condition": 1.0, "balance": 70.0},
        {"cash": 30.0, "balance": 0.0, "total": 70.0},
    ),
    (Op.SWEEP_WHEN, {"cash": 100.0, "condition": 0.0, "balance": 70.0}, {}),
    (Op.TAKE, {"cash": 100.0, "limit": INF}, {"cash": 0.0, "total": 100.0}),
    (Op.TAKE, {"cash": 100.0, "limit": 40.0}, {"cash": 60.0, "total": 40.0}),
    (Op.TAKE_ALL, {"cash": 100.0}, {"cash": 0.0, "total": 100.0}),
    (
        Op.FUND,
        {"cash": 100.0, "account": 5.0, "target": 20.0, "limit": INF},
        {"cash": 85.0, "account": 20.0, "total": 15.0},
    ),
    (Op.FUND, {"cash": 100.0, "account": 25.0, "target": 20.0, "limit": INF}, {}),
    (
        Op.RELEASE,
        {"account": 25.0, "cash": 1.0, "target": 20.0, "limit": INF},
        {"account": 20.0, "cash": 6.0, "total": 5.0},
    ),
    # the need · the room below the ceiling · the limit · nothing lacking, no room, no number
    (
        Op.BORROW,
        {"cash": 3.0, "drawn": 2.0, "ceiling": 20.0, "need": 10.0, "limit": INF},
        {"cash": 10.0, "drawn": 9.0, "total": 7.0},
    ),
    (
        Op.BORROW,
        {"cash": 3.0, "drawn": 2.0, "ceiling": 6.0, "need": 10.0, "limit": INF},
        {"cash": 7.0, "drawn": 6.0, "total": 4.0},
    ),
    (
        Op.BORROW,
        {"cash": 3.0, "drawn": 2.0, "ceiling": 20.0, "need": 10.0, "limit": 1.5},
        {"cash": 4.5, "drawn": 3.5, "total": 1.5},
    ),
    (Op.BORROW, {"cash": 12.0, "drawn": 2.0, "ceiling": 20.0, "need": 10.0, "limit": INF}, {}),
    (Op.BORROW, {"cash": 3.0, "drawn": 2.0, "ceiling": 1.0, "need": 10.0, "limit": INF}, {}),
    (Op.BORROW, {"cash": 3.0, "drawn": 2.0, "ceiling": 20.0, "need": math.nan, "limit": INF}, {}),
    (Op.BORROW, {"cash": 3.0, "drawn": 2.0, "ceiling": math.nan, "need": 10.0, "limit": INF}, {}),
    # a negative target releases what there is and no more
    (
        Op.RELEASE,
        {"account": 25.0, "cash": 1.0, "target": -20.0, "limit": INF},
        {"account": 0.0, "cash": 26.0, "total": 25.0},
    ),
    (
        Op.DRAW,
        {"account": 50.0, "cash": 10.0, "need": 30.0, "limit": INF},
        {"account": 30.0, "cash": 30.0, "total": 20.0},
    ),
    (Op.DRAW, {"account": 50.0, "cash": 40.0, "need": 30.0, "limit": INF}, {}),
    (
        Op.DRAW,
        {"account": 50.0, "cash": 10.0, "need": INF, "limit": 7.0},
        {"account": 43.0, "cash": 17.0, "total": 7.0},
    ),
    (Op.COVER, {"account": 5.0, "cash": 10.0, "need": 30.0}, {"account": 0.0, "cash": 15.0, "total": 5.0}),
    (Op.MOVE, {"source": 50.0, "to": 1.0, "limit": 20.0}, {"source": 30.0, "to": 21.0, "total": 20.0}),
    (Op.MOVE, {"source": 50.0, "to": 1.0, "limit": INF}, {"source": 0.0, "to": 51.0, "total": 50.0}),
    (
        Op.CAPITALISE,
        {"due": 6.0, "balance": 100.0, "limit": INF},
        {"due": 0.0, "balance": 106.0, "total": 6.0},
    ),
    (Op.CAPITALISE, {"due": 6.0, "balance": 100.0, "limit": 0.0}, {}),
    (Op.TEST, {"numerator": 11.0, "denominator": 10.0, "level": 1.25}, {"breached": 1.0, "total": 1.0}),
    (Op.TEST, {"numerator": 12.5, "denominator": 10.0, "level": 1.25}, {"breached": 0.0}),
    (Op.TEST, {"numerator": -1.0, "denominator": 0.0, "level": 1.25}, {"breached": 0.0}),
    (Op.TEST, {"numerator": -1.0, "denominator": 10.0, "level": -INF}, {"breached": 0.0}),
    (Op.TEST_ABOVE, {"numerator": 8.5, "denominator": 10.0, "level": 0.75}, {"breached": 1.0, "total": 1.0}),
    (Op.TEST_ABOVE, {"numerator": 7.5, "denominator": 10.0, "level": 0.75}, {"breached": 0.0}),
    (Op.TEST_ABOVE, {"numerator": 1.0, "denominator": -10.0, "level": 0.75}, {"breached": 1.0, "total": 1.0}),
    (Op.TEST_ABOVE, {"numerator": 0.0, "denominator": 0.0, "level": 0.75}, {"breached": 0.0}),
    (Op.TEST_ABOVE, {"numerator": 1.0, "denominator": 0.0, "level": INF}, {"breached": 0.0}),
    (Op.TEST_ABOVE, {"numerator": 1.0, "denominator": 10.0, "level": INF}, {"breached": 0.0}),
    (Op.PRORATA, {"pot": 30.0, "due": 10.0, "claims": 40.0}, {"d": 7.5}),
    (Op.PRORATA, {"pot": 30.0, "due": 0.0, "claims": 0.0}, {"d": 0.0}),
    (Op.SHORTFALL, {"total": 1.0, "a": 2.0, "b": 4.0}, {"total": 7.0}),
    (Op.RECORD, {"a": 2.0}, {}),
    (Op.RECORD_TWO, {"a": 2.0, "b": 3.0}, {}),
    (Op.CLOSE, {"total": 1.0, "a": 2.0, "b": 4.0, "balance": 90.0}, {"total": 7.0}),
    (
        Op.SERVICE,
        {"cash": 50.0, "interest": 30.0, "principal": 40.0, "balance": 500.0},
        {
            "cash": 0.0, "interest": 0.0, "principal": 20.0, "balance": 480.0,
            "interest_total": 30.0, "principal_total": 20.0,
        },
    ),
    # a sweep before has left less than is due
    (
        Op.SERVICE,
        {"cash": 50.0, "interest": 30.0, "principal": 40.0, "balance": 15.0},
        {
            "cash": 5.0, "interest": 0.0, "principal": 25.0, "balance": 0.0,
            "interest_total": 30.0, "principal_total": 15.0,
        },
    ),
    (
        Op.TOP_UP,
        {"cash": 50.0, "account": 5.0, "target": 20.0},
        {"cash": 35.0, "account": 20.0, "funded": 15.0},
    ),
    (
        Op.TOP_UP,
        {"cash": 50.0, "account": 25.0, "target": 20.0},
        {"cash": 55.0, "account": 20.0, "drawn": 5.0},
    ),
    (
        Op.PAY_CAPITALISE,
        {"cash": 4.0, "due": 10.0, "balance": 100.0},
        {"cash": 0.0, "due": 0.0, "balance": 106.0, "total": 4.0, "deferred": 6.0},
    ),
    (
        Op.FALL_DUE,
        {"interest": 1.0, "balance": 100.0, "rate": 0.02, "principal": 7.0, "instalment": 30.0},
        {"interest": 3.0, "principal": 30.0},
    ),
    (
        Op.FALL_DUE_AGAIN,
        {"interest": 1.0, "balance": 100.0, "rate": 0.02, "principal": 7.0, "instalment": 30.0},
        {"interest": 3.0, "principal": 37.0},
    ),
    (
        Op.FALL_DUE_AGAIN,
        {"interest": 1.0, "balance": 20.0, "rate": 0.05, "principal": 7.0, "instalment": 30.0},
        {"interest": 2.0, "principal": 20.0},
    ),
]  # fmt: skip


def _left(op: Op, before: dict[str, float], after: dict[str, float]) -> list[float]:
    """What its registers hold in the end, those aside that are the same for every path."""
    return [after.get(name, before.get(name, 0.0)) for name, role in OPERAND_ROLES[op] if role != "s"]


@pytest.mark.parametrize(("op", "before", "after"), CASES, ids=lambda x: x.name if isinstance(x, Op) else "")
def test_an_instruction_does_what_the_hand_computed_case_says(
    op: Op, before: dict[str, float], after: dict[str, float]
) -> None:
    program = one_instruction(op, before)
    totals, sums, _ = kernel_run(program, np.zeros((70, 1, 1)))
    expected = _left(op, before, after)
    np.testing.assert_array_equal(totals, np.tile(expected, (70, 1)))
    roles = dict(OPERAND_ROLES[op])
    for number, name in enumerate(roles):  # 70 times what moved (totals), or 70 times the level
        if name in RECORDED.get(op, ()):
            moved = expected[number] - (before.get(name, 0.0) if roles[name] != "r" else 0.0)
            assert quanta(sums)[0][number] * program.quantum == 70 * moved


@pytest.mark.parametrize(("op", "before", "after"), CASES, ids=lambda x: x.name if isinstance(x, Op) else "")
def test_the_twin_does_the_same_in_floats_and_exactly(
    op: Op, before: dict[str, float], after: dict[str, float]
) -> None:
    if any(math.isnan(value) for value in before.values()):
        pytest.skip("exact arithmetic has no NaN")
    program = one_instruction(op, before)
    expected = _left(op, before, after)
    assert run_path(program, np.zeros((1, 0))).totals == expected
    in_fractions = run_path(program, np.zeros((1, 0)), exact).totals
    assert [float(x) for x in in_fractions] == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(("op", "second", "third"), [(Op.MUL_ADD, "b", "c"), (Op.SCALE_ADD, "factor", "b")])
def test_a_product_is_rounded_before_it_is_added_to(op: Op, second: str, third: str) -> None:
    program = one_instruction(op, {"a": 2.0**27 + 1, second: 2.0**27 + 1, third: -(2.0**54)})
    assert run_path(program, np.zeros((1, 0))).totals[0] == 2.0**28  # and not 2**28 + 1
    assert kernel_run(program, np.zeros((64, 1, 1)))[0][:, 0].tolist() == [2.0**28] * 64


def test_every_instruction_has_a_case() -> None:
    elsewhere = {Op.WINDOW, Op.SKIP}  # tests/kernel/test_periods.py
    assert {op for op, _, _ in CASES} == set(Op) - elsewhere


def test_the_kernel_was_compiled_with_the_opcodes_of_the_program() -> None:
    assert waterfall.opcodes() == {op.name: int(op) for op in Op}
