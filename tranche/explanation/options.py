"""The calls of a Program as its instructions decide them, and how each stood on a date of a path.

Static first: a call step pays in what `is called` selects, and that is a chain of conditions, all of which must hold.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import attrs

from tranche.program import Kind, Op, Program, Step

from .trace import Trace

OPEN, WHEN, FREE, OWES = "open", "when", "free", "owes"
DEAL = "clean_up"  # the owner of the call of the whole deal
PRICE = "clean_up.purchase_price"  # the step in which its price comes in
Seen = Mapping[int, Mapping[str, float]]  # what instructions read and wrote on a date, by number and operand


@attrs.frozen
class Part:
    """One condition of a call: operand `operand` of instruction `number`. `kind`: its dates and prices (OPEN), the
    deal's own condition (WHEN), nobody called yet and no default (FREE), something owed (OWES). `compares`: the
    instruction that compares two figures for it, by its operands `sides`: the one that moves first."""

    kind: str
    number: int
    operand: str
    compares: int | None = None
    sides: tuple[str, str] = ("a", "b")


@attrs.frozen
class Option:
    """A call that can be exercised at all. `decides`: the instruction that says so; `above`: the one that works out
    its premium; `extends`: those that extend the debt."""

    owner: str
    step: Step
    decides: int
    parts: tuple[Part, ...]
    receives: int
    above: int | None
    extends: tuple[int, ...]

    @property
    def reads(self) -> frozenset[int]:
        """The instructions to look at while the twin runs."""
        own = {self.decides, self.receives, *self.extends}
        own |= {part.number for part in self.parts}
        compared = {number for number in (self.above, *(part.compares for part in self.parts)) if number is not None}
        return frozenset(own | compared)


@attrs.frozen
class Call:
    """A call on a date. `called`: exercised on it; `open`, `when`, `free`, `owes`: which conditions held; `sides`: the
    figures that its own condition compares; `paid`: what came in for it; `early`: what was called of the balance that
    was not due anyhow, `premium`: what is due on top; `extended`: the debt's maturity was extended on this date."""

    owner: str
    called: bool
    open: bool
    when: bool
    free: bool
    owes: bool
    sides: tuple[tuple[float, float], ...]
    paid: float
    early: float
    premium: float
    extended: bool


def options(program: Program, trace: Trace) -> tuple[Option, ...]:
    """The calls of a Program that is not fused, in the order in which they are decided."""
    found = (_option(program, trace, step) for step in program.steps if step.verb == "call")
    return tuple(option for option in found if option is not None)


def calls_of(options: tuple[Option, ...], seen: Seen) -> tuple[Call, ...]:
    """How each stood on a date."""
    return tuple(_call(option, seen) for option in options)


def _call(option: Option, seen: Seen) -> Call:
    held = {kind: all(_read(seen, part.number, part.operand) != 0 for part in option.parts if part.kind == kind)
            for kind in (OPEN, WHEN, FREE, OWES)}  # fmt: skip
    compared = [part for part in option.parts if part.compares is not None]
    sides = tuple(
        (_read(seen, part.compares, part.sides[0]), _read(seen, part.compares, part.sides[1])) for part in compared
    )
    called = _read(seen, option.decides, "d") != 0
    early = above = 0.0
    if called and option.above is not None:
        early, above = _read(seen, option.above, "a"), _read(seen, option.above, "d")
    paid = _read(seen, option.receives, "amount")
    extended = any(_read(seen, number, "d", 0.0) != 0 for number in option.extends)
    return Call(
        option.owner, called, held[OPEN], held[WHEN], held[FREE], held[OWES], sides, paid, early, above, extended
    )


def _read(seen: Seen, number: int | None, operand: str, otherwise: float = math.nan) -> float:
    return otherwise if number is None or number not in seen else seen[number][operand]


