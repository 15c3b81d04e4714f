"""Deal files as tests, in a pytest of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

GOOD = """\
format: 1
name: Small
schedule: {closing: 2025-01-01, maturity: 2025-07-01, frequency: monthly, day_count: 30/360}
collateral: {collections: {amounts: [20m, 20m, 20m, 20m, 20m, 20m]}}
tranches:
  senior: {notional: 70m, coupon: 6%, amortisation: level}
  mezz: {notional: 20m, coupon: 12%}
  equity: {residual: {notional: 10m}}
tests:
  dscr: {ratio: collections / senior.debt_service, trigger: 1.30x}
waterfall:
  - pay: senior.interest
  - pay: senior.principal
  - pay: mezz.interest
  - sweep: senior.principal
    when: dscr.breached
  - pay: mezz.principal
  - pay: equity
expect:
  figures:
    senior.expected_loss: 0 ± 1e-12
"""


def run_pytest(folder: Path, *arguments: str, examples: int | None = 30) -> tuple[int, str]:
    """Exit code and output of a pytest that has this plugin and no other of the environment's options."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "COLUMNS": "200"}
    for name in ("CI", "BUILD_NUMBER"):  # where either is set, pytest's closing summary says every message again
        environment.pop(name, None)
    drawn = [] if examples is None else ["--tranche-examples", str(examples)]
    command = [sys.executable, "-m", "pytest", "-p", "tranche.testing.plugin", *drawn, *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "compose.yaml").write_text("services: {db: {image: postgres}}\n")
    (tmp_path / "markets").mkdir()
    (tmp_path / "markets" / "calm.yaml").write_text("tranches: no deal\n")
    return tmp_path


def test_a_good_deal_passes_and_other_yaml_is_left_alone(folder: Path) -> None:
    code, said = run_pytest(folder, "--tranche", "-v")
    assert code == 0, said
    assert "tranche: deal files are tests; 30 stresses for each rule, the same ones every time" in said
    for name in ("schema", "warnings", "expect", "cash_conserved", "residual_waits", "kernel_equals_reference"):
        assert f"good.yaml::{name} PASSED" in said
    assert "compose.yaml::" not in said
    assert "calm.yaml::" not in said
    assert "left out 2 YAML files that no deal looks like: compose.yaml, markets/calm.yaml" in said


def test_without_being_asked_it_collects_nothing(folder: Path) -> None:
    code, said = run_pytest(folder)
    assert code == 5, said  # no tests
    assert "tranche:" not in said


def test_asked_in_the_ini_file(folder: Path) -> None:
    (folder / "pytest.ini").write_text("[pytest]\ntranche = true\n")
    code, said = run_pytest(folder, "-k", "schema")
    assert code == 0, said
    assert "1 passed" in said


def test_a_file_with_mistakes_fails_once_and_says_where(folder: Path) -> None:
    (folder / "good.yaml").write_text(GOOD.replace("pay: mezz.principal", "pay: mezzo.principal"))
    code, said = run_pytest(folder, "--tranche")
    assert code == 1, said
    assert "1 failed" in said
    assert "good.yaml:17 waterfall[4].pay: unknown tranche 'mezzo'; did you mean 'mezz'" in said
    assert "Traceback" not in said


def test_a_wrong_figure_fails_with_its_line(folder: Path) -> None:
    (folder / "good.yaml").write_text(GOOD.replace("expected_loss: 0 ±", "expected_loss: 0.5 ±"))
    code, said = run_pytest(folder, "--tranche", "-k", "expect")
    assert code == 1
    assert "good.yaml:21 expect.figures.senior.expected_loss: senior.expected_loss is 0; the file expects 0.5" in said


EQUITY_FIRST = GOOD.replace("  - pay: mezz.interest\n", "  - pay: equity\n    share: 50%\n  - pay: mezz.interest\n")
CAPPED = GOOD.replace("tests:\n", "fees:\n  counsel: {amount: 5m, cap: 1m}\ntests:\n").replace(
    "  - pay: senior.interest\n", "  - pay: counsel\n  - pay: counsel.excess\n  - pay: senior.interest\n"
)
INVERTED = GOOD.replace("when: dscr.breached", "when: not dscr.breached")


@pytest.mark.parametrize(
    ("text", "rule", "said"),
    [
        (EQUITY_FIRST, "residual_waits", "no residual before a debt's interest: deal 'Small', path 0, period"),
        (CAPPED, "excess_waits", "no excess of a fee before the senior interest: deal 'Small', path 0, period"),
        (INVERTED, "distributions_rise_with_cash", "less cash, no more for the residual: deal 'Small', path 0, period"),
    ],
)
def test_a_planted_fault_shrinks_to_a_story_of_a_few_dates(folder: Path, text: str, rule: str, said: str) -> None:
    (folder / "good.yaml").write_text(text)
    code, output = run_pytest(folder, "--tranche", "-k", rule)
    assert code == 1, output
    assert said in output
    (stress,) = [line for line in output.splitlines() if line.startswith("  on: ")]
    assert stress.count(";") <= 2  # that many dates on which something happens
    assert "  pay equity" in output
    assert output.count("at the close:") <= 2


