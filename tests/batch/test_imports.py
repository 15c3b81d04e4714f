"""What the processes of a batch import: each pays for it before its first deal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.batch.small_grid import write_deals

TASK = """
import sys
from pathlib import Path
from tranche.batch import grid
from tranche.batch.work import Task, perform
(case,) = grid([Path(sys.argv[1])])
assert perform(Task(0, case, 0, 0, 64)).data
"""


def imported(code: str, *arguments: str) -> set[str]:
    """The modules that are there after `code`."""
    command = [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)", *arguments]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize("code", ["from tranche.batch.serve import serve", "from tranche.batch import run_batch"])
def test_what_a_start_imports(code: str) -> None:
    assert not {"pandas", "pyarrow", "QuantLib", "scipy"} & imported(code)


def test_what_a_task_imports(tmp_path: Path) -> None:
    write_deals(tmp_path, 1)
    (path,) = tmp_path.glob("*.yaml")
    assert not {"pandas", "pyarrow", "scipy.optimize", "scipy.stats"} & imported(TASK, str(path))
