"""Running the kernel on a hand-written Program and inputs [paths, T, inputs]."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tranche import engine
from tranche._kernels.cashflows import CashFlows
from tranche.program import INSTRUCTION, OPERAND_ROLES, RECORDED, Kind, Op, Program, Record, Register, instruction


def scenario_of(program: Program, inputs: NDArray[np.float64]) -> engine.Scenario:
    """The inputs as the Program's only source; none for a Program without inputs."""
    if not program.inputs:
        return engine.scenario(program, [])
    return engine.scenario(program, [CashFlows(np.ascontiguousarray(inputs), program.inputs)])


def kernel_run(
    program: Program,
    inputs: NDArray[np.float64],
    *,
    width: int = 64,
    threads: int = 1,
    first: int = 0,
    count: int | None = None,
    flows: bool = False,
) -> tuple[NDArray[np.float64], NDArray[np.uint64], NDArray[np.float64] | None]:
    """Totals, sums and (when asked for) flows, whatever the amounts: the bounds that the engine checks are not."""
    paths = len(inputs) if count is None else count
    totals = np.empty((paths, len(program.records)))
    sums = np.zeros((2, program.periods, len(program.records)), dtype=np.uint64)
    kept = np.empty((paths, program.periods, len(program.records))) if flows else None
    engine.make_kernel(scenario_of(program, inputs), width).run(first, paths, threads, totals, sums, kept)
    return totals, sums, kept


def refused(program: Program, inputs: NDArray[np.float64]) -> bool:
    """Whether a run refuses these inputs, for an amount that is not a number or beyond the bound."""
    sums = np.zeros((2, program.periods, len(program.records)), dtype=np.uint64)
    _, amount = engine.make_kernel(scenario_of(program, inputs), 64).run(0, len(inputs), 1, None, sums, None)
    return bool(amount >= 0)


def quanta(sums: NDArray[np.uint64]) -> list[list[int]]:
    """The sums over the paths [T][records], in quanta, the two limbs put together."""
    high = sums[1].view(np.int64).astype(object)
    whole: list[list[int]] = (sums[0].astype(object) + high * 2**32).tolist()
    return whole


def one_instruction(op: Op, values: dict[str, float], *, ring: Sequence[float] = (), periods: int = 1) -> Program:
    """A Program of one instruction. Every register operand is a state of its own that starts at `values[name]` and is
    reported as a stock, or a constant where it is the same for every path; `ring` are the states of a window. What the
    instruction records is reported as `sum.NAME`."""
    same = [name for name, role in OPERAND_ROLES[op] if role == "s"]
    registers = [Register(name, Kind.CONSTANT, values[name]) for name in same]
    operands: list[int] = []
    for name, role in OPERAND_ROLES[op]:
        if role == "n":
            operands.append(int(values[name]))
        elif role == "s":
            operands.append(same.index(name))
        elif name == "ring":
            operands.append(len(registers))
            registers += [Register(f"ring{k}", Kind.STATE, value) for k, value in enumerate(ring)]
        else:
            operands.append(len(registers))
            registers.append(Register(name, Kind.STATE, values.get(name, 0.0)))
    roles = dict(OPERAND_ROLES[op])
    numbers = dict(zip(roles, operands, strict=True))
    flows = [name for name in RECORDED.get(op, ()) if roles[name] != "r"]
    records = [
        Record("x", register.name, k, flow=register.name in flows)
        for k, register in enumerate(registers)
        if register.kind is Kind.STATE
    ]
    recorded = [numbers[name] - len(same) for name in RECORDED.get(op, ())]
    rows = [instruction(op, operands, recorded)]
    return Program(
        name=op.name,
        currency="USD",
        instructions=np.array(rows, dtype=INSTRUCTION),
        registers=tuple(registers),
        series=np.empty((0, periods)),
        records=tuple(records),
    )