def test_a_deal_may_accept_what_it_means(folder: Path) -> None:
    (folder / "good.yaml").write_text(EQUITY_FIRST + "accept: {invariants.residual_waits: sponsor pays itself first}\n")
    code, said = run_pytest(folder, "--tranche", "-k", "residual_waits", "-rs")
    assert code == 0, said
    assert "the deal accepts it: sponsor pays itself first" in said
    (folder / "good.yaml").write_text(EQUITY_FIRST + "accept: {invariants.residual_wait: typo}\n")
    code, said = run_pytest(folder, "--tranche", "-k", "warnings")
    assert code == 1
    assert "nothing is warned of at 'invariants.residual_wait'" in said


def test_a_warning_fails_its_item(folder: Path) -> None:
    (folder / "good.yaml").write_text(GOOD.replace("  - pay: mezz.principal\n", ""))
    code, said = run_pytest(folder, "--tranche", "-k", "warnings")
    assert code == 1
    assert "mezz" in said


def test_a_count_that_is_none_is_refused(folder: Path) -> None:
    code, said = run_pytest(folder, "--tranche", "--tranche-examples", "0")
    assert code == 4
    assert "--tranche-examples" in said


def test_the_message_of_a_wrong_count_is_the_same_in_the_ini_file(folder: Path) -> None:
    wanted = "'0'; write a whole number, 1 to 1,000,000"
    assert f"--tranche-examples: {wanted}" in run_pytest(folder, "--tranche", "--tranche-examples", "0")[1]
    (folder / "pytest.ini").write_text("[pytest]\ntranche_examples = 0\n")
    code, said = run_pytest(folder, "--tranche", examples=None)
    assert code == 4
    assert f"tranche_examples is {wanted}" in said


def test_a_checkout_below_a_folder_called_markets(tmp_path: Path) -> None:
    deals = tmp_path / "markets" / "book" / "deals"
    (deals / "markets").mkdir(parents=True)
    (deals / "good.yaml").write_text(GOOD)
    (deals / "markets" / "calm.yaml").write_text(GOOD)
    code, said = run_pytest(tmp_path / "markets", "--tranche", "book/deals", "-k", "schema", "-v")
    assert code == 0, said
    assert "1 passed" in said
    code, said = run_pytest(deals / "markets", "--tranche", ".", "-k", "schema", "-v")  # named: as `tranche check` does
    assert code == 0, said
    assert "calm.yaml::schema PASSED" in said


BROKEN = {
    "quoted.yaml": GOOD.replace("tranches:", '"tranches":').replace("waterfall:", "'waterfall':").encode(),
    "indented.YAML": "".join(f" {line}\n" for line in GOOD.splitlines()).encode(),
    "misspelt.yml": GOOD.replace("tranches:", "trances:").replace("waterfall:", "waterfal:").encode(),
    "syntax.yaml": GOOD.replace("{closing", "{{closing").encode(),
    "headless.yaml": b"format: 1\nname: Small\n",
    "empty.yaml": b"",
    "utf16.yaml": GOOD.encode("utf-16"),
}
OTHERS = {
    "compose.yaml": "services: {db: {image: postgres}}\n",
    "base.yml": "format: 1\nrates: {SOFR: 5%}\n",
    "ci.yml": "name: deals\non: {push: {branches: [main]}}\nschedule: nightly\n",
    "appveyor.yml": "branches: {only: [master]}\n",
    "play.yaml": "- hosts: all\n",
    "kube.yaml": "kind: Pod\n---\nkind: Service\n",
    "latin.yaml": "hosts: caf\u00e9\n",
    "tool.yaml": "format: json\nfiles: [a]\n",
    "word.yaml": "just text\n",
    "openapi.yaml": "paths: {}\n" + "# nothing to see\n" * 130_000,
}


def test_every_deal_is_collected_and_a_broken_one_fails(tmp_path: Path) -> None:
    for name, raw in BROKEN.items():
        (tmp_path / name).write_bytes(raw)
    code, said = run_pytest(tmp_path, "--tranche", "-k", "schema", "-v")
    assert code == 1, said
    assert "left out" not in said
    for name in BROKEN:
        passes = name in ("quoted.yaml", "indented.YAML")  # `tranche check` takes these
        assert f"{name}::schema {'PASSED' if passes else 'FAILED'}" in said


@pytest.mark.parametrize("workers", [(), ("-p", "xdist", "-n", "1")])
def test_what_is_left_out_is_named(tmp_path: Path, workers: tuple[str, ...]) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    for name, text in OTHERS.items():
        (tmp_path / name).write_text(text, encoding="latin-1")
    code, said = run_pytest(tmp_path, "--tranche", "-k", "schema", *workers)
    assert code == 0, said
    assert "1 passed" in said
    assert f"tranche: left out 10 YAML files that no deal looks like: {', '.join(sorted(OTHERS))}\n" in said
