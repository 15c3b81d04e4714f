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


def run_pytest(folder: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and output of a pytest that has this plugin and no other of the environment's options."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "COLUMNS": "200"}
    for name in ("CI", "BUILD_NUMBER"):  # where either is set, pytest's closing summary says every message again
        environment.pop(name, None)
    command = [sys.executable, "-m", "pytest", "-p", "tranche.testing.plugin", "--tranche-examples", "30", *arguments]
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
    assert "compose.yaml" not in said
    assert "calm.yaml" not in said


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
