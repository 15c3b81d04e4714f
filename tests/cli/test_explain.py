"""`tranche explain`."""

from __future__ import annotations

import json
from pathlib import Path

import tranche
from tests.cli.conftest import Command


def test_it_prints_the_explanation(command: Command, deals: Path) -> None:
    file = deals / "more" / "fleet.yml"
    result = command("explain", file, "--path", 3, "--seed", 5)
    assert result.exit_code == 0
    assert result.stdout == tranche.explain(file, 3, 5).text()
    every = command("explain", file, "--path", 3, "--seed", 5, "--every")
    assert every.stdout == tranche.explain(file, 3, 5).text(every=True)


def test_the_default_path(command: Command, deals: Path) -> None:
    """17, and the last one where there are fewer."""
    assert "path 17 of seed 0" in command("explain", deals / "more" / "fleet.yml").stdout
    assert "path 5 of the collections" in command("explain", deals / "pool.yaml").stdout


def test_json(command: Command, deals: Path) -> None:
    result = command("explain", deals / "pool.yaml", "--path", 2, "--json")
    assert json.loads(result.stdout) == tranche.explain(deals / "pool.yaml", 2).json()


def test_a_path_that_is_not_there(command: Command, deals: Path) -> None:
    result = command("explain", deals / "pool.yaml", "--path", 6)
    assert result.exit_code == 2
    assert "6 paths, numbered from 0" in result.stderr


def test_a_folder_is_no_deal(command: Command, deals: Path) -> None:
    result = command("explain", deals)
    assert result.exit_code == 2
    assert "deals: is a folder; name one deal file" in result.stderr
    missing = command("explain", deals / "none.yaml")
    assert (missing.exit_code, missing.stderr) == (2, "deals/none.yaml: no such file; name a deal file\n")
