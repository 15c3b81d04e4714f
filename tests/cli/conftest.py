"""The command line, run in this process, and a folder of deals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.small_deals import FLEET, STRESSED, cash
from tranche.cli import app

Command = Callable[..., Result]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs `tranche` with arguments; an exception that is not an exit is a bug and fails the test."""
    monkeypatch.setenv("TERM", "dumb")

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(a) for a in arguments], prog_name="tranche", catch_exceptions=False)

    return run


@pytest.fixture
def deals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder `deals` with pool.yaml (and its cash.csv) and more/fleet.yml; the working folder is the one above."""
    folder = tmp_path / "deals"
    (folder / "more").mkdir(parents=True)
    pool = STRESSED.replace("{collections: {}}", "{collections: {file: cash.csv}}")
    (folder / "pool.yaml").write_text(pool, encoding="utf-8")
    rows = [f"{p},{t + 1},{amount!r}" for p, line in enumerate(cash(6).tolist()) for t, amount in enumerate(line)]
    (folder / "cash.csv").write_text("\n".join(["path,period,cash", *rows]) + "\n")
    (folder / "more" / "fleet.yml").write_text(FLEET, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return Path("deals")
