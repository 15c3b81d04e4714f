"""Floor 0. The Program: a deal resolved to registers and one flat array of instructions. It is data.

A register is a column of float64 lanes, one lane per path of a block. The kernel walks the instructions once per
period; each one is a loop over the lanes. Conditions are registers of 0.0 and 1.0, never branches per path.

Design notes
(A) An instruction never names a register that it writes a second time, neither to read nor to write: its operands
    may then be `restrict` pointers in C, and its meaning does not depend on the order of loads and stores.
(B) Payment instructions are fused: one moves the cash, reduces what is due, reduces the balance and adds to the total.
(C) What is reported is a Record: a register whose final value is kept per path and whose movement (flow) or level
    (stock) is summed over the paths in every period. Sums are integers (multiples of `quantum`), so that they do not
    depend on the order in which paths, blocks, threads or slices are added.
"""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import math
from collections.abc import Mapping, Sequence, Set
from functools import cached_property
from itertools import zip_longest

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.errors import Problem, ProgramError

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


# operand -> role: r read, w written, u updated (read and written), n a plain number and not a register.
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
}
# by op, where among its operands the registers stand: those it only reads, those it writes, all of them
READ = {op: tuple(k for k, (_, role) in enumerate(roles) if role == "r") for op, roles in OPERAND_ROLES.items()}
WRITTEN = {op: tuple(k for k, (_, role) in enumerate(roles) if role in "wu") for op, roles in OPERAND_ROLES.items()}
REGISTERS = {op: tuple(k for k, (_, role) in enumerate(roles) if role != "n") for op, roles in OPERAND_ROLES.items()}

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

# Operands that are not registers of the Program: an infinite limit, zero, and a temporary that nothing else reads.
UNLIMITED, NOTHING, SCRATCH = "∞", "0", "scratch"


@attrs.frozen
class Part:
    """One instruction of a fused one: its operands, as names of the fused one's operands or one of the three above."""

    op: Op
    operands: tuple[str, ...]


# Operands that the compiler must know to be never negative before it uses a fused instruction: its payments are not
# clamped at zero from below. With such operands no clamp would do anything, so that it still does what its parts do.
UNCLAMPED: dict[Op, tuple[str, ...]] = {
    Op.SERVICE: ("cash", "interest", "principal", "balance"),
    Op.PAY_CAPITALISE: ("cash", "due"),
    Op.PAY_ALL: ("cash", "due"),
    Op.REPAY_ALL: ("cash", "due", "balance"),
    Op.TAKE_ALL: ("cash",),
}

# Fused instructions: frequent sequences in one loop. By definition each does what its parts do, to the last bit (those
# of UNCLAMPED: what its parts do without their clamps).
FUSED: dict[Op, tuple[Part, ...]] = {
    Op.SERVICE: (
        Part(Op.PAY, ("cash", "interest", UNLIMITED, "interest_total")),
        Part(Op.REPAY, ("cash", "principal", UNLIMITED, "balance", "principal_total")),
    ),
    Op.TOP_UP: (
        Part(Op.FUND, ("cash", "account", "target", UNLIMITED, "funded")),
        Part(Op.RELEASE, ("account", "cash", "target", UNLIMITED, "drawn")),
    ),
    Op.PAY_CAPITALISE: (
        Part(Op.PAY, ("cash", "due", UNLIMITED, "total")),
        Part(Op.CAPITALISE, ("due", "balance", UNLIMITED, "deferred")),
    ),
    Op.SWEEP_WHEN: (
        Part(Op.SELECT, (SCRATCH, "condition", UNLIMITED, NOTHING)),
        Part(Op.SWEEP, ("cash", SCRATCH, "balance", "total")),
    ),
    Op.FALL_DUE_AGAIN: (
        Part(Op.ACCRUE, ("interest", "balance", "rate")),
        Part(Op.ADD, (SCRATCH, "principal", "instalment")),
        Part(Op.MIN, ("principal", "balance", SCRATCH)),
    ),
    Op.FALL_DUE: (
        Part(Op.ACCRUE, ("interest", "balance", "rate")),
        Part(Op.MIN, ("principal", "balance", "instalment")),
    ),
    Op.CLOSE: (
        Part(Op.SHORTFALL, ("total", "a", "b")),
        Part(Op.RECORD, ("balance",)),
    ),
    Op.RECORD_TWO: (
        Part(Op.RECORD, ("a",)),
        Part(Op.RECORD, ("b",)),
    ),
    Op.EXCESS: (
        Part(Op.SUB, (SCRATCH, "a", "b")),
        Part(Op.MAX, ("d", NOTHING, SCRATCH)),
    ),
    Op.PAY_ALL: (Part(Op.PAY, ("cash", "due", UNLIMITED, "total")),),
    Op.REPAY_ALL: (Part(Op.REPAY, ("cash", "due", UNLIMITED, "balance", "total")),),
    Op.TAKE_ALL: (Part(Op.TAKE, ("cash", UNLIMITED, "total")),),
    Op.COVER: (Part(Op.DRAW, ("account", "cash", "need", UNLIMITED, "total")),),
}


