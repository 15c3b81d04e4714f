"""Fused instructions: found where their parts stand in a row, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from tests.compiler.small import flows_of, small, step, target
from tranche.compiler import compile_deal
from tranche.compiler.emitter import Emitter
from tranche.compiler.line import Line
from tranche.compiler.values import INFINITE, ZERO, Constant, Lane, Series, Value
from tranche.deal import Deal
from tranche.program import FUSED, NOTHING, OPERAND_ROLES, SCRATCH, UNCLAMPED, UNLIMITED, Kind, Op, Program


def ops(program: Program) -> list[Op]:
    return [Op(int(op)) for op in program.instructions["op"]]


def emitted(op: Op, unlimited: Value = INFINITE, nothing: Value = ZERO) -> Emitter:
    """The parts of a fused instruction, each operand a state of its own, or a series of its own."""
    emitter = Emitter(periods=2)
    spare = {UNLIMITED: unlimited, NOTHING: nothing} | {name: emitter.temp(name) for name in SCRATCH}
    named: dict[str, Value] = {
        name: Series(np.array([number, 0.5])) if role == "s" else emitter.state(name)
        for number, (name, role) in enumerate(OPERAND_ROLES[op], start=2)
    }
    for part in FUSED[op]:
        emitter.emit(part.op, *((spare | named)[name] for name in part.operands))
    return emitter


@pytest.mark.parametrize("op", FUSED, ids=lambda op: op.name)
def test_the_parts_in_a_row_become_one_instruction(op: Op) -> None:
    packed = emitted(op).pack()
    assert [Op(int(o)) for o in packed.instructions["op"]] == [op]
    for number, (name, role) in zip(packed.instructions["r"][0].tolist(), OPERAND_ROLES[op], strict=False):
        register = packed.registers[number]
        assert register.kind is Kind.SERIES if role == "s" else register.name == name


SPARE = [(op, word) for op in FUSED for word in (UNLIMITED, NOTHING) if any(word in p.operands for p in FUSED[op])]


@pytest.mark.parametrize(("op", "word"), SPARE)
def test_not_where_another_number_stands_for_nothing_or_no_limit(op: Op, word: str) -> None:
    """Nor where the same instructions were just fused with the right ones."""
    assert [Op(int(o)) for o in emitted(op).pack().instructions["op"]] == [op]
    other = emitted(op, unlimited=Constant(7.0)) if word == UNLIMITED else emitted(op, nothing=Constant(7.0))
    assert op not in [Op(int(o)) for o in other.pack().instructions["op"]]


@pytest.mark.parametrize(("op", "name"), [(op, name) for op, names in UNCLAMPED.items() for name in names])
def test_not_without_clamps_when_an_operand_may_be_negative(op: Op, name: str) -> None:
    emitter = emitted(op)
    operand = next(k for k, register in enumerate(emitter._registers) if register.name == name)
    emitter.emit(Op.COPY, Lane(operand), emitter.input("market.spread"))
    assert op not in [Op(int(o)) for o in emitter.pack().instructions["op"]]


@pytest.mark.parametrize("op", [op for op in FUSED if len(FUSED[op]) > 1], ids=lambda op: op.name)
def test_not_when_a_skip_lands_between_the_parts(op: Op) -> None:
    emitter = emitted(op)
    parts = list(emitter._lines)
    emitter._lines[:] = [Line(Op.SKIP, (emitter.register(Constant(1.0)), 1)), *parts]
    fused = [Op(int(o)) for o in emitter.pack().instructions["op"]]
    assert op not in fused


def test_not_when_the_scratch_is_read_again() -> None:
    emitter = emitted(Op.SWEEP_WHEN)
    scratch = emitter._lines[0].operands[0]
    emitter.emit(Op.COPY, emitter.state("other"), Lane(scratch))
    assert [Op(int(o)) for o in emitter.pack().instructions["op"]] == [Op.SELECT, Op.SWEEP, Op.COPY]


@pytest.mark.parametrize(
    ("deal", "op"),
    [
        (small(step("pay", "senior.interest"), step("pay", "senior.principal")), Op.SERVICE),
        (small(step("fund", "reserve"), step("release", "reserve")), Op.TOP_UP),
        (small(step("pay", "mezz.interest", short="capitalise")), Op.PAY_CAPITALISE),
        (small(step("sweep", "senior.principal", when="cash > 5")), Op.SWEEP_WHEN),
        (small(step("draw", "reserve", cover=("agent",))), Op.COVER),
    ],
    ids=lambda x: x.name if isinstance(x, Op) else "",
)
def test_deals_get_the_fused_instruction_and_the_same_flows(deal: Deal, op: Op) -> None:
    fused, plain = compile_deal(deal), compile_deal(deal, fuse=False)
    assert op in ops(fused)
    assert not set(ops(plain)) & set(FUSED)
    assert len(fused.instructions) < len(plain.instructions)
    names = [record.name for record in fused.records]
    assert names == [record.name for record in plain.records]
    assert flows_of(deal, [3.0, 9.0, 0.0, 500.0], *names)


def test_neighbouring_steps_of_one_period_condition_share_a_skip() -> None:
    deal = small(*(step("pay", name, when="final") for name in ("agent", "senior.interest", "mezz.interest")))
    assert ops(compile_deal(deal)).count(Op.SKIP) == 1
    assert ops(compile_deal(deal, fuse=False)).count(Op.SKIP) == 3
    agent, senior = flows_of(deal, 100.0, "agent.paid", "senior.interest")
    assert agent == [0.0, 0.0, 0.0, 8.0]
    assert senior == pytest.approx([0.0, 0.0, 0.0, 4.0])


def test_steps_cover_all_instructions_of_the_waterfall() -> None:
    deal = small(
        step("pay", "senior.interest"), step("pay", "senior.principal"), step("fund", "reserve"), step("pay", "equity"),
        accounts=(target("reserve", "5"),),
    )  # fmt: skip
    program = compile_deal(deal)
    assert all(0 <= s.first < s.last <= len(program.instructions) for s in program.steps)
    covered = {k for s in program.steps for k in range(s.first, s.last)}
    assert covered == set(range(len(program.instructions)))
