"""How commands end: versions, usage, Ctrl-C, and the real process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.core import TyperGroup

import tranche
from tests.cli.conftest import Command
from tranche import engine


def test_version(command: Command) -> None:
    result = command("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"tranche {tranche.__version__}\nkernel: blocks of ")
    assert "OpenMP: " in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["rum"],
        ["run"],
        ["run", "nowhere"],
        ["run", "empty"],
        ["run", "deals", "--paths", "many"],
        ["run", "deals", "--paths", "0"],
        ["run", "deals", "--threads", "0"],
        ["run", "deals", "--seed", "-1"],
        ["run", "deals", "--sead", "1"],
        ["explain", "deals/pool.yaml", "--path", "-1"],
        ["check", "nowhere", "--json"],
    ],
)
def test_bad_usage(command: Command, deals: Path, arguments: list[str]) -> None:
    Path("empty").mkdir()
    result = command(*arguments)
    assert result.exit_code == 2
    assert result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("name", ["run", "explain", "check"])
def test_ctrl_c(command: Command, deals: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def interrupted(*arguments: object, **named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "run_program", interrupted)
    result = command(name, deals / "pool.yaml", *(["--run"] if name == "check" else []))
    assert result.exit_code == 130
    assert result.stderr == "interrupted\n"


def test_bugs_are_not_hidden(command: Command, deals: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object, **named: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(engine, "run_program", broken)
    with pytest.raises(ZeroDivisionError):
        command("run", deals / "pool.yaml")


def test_the_real_process(deals: Path) -> None:
    code = "from tranche.cli import main; main()"
    good = subprocess.run([sys.executable, "-c", code, "check", "deals"], capture_output=True, text=True, check=False)
    assert good.returncode == 0
    assert all(": warning: " in line for line in good.stderr.splitlines())
    bad = subprocess.run([sys.executable, "-c", code, "check", "nowhere"], capture_output=True, text=True, check=False)
    assert (bad.returncode, bad.stdout) == (2, "")
    assert bad.stderr == "nowhere: no such file or folder; a deal file, or a folder of them\n"


def test_a_reader_that_goes_away(deals: Path) -> None:
    """`tranche explain … | head -1` ends quietly."""
    code = "from tranche.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "explain", "deals/pool.yaml", "--every", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    process.wait()


@pytest.mark.parametrize("module", ["typer", "tranche.cli.commands", "tranche.compiler", "tranche.files"])
def test_ctrl_c_during_the_start(deals: Path, module: str) -> None:
    """An interruption while `module` is imported, by the program or by its command."""
    code = (
        "import sys\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module!r}: raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "from tranche.cli import main; main()"
    )
    ask = [sys.executable, "-c", code, "compile", "deals/pool.yaml"]
    done = subprocess.run(ask, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "interrupted\n")


def test_ctrl_c_while_the_arguments_are_read(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: object, **named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(TyperGroup, "make_context", interrupted, raising=False)
    result = command("run", "deals")
    assert (result.exit_code, result.stderr) == (130, "interrupted\n")
