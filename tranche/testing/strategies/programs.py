"""Programs: random ones straight from the instruction set, obeying the rules of `program.check` and no deal at all."""

from __future__ import annotations

import attrs
import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from tranche.program import INSTRUCTION, OPERAND_ROLES, RECORDED, Kind, Op, Program, Record, Register, instruction

CONSTANTS = (0.0, 1.0, -1.0, 0.5, 2.0, 12.0, 0.1, 1e6, float("inf"))
AMOUNTS = (0.0, 0.0, 1.0, 3.0, 0.07, 1234.56, 1e6)
WINDOWS = (1, 2, 3, 5)
# what a block may run where a lane's condition is false: with a limit of 0 they move nothing
LIMITED = tuple(
    op for op, roles in OPERAND_ROLES.items() if op in RECORDED and any(name == "limit" for name, _ in roles)
)

Row = tuple[int, tuple[int, ...], tuple[int, ...]]
LEVELS = (Op.RECORD, Op.RECORD_TWO)  # they stand at the end of a period, where nothing skips them


@attrs.frozen(eq=False)
class ProgramRun:
    """A Program and inputs for it, [paths, T, inputs]."""

    program: Program
    inputs: NDArray[np.float64]


@attrs.define
class _Layout:
    """Register numbers by what they are for."""

    registers: list[Register]
    uniform: range
    inputs: range
    free: tuple[int, ...]  # states and temps that any instruction may write
    flows: range  # each is the total of one record, touched by nothing else
    rings: dict[int, int]  # first register → length

    @property
    def readable(self) -> tuple[int, ...]:
        return (*self.uniform, *self.inputs, *self.free)


@st.composite
def programs(draw: st.DrawFn, most_periods: int = 12, most_paths: int = 5, most_pieces: int = 16) -> ProgramRun:
    """A valid Program of any instructions, with SKIPs, windows, flows and stocks, and the inputs to run it with."""
    periods = draw(st.integers(1, most_periods))
    layout, series = draw(_layouts(periods))
    flows = len(layout.flows)
    stocks = draw(st.lists(st.sampled_from(_states(layout)), max_size=3, unique=True))
    pieces = draw(st.lists(_pieces(layout), min_size=1, max_size=most_pieces))
    rows = [row for piece in pieces for row in piece]
    rows += [instruction(Op.RECORD, (number,), (flows + k,)) for k, number in enumerate(stocks)]
    program = Program(
        name="random program",
        currency="USD",
        instructions=np.array(rows, dtype=INSTRUCTION),
        registers=tuple(layout.registers),
        series=series,
        records=(
            *(Record(f"flow{k}", "total", number, flow=True) for k, number in enumerate(layout.flows)),
            *(Record(f"stock{k}", "level", number, flow=False) for k, number in enumerate(stocks)),
        ),
    )
    seed = draw(st.integers(0, 2**32 - 1))
    noise = np.random.default_rng(seed)
    shape = (draw(st.integers(1, most_paths)), periods, len(layout.inputs))
    inputs = np.where(noise.random(shape) < 0.5, noise.choice(AMOUNTS, shape), noise.uniform(0.0, 1e4, shape))
    return ProgramRun(program, np.ascontiguousarray(inputs))


@st.composite
def _layouts(draw: st.DrawFn, periods: int) -> tuple[_Layout, NDArray[np.float64]]:
    constants = draw(st.lists(st.sampled_from(CONSTANTS), min_size=1, max_size=4))
    rows = draw(st.lists(st.lists(st.sampled_from(CONSTANTS), min_size=periods, max_size=periods), max_size=3))
    series = np.array(rows, dtype=np.float64).reshape(len(rows), periods)
    inputs = draw(st.integers(1, 3))
    states = draw(st.lists(st.sampled_from((0.0, 0.0, 10.0, 5e4)), min_size=5, max_size=8))
    flows, temps = draw(st.integers(1, 3)), draw(st.integers(2, 4))
    lengths = draw(st.lists(st.sampled_from(WINDOWS), max_size=2))
    registers = [Register(f"c{k}", Kind.CONSTANT, value) for k, value in enumerate(constants)]
    registers += [Register(f"s{k}", Kind.SERIES) for k in range(len(rows))]
    first_input = len(registers)
    registers += [Register(f"i{k}", Kind.INPUT) for k in range(inputs)]
    first_state = len(registers)
    registers += [Register(f"x{k}", Kind.STATE, value) for k, value in enumerate(states)]
    first_flow = len(registers)
    registers += [Register(f"total{k}", Kind.STATE) for k in range(flows)]
    rings: dict[int, int] = {}
    for length in lengths:
        rings[len(registers)] = length
        registers += [Register(f"ring{len(rings)}[{k}]", Kind.STATE) for k in range(length)]
    first_temp = len(registers)
    registers += [Register(f"t{k}", Kind.TEMP) for k in range(temps)]
    free = (*range(first_state, first_flow), *range(first_temp, len(registers)))
    layout = _Layout(
        registers, range(first_input), range(first_input, first_state), free,
        range(first_flow, first_flow + flows), rings,
    )  # fmt: skip
    return layout, series


