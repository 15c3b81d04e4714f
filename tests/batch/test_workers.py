"""Workers and the process that they come from, each of which may end at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.batch.small_grid import dataset, descendants, run_in_workers, write_deals
from tranche.batch import grid, run_batch, workers
from tranche.batch.pool import DEPTH, MOST_DEATHS, SHORT, TOGETHER, Processes
from tranche.batch.work import Group, Outcome, Task, perform

pytest.importorskip("pyarrow")
needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes in /proc")


def tasks_in(folder: Path, count: int, paths: int = 20) -> list[Task]:
    write_deals(folder, count)
    return [Task(k, case, 0, 0, paths) for k, case in enumerate(grid(sorted(folder.glob("*.yaml"))))]


@contextmanager
def pool_of(count: int, ahead: list[Task]) -> Iterator[Processes]:
    pool = Processes(count, ahead)
    try:
        yield pool
    finally:
        pool.close()


def done(pool: Processes, tasks: list[Task], after_one: Callable[[], None] = lambda: None) -> dict[int, Outcome]:
    found: dict[int, Outcome] = {}
    for task in tasks:
        pool.submit(task)
    while len(found) < len(tasks):
        for task, outcome in pool.wait(1.0):
            found[task.number] = outcome
            if len(found) == 1:
                after_one()
    return found


def gone(processes: list[int]) -> bool:
    """Whether all of them end within some seconds."""
    until = time.monotonic() + 20.0
    while any(alive(process) for process in processes):
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


plain = workers.Source.__init__


def let_fork(forks: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers are forks from now on, or are not."""
    if forks and not workers.FORKS:
        pytest.skip("no process is forked here")
    monkeypatch.setattr(workers.Source, "__init__", lambda self, ahead=(): plain(self, ahead, forks))


@pytest.mark.parametrize("forks", [True, False])
def test_forked_or_not_the_bits_are_the_same(tmp_path: Path, forks: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    let_fork(forks, monkeypatch)
    write_deals(tmp_path / "deals", 5)
    cases = grid(sorted((tmp_path / "deals").glob("*")))
    run_batch(cases, tmp_path / "here", paths=50, workers=0)
    run_batch(cases, tmp_path / "there", paths=50, workers=2)
    assert dataset(tmp_path / "here") == dataset(tmp_path / "there")


@needs_proc
@pytest.mark.skipif(not workers.FORKS, reason="no process is forked here")
def test_the_source_is_killed_and_then_a_worker(tmp_path: Path) -> None:
    tasks = tasks_in(tmp_path, 8)
    with pool_of(2, tasks) as pool:

        def kill() -> None:
            source = pool.sources[0].process.pid
            for process in (source, descendants(source)[0]):
                os.kill(process, signal.SIGKILL)

        found = done(pool, tasks[:4], kill)
        found |= done(pool, tasks[4:])
        assert len(pool.sources) == 2
        assert all(one.data is not None for one in found.values())
        there = [two for one in pool.sources for two in (one.process.pid, *descendants(one.process.pid))]
    assert gone(there)


@needs_proc
@pytest.mark.parametrize("of", ["driver", "source"])
def test_no_process_outlives_its_driver(tmp_path: Path, of: str) -> None:
    """In the middle of tasks that take a minute."""
    write_deals(tmp_path / "deals", 2)
    command = [sys.executable, "-m", "tranche", "batch", "deals", "--out", "runs", "--paths", "100_000_000"]
    command += ["--slice", "50_000_000", "--workers", "2"]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    driver = subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60.0
    while len(descendants(driver.pid)) < 2 + workers.FORKS and time.monotonic() < until:
        time.sleep(0.01)
    there = descendants(driver.pid)
    assert len(there) == 2 + workers.FORKS
    if of == "source":
        os.kill(there[0], signal.SIGKILL)
    driver.kill()
    driver.wait()
    assert gone(there)


def test_short_tasks_are_done_together_and_long_ones_one_by_one(tmp_path: Path) -> None:
    """Whatever the groups, each task has its outcome."""
    tasks = tasks_in(tmp_path, 12)
    sizes: list[int] = []
    with pool_of(1, tasks[:2]) as pool:
        plain_send = workers.Worker.send

        def send(worker: workers.Worker, group: Group) -> bool:
            sizes.append(len(group))
            return plain_send(worker, group)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(workers.Worker, "send", send)
            found = done(pool, tasks)
            assert sizes[:DEPTH] == [1] * DEPTH  # nothing is known of them
            assert max(sizes) == TOGETHER
            pool.seconds = 2.0 * SHORT * pool.done  # as if they were long
            sizes.clear()
            found = done(pool, tasks[:6])
            assert set(sizes) == {1}
    alone = perform(tasks[4])
    assert found[4].data == alone.data
    assert alone.data is not None


def test_of_a_group_that_kills_its_worker_the_others_are_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import os\n"
        "import tranche.batch.work as work\n"
        "plain = work._run\n"
        "def deadly(task, ready):\n"
        "    if task.number in (6, 9): os.kill(os.getpid(), 11)\n"
        "    return plain(task, ready)\n"
        "work._run = deadly\n"
    )
    run_in_workers(code, tmp_path, monkeypatch)
    tasks = tasks_in(tmp_path / "deals", 16)
    with pool_of(2, []) as pool:
        found = done(pool, tasks)
    failed = {number: one.problems for number, one in found.items() if one.data is None}
    said = f"the worker process ended on it {MOST_DEATHS} times, the last time with signal 11"
    assert failed == {6: (said,), 9: (said,)}
    assert len(found) == len(tasks)


UNREADABLE = """
import tranche.batch.serve as serve
plain = serve.read_message
def read_message(pipe):
    message = plain(pipe)
    if pipe.mode == "rb" and message and any(task.number == 3 for task in message):
        raise MemoryError("it is too long")
    return message
serve.read_message = read_message
"""
FAULTY = """
import tranche.batch.work as work
plain = work._run
def run(task, ready):
    if task.number == 3: raise MemoryError("there are too many paths")
    return plain(task, ready)
work._run = run
"""


@pytest.mark.parametrize("forks", [True, False])
@pytest.mark.parametrize("code", [UNREADABLE, FAULTY])
def test_a_task_that_a_worker_cannot_take_or_do_is_told_with_the_exit_code(
    tmp_path: Path, code: str, forks: bool, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Of the worker, and not of who ends it; those that it had in hand or was to do next are done."""
    let_fork(forks, monkeypatch)
    run_in_workers(code, tmp_path, monkeypatch)
    tasks = tasks_in(tmp_path / "deals", 8)
    with pool_of(2, []) as pool:
        found = done(pool, tasks)
    said = f"the worker process ended on it {MOST_DEATHS} times, the last time with exit code 1"
    assert {number: one.problems for number, one in found.items() if one.data is None} == {3: (said,)}
    assert capfd.readouterr().err.count("MemoryError: ") >= MOST_DEATHS
