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


def driven(folder: Path, before: str, after: str = "", deals: int = 4) -> subprocess.CompletedProcess[str]:
    """A script that runs a batch of deals in `folder`; `before` and `after` are what else it does."""
    write_deals(folder / "deals", deals)
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


def test_a_driver_that_ignores_what_becomes_of_its_children(tmp_path: Path) -> None:
    """So that the system forgets them: workers inherit it, and the process that they come from waits for them."""
    done = driven(tmp_path / "home", "import signal\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\n")
    assert (said(tmp_path / "home"), done.stderr) == ("4 computed, 0 failed", "")


def test_a_driver_in_a_folder_of_modules(tmp_path: Path) -> None:
    """Which it does not import itself: they lie in the working folder, and its script does not."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("selectors", "queue", "numpy"):
        (home / f"{name}.py").write_text("raise RuntimeError('not the module that was meant')\n")
    done = driven(home, "")
    assert (said(home), done.stderr) == ("4 computed, 0 failed", "")


FORKING = """
import os, sys, time, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # of this fork of ours, from Python 3.12 on
sys.path.insert(0, {home!r})
from tests.batch.small_grid import descendants
child, workers = 0, []
def tell(progress):
    global child
    if progress.tasks_done and not child:
        child = os.fork()
        if not child:
            time.sleep(60)
            os._exit(0)
        workers.extend(set(descendants(os.getpid())) - {{child}})
"""
AFTER_FORKING = """
def alive(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
print(len(workers) > 0, sum(map(alive, workers)))
print(run_batch(cases, out, paths=20, workers=0).known)
os.kill(child, 9)
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes in /proc")
def test_a_driver_that_forks_while_it_runs(tmp_path: Path) -> None:
    """The child has copies of the pipes and of the lock: no worker lives on for that, and the folder is free."""
    before = FORKING.format(home=str(Path(__file__).parents[2]))
    done = driven(tmp_path / "home", before, AFTER_FORKING)
    assert (done.stdout, done.stderr) == ("True 0\n4\n", "")


MANY_WORKERS = """
from tranche.errors import UsageError
there = len(os.listdir("/dev/fd"))
try:
    run_batch(cases, out, paths=21, workers=20)
except UsageError as error:
    print(error)
print(len(os.listdir("/dev/fd")) - there, "more open", end=", ")
try:
    print(os.waitpid(-1, os.WNOHANG))
except ChildProcessError:
    print("no child")
"""


def test_a_driver_that_may_open_few_files(tmp_path: Path) -> None:
    """It says so, and leaves nothing open and nobody at work."""
    before = "import os, resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))\n"
    done = driven(tmp_path / "home", before, MANY_WORKERS, deals=20)
    said = "20 worker processes cannot be started: Too many open files; fewer of them (--workers)"
    assert (done.stdout, done.stderr) == (f"{said}\n0 more open, no child\n", "")
