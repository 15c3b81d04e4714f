"""docs/convergence.md shows what its commands print."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tranche.cli import app
from tranche.files import load_market

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


def test_the_vine_of_the_page_is_one(tmp_path: Path) -> None:
    [shown] = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    names = ("rent_h100", "btc", "eth", "utilisation")
    factors = "".join(f"  {name}: {{lognormal: {{initial: 1, volatility: 30%}}}}\n" for name in names)
    path = tmp_path / "market.yaml"
    path.write_text(f"format: 1\nfactors:\n{factors}{shown}")
    assert len(load_market(path).dependence.pairs) == 5
