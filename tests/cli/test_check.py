"""`tranche check`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command


def test_good_deals(command: Command, deals: Path) -> None:
    result = command("check", deals)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == ["deals/more/fleet.yml: OK", "deals/pool.yaml: OK, 1 warning"]
    (warning,) = result.stderr.splitlines()
    assert warning.startswith("deals/pool.yaml:28 waterfall[8]: warning: mezz.principal is paid until 2026-12-01, and ")


def test_a_warning_fails_a_deal_only_when_asked_to(command: Command, deals: Path) -> None:
    assert command("check", deals / "pool.yaml").exit_code == 0
    strict = command("check", deals, "--strict")
    assert strict.exit_code == 1
    assert strict.stdout == "deals/more/fleet.yml: OK\n"
    fleet, pool = json.loads(command("check", deals, "--strict", "--json").stdout)
    assert (fleet["ok"], fleet["warnings"], pool["ok"], pool["problems"]) == (True, [], False, [])
    (warning,) = pool["warnings"]
    assert (warning["rule"], warning["line"], warning["path"]) == ("nothing-due", 28, "waterfall[8]")
    text = (deals / "pool.yaml").read_text() + "accept: {'waterfall[8]': a deal for tests}\n"
    (deals / "pool.yaml").write_text(text)
    assert command("check", deals, "--strict").exit_code == 0


def test_every_problem_with_its_line_and_then_the_next_deal(command: Command, deals: Path) -> None:
    text = (deals / "more" / "fleet.yml").read_text()
    wrong = text.replace("gpus: 1_000", "gpus: -5").replace("loan.principal\n", "lone.principal\n")
    (deals / "more" / "fleet.yml").write_text(wrong)
    result = command("check", deals)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == ["deals/pool.yaml: OK, 1 warning"]
    places = [line.split(" ")[0] for line in result.stderr.splitlines()]
    assert places == ["deals/more/fleet.yml:6", "deals/more/fleet.yml:24", "deals/pool.yaml:28"]
    assert "unknown tranche 'lone'; did you mean 'loan'?" in result.stderr


def test_the_cash_is_read_too(command: Command, deals: Path) -> None:
    lines = (deals / "cash.csv").read_text().splitlines()
    (deals / "cash.csv").write_text("\n".join([*lines[:5], lines[5].rpartition(",")[0] + ",nan", *lines[7:]]) + "\n")
    result = command("check", deals / "pool.yaml")
    assert result.exit_code == 1
    assert "cash.csv:6 cash" in result.stderr


def test_figures_hold(command: Command, deals: Path) -> None:
    result = command("check", deals, "--run")
    assert result.exit_code == 0
    assert "deals/more/fleet.yml: OK, 2 figures hold" in result.stdout


def test_figures_that_do_not_hold(command: Command, deals: Path) -> None:
    file = deals / "more" / "fleet.yml"
    other = "loan.interest: 9m ± 1\n    loan.wal: 1 ± 9"
    file.write_text(file.read_text().replace("loan.interest: 2.5m ± 500k", other))
    result = command("check", file, "--run")
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith("deals/more/fleet.yml:31 expect.figures.loan.interest: loan.interest is 2")
    assert line.endswith("; the file expects 9000000 ± 1")
    data = json.loads(command("check", file, "--run", "--json").stdout)
    assert [figure["holds"] for figure in data[0]["figures"]] == [True, False, True]
    assert data[0]["ok"] is False


def test_an_unknown_figure(command: Command, deals: Path) -> None:
    file = deals / "more" / "fleet.yml"
    file.write_text(file.read_text().replace("loan.interest: 2.5m", "loan.interes: 2.5m"))
    result = command("check", file, "--run")
    assert result.exit_code == 1
    assert "unknown figure 'loan.interes'; did you mean 'loan.interest'" in result.stderr


def test_json_of_problems(command: Command, deals: Path) -> None:
    (deals / "pool.yaml").write_text("format: 1\nnam: x\n")
    result = command("check", deals, "--json")
    fleet, pool = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (fleet["ok"], pool["ok"]) == (True, False)
    assert {"what", "fix", "path", "file", "line"} == set(pool["problems"][0])
    assert any(problem["line"] == 2 for problem in pool["problems"])


def test_a_deal_whose_cash_comes_with_the_call(command: Command, deals: Path) -> None:
    pool = deals / "pool.yaml"
    pool.write_text(pool.read_text().replace("{file: cash.csv}", "{}"))
    assert command("check", pool).stdout == "deals/pool.yaml: OK, 1 warning\n"
    assert command("check", pool, "--run").exit_code == 1


def test_markets_and_hidden_folders_hold_no_deals(command: Command, deals: Path) -> None:
    for name in ("markets", ".hidden"):
        (deals / name).mkdir()
        (deals / name / "base.yaml").write_text("rates: {}\n")
    assert command("check", deals).exit_code == 0
    assert command("check", deals, deals / "pool.yaml").stdout.count("pool.yaml") == 1
    assert command("check", deals / "markets" / "base.yaml").exit_code == 1


def test_a_file_cannot_steer_the_terminal(command: Command, deals: Path) -> None:
    pool = deals / "pool.yaml"
    pool.write_text(pool.read_text().replace("pay: servicing", 'pay: "\\e[31mservicing"'))
    result = command("check", pool)
    assert result.exit_code == 1
    assert "\x1b" not in result.stderr


@pytest.mark.parametrize("arguments", [("check",), ("run",), ("compile",), ("compile", "--svg", "x.svg")])
def test_a_deal_whose_name_cannot_be_printed(command: Command, deals: Path, arguments: tuple[str, ...]) -> None:
    fleet = deals / "more" / "fleet.yml"
    fleet.write_text(fleet.read_text().replace("name: Small fleet", 'name: "\\e[31mX\\u202e\\x00"'))
    result = command(*arguments, fleet)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"{fleet}:2 name: a deal cannot be called '\\x1b[31mX\\u202e\\x00'; a name of 1 to 200 printable letters\n"
    )
    assert not Path("x.svg").exists()


def test_an_unknown_figure_is_told_without_a_run(command: Command, deals: Path) -> None:
    file = deals / "more" / "fleet.yml"
    file.write_text(file.read_text().replace("loan.interest: 2.5m", "loan.interes: 2.5m"))
    result = command("check", file)
    assert result.exit_code == 1
    assert "fleet.yml:31 expect.figures.loan.interes: unknown figure 'loan.interes'" in result.stderr
    (report,) = json.loads(command("check", file, "--json").stdout)
    assert report["ok"] is False
