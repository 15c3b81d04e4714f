"""The rules of a Program, what it knows of itself, and its hash."""

from __future__ import annotations

import importlib
import itertools
import pickle
import sys
import threading
from typing import Any

import attrs
import numpy as np
import pytest

from tranche.errors import ProgramError
from tranche.program import (
    FUSED,
    INSTRUCTION,
    NOTHING,
    OPERAND_ROLES,
    OPERANDS,
    RECORDED,
    SCRATCH,
    UNLIMITED,
    Kind,
    Op,
    Program,
    Record,
    Register,
    instruction,
)

REGISTERS = (
    Register("0.5", Kind.CONSTANT, 0.5),
    Register("series", Kind.SERIES),
    Register("x", Kind.INPUT),
    Register("cash", Kind.STATE, 3.0),
    Register("due", Kind.STATE),
    Register("paid", Kind.STATE),
    Register("t", Kind.TEMP),
)
RECORDS = (Record("fee", "paid", 5, flow=True), Record("cash", "balance", 3, flow=False))
ROWS = (
    instruction(Op.ACCRUE, (4, 0, 1)),
    instruction(Op.PAY, (3, 4, 2, 5), (0,)),
    instruction(Op.RECORD, (3,), (1,)),
)


def made(**changes: Any) -> Program:
    fields: dict[str, Any] = {
        "name": "small", "currency": "USD", "instructions": rows(),
        "registers": REGISTERS, "series": np.array([[1.0, 2.0]]), "records": RECORDS,
    } | changes  # fmt: skip
    return Program(**fields)


def rows(*changed: Any) -> np.ndarray[Any, np.dtype[np.void]]:
    return np.array([*ROWS, *changed], dtype=INSTRUCTION)


def test_what_a_program_knows_of_itself() -> None:
    program = made()
    assert program.periods == 2
    assert program.inputs == ("x",)
    assert program.of_kind(Kind.STATE) == range(3, 6)
    assert program.of_kind(Kind.TEMP) == range(6, 7)
    assert program.initial.tolist() == [0.5, 0.0, 0.0, 3.0, 0.0, 0.0, 0.0]
    assert program.bound == 2.0**36
    assert program.record("cash.balance") == 1
    with pytest.raises(KeyError):
        program.record("cash.level")


def test_what_is_the_same_for_every_path_has_lanes_only_where_an_instruction_reads_lanes() -> None:
    def narrow(*changed: Any) -> list[str]:
        found = made(instructions=np.array([instruction(*row) for row in changed], dtype=INSTRUCTION)).narrow
        return [register.name for register, one in zip(REGISTERS, found, strict=True) if one]

    assert narrow((Op.SCALE, (6, 3, 0)), (Op.BEST, (6, 3, 4, 1, 0))) == ["0.5", "series"]
    assert narrow((Op.SCALE, (6, 3, 0)), (Op.SCALE, (6, 1, 0))) == ["0.5"]
    assert narrow((Op.SCALE, (6, 3, 0)), (Op.SKIP, (0, 0))) == ["series"]
    assert made(registers=(), instructions=rows()[:0], series=np.empty((0, 2)), records=()).narrow.tolist() == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"instructions": rows((99, (-1, -1), (0,) * 8))}, "instruction 3: unknown opcode 99"),
        ({"instructions": rows(instruction(Op.COPY, (6, 7)))}, "instruction 3: COPY a: register 7 does not exist"),
        ({"instructions": rows(instruction(Op.COPY, (6,)))}, "instruction 3: COPY a: register -1 does not exist"),
        ({"instructions": rows(instruction(Op.COPY, (0, 3)))}, "instruction 3: COPY writes '0.5', a constant"),
        ({"instructions": rows(instruction(Op.COPY, (1, 3)))}, "instruction 3: COPY writes 'series', a series"),
        ({"instructions": rows(instruction(Op.COPY, (2, 3)))}, "instruction 3: COPY writes 'x', a input"),
        (
            {"instructions": rows(instruction(Op.ADD, (6, 6, 3)))},
            "instruction 3: ADD names a register that it writes more than once",
        ),
        (
            {"instructions": rows(instruction(Op.MOVE, (3, 3, 0, 6)))},
            "instruction 3: MOVE names a register that it writes more than once",
        ),
        (
            {"instructions": rows(instruction(Op.SCALE, (6, 0, 3)))},
            "instruction 3: SCALE factor: not a constant or a series",
        ),
        (
            {"instructions": rows(instruction(Op.SCALE, (6, 3, 2)))},
            "instruction 3: SCALE factor: not a constant or a series",
        ),
        ({"instructions": rows(instruction(Op.SKIP, (0, 1)))}, "instruction 3: SKIP leaves the program by skipping 1"),
        (
            {"instructions": rows(instruction(Op.WINDOW, (6, 0, 5, 3)))},
            "instruction 3: WINDOW ring: 3 registers from 5 do not exist",
        ),
        (
            {"instructions": rows(instruction(Op.WINDOW, (6, 0, 5, 0)))},
            "instruction 3: WINDOW ring: 0 registers from 5 do not exist",
        ),
        (
            {"instructions": rows(instruction(Op.WINDOW, (6, 0, 5, 2)))},
            "instruction 3: WINDOW names a register that it writes more than once",
        ),
        ({"instructions": rows(instruction(Op.RECORD, (3,), (2,)))}, "instruction 3: record 2 does not exist"),
        (
            {"instructions": rows(instruction(Op.RECORD, (4,), (1,)))},
            "instruction 3: RECORD records 'cash.balance', which is not its own register",
        ),
        (
            {"instructions": rows(instruction(Op.RECORD, (5,), (0,)))},
            "instruction 3: RECORD records 'fee.paid', which is not its own register",
        ),
        (
            {"instructions": rows(instruction(Op.TAKE, (4, 0, 6), (0,)))},
            "instruction 3: TAKE records 'fee.paid', which is not its own register",
        ),
        ({"instructions": rows(instruction(Op.COPY, (6, 3), (1,)))}, "instruction 3: COPY cannot record that much"),
        ({"registers": (REGISTERS[1], REGISTERS[0], *REGISTERS[2:])}, "registers are out of order"),
        ({"series": np.empty((0, 2))}, "series has shape (0, 2); [series registers, T]"),
        ({"quantum": 0.3}, "quantum 0.3 is not a power of two"),
        ({"quantum": -0.5}, "quantum -0.5 is not a power of two"),
        ({"records": (*RECORDS, Record("a", "b", 9, flow=False))}, "record a.b: register 9 does not exist"),
        ({"records": (*RECORDS, Record("a", "b", 6, flow=False))}, "record a.b: its register is not a state"),
    ],
)
def test_a_program_that_breaks_a_rule_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ProgramError) as caught:
        made(**changes)
    assert said in str(caught.value).replace("registers are out of order;", "registers are out of order")