class Kind(enum.StrEnum):
    """What a register is, in the order in which the register file is laid out."""

    CONSTANT = "constant"
    SERIES = "series"  # one value per period, the same for every path
    INPUT = "input"  # one value per period and path, from a source
    STATE = "state"  # kept from period to period
    TEMP = "temp"


@attrs.frozen
class Register:
    """`initial` is what every lane holds when a block starts (constants: always)."""

    name: str
    kind: Kind
    initial: float = 0.0


@attrs.frozen
class Record:
    """A reported quantity `owner.field` held in `register`. `flow`: a total that starts at 0 each path and only grows
    within it; `stock`: a level, summed by RECORD at the close of each period. `side` of a flow: +1 brings cash into
    the deal, −1 takes it out, 0 moves none across its border (a transfer between accounts, a count)."""

    owner: str
    field: str
    register: int
    flow: bool
    side: int = 0

    @property
    def name(self) -> str:
        return f"{self.owner}.{self.field}"


@attrs.frozen
class Claim:
    """What the measures need to know of a class. `kind`: collateral, fee, debt, residual, account, test, status."""

    name: str
    kind: str
    notional: float = 0.0
    rank: int = 0
    paid: float | None = None

    @property
    def invested(self) -> float:
        """What its holders paid for it at closing: the notional, unless `paid` says otherwise."""
        return self.notional if self.paid is None else self.paid


@attrs.frozen
class Step:
    """Where instructions `first` ≤ k < `last` come from: a path in the deal and words for people.

    What the deal says there, as data for who describes the Program: in a waterfall and of a call the `verb`, its
    `targets` and how they share (`group`), the accounts it goes `source` → `to`, the dues that a draw is for (`cover`);
    and everywhere `details`, (key of the deal file, words).
    It decides no figure and is left out of the hash.
    """

    path: str
    text: str
    first: int
    last: int
    verb: str = ""
    targets: tuple[str, ...] = ()
    group: str = ""
    source: str = ""
    to: str = ""
    cover: tuple[str, ...] = ()
    details: tuple[tuple[str, str], ...] = ()


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

    @property
    def initial(self) -> NDArray[np.float64]:
        return np.array([register.initial for register in self.registers])

    @property
    def cash_at_closing(self) -> float:
        """What the accounts hold before the first period."""
        return math.fsum(self.registers[k].initial for k in self.cash)

    @property
    def hash(self) -> str:
        """SHA-256 of everything that decides a figure (the words of the steps aside)."""
        digest = hashlib.sha256()
        for part in (self.instructions, self.series, self.initial):
            digest.update(np.ascontiguousarray(part).tobytes())
        said = (self.registers, self.records, self.claims, self.dates, self.times, self.quantum, self.currency)
        digest.update(repr((*said, self.cash)).encode())
        return digest.hexdigest()

    def record(self, name: str) -> int:
        """The number of the record `owner.field`. Raises KeyError."""
        return self._numbers[name]

    @cached_property
    def _numbers(self) -> dict[str, int]:
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


