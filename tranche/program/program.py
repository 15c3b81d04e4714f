"""The Program itself: the arrays, and what is derived from them."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Sequence
from functools import cached_property

import attrs
import numpy as np
from numpy.typing import NDArray

from .check import check
from .code import Instruction, code_of
from .instructions import OPERANDS, REGISTERS, SAME, Op
from .registers import FIXED, Claim, Kind, Record, Register, Step


@attrs.frozen(eq=False)
class Program:
    """A compiled deal. `instructions` is an array of INSTRUCTION; `series` is float64 [series registers, T];
    `dates` are T+1 dates from closing to the last payment; `times` year fractions from closing (ACT/365F)."""

    name: str
    currency: str
    instructions: NDArray[np.void]
    registers: tuple[Register, ...]
    series: NDArray[np.float64]
    records: tuple[Record, ...]
    claims: tuple[Claim, ...] = ()
    steps: tuple[Step, ...] = ()
    dates: tuple[dt.date, ...] = ()
    times: tuple[float, ...] = ()
    quantum: float = 2.0**-14
    cash: tuple[int, ...] = attrs.field(default=())  # registers that hold cash: the audit adds them up

    def __attrs_post_init__(self) -> None:
        self.instructions.setflags(write=False)
        self.series.setflags(write=False)
        check(self)

    def __repr__(self) -> str:
        return f"Program({self.name!r}: {len(self.instructions):,} instructions, {self.periods} payment dates)"

    def __reduce__(self) -> tuple[type[Program], tuple[object, ...]]:
        """Pickled by its arguments, so that what arrives is checked and read-only like what was sent."""
        return type(self), tuple(getattr(self, field.name) for field in attrs.fields(type(self)))

    @property
    def periods(self) -> int:
        return int(self.series.shape[1])

    @property
    def bound(self) -> float:
        """The largest amount that the integer sums hold: 2**50 quanta."""
        return self.quantum * 2.0**50

    def of_kind(self, kind: Kind) -> range:
        """The numbers of the registers of one kind; they are contiguous."""
        numbers = [k for k, register in enumerate(self.registers) if register.kind is kind]
        return range(numbers[0], numbers[-1] + 1) if numbers else range(0)

    @property
    def inputs(self) -> tuple[str, ...]:
        return tuple(self.registers[k].name for k in self.of_kind(Kind.INPUT))

    @cached_property
    def code(self) -> tuple[Instruction, ...]:
        """Its instructions, with their operands by name."""
        return code_of(self.instructions)

    @property
    def is_drawn(self) -> bool:
        """Whether an instruction reads a factor of the market: the paths are then drawn under a seed, not given."""
        return any(name.startswith("market.") for name in self.inputs_read)

    def step(self, path: str) -> Step | None:
        """The step of a path in the deal; None where the Program has none."""
        return next((step for step in self.steps if step.path == path), None)

    @cached_property
    def inputs_read(self) -> tuple[str, ...]:
        """Those of `inputs` that an instruction reads; a market has factors that the deal does not."""
        read = {operands[k] for op, _, operands in self.instructions.tolist() for k in REGISTERS[op]}
        return tuple(self.registers[k].name for k in self.of_kind(Kind.INPUT) if k in read)

    @property
    def initial(self) -> NDArray[np.float64]:
        return np.array([register.initial for register in self.registers])

    @cached_property
    def narrow(self) -> NDArray[np.bool_]:
        """[registers]: the constants and series of which every instruction reads one value for all paths."""
        found = np.array([register.kind in FIXED for register in self.registers], dtype=bool)
        for op, _, operands in self.instructions.tolist():
            for k in _LANES[op]:
                found[operands[k]] = False
        found.setflags(write=False)
        return found

    @property
    def debts(self) -> tuple[Claim, ...]:
        """In the order of the deal; a tally numbers them so."""
        return tuple(claim for claim in self.claims if claim.kind == "debt")

    @property
    def cash_at_closing(self) -> float:
        """What the accounts hold before the first period."""
        return math.fsum(self.registers[k].initial for k in self.cash)

    @cached_property
    def form(self) -> bytes:
        """SHA-256 of all but the figures, the name and the words of the steps."""
        kinds = [
            (register.kind.value, "" if register.kind is Kind.CONSTANT else register.name)
            for register in self.registers
        ]
        claims = [(claim.name, claim.kind, claim.rank, claim.paid is None) for claim in self.claims]
        said = (kinds, self.records, claims, self.dates, self.times, self.currency, self.cash)
        return hashlib.sha256(self.instructions.tobytes() + repr(said).encode()).digest()

    @property
    def hash(self) -> str:
        """SHA-256 of everything that decides a figure (the words of the steps aside)."""
        claims = [number for claim in self.claims for number in (claim.notional, claim.paid or 0.0)]
        digest = hashlib.sha256(self.form)
        for part in (self.series, self.initial, np.array([*claims, self.quantum])):
            digest.update(np.ascontiguousarray(part).tobytes())
        return digest.hexdigest()

    def with_figures(
        self,
        name: str,
        registers: tuple[Register, ...],
        series: NDArray[np.float64],
        claims: tuple[Claim, ...],
        quantum: float,
    ) -> Program:
        """A Program of the same form with other figures: constants, initial values, series, notionals."""
        made = attrs.evolve(self, name=name, registers=registers, series=series, claims=claims, quantum=quantum)
        for known in ("form", "narrow", "inputs_read", "numbers"):
            object.__setattr__(made, known, getattr(self, known))
        return made

    def record(self, name: str) -> int:
        """The number of the record `owner.field`. Raises KeyError."""
        return self.numbers[name]

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The numbers of all records, by `owner.field`."""
        return {record.name: k for k, record in enumerate(self.records)}


def fails_above(program: Program, test: str) -> bool:
    """Whether a coverage test is a maximum."""
    owned = [k for k, record in enumerate(program.records) if record.owner == test]
    rows = program.instructions[program.instructions["op"] == Op.TEST_ABOVE]
    return bool(np.isin(rows["record"][:, 0], owned).any())


def instruction(
    op: Op, operands: Sequence[int], records: Sequence[int] = ()
) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    """A row for an INSTRUCTION array."""
    return int(op), (*records, -1, -1)[:2], (*operands, *(-1,) * OPERANDS)[:OPERANDS]


_LANES = {op: tuple(k for k in REGISTERS[op] if k not in SAME[op]) for op in Op}
