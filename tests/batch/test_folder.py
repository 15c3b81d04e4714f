"""What the system refuses a batch in its folder is told in one line that names the place, and nothing is left over."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.batch.small_grid import write_deals
from tranche.batch import grid, run_batch
from tranche.batch import run as batch_run
from tranche.batch.dataset import write_dataset
from tranche.errors import UsageError

pytest.importorskip("pyarrow")


def is_file(out: Path) -> Path:
    out.write_text("mine")
    return out


def dangling(out: Path) -> Path:
    out.symlink_to("nowhere")
    return out


def inner_is_file(out: Path) -> Path:
    out.mkdir()
    (out / ".tranche").write_text("mine")
    return out


def folder_at(*names: str) -> Callable[[Path], Path]:
    def make(out: Path) -> Path:
        out.joinpath(*names).mkdir(parents=True)
        return out

    return make


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (is_file, r"/\.tranche: cannot be written: Not a directory"),
        (dangling, r"/\.tranche: cannot be written: "),
        (lambda out: Path("/proc/x"), r"/proc/x/\.tranche: cannot be written: No such file"),
        (lambda out: out / ("x" * 300), r"\.tranche: cannot be written: File name too long; a shorter name"),
        (inner_is_file, r"/\.tranche: cannot be written: File exists"),
        (folder_at(".tranche", "lock"), r"/\.tranche/lock: cannot be written: Is a directory"),
        (folder_at("cases.parquet"), "/cases.parquet is a folder"),
        (folder_at("manifest.json"), "/manifest.json is a folder"),
    ],
)
def test_a_folder_that_cannot_be(tmp_path: Path, make: Callable[[Path], Path], said: str) -> None:
    write_deals(tmp_path / "deals", 1)
    out = make(tmp_path / "runs")
    with pytest.raises(UsageError, match=said):
        run_batch(grid(sorted((tmp_path / "deals").glob("*"))), out, paths=10, workers=0)


def test_a_folder_that_may_not_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: object, **named: object) -> None:
        raise PermissionError(13, "Permission denied")

    write_deals(tmp_path / "deals", 1)
    monkeypatch.setattr(Path, "mkdir", refused)
    with pytest.raises(UsageError, match=r"runs/\.tranche: cannot be written: Permission denied; write to another"):
        run_batch(grid(sorted((tmp_path / "deals").glob("*"))), tmp_path / "runs", paths=10, workers=0)


@pytest.mark.parametrize("most", [0, 10, 700, 8_000])
def test_a_disk_that_is_full(tmp_path: Path, most: int) -> None:
    """Here: no file may grow beyond so many bytes."""
    write_deals(tmp_path / "deals", 2)
    code = (
        "import resource, sys, pathlib; from tranche.cli import main\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({most}, {most})); main()"
    )
    ask = [sys.executable, "-c", code, "batch", "deals", "--out", "runs", "--paths", "20", "--workers", "0"]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(ask, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    (line,) = done.stderr.splitlines()
    assert done.returncode == 2
    assert line.startswith("runs/")
    assert line.endswith(": cannot be written: File too large; allow larger files")
    assert not list((tmp_path / "runs").rglob("*.unfinished"))


def test_tables_that_are_interrupted_leave_nothing_behind(tmp_path: Path) -> None:
    write_deals(tmp_path / "deals", 1)
    (case,) = grid(sorted((tmp_path / "deals").glob("*")))

    def interrupted() -> bytes:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_dataset(tmp_path, [(case, "", ("failed",)), (case, "", interrupted)])
    assert [path.name for path in tmp_path.iterdir()] == ["deals"]


def test_names_that_are_not_utf8_are_refused_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_run, "executor_for", None)  # nothing may be run
    write_deals(tmp_path / "deals", 2)
    path = next((tmp_path / "deals").glob("*"))
    path.rename(path.with_name(os.fsdecode(b"\xff.yaml")))
    with pytest.raises(UsageError, match=r"deals/\\udcff.yaml' is not UTF-8; name it in UTF-8"):
        grid(sorted((tmp_path / "deals").glob("*")))
    with pytest.raises(UsageError, match="is not UTF-8"):
        grid([Path("a.yaml")], overrides=[(("description", "\udcff"),)])
