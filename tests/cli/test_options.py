"""What all commands read alike: numbers, shares, files that are named and not there, names that cannot be printed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tranche.cli.options import count, share
from tranche.errors import UsageError

LONG = "x" * 300 + ".yaml"


@pytest.mark.parametrize(("text", "number"), [("10k", 10_000), ("1e3", 1_000), ("1_000", 1_000), ("0.1k", 100)])
def test_counts(text: str, number: int) -> None:
    assert count("--paths", text) == number


@pytest.mark.parametrize("text", ["many", "1.5", "", "10kg", "nan"])
def test_what_is_no_count(text: str) -> None:
    with pytest.raises(UsageError, match=r"^--paths: .*write a whole number such as 10_000, 100k or 10m"):
        count("--paths", text)


def test_shares() -> None:
    assert share("--share", "5%") == share("--share", "0.05") == 0.05
    with pytest.raises(UsageError, match=r"^--share: .*write a share such as 95% or 0.95"):
        share("--share", "5 of 100")


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "--paths", "0.05k", "--threads", "1e0"),
        ("report", "--out", "pages", "--paths", "0.05k"),
        ("explain", "--worst", "loan", "--paths", "0.05k", "--period", "1"),
        ("converge", "--paths", "0.05k"),
    ],
)
def test_every_command_counts_alike(command: Command, deals: Path, arguments: tuple[str, ...]) -> None:
    name, *options = arguments
    assert "--paths" not in command(name, deals / "more" / "fleet.yml", *options).stderr
    wrong = command(name, deals / "more" / "fleet.yml", *options, "--paths", "10q")
    assert wrong.exit_code == 2
    assert wrong.stderr.startswith("--paths: '10q' has an unknown unit 'q'")


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (("run", "deals", "--market"), "market"),
        (("run", "deals", "--collections"), "collections"),
        (("explain", "deals/pool.yaml", "--market"), "market"),
        (("explain", "deals/pool.yaml", "--collections"), "collections"),
        (("converge", "deals/more/fleet.yml", "--market"), "market"),
        (("leverage", "deals/more/fleet.yml", "--on-machines", "loan", "--market"), "market"),
        (("report", "deals", "--collections"), "collections"),
        (("batch", "deals", "--out", "runs", "--grid"), "grid"),
        (("compile",), "deal"),
        (("calibrate",), "CSV"),
    ],
)
def test_a_file_that_is_named_and_not_there(
    command: Command, deals: Path, arguments: tuple[str, ...], kind: str
) -> None:
    for name, said in (("none.yaml", "no such file"), (LONG, "File name too long"), ("deals", "is a folder")):
        result = command(*arguments, name)
        assert result.exit_code == 2
        assert result.stderr in {f"{name}: {said}; name {one} {kind} file\n" for one in ("a", "one")}
    assert not Path("reports").exists()
    assert not Path("runs").exists()


@pytest.mark.parametrize("name", ["run", "check", "report"])
def test_a_name_that_is_too_long(command: Command, deals: Path, name: str) -> None:
    result = command(name, LONG)
    assert result.exit_code == 2
    assert result.stderr == f"{LONG}: File name too long; a deal file, or a folder of them\n"


@pytest.mark.parametrize("options", [("--paths", "0"), ("--seed", "-1"), ("--threads", "0"), ("--paths", "x")])
def test_a_report_that_cannot_be_leaves_what_is_there(command: Command, deals: Path, options: tuple[str, ...]) -> None:
    Path("pages").mkdir()
    Path("pages/index.html").write_text("mine")
    result = command("report", deals, "--out", "pages", *options)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert [path.name for path in Path("pages").iterdir()] == ["index.html"]
    assert Path("pages/index.html").read_text() == "mine"


@pytest.mark.parametrize("name", ["two\nlines", os.fsdecode(b"\xff"), "\x1b[31m"])
def test_a_file_whose_name_cannot_be_printed(command: Command, deals: Path, name: str) -> None:
    (deals / "pool.yaml").unlink()
    (deals / "more" / "fleet.yml").rename(deals / f"{name}.yaml")
    escaped = f"deals/{name.encode('unicode_escape').decode()}.yaml"
    assert command("check", deals).stdout.startswith(f"{escaped}: OK")
    assert escaped in command("run", deals, "--paths", "5").stdout
    told = command("report", deals, "--paths", "50", "--out", "pages").stdout.splitlines()
    assert (len(told), told[0].startswith(f"{escaped}: pages/")) == (2, True)
    (report,) = json.loads(command("run", deals, "--paths", "5", "--json").stdout)
    assert report["file"] == f"deals/{name}.yaml"


@pytest.mark.parametrize(
    "arguments", [("run", "deals", "--paths", "5"), ("check", "deals"), ("schema",), ("--help",)]
)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_an_output_that_is_full(deals: Path, arguments: tuple[str, ...]) -> None:
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tranche", *arguments], env=env, stdout=full, stderr=subprocess.PIPE, text=True,
            check=False,
        )  # fmt: skip
    said = [line for line in done.stderr.splitlines() if ": warning: " not in line]
    assert said == ["the output cannot be written: No space left on device"]
    assert done.returncode == 2
