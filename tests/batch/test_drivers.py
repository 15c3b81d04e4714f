"""Batches of drivers that are not as usual: what they have closed, ignored or forked does not reach their workers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.batch.small_grid import write_deals

pytest.importorskip("pyarrow")

BATCH = """
from pathlib import Path
from tranche.batch import grid, run_batch
cases = grid(sorted(Path(deals).glob("*.yaml")))
report = run_batch(cases, out, paths=20, workers=2, progress=globals().get("tell"))
Path("said").write_text(f"{report.computed} computed, {len(report.failed)} failed")
"""


def driven(folder: Path, before: str, after: str = "") -> subprocess.CompletedProcess[str]:
    """A script that runs a batch of four deals in `folder`; `before` and `after` are what else it does."""
    write_deals(folder / "deals", 4)
    script = folder.parent / "script.py"
    script.write_text(f"deals, out = 'deals', 'runs'\n{before}{BATCH}{after}", encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        [sys.executable, str(script)], cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False
    )


def said(folder: Path) -> str:
    return (folder / "said").read_text()


def test_a_driver_without_a_standard_error(tmp_path: Path) -> None:
    driven(tmp_path / "home", "import os\nos.close(1)\nos.close(2)\n")
    assert said(tmp_path / "home") == "4 computed, 0 failed"
