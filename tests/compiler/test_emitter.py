"""Folding, sharing, simplifying, packing, skipping: what the emitter makes of what it is told."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tranche.compiler.emitter import Emitter, Packed
from tranche.compiler.masks import Mask
from tranche.compiler.values import INFINITE, ONE, ZERO, Constant, Lane, Series, Value, series
from tranche.program import Kind, Op


@pytest.fixture
def emitter() -> Emitter:
    return Emitter(periods=3)


def ops(packed: Packed) -> list[Op]:
    return [Op(int(op)) for op in packed.instructions["op"]]


def values_of(value: Value) -> list[float]:
    assert isinstance(value, Series)
    return value.values.tolist()


def test_constants_are_folded(emitter: Emitter) -> None:
    value = emitter.compute(Op.DIV, emitter.compute(Op.MUL, Constant(6.0), Constant(0.06)), Constant(12.0))
    assert value == Constant(6.0 * 0.06 / 12.0)
    assert len(emitter.pack(fused=False).instructions) == 0


def test_series_are_folded_period_by_period(emitter: Emitter) -> None:
    period = series([1.0, 2.0, 3.0])
    assert values_of(emitter.compute(Op.MUL, period, Constant(2.0))) == [2.0, 4.0, 6.0]
    assert values_of(emitter.compute(Op.DIV, Constant(1.0), series([0.0, 1.0, -2.0]))) == [math.inf, 1.0, -0.5]
    assert emitter.compute(Op.LE, period, Constant(3.0)) == ONE  # the same in every period: a constant again
    assert len(emitter.pack(fused=False).instructions) == 0


def test_no_number_on_every_date_is_one_constant(emitter: Emitter) -> None:
    infinite = emitter.compute(Op.DIV, ONE, ZERO)
    odd = emitter.compute(Op.SUB, infinite, infinite)
    assert isinstance(odd, Constant)
    emitter.emit(Op.COPY, emitter.state("cash"), odd)
    emitter.emit(Op.COPY, emitter.state("other"), series([1.0, 2.0, 3.0]))
    packed = emitter.pack()
    assert packed.series.tolist() == [[1.0, 2.0, 3.0]]
    assert math.isnan(packed.registers[0].initial)


@pytest.mark.parametrize(
    ("op", "others", "expected"),
    [
        (Op.ADD, ("x", ZERO), "x"),
        (Op.ADD, (ZERO, "x"), "x"),
        (Op.SUB, ("x", ZERO), "x"),
        (Op.MUL, ("x", ONE), "x"),
        (Op.MUL, (ONE, "x"), "x"),
        (Op.DIV, ("x", ONE), "x"),
        (Op.MIN, ("x", INFINITE), "x"),
        (Op.MIN, (INFINITE, "x"), "x"),
        (Op.SELECT, (ONE, "x", ZERO), "x"),
        (Op.SELECT, (ZERO, ZERO, "x"), "x"),
        (Op.COPY, ("x",), "x"),
        (Op.AND, ("x", ZERO), ZERO),
        (Op.OR, ("x", ONE), ONE),
        # no identities
        (Op.SUB, (ZERO, "x"), None),
        (Op.MUL, ("x", ZERO), None),  # which may be infinite
        (Op.DIV, (ONE, "x"), None),
        (Op.MAX, ("x", ZERO), None),
        (Op.MIN, ("x", ZERO), None),
        (Op.SELECT, ("x", ONE, ZERO), None),
        (Op.AND, ("x", ONE), None),
        (Op.OR, ("x", ZERO), None),
    ],
)
def test_identities_need_no_instruction(
    emitter: Emitter, op: Op, others: tuple[Value | str, ...], expected: Value | str | None
) -> None:
    x = emitter.input("x")
    result = emitter.compute(op, *(x if isinstance(other, str) else other for other in others))
    if expected is None:
        assert isinstance(result, Lane)
        assert result != x
        assert ops(emitter.pack(fused=False)) == [op]
    else:
        assert result == (x if expected == "x" else expected)
        assert ops(emitter.pack(fused=False)) == []


def test_a_product_of_finite_numbers_is_nothing_where_one_is(emitter: Emitter) -> None:
    x = emitter.input("x")
    assert emitter.product(x, ZERO) == emitter.product(ZERO, x) == ZERO
    assert emitter.product(x, ONE) == x
    assert ops(emitter.pack(fused=False)) == []
    emitter.product(x, x)
    assert ops(emitter.pack(fused=False)) == [Op.MUL]


def test_equal_subexpressions_are_computed_once(emitter: Emitter) -> None:
    x, y = emitter.input("x"), emitter.input("y")
    first = emitter.compute(Op.ADD, x, y)
    assert emitter.compute(Op.ADD, y, x) == first
    assert emitter.compute(Op.SUB, x, y) != emitter.compute(Op.SUB, y, x)
    assert ops(emitter.pack(fused=False)) == [Op.ADD, Op.SUB, Op.SUB]


def test_what_reads_a_state_is_computed_again_once_the_state_has_changed(emitter: Emitter) -> None:
    cash, x = emitter.state("cash"), emitter.input("x")
    before = emitter.compute(Op.ADD, cash, x)
    emitter.emit(Op.RECEIVE, cash, x, emitter.state("total"))
    assert emitter.compute(Op.ADD, cash, x) != before


def test_what_a_skipped_region_computes_is_not_shared_with_what_follows(emitter: Emitter) -> None:
    condition, x = emitter.input("condition"), emitter.input("x")
    with emitter.only_where(condition):
        inside = emitter.compute(Op.ABS, x)
        assert emitter.compute(Op.ABS, x) == inside
    assert emitter.compute(Op.ABS, x) != inside


def test_what_stands_before_a_skipped_region_is_shared_with_it(emitter: Emitter) -> None:
    condition, x = emitter.input("condition"), emitter.input("x")
    before = emitter.compute(Op.ABS, x)
    with emitter.only_where(condition):
        assert emitter.compute(Op.ABS, x) == before


def test_skips_reach_the_end_of_their_regions(emitter: Emitter) -> None:
    outer, inner, x = emitter.input("outer"), emitter.input("inner"), emitter.input("x")
    with emitter.only_where(ONE):
        emitter.compute(Op.NOT, x)
    with emitter.only_where(outer):
        emitter.compute(Op.ABS, x)
        with emitter.only_where(inner):
            emitter.compute(Op.ADD, x, x)
            emitter.compute(Op.MUL, x, x)
        emitter.compute(Op.SUB, x, outer)
    packed = emitter.pack(fused=False)
    assert ops(packed) == [Op.NOT, Op.SKIP, Op.ABS, Op.SKIP, Op.ADD, Op.MUL, Op.SUB]
    assert packed.instructions["r"][1][1] == 5
    assert packed.instructions["r"][3][1] == 2


def test_constants_and_series_share_their_registers(emitter: Emitter) -> None:
    assert emitter.register(Constant(2.0)) == emitter.register(Constant(2.0))
    assert emitter.register(Constant(0.0)) != emitter.register(Constant(-0.0))
    assert emitter.register(series([1.0, 2.0, 3.0])) == emitter.register(series([1.0, 2.0, 3.0]))
    packed = emitter.pack(fused=False)
    assert [register.kind for register in packed.registers] == [Kind.CONSTANT] * 3 + [Kind.SERIES]
    assert packed.series.tolist() == [[1.0, 2.0, 3.0]]


def test_registers_are_laid_out_by_kind_and_rings_stay_together(emitter: Emitter) -> None:
    x = emitter.input("x")
    ring = emitter.ring("last", 3)
    state = emitter.state("y", 7.0)
    total = emitter.temp("total")
    emitter.emit(Op.WINDOW, total, x, ring, 3)
    emitter.emit(Op.COPY, state, total)
    emitter.register(Constant(5.0))
    packed = emitter.pack(fused=False)
    kinds = [register.kind for register in packed.registers]
    assert kinds == [Kind.CONSTANT, Kind.INPUT, *[Kind.STATE] * 4, Kind.TEMP]
    first = packed.numbers[ring.register]
    assert [register.name for register in packed.registers[first : first + 3]] == ["last[0]", "last[1]", "last[2]"]
    assert packed.registers[packed.numbers[state.register]].initial == 7.0
    assert packed.instructions["r"][0][:4].tolist() == [
        packed.numbers[total.register],
        packed.numbers[x.register],
        first,
        3,
    ]


def test_temporaries_whose_lives_do_not_meet_share_a_register(emitter: Emitter) -> None:
    value: Value = emitter.input("x")
    for _ in range(10):
        value = emitter.compute(Op.MUL, value, value)
    packed = emitter.pack(fused=False)
    assert sum(register.kind is Kind.TEMP for register in packed.registers) == 2
    for row in packed.instructions["r"]:
        assert row[0] not in row[1:3]


def test_temporaries_whose_lives_meet_do_not_share(emitter: Emitter) -> None:
    x, y, out = emitter.input("x"), emitter.input("y"), emitter.state("out")
    parts = [emitter.compute(Op.MUL, x, emitter.compute(Op.ADD, y, Constant(float(k)))) for k in range(1, 5)]
    total: Value = ZERO
    for part in parts:
        total = emitter.compute(Op.ADD, total, part)
    emitter.emit(Op.COPY, out, total)
    packed = emitter.pack(fused=False)
    registers = np.array([register.initial for register in packed.registers])
    registers[packed.numbers[x.register]], registers[packed.numbers[y.register]] = 3.0, 10.0
    for row in packed.instructions:
        a, b = registers[row["r"][1]], registers[row["r"][2]]
        registers[row["r"][0]] = {Op.ADD: a + b, Op.MUL: a * b, Op.COPY: a}[Op(int(row["op"]))]
    assert registers[packed.numbers[out.register]] == 3.0 * (11 + 12 + 13 + 14)


def test_no_instruction_reads_what_it_writes(emitter: Emitter) -> None:
    cash, total = emitter.state("cash"), emitter.state("total")
    emitter.emit(Op.TAKE, cash, cash, total)
    packed = emitter.pack(fused=False)
    assert ops(packed) == [Op.COPY, Op.TAKE]
    copy, take = packed.instructions["r"]
    assert copy[1] == take[0]
    assert copy[0] == take[1] != take[0]


def test_a_frozen_state_is_a_copy_and_nothing_else_is(emitter: Emitter) -> None:
    cash, x = emitter.state("cash"), emitter.input("x")
    assert emitter.frozen(x) == x
    assert emitter.frozen(ONE) == ONE
    assert emitter.frozen(cash) != cash
    assert ops(emitter.pack(fused=False)) == [Op.COPY]


def test_a_condition_of_the_period_skips_and_one_of_the_path_limits(emitter: Emitter) -> None:
    late, rich = series([0.0, 0.0, 1.0]), emitter.input("rich")
    mask = Mask().also(emitter, late).also(emitter, rich)
    assert mask.uniform is late
    assert mask.lane == rich
    assert Mask().limit(emitter, Constant(5.0)) == Constant(5.0)
    assert isinstance(mask.limit(emitter), Lane)
    both = mask.also(emitter, series([1.0, 0.0, 1.0]))
    assert values_of(both.uniform) == [0.0, 0.0, 1.0]


def test_steps_know_their_instructions(emitter: Emitter) -> None:
    x = emitter.input("x")
    with emitter.step("a", "first"):
        emitter.compute(Op.ABS, x)
    with emitter.step("b", "nothing to do"):
        pass
    with emitter.step("c", "second"):
        emitter.compute(Op.NOT, x)
        emitter.compute(Op.ADD, x, x)
    emitter.pack(fused=False)
    assert [(step.path, step.first, step.last) for step in emitter.steps] == [("a", 0, 1), ("c", 1, 3)]
