"""`tranche explain`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import tranche
from tests.cli.conftest import Command
from tranche.explanation import worst_path


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


def test_why_and_the_worst_path(command: Command, deals: Path) -> None:
    pool = deals / "pool.yaml"
    chain = tranche.explain(pool, 2).why("mezz")
    assert command("explain", pool, "--path", 2, "--why", "mezz").stdout.endswith("\n\n" + chain.text())
    data = json.loads(command("explain", pool, "--path", 2, "--why", "mezz", "--json").stdout)
    assert data == chain.json() | {"seed": 0}
    number = worst_path(pool, "mezz")
    told = command("explain", pool, "--worst", "mezz").stdout
    assert told == command("explain", pool, "--path", number, "--why", "mezz").stdout
    assert told.startswith(f"Stressed pool, path {number} of the collections\n\nmezz lost USD ")
    fleet = deals / "more" / "fleet.yml"
    found = command("explain", fleet, "--worst", "loan", "--paths", 300, "--seed", 5).stdout
    assert f"path {worst_path(fleet, 'loan', 300, 5)} of seed 5" in found
    about = command("explain", fleet, "--worst", "loan", "--paths", 300, "--seed", 5, "--why", "dscr").stdout
    assert "\n\ndscr failed.\n" in about


def test_one_date_and_one_step(command: Command, deals: Path) -> None:
    pool = deals / "pool.yaml"
    result = command("explain", pool, "--path", 2, "--period", 4, "--step", "waterfall[2]")
    assert result.stdout == tranche.explain(pool, 2).only(4, "waterfall.performing[2]").text()
    assert "pay senior.interest" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--path", 1, "--worst", "mezz"), "--path and --worst both choose the path"),
        (("--paths", 10), "add --worst NAME"),
        (("--why", "mezz", "--period", 3), "leave --period and --step out"),
        (("--why", "mez"), "unknown tranche, fee or test 'mez'; did you mean 'mezz'?"),
        (("--worst", "reserve"), "'reserve' is no tranche, fee or test"),
        (("--period", 99), "there is no period 99"),
        (("--step", "waterfall[77]"), "unknown step 'waterfall[77]'"),
    ],
)
def test_bad_usage(command: Command, deals: Path, arguments: tuple[str, ...], said: str) -> None:
    result = command("explain", deals / "pool.yaml", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
