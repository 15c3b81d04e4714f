"""What may go from a Program, what must stay, by hand; `tests/properties` holds random deals to their whole Program."""

from __future__ import annotations

import pytest

from tranche.compiler.emitter import Emitter
from tranche.compiler.line import Line
from tranche.compiler.prune import prune
from tranche.program import Kind, Op, Register, Step

KINDS = {"i": Kind.INPUT, "s": Kind.STATE, "t": Kind.TEMP}
NAMES = ("i", "j", "s0", "s1", "s2", "t0", "t1", "t2")
REGISTERS = [Register(name, KINDS.get(name[0], Kind.INPUT)) for name in NAMES]


def lines(text: str) -> list[Line]:
    """`add t0 i s0; copy s1 t0; skip t0 1`."""
    found = []
    for one in text.split(";"):
        op, *names = one.split()
        numbers = [NAMES.index(name) if name in NAMES else int(name) for name in names]
        found.append(Line(Op[op.upper()], tuple(numbers)))
    return found


CASES = {
    "a copy whose original stands until it is read": ("copy t0 s0; add s1 t0 i", "add s1 s0 i"),
    "two copies of copies": ("copy t0 s0; copy t1 t0; add s1 t1 t0", "add s1 s0 s0"),
    "a shift": ("copy t0 s0; copy t1 s1; copy s2 t1; copy s1 t0; copy s0 i", "copy s2 s1; copy s1 s0; copy s0 i"),
    "a copy of what changes before it is read": ("copy t0 s0; copy s0 i; add s1 t0 i",) * 2,
    "a copy of what the reader changes": ("copy t0 s0; mul s0 t0 i",) * 2,
    "a copy of what changes after it is read": ("copy t0 s0; add s1 t0 i; copy s0 i", "add s1 s0 i; copy s0 i"),
    "a copy read beyond the skip that it stands in": ("skip i 1; copy t0 s0; add s1 t0 i",) * 2,
    "a copy inside a skip": ("skip i 2; copy t0 s0; add s1 t0 i", "skip i 1; add s1 s0 i"),
    "a copy of a state is not a temporary": ("copy s1 s0; add s2 s1 i",) * 2,
    "a result that is copied at once": ("add t0 i s0; copy s1 t0", "add s1 i s0"),
    "a result that is read besides": ("add t0 i s0; copy s1 t0; sub s2 t0 i",) * 2,
    "a result of what it is copied to": ("add t0 i s1; copy s1 t0",) * 2,
    "a result copied where a skip lands": ("skip i 1; add t0 i s0; copy s1 t0",) * 2,
    "a result nobody reads": ("add t0 i j; mul t1 t0 i; copy s0 i", "copy s0 i"),
    "a result one of whose readers stays": ("add t0 i j; mul t1 t0 i; copy s0 t0", "add s0 i j"),
    "a skip over nothing": ("lt t1 i j; skip t1 1; mul t0 i j; copy s0 i", "copy s0 i"),
    "a skip over less": ("skip i 2; mul t0 i j; copy s0 i", "skip i 1; copy s0 i"),
    "a payment of nothing known": ("pay s0 s1 i s2",) * 2,
}


@pytest.mark.parametrize("case", CASES)
def test_what_goes_and_what_stays(case: str) -> None:
    given, left = CASES[case]
    assert prune(lines(given), [], REGISTERS)[0] == lines(left)


def test_a_window_writes_all_of_its_ring() -> None:
    given = "copy t0 s1; window t1 i s0 2; add s2 t0 t1"
    assert prune(lines(given), [], REGISTERS)[0] == lines(given)


def test_records_keep_an_instruction() -> None:
    kept = Line(Op.RECORD, (NAMES.index("t0"),), (0,))
    assert prune([*lines("add t0 i j"), kept], [], REGISTERS)[0] == [*lines("add t0 i j"), kept]


def test_steps_follow_their_instructions() -> None:
    given = lines("add t0 i j; copy s0 i; copy t1 s0; add s1 t1 i; mul t2 i j")
    steps = [Step(path, "", *span) for path, span in {"a": (0, 1), "b": (1, 2), "c": (2, 4), "d": (4, 5)}.items()]
    left, moved = prune(given, steps, REGISTERS)
    assert left == lines("copy s0 i; add s1 s0 i")
    assert [(step.path, step.first, step.last) for step in moved] == [
        ("a", 0, 1), ("b", 0, 1), ("c", 1, 2), ("d", 1, 2),
    ]  # fmt: skip


def test_nothing_is_left_of_nothing() -> None:
    assert prune([], [], REGISTERS) == ([], [])
    emitter = Emitter(periods=1)
    emitter.compute(Op.ABS, emitter.input("x"))
    assert len(emitter.pack().instructions) == 0
