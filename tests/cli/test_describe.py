"""`tranche compile --english | --mermaid | --svg`, and files that are not there."""

from __future__ import annotations

from pathlib import Path

import pytest

import tranche
from tests.cli.conftest import Command
from tranche.description import english, mermaid, svg


def test_each_form(command: Command, deals: Path) -> None:
    file = deals / "more" / "fleet.yml"
    program = tranche.compile(file)
    assert command("compile", file, "--english").stdout == english(program)
    assert command("compile", file, "--mermaid").stdout == mermaid(program)
    assert command("compile", file, "--svg", "-").stdout == svg(program)
    result = command("compile", file, "--svg", "deals/fleet.svg")
    assert result.stdout == "deals/fleet.svg: Small fleet\n"
    assert (deals / "fleet.svg").read_text(encoding="utf-8") == svg(program)
    assert [path.name for path in deals.iterdir() if path.name.startswith(".")] == []


def test_one_form_at_a_time(command: Command, deals: Path) -> None:
    result = command("compile", deals / "pool.yaml", "--english", "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--english and --json are different outputs" in result.stderr


@pytest.mark.parametrize("arguments", [(), ("--english",), ("--svg", "out.svg")])
def test_a_file_that_is_not_there_is_bad_usage(command: Command, deals: Path, arguments: tuple[str, ...]) -> None:
    result = command("compile", deals / "none.yaml", *arguments)
    assert result.exit_code == 2
    assert "deals/none.yaml: no such file" in result.stderr
    assert not Path("out.svg").exists()


def test_a_place_that_cannot_be_written(command: Command, deals: Path) -> None:
    result = command("compile", deals / "pool.yaml", "--svg", "nowhere/out.svg")
    assert result.exit_code == 2
    assert "nowhere/out.svg: cannot be written" in result.stderr


def test_a_drawing_is_no_other_kind_of_picture(command: Command, deals: Path) -> None:
    result = command("compile", deals / "pool.yaml", "--svg", "x.png")
    assert result.exit_code == 2
    assert result.stderr == "x.png: the ending '.png' is not known; a .svg file, or - for stdout\n"
    assert not Path("x.png").exists()