def check(program: Program) -> None:
    """Refuse a Program that breaks the rules which the kernel relies on. Raises ProgramError with every breach."""
    problems: list[Problem] = []
    order = [_ORDER[register.kind] for register in program.registers]
    if order != sorted(order):
        problems.append(Problem("registers are out of order", "constants, series, inputs, states, temps"))
    if program.series.ndim != 2 or program.series.shape[0] != len(program.of_kind(Kind.SERIES)):
        problems.append(Problem(f"series has shape {program.series.shape}", "[series registers, T]"))
    if program.quantum <= 0 or np.frexp(program.quantum)[0] != 0.5:
        problems.append(Problem(f"quantum {program.quantum!r} is not a power of two"))
    fixed = {k for k, register in enumerate(program.registers) if register.kind not in _WRITABLE}
    for k, (op, records, operands) in enumerate(program.instructions.tolist()):
        for what in _breaches(program, fixed, op, operands, records, k):
            problems.append(Problem(f"instruction {k}: {what}"))
    for record in program.records:
        if not 0 <= record.register < len(program.registers):
            problems.append(Problem(f"record {record.name}: register {record.register} does not exist"))
        elif program.registers[record.register].kind is not Kind.STATE:
            problems.append(Problem(f"record {record.name}: its register is not a state"))
        if record.side not in ((-1, 0, 1) if record.flow else (0,)):
            what = f"record {record.name}: side {record.side}"
            problems.append(Problem(what, "-1, 0 or 1 for a flow, 0 for a stock"))
    if problems:
        raise ProgramError(problems)


def _breaches(
    program: Program, fixed: Set[int], opcode: int, operands: Sequence[int], records: Sequence[int], number: int
) -> list[str]:
    """What is wrong with an instruction; `fixed`: registers that none may write."""
    if opcode not in _OPS:
        return [f"unknown opcode {opcode}"]
    op, registers = _OPS[opcode], program.registers
    count = len(registers)
    found: list[str] = []
    read: list[int] = []
    written: list[int] = []
    for k in REGISTERS[op]:
        value, length = operands[k], operands[3] if op is Op.WINDOW and k == _RING else 1
        if not 0 <= value < count:
            found.append(f"{op.name} {OPERAND_ROLES[op][k][0]}: register {value} does not exist")
        elif length < 1 or value + length > count:
            found.append(f"{op.name} {OPERAND_ROLES[op][k][0]}: {max(0, length)} registers from {value} do not exist")
        elif k in READ[op]:
            read.append(value)
        else:
            span = range(value, value + length)
            written.extend(span)
            if not fixed.isdisjoint(span):
                found.append(f"{op.name} writes {registers[value].name!r}, a {registers[value].kind}")
    if len(set(written)) < len(written) or not set(written).isdisjoint(read):
        found.append(f"{op.name} names a register that it writes more than once")
    if op is Op.SKIP and not 0 <= operands[1] <= len(program.instructions) - number - 1:
        found.append(f"SKIP leaves the program by skipping {operands[1]}")
    return found + _record_breaches(program, op, operands, records)


def _record_breaches(program: Program, op: Op, operands: Sequence[int], records: Sequence[int]) -> list[str]:
    found = []
    for number, operand in zip_longest(records, RECORDED.get(op, ())):
        if number in (-1, None):
            continue
        if operand is None:
            found.append(f"{op.name} cannot record that much")
        elif not 0 <= number < len(program.records):
            found.append(f"record {number} does not exist")
        else:
            at = _NAMES[op].index(operand)
            record = program.records[number]
            if record.register != operands[at] or record.flow != (at not in READ[op]):
                found.append(f"{op.name} records {record.name!r}, which is not its own register")
    return found


_OPS = {int(op): op for op in Op}
_ORDER = {kind: k for k, kind in enumerate(Kind)}
_NAMES = {op: tuple(name for name, _ in roles) for op, roles in OPERAND_ROLES.items()}
_RING = _NAMES[Op.WINDOW].index("ring")
_WRITABLE = (Kind.STATE, Kind.TEMP)
