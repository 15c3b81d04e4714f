"""docs/convergence.md shows what its commands print."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tranche.cli import app

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "convergence.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^    (tranche converge [^\n]*)\n\n```text\n(.*?)```", TEXT, re.MULTILINE | re.DOTALL)


def test_there_are_two() -> None:
    assert len(SHOWN) == 2


@pytest.mark.slow
@pytest.mark.parametrize(("command", "shown"), SHOWN, ids=["abs", "ddtl"])
def test_the_figures_of_the_page(command: str, shown: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("TERM", "dumb")
    picture = tmp_path / "convergence.svg"
    arguments = [part.replace("docs/convergence.svg", str(picture)) for part in shlex.split(command)[1:]]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    assert lines[: len(shown.splitlines())] == shown.splitlines()
    if picture.exists():
        assert picture.read_text() == (ROOT / "docs" / "convergence.svg").read_text()
