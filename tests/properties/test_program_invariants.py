"""Kernel and twin on random Programs: any instructions in any order, of which no deal would be made."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.kernel.running import kernel_run, quanta, refused, scenario_of
from tranche._kernels import waterfall
from tranche.program import OPERAND_ROLES, RECORDED, UNCLAMPED, Op
from tranche.reference import exact, run_path
from tranche.results import Results
from tranche.testing import reduce_totals
from tranche.testing.invariants.payments import PAYMENTS
from tranche.testing.strategies import ProgramRun, programs


def bits(values: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Bits, but one NaN and one zero: the sign of neither is part of the contract."""
    return np.where(np.isnan(values), np.nan, values + 0.0).view(np.uint64)


@given(run=programs())
def test_the_kernel_gives_the_bits_of_the_twin(run: ProgramRun) -> None:
    totals, _, _ = kernel_run(run.program, run.inputs)
    _, _, flows = kernel_run(run.program, run.inputs, flows=True)
    assert flows is not None
    for path, rows in enumerate(run.inputs):
        twin = run_path(run.program, rows)
        shape = (run.program.periods, len(run.program.records))
        assert (bits(np.array(twin.totals)) == bits(totals[path])).all()
        assert (bits(np.array(twin.movements, dtype=np.float64).reshape(shape)) == bits(flows[path])).all()


@given(run=programs(), threads=st.integers(1, 3), repeat=st.sampled_from((1, 13, 40)))
def test_bits_depend_on_neither_width_nor_threads_nor_order(run: ProgramRun, threads: int, repeat: int) -> None:
    inputs = np.repeat(run.inputs, repeat, axis=0)
    order = np.random.default_rng(repeat).permutation(len(inputs))
    expected, sums, _ = kernel_run(run.program, inputs)
    summed = (lambda _: []) if refused(run.program, inputs) else quanta  # what is refused has no sums to compare
    for width in waterfall.WIDTHS:
        totals, other, _ = kernel_run(run.program, inputs, width=width, threads=threads)
        assert (bits(expected) == bits(totals)).all()
        assert summed(other) == summed(sums)
    totals, other, _ = kernel_run(run.program, np.ascontiguousarray(inputs[order]))
    assert (bits(expected[order]) == bits(totals)).all()
    assert summed(other) == summed(sums)


@given(run=programs(most_paths=8), data=st.data())
def test_slices_join_to_the_same_bits(run: ProgramRun, data: st.DataObject) -> None:
    paths = len(run.inputs)
    assume(not refused(run.program, run.inputs))
    cuts = sorted({0, paths, *data.draw(st.lists(st.integers(0, paths), max_size=3))})
    parts = []
    for first, last in itertools.pairwise(cuts):
        totals, sums, _ = kernel_run(run.program, run.inputs, first=first, count=last - first)
        parts.append(Results(run.program, reduce_totals(run.program, totals, sums, first), totals, first))
    whole = kernel_run(run.program, run.inputs)
    joined = Results.join(data.draw(st.permutations(parts)))
    assert (bits(joined.totals) == bits(whole[0])).all()
    assert quanta(joined.sums) == quanta(whole[1])


@given(run=programs())
def test_the_sums_are_those_of_the_movements_to_half_a_quantum_a_path(run: ProgramRun) -> None:
    program, paths = run.program, len(run.inputs)
    _, sums, _ = kernel_run(program, run.inputs)
    _, _, flows = kernel_run(program, run.inputs, flows=True)
    assert flows is not None
    # several instructions may record the same total in a period, each rounded to a quantum
    times = max(1, sum(1 for row in program.instructions for record in row["record"] if record >= 0))
    for t, k in np.ndindex(program.periods, len(program.records)):
        column = flows[:, t, k].tolist()
        if all(abs(x) < program.bound for x in column):
            total = quanta(sums)[t][k] * exact(program.quantum)
            exact_sum = sum((exact(x) for x in column), exact(0.0))
            assert abs(total - exact_sum) <= exact(program.quantum) * paths * times / 2


@given(run=programs())
def test_no_payment_moves_less_than_nothing_or_overdraws(run: ProgramRun) -> None:
    seen: list[str] = []

    def watch(t: int, at: int, op: Op, before: dict[str, Any], after: dict[str, Any], amount: Any) -> None:
        if op not in PAYMENTS or op in UNCLAMPED:  # those are for amounts that are never negative
            return
        for name, role in OPERAND_ROLES[op]:
            if role == "u" and name not in RECORDED[op] and before[name] >= 0 > after[name]:
                seen.append(f"{op.name} takes {name} from {before[name]} to {after[name]}")
        for name in RECORDED[op]:
            if after[name] < before[name]:
                seen.append(f"{op.name}: {name} falls")

    for rows in run.inputs:
        run_path(run.program, rows, watch=watch)
    assert seen == []


@given(run=programs(most_paths=1))
def test_a_program_is_data(run: ProgramRun) -> None:
    import pickle

    copy = pickle.loads(pickle.dumps(run.program))
    assert copy.hash == run.program.hash
    assert scenario_of(copy, run.inputs).paths == 1
    with pytest.raises(ValueError, match="read-only"):
        run.program.instructions["op"][:] = 0


def test_the_strategy_reaches_every_instruction() -> None:
    reached: set[Op] = set()

    @settings(max_examples=600)
    @given(run=programs(most_pieces=8, most_periods=1))
    def collect(run: ProgramRun) -> None:
        reached.update(Op(int(op)) for op in run.program.instructions["op"])

    collect()
    assert set(Op) - reached <= {Op.RECORD_TWO}, "strategies.programs leaves something out"