def _option(program: Program, trace: Trace, step: Step) -> Option | None:
    """None for a call that has no date."""
    owner = DEAL if step.path == DEAL else step.targets[0]
    paid = next((one for one in program.steps if one.path == PRICE), step) if owner == DEAL else step
    receives = next(k for k in range(paid.first, paid.last) if program.code[k].op is Op.RECEIVE)
    selects = _writer(program, trace, receives, "amount")
    decides = None if selects is None else _writer(program, trace, selects, "condition")
    if decides is None:
        return None
    parts = tuple(_parts(program, trace, owner, decides))
    extends = tuple(k for k in range(len(program.instructions)) if writes(program, trace, k) == f"{owner}.extended")
    return Option(owner, step, decides, parts, receives, _above(program, trace, step), extends)


def _parts(program: Program, trace: Trace, owner: str, number: int) -> Iterator[Part]:
    for operand in ("a", "b"):
        writer = _writer(program, trace, number, operand)
        if writer is not None and program.code[writer].op is Op.AND:
            yield from _parts(program, trace, owner, writer)
            continue
        kind = _kind(program, trace, owner, number, operand, writer)
        compares = _compares(program, trace, writer) if kind == WHEN else None
        first = None if compares is None else program.registers[trace.operand(compares, "a") or 0].kind
        fixed = first in (Kind.CONSTANT, Kind.SERIES)
        yield Part(kind, number, operand, compares, ("b", "a") if fixed else ("a", "b"))


def _kind(program: Program, trace: Trace, owner: str, number: int, operand: str, writer: int | None) -> str:
    register = trace.operand(number, operand)
    if writer is None:
        assert register is not None
        return OPEN if program.registers[register].kind in (Kind.SERIES, Kind.CONSTANT) else WHEN
    if _owes(program, trace, writer):
        return OWES
    states = trace.origin(number, operand).states
    if program.code[writer].op is Op.NOT:
        if f"{owner}.called" in states:
            return FREE
        inner = _writer(program, trace, writer, "a")  # not yet matured, of a debt that can be extended
        if inner is not None and program.code[inner].op is Op.SELECT and set(states) == {f"{owner}.extended"}:
            return OPEN
    return WHEN


def _owes(program: Program, trace: Trace, number: int) -> bool:
    """Whether an instruction asks if a balance, or one of several, is above zero."""
    if program.code[number].op is Op.LT:
        left, right = (program.registers[trace.operand(number, side) or 0] for side in "ab")
        zero = left.kind is Kind.CONSTANT and left.initial == 0
        return zero and right.kind is Kind.STATE and right.name.endswith(".balance")
    if program.code[number].op is not Op.OR:
        return False
    writers = [_writer(program, trace, number, side) for side in "ab"]
    return any(k is not None for k in writers) and all(k is None or _owes(program, trace, k) for k in writers)


def _compares(program: Program, trace: Trace, number: int | None) -> int | None:
    while number is not None and program.code[number].op is Op.NOT:
        number = _writer(program, trace, number, "a")
    return number if number is not None and program.code[number].op in (Op.LT, Op.LE, Op.EQ) else None


def _above(program: Program, trace: Trace, step: Step) -> int | None:
    """What is called early, times the price above par."""
    for k in range(step.first, step.last):
        if program.code[k].op is Op.ACCRUE:
            selects = _writer(program, trace, k, "balance")
            number = None if selects is None else _writer(program, trace, selects, "a")
            return number if number is not None and program.code[number].op is Op.MUL else None
    return None


def _writer(program: Program, trace: Trace, number: int, operand: str) -> int | None:
    """The instruction that wrote a temporary operand."""
    register = trace.operand(number, operand)
    if register is None or program.registers[register].kind is not Kind.TEMP:
        return None
    return trace.writer(number, register)


def writes(program: Program, trace: Trace, number: int) -> str:
    """The name of the register that an arithmetic instruction writes; empty of another."""
    register = trace.operand(number, "d")
    return "" if register is None else program.registers[register].name
