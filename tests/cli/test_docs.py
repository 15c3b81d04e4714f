"""The README names every command and every option of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from tranche.cli import app

README = Path(__file__).parents[2] / "README.md"


def names() -> list[str]:
    """`tranche check`, `--run`, … of every command."""
    group = typer.main.get_command(app)
    found = ["--version"]
    for name, command in group.commands.items():
        found.append(f"tranche {name}")
        found += [option for parameter in command.params for option in parameter.opts if option.startswith("--")]
    return sorted(set(found))


def test_the_walk_finds_commands_and_options() -> None:
    assert {"tranche check", "tranche run", "tranche explain", "tranche compile", "--json", "--seed"} <= set(names())


@pytest.mark.parametrize("name", names())
def test_the_readme_names_it(name: str) -> None:
    assert name in README.read_text(encoding="utf-8")
