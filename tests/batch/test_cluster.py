"""On Dask: the same bytes as on processes, whoever dies or joins."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.batch.small_grid import dataset, stored, write_deals, write_markets
from tranche.batch import grid, run_batch
from tranche.errors import UsageError

pytest.importorskip("pyarrow")
pytest.importorskip("distributed")
pytestmark = [
    pytest.mark.xdist_group("cluster"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

PATHS, SLICE = 1_500, 400


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cluster")
    write_deals(folder / "deals", 3)
    write_markets(folder / "markets", 2)
    (folder / "deals" / "wrong.yaml").write_text("format: 1\nname: wrong\n")
    run_batch(cases(folder), folder / "here", paths=PATHS, slice_paths=SLICE, workers=0)
    return folder


def cases(folder: Path) -> list:
    return grid(sorted((folder / "deals").glob("*")), sorted((folder / "markets").glob("*")))


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """The address of a scheduler with two workers, each a process of its own."""
    file = tmp_path / "scheduler.json"
    tool = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    started = [subprocess.Popen([*tool, "--scheduler-file", str(file), "--port", "0", "--no-dashboard"], **QUIET)]
    while not file.exists():
        time.sleep(0.05)
    import json

    started += [worker(file) for _ in range(2)]
    yield json.loads(file.read_text())["address"]
    for process in reversed(started):
        process.kill()
        process.wait()


QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def worker(scheduler_file: Path) -> subprocess.Popen[bytes]:
    tool = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(scheduler_file)]
    return subprocess.Popen([*tool, "--nthreads", "1", "--no-nanny", "--no-dashboard"], **QUIET)


def test_a_local_cluster_gives_the_same_bytes(home: Path) -> None:
    report = run_batch(cases(home), home / "dask", paths=PATHS, slice_paths=SLICE, workers=2, cluster="local")
    assert (report.computed, len(report.failed)) == (6, 2)
    assert dataset(home / "dask") == dataset(home / "here")


@pytest.mark.slow
def test_a_cluster_that_stands_already_and_loses_and_gains_a_worker(
    home: Path, tmp_path: Path, scheduler: str
) -> None:
    """One of two workers is killed and a third joins while the batch runs."""
    from distributed import Client

    write_deals(tmp_path / "deals", 30)
    write_markets(tmp_path / "markets", 2)
    grid_ = cases(tmp_path)
    run_batch(grid_, tmp_path / "here", paths=20_000, workers=0)
    with Client(scheduler) as client:
        client.wait_for_workers(2, timeout=60)
        victims = list(client.run(os.getpid).values())
    joined: list[subprocess.Popen[bytes]] = []

    def disturb() -> None:
        while stored(tmp_path / "dask") < 5:
            time.sleep(0.005)
        os.kill(victims[0], signal.SIGKILL)
        joined.append(worker(tmp_path / "scheduler.json"))

    trouble = threading.Thread(target=disturb)
    trouble.start()
    report = run_batch(grid_, tmp_path / "dask", paths=20_000, cluster=scheduler)
    trouble.join()
    for process in joined:
        process.kill()
        process.wait()
    assert report.failed == ()
    assert report.computed == 60
    assert dataset(tmp_path / "dask") == dataset(tmp_path / "here")


def test_nobody_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tranche.batch.cluster.CONNECT", 0.5)
    write_deals(tmp_path / "deals", 1)
    with pytest.raises(UsageError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        run_batch(grid(sorted((tmp_path / "deals").glob("*"))), tmp_path / "runs", cluster="tcp://127.0.0.1:9")
