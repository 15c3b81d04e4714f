"""`tranche compile`: the disassembly."""

from __future__ import annotations

import json
from pathlib import Path

import tranche
from tests.cli.conftest import Command
from tranche.program import OPERAND_ROLES, Op


def test_everything_is_there(command: Command, deals: Path) -> None:
    result, program = command("compile", deals / "pool.yaml"), tranche.compile(deals / "pool.yaml")
    assert result.exit_code == 0
    assert program.hash in result.stdout
    lines = result.stdout.splitlines()
    for number, row in enumerate(program.instructions):
        (line,) = (line for line in lines if line.startswith(f"    {number:<5}{Op(int(row['op'])).name} "))
        for (name, role), k in zip(OPERAND_ROLES[Op(int(row["op"]))], row["r"], strict=False):
            mark = {"w": "→", "u": "↔"}.get(role, "")
            assert f" {name}={mark}r{k}:{program.registers[k].name}" in line if role != "n" else f" {name}={k}" in line
    for k, register in enumerate(program.registers):
        assert any(line.startswith(f"  r{k:<4}{register.kind:<9}{register.name}") for line in lines)
    for step in program.steps:
        assert f"  {step.path}: {step.text}" in lines
    for record in program.records:
        assert any(line.endswith(f" {record.name} in r{record.register}") for line in lines)


def test_json_is_strict_and_complete(command: Command, deals: Path) -> None:
    program = tranche.compile(deals / "pool.yaml")
    data = json.loads(command("compile", deals / "pool.yaml", "--json").stdout)
    assert data["hash"] == program.hash
    assert len(data["instructions"]) == len(program.instructions)
    assert len(data["registers"]) == len(program.registers)
    assert [record["field"] for record in data["records"]] == [record.field for record in program.records]
    (infinite,) = (k for k, register in enumerate(program.registers) if register.initial > 1e300)
    assert data["registers"][infinite]["initial"] == "inf"


def test_a_deal_that_is_none(command: Command, deals: Path) -> None:
    (deals / "pool.yaml").write_text("format: 2\n")
    result = command("compile", deals / "pool.yaml")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "deals/pool.yaml:1" in result.stderr
