"""The slow twin: exact where it is asked to be, and open to a watch."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from tests.compiler.small import small, step
from tests.kernel.running import one_instruction
from tranche.compiler import compile_deal
from tranche.program import OPERAND_ROLES, Op
from tranche.reference import evaluate, exact, run_path


def test_exact_keeps_every_digit_and_infinities() -> None:
    assert exact(0.1) == Fraction(0.1) != Fraction(1, 10)
    assert exact(math.inf) == math.inf
    assert exact(-math.inf) == -math.inf


def test_in_fractions_cash_is_conserved_where_floats_lose_digits() -> None:
    program = compile_deal(small(step("pay", "agent", "senior.interest"), step("pay", "equity", share=0.3)))
    rows = np.random.default_rng(1).uniform(0, 10, (4, 1))
    residuals = []
    for number in (float, exact):
        result = run_path(program, rows, number)
        names = [record.name for record in program.records]
        total = dict(zip(names, result.totals, strict=True))
        paid = total["agent.paid"] + total["senior.interest"] + total["equity.distribution"]
        residuals.append(total["collateral.collections"] - paid - total["cash.balance"])
    assert residuals[1] == 0
    assert isinstance(residuals[1], Fraction)
    assert abs(residuals[0]) < 1e-13


def test_a_watch_sees_every_instruction_before_and_after() -> None:
    program = one_instruction(Op.PAY, {"cash": 10.0, "due": 4.0, "limit": math.inf}, periods=2)
    seen: list[tuple[Any, ...]] = []
    run_path(program, np.zeros((2, 0)), watch=lambda *all_of_it: seen.append(all_of_it))
    assert seen == [
        (
            0, 0, Op.PAY,
            {"cash": 10.0, "due": 4.0, "limit": math.inf, "total": 0.0},
            {"cash": 6.0, "due": 0.0, "limit": math.inf, "total": 4.0},
            4.0,
        ),
        (
            1, 0, Op.PAY,
            {"cash": 6.0, "due": 0.0, "limit": math.inf, "total": 4.0},
            {"cash": 6.0, "due": 0.0, "limit": math.inf, "total": 4.0},
            0.0,
        ),
    ]  # fmt: skip


def test_a_watch_changes_nothing_and_skipped_instructions_are_not_seen() -> None:
    program = compile_deal(small(step("pay", "agent", when="final"), step("pay", "equity")), fuse=False)
    rows = np.full((4, 1), 5.0)
    seen: list[tuple[int, Op]] = []
    watched = run_path(program, rows, watch=lambda t, at, op, before, after, amount: seen.append((t, op)))
    assert watched == run_path(program, rows)
    assert [t for t, op in seen if op is Op.PAY] == [3]


@pytest.mark.parametrize(
    ("op", "values", "expected"),
    [
        (Op.ADD, (0.1, 0.2), 0.1 + 0.2),
        (Op.DIV, (1.0, 0.0), math.inf),
        (Op.MIN, (math.nan, 1.0), 1.0),
        (Op.SELECT, (0.0, 1.0, 2.0), 2.0),
        (Op.LE, (2.0, 2.0), 1.0),
        (Op.NOT, (3.0,), 0.0),
    ],
)
def test_the_compiler_folds_as_the_kernel_computes(op: Op, values: tuple[float, ...], expected: float) -> None:
    assert evaluate(op, *values) == expected
    names = [name for name, role in OPERAND_ROLES[op] if role == "r"]
    program = one_instruction(op, dict(zip(names, values, strict=True)))
    assert run_path(program, np.zeros((1, 0))).totals[0] == expected


def test_negative_zero_of_an_input_is_zero() -> None:
    program = compile_deal(small(step("pay", "equity")))
    total = run_path(program, np.full((4, 1), -0.0)).totals[0]
    assert math.copysign(1.0, total) == 1.0
