"""The kernel over several periods: windows, skips, series, states, and what it keeps."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.kernel.running import kernel_run, quanta, scenario_of
from tranche import engine
from tranche._kernels import waterfall
from tranche.errors import DataError
from tranche.program import INSTRUCTION, Kind, Op, Program, Record, Register, instruction
from tranche.reference import exact, run_path

PATHS = (1, 7, 8, 31, 32, 33, 63, 64, 65, 127, 128, 129, 200)


def program_of(
    rows: list[tuple[int, tuple[int, ...], tuple[int, ...]]],
    registers: list[Register],
    records: list[Record],
    series: NDArray[np.float64],
) -> Program:
    return Program("by hand", "USD", np.array(rows, dtype=INSTRUCTION), tuple(registers), series, tuple(records))


@pytest.fixture
def saver() -> Program:
    """Each period: cash comes in; 10 are paid of a due that grows by 4; the rest stays in the account `cash`."""
    registers = [
        Register("4", Kind.CONSTANT, 4.0),
        Register("1", Kind.CONSTANT, 1.0),
        Register("limit", Kind.SERIES),
        Register("income", Kind.INPUT),
        Register("cash", Kind.STATE),
        Register("due", Kind.STATE, 100.0),
        Register("received", Kind.STATE),
        Register("paid", Kind.STATE),
    ]
    rows = [
        instruction(Op.RECEIVE, (4, 3, 6), (0,)),
        instruction(Op.ACCRUE, (5, 0, 1)),
        instruction(Op.PAY, (4, 5, 2, 7), (1,)),
        instruction(Op.RECORD, (4,), (2,)),
    ]
    records = [
        Record("in", "received", 6, flow=True),
        Record("out", "paid", 7, flow=True),
        Record("cash", "balance", 4, flow=False),
    ]
    return program_of(rows, registers, records, np.array([[10.0, 10.0, 20.0]]))


def income(paths: int) -> NDArray[np.float64]:
    return np.random.default_rng(paths).uniform(0.0, 30.0, (paths, 3, 1))


def by_hand(rows: NDArray[np.float64]) -> list[list[float]]:
    """Movements of `saver` [T][received, paid, cash] on one path."""
    cash, due, found = 0.0, 100.0, []
    for amount, limit in zip(rows[:, 0].tolist(), (10.0, 10.0, 20.0), strict=True):
        cash, due = cash + amount, due + 4.0
        paid = min(due, cash, limit)
        cash, due = cash - paid, due - paid
        found.append([amount, paid, cash])
    return found


@pytest.mark.parametrize("width", waterfall.WIDTHS)
@pytest.mark.parametrize("paths", PATHS)
def test_every_width_and_tail_gives_the_hand_computed_flows(saver: Program, width: int, paths: int) -> None:
    rows = income(paths)
    expected = np.array([by_hand(path) for path in rows])
    _, sums, flows = kernel_run(saver, rows, width=width, threads=2, flows=True)
    np.testing.assert_array_equal(flows, expected)
    plain, plain_sums, _ = kernel_run(saver, rows, width=width)
    np.testing.assert_array_equal(plain[:, :2], np.cumsum(expected, axis=1)[:, -1, :2])  # totals grow in order
    np.testing.assert_array_equal(plain[:, 2], expected[:, -1, 2])
    assert quanta(sums) == quanta(plain_sums)


def test_sums_are_within_half_a_quantum_a_path(saver: Program) -> None:
    rows = income(1_000)
    _, sums, _ = kernel_run(saver, rows)
    exactly = [[sum(exact(x) for x in column) for column in zip(*period, strict=True)]
               for period in zip(*(by_hand(path) for path in rows), strict=True)]  # fmt: skip
    for found, meant in zip(quanta(sums), exactly, strict=True):
        for number, value in zip(found, meant, strict=True):
            assert abs(number * exact(saver.quantum) - value) <= exact(saver.quantum) * 500
            assert abs(number * exact(saver.quantum) - value) > 0  # it is a sum of rounded amounts, not a float sum


def test_sums_do_not_depend_on_the_order_of_the_paths(saver: Program) -> None:
    rows = income(333)
    order = np.random.default_rng(1).permutation(333)
    _, sums, _ = kernel_run(saver, rows)
    _, other, _ = kernel_run(saver, np.ascontiguousarray(rows[order]), width=32, threads=2)
    assert quanta(sums) == quanta(other)
    # the same sum in floats does depend on it
    assert np.cumsum(rows[:, 0, 0])[-1] != np.cumsum(rows[order, 0, 0])[-1]  # cumsum adds one after the other


def test_many_paths_of_amounts_at_the_bound_do_not_overflow_their_sums() -> None:
    registers = [Register("x", Kind.INPUT), Register("cash", Kind.STATE), Register("total", Kind.STATE)]
    rows = [instruction(Op.RECEIVE, (1, 0, 2), (0,))]
    program = program_of(rows, registers, [Record("x", "total", 2, flow=True)], np.empty((0, 1)))
    paths, amount = 20_000, program.bound * (1 - 2.0**-20)
    _, sums, _ = kernel_run(program, np.full((paths, 1, 1), amount), threads=2)
    assert quanta(sums)[0][0] == paths * exact(amount) / exact(program.quantum)
    _, sums, _ = kernel_run(program, np.full((paths, 1, 1), -amount))
    assert quanta(sums)[0][0] == -paths * exact(amount) / exact(program.quantum)


def test_negative_levels_are_summed_too() -> None:
    registers = [Register("-3.5", Kind.CONSTANT, -3.5), Register("level", Kind.STATE)]
    rows = [instruction(Op.ADD, (2, 0, 1)), instruction(Op.COPY, (1, 2)), instruction(Op.RECORD, (1,), (0,))]
    program = program_of(
        rows, [*registers, Register("t", Kind.TEMP)], [Record("a", "level", 1, flow=False)], np.empty((0, 3))
    )
    totals, sums, _ = kernel_run(program, np.zeros((100, 3, 0)))
    assert (totals == -10.5).all()
    assert [x * program.quantum for (x,) in quanta(sums)] == [-350.0, -700.0, -1050.0]


@pytest.mark.parametrize("length", [1, 2, 3, 5])
def test_a_window_sums_the_last_periods(length: int) -> None:
    periods = 7
    registers = [Register("x", Kind.INPUT), Register("sum", Kind.STATE)]
    registers += [Register(f"ring{k}", Kind.STATE) for k in range(length)]
    program = program_of(
        [instruction(Op.WINDOW, (1, 0, 2, length)), instruction(Op.RECORD, (1,), (0,))],
        registers,
        [Record("x", "sum", 1, flow=False)],
        np.empty((0, periods)),
    )
    rows = np.random.default_rng(length).integers(0, 100, (70, periods, 1)).astype(float)
    _, _, flows = kernel_run(program, rows, flows=True)
    assert flows is not None
    for t in range(periods):
        np.testing.assert_array_equal(flows[:, t, 0], rows[:, max(0, t - length + 1) : t + 1, 0].sum(axis=1))
        twin = run_path(program, rows[5])
        assert twin.movements[t][0] == flows[5, t, 0]


def test_skip_leaves_out_what_no_lane_of_the_block_needs() -> None:
    """In a block with one lane that has the condition all lanes run; in a block with none, none does."""
    registers = [Register("condition", Kind.INPUT), Register("1", Kind.STATE, 1.0), Register("count", Kind.STATE)]
    rows = [
        instruction(Op.SKIP, (0, 2)),
        instruction(Op.ADD, (3, 1, 2)),
        instruction(Op.COPY, (2, 3)),
        instruction(Op.RECORD, (2,), (0,)),
    ]
    program = program_of(
        rows, [*registers, Register("t", Kind.TEMP)], [Record("x", "count", 2, flow=False)], np.empty((0, 2))
    )
    given = np.zeros((64, 2, 1))
    given[40, 1, 0] = 1.0
    totals, _, _ = kernel_run(program, given, width=32)
    assert totals[:32, 0].tolist() == [0.0] * 32
    assert totals[32:, 0].tolist() == [1.0] * 32


def test_a_series_changes_and_stays_as_it_is_told() -> None:
    registers = [Register("s", Kind.SERIES), Register("cash", Kind.STATE), Register("total", Kind.STATE)]
    program = program_of(
        [instruction(Op.RECEIVE, (1, 0, 2), (0,))],
        registers,
        [Record("x", "total", 2, flow=True)],
        np.array([[1.0, 1.0, 2.0, 0.0, 1.0]]),
    )
    _, _, flows = kernel_run(program, np.zeros((3, 5, 0)), flows=True)
    assert flows is not None
    assert flows[2, :, 0].tolist() == [1.0, 1.0, 2.0, 0.0, 1.0]


def level(op: Op) -> Program:
    """The input of the period as a level that `op` records."""
    names = ("level", "other", "total", "a", "b")
    registers = [Register("x", Kind.INPUT), *(Register(name, Kind.STATE) for name in names)]
    operands, recorded = {
        Op.RECORD: ((1,), (0,)), Op.RECORD_TWO: ((2, 1), (1, 0)), Op.CLOSE: ((3, 4, 5, 1), (2, 0)),
    }[op]  # fmt: skip
    records = [Record("x", name, k, flow=name == "total") for k, name in enumerate(names[:3], start=1)]
    return program_of([instruction(Op.COPY, (1, 0)), instruction(op, operands, recorded)], registers, records,
                      np.empty((0, 3)))  # fmt: skip


@pytest.mark.parametrize("op", [Op.RECORD, Op.RECORD_TWO, Op.CLOSE])
@pytest.mark.parametrize("width", waterfall.WIDTHS)
@pytest.mark.parametrize("threads", [1, 2])
def test_a_level_that_is_too_large_for_one_period_is_refused(op: Op, width: int, threads: int) -> None:
    """Nothing of it is left at the end. Its lowest path is told, not that of the first period."""
    program, rows = level(op), np.zeros((300, 3, 1))
    engine.run_program(scenario_of(program, rows), 300, width=width, threads=threads)
    rows[271, 0] = rows[138, 0] = 1e300
    rows[137, 1] = 2.0 * program.bound
    with pytest.raises(DataError, match="an amount on path 137 is not a number or beyond"):
        engine.run_program(scenario_of(program, rows), 300, width=width, threads=threads)
    assert engine.run_program(scenario_of(program, rows), 137, width=width, threads=threads).mean("x.level").max() == 0
