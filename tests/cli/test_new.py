"""`tranche new`: what it writes runs, is free of warnings, and is the user's own."""

from __future__ import annotations

from pathlib import Path

import pytest

import tranche
from tests.cli.conftest import Command
from tranche.cli.new import kinds


@pytest.mark.parametrize("kind", kinds())
def test_a_new_deal_runs(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.chdir(tmp_path)
    result = command("new", kind, 'My "first" deal: 100%')
    assert result.exit_code == 0, result.output
    path = tmp_path / "my_first_deal_100.yaml"
    assert tranche.load(path).name == 'My "first" deal: 100%'
    assert command("check", path, "--strict", "--run").exit_code == 0
    assert command("run", path, "--paths", "200").exit_code == 0


def test_a_file_may_be_named_instead(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "my_first-miner.yaml"
    assert command("new", "miner", path).exit_code == 0
    assert tranche.load(path).name == "My first miner"
    assert command("new", "miner", path).exit_code == 2  # it is there already
    assert command("new", "miner", tmp_path / "_.yaml").exit_code == 2  # no name is left
    gone = command("new", "miner", tmp_path / "gone" / "deal.yaml")
    assert gone.exit_code == 2
    assert "Traceback" not in gone.output + gone.stderr


def test_endings(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert command("new", "abl", "foo.YAML").exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["foo.YAML"]
    assert tranche.load("foo.YAML").name == "Foo"
    wrong = command("new", "abl", "x", "--out", "nm3.txt")
    assert (wrong.exit_code, Path("nm3.txt").exists()) == (2, False)
    assert wrong.stderr == "nm3.txt: the ending '.txt' is not known; a .yaml or a .yml file\n"
    long = "x" * 300 + ".yaml"
    result = command("new", "abl", "x", "--out", long)
    assert result.exit_code == 2
    assert result.stderr == f"{long} cannot be written: File name too long; --out FILE, another one\n"


def test_it_never_overwrites(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "deal.yaml"
    path.write_text("mine")
    result = command("new", kinds()[0], "x", "--out", path)
    assert result.exit_code == 2
    assert "is there already" in result.stderr
    assert path.read_text() == "mine"


def test_an_unknown_kind_or_name(command: Command, tmp_path: Path) -> None:
    result = command("new", "project-finnance", "x", "--out", tmp_path / "x.yaml")
    assert result.exit_code == 2
    assert "did you mean 'project-finance'" in result.stderr
    assert command("new", kinds()[0], "\n", "--out", tmp_path / "x.yaml").exit_code == 2


def test_every_kind_is_in_the_help(command: Command) -> None:
    text = command("new", "--help").output
    assert kinds() == ["abl", "miner", "project-finance"]
    assert [kind for kind in kinds() if kind not in text] == []