def test_every_breach_is_said_at_once() -> None:
    with pytest.raises(ProgramError) as caught:
        made(quantum=0.3, instructions=rows(instruction(Op.COPY, (6, 7)), instruction(Op.COPY, (0, 3))))
    assert len(caught.value.problems) == 3


def test_the_arrays_cannot_be_written() -> None:
    program = made()
    with pytest.raises(ValueError, match="read-only"):
        program.series[0, 0] = 5.0
    with pytest.raises(ValueError, match="read-only"):
        program.instructions["op"][0] = 5


def test_the_hash_is_that_of_everything_that_decides_a_figure() -> None:
    changes: list[dict[str, Any]] = [
        {},
        {"series": np.array([[1.0, 2.5]])},
        {"instructions": rows(instruction(Op.COPY, (6, 3)))},
        {"registers": (attrs.evolve(REGISTERS[0], initial=0.25), *REGISTERS[1:])},
        {"records": (attrs.evolve(RECORDS[0], owner="tax"), RECORDS[1])},
        {"quantum": 2.0**-10},
    ]
    hashes = [made(**change).hash for change in changes]
    for a, b in itertools.combinations(hashes, 2):
        assert a != b
    assert made(name="another").hash == hashes[0]
    assert pickle.loads(pickle.dumps(made())).hash == hashes[0]


@pytest.mark.parametrize("op", Op, ids=lambda op: op.name)
def test_every_opcode_has_operands_that_fit(op: Op) -> None:
    roles = dict(OPERAND_ROLES[op])
    assert len(roles) == len(OPERAND_ROLES[op]) <= OPERANDS  # no name twice
    assert set(roles.values()) <= set("rswun")
    assert set(RECORDED.get(op, ())) <= set(roles)


@pytest.mark.parametrize("op", FUSED, ids=lambda op: op.name)
def test_a_fused_instruction_writes_and_reads_what_its_parts_do(op: Op) -> None:
    roles, seen = dict(OPERAND_ROLES[op]), dict[str, set[str]]()
    for part in FUSED[op]:
        assert part.op not in FUSED
        for name, (_, role) in zip(part.operands, OPERAND_ROLES[part.op], strict=True):
            if name in (UNLIMITED, NOTHING):
                assert role == "r"
            elif name not in SCRATCH:
                seen.setdefault(name, set()).add(role)
    assert set(seen) == set(roles)
    for name, found in seen.items():
        written = bool(found & {"w", "u"})
        assert (roles[name] in "wu") == written
    recorded = [name for part in FUSED[op] for name in RECORDED.get(part.op, ())]
    assert len(recorded) == len(RECORDED.get(op, ()))


def test_programs_are_checked_in_several_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found sound is remembered by all of them, and forgotten in turn."""
    module = importlib.import_module("tranche.program.check")
    monkeypatch.setattr(module._sound, "most", 2)
    programs = [
        {"registers": (*REGISTERS, *(Register(f"more {k}", Kind.TEMP) for k in range(count)))} for count in range(1, 7)
    ]
    failed: list[BaseException] = []

    def work() -> None:
        try:
            for changes in programs * 40:
                made(**changes)
        except RuntimeError as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(interval)
    assert failed == []
    assert len(module._sound) <= 2 + len(threads)