def _states(layout: _Layout) -> list[int]:
    return [number for number in layout.free if layout.registers[number].kind is Kind.STATE]


@st.composite
def _pieces(draw: st.DrawFn, layout: _Layout) -> list[Row]:
    """One instruction, or a SKIP with what it skips."""
    kind = draw(st.sampled_from(("one", "one", "one", "one", "uniform skip", "lane skip")))
    if kind == "one":
        return [draw(_rows(layout, draw(st.sampled_from(_ops(layout)))))]
    if kind == "uniform skip":
        body = [draw(_rows(layout, draw(st.sampled_from(_ops(layout))))) for _ in range(draw(st.integers(0, 3)))]
        return [instruction(Op.SKIP, (draw(st.sampled_from(layout.uniform)), len(body))), *body]
    return draw(_lane_skips(layout))


def _ops(layout: _Layout) -> list[Op]:
    left_out = {Op.SKIP, *LEVELS} | (set() if layout.rings else {Op.WINDOW})
    return [op for op in Op if op not in left_out]


@st.composite
def _rows(draw: st.DrawFn, layout: _Layout, op: Op, limit: int | None = None, kept: int | None = None) -> Row:
    """One instruction with operands that obey the rules. `limit` is its limit; `kept` is not written."""
    taken: set[int] = {number for number in (limit, kept) if number is not None}
    operands: list[int] = []
    records: list[int] = []
    ring_length = 0
    for name, role in OPERAND_ROLES[op]:
        if role == "n":
            operands.append(ring_length)
        elif name == "ring":
            ring = draw(st.sampled_from(sorted(layout.rings)))
            ring_length = layout.rings[ring]
            operands.append(ring)
        elif name in RECORDED.get(op, ()) and role == "u" and len(records) < len(layout.flows) and draw(st.booleans()):
            record = draw(st.sampled_from([k for k in range(len(layout.flows)) if k not in records]))
            records.append(record)
            operands.append(layout.flows[record])
        elif name == "limit" and limit is not None:
            operands.append(limit)
        elif role == "s":
            operands.append(draw(st.sampled_from(layout.uniform)))
        elif role == "r":
            operands.append(-1)  # chosen below, once it is known what is written
        else:
            number = draw(st.sampled_from([n for n in layout.free if n not in taken]))
            taken.add(number)
            operands.append(number)
    readable = [n for n in layout.readable if n not in taken]
    operands = [draw(st.sampled_from(readable)) if n == -1 else n for n in operands]
    placed = [next((k for k in records if layout.flows[k] == number), -1) for number in _recorded(op, operands)]
    return instruction(op, operands, placed)


def _recorded(op: Op, operands: list[int]) -> list[int]:
    """The registers that the instruction's records may sum, in order."""
    named = dict(zip((name for name, _ in OPERAND_ROLES[op]), operands, strict=True))
    return [named[name] for name in RECORDED.get(op, ())]


@st.composite
def _lane_skips(draw: st.DrawFn, layout: _Layout) -> list[Row]:
    """A condition of each lane, and a SKIP over payments that it limits to 0, as the compiler writes them."""
    condition, limit = draw(st.lists(st.sampled_from(layout.free), min_size=2, max_size=2, unique=True))
    zero = next((n for n in layout.uniform if layout.registers[n].initial == 0.0), None)
    if zero is None or layout.registers[zero].kind is not Kind.CONSTANT:
        return []
    read = [n for n in layout.readable if n not in (condition, limit)]
    compare = draw(st.sampled_from((Op.LT, Op.LE, Op.EQ)))
    rows = [
        instruction(compare, (condition, draw(st.sampled_from(read)), draw(st.sampled_from(read)))),
        instruction(Op.SELECT, (limit, condition, draw(st.sampled_from(read)), zero)),
    ]
    body = [
        draw(_rows(layout, draw(st.sampled_from(LIMITED)), limit, condition)) for _ in range(draw(st.integers(1, 3)))
    ]
    return [*rows, instruction(Op.SKIP, (condition, len(body))), *body]
