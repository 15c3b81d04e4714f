"""Killed at any moment, driver or worker, a batch goes on where it stopped and ends with the same bytes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.batch.small_grid import dataset, descendants, stored, write_deals, write_markets

pytest.importorskip("pyarrow")
pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds workers in /proc")

TOO_LONG = 600.0


def start(home: Path, out: Path, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tranche", "batch", "deals", "--markets", "markets", "--out", str(out), *options]
    return subprocess.Popen(command, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def until(condition: Callable[[], bool], driver: subprocess.Popen[bytes]) -> bool:
    """Wait for `condition`; False when the driver ended before."""
    start = time.monotonic()
    while not condition():
        if driver.poll() is not None:
            return False
        assert time.monotonic() - start < TOO_LONG
        time.sleep(0.002)
    return True


def disturbed(home: Path, out: Path, drivers: int, workers: int, step: int, options: list[str]) -> tuple[int, int]:
    """Run the batch; kill the driver and the workers so many times, each after up to `step` more results and a moment.
    Returns how many of each were killed."""
    draw = random.Random(11)
    killed = [0, 0]
    victims = ["driver"] * drivers + ["worker"] * workers
    draw.shuffle(victims)
    driver = start(home, out, *options)
    for victim in victims:
        target = stored(out) + draw.randrange(1, step)
        if not until(lambda target=target: stored(out) >= target, driver):
            break
        time.sleep(draw.uniform(0.0, 0.03))
        if victim == "driver":
            driver.kill()
            driver.wait()
            killed[0] += 1
            driver = start(home, out, *options)
        elif there := descendants(driver.pid):
            os.kill(draw.choice(there), signal.SIGKILL)
            killed[1] += 1
    assert driver.wait(TOO_LONG) == 0
    return killed[0], killed[1]


def compare(home: Path, options: list[str], drivers: int, workers: int, step: int, cases: int) -> None:
    assert start(home, home / "quiet", *options).wait(TOO_LONG) == 0
    killed = disturbed(home, home / "chaos", drivers, workers, step, options)
    assert killed == (drivers, workers)
    assert dataset(home / "chaos") == dataset(home / "quiet")
    rows = pd.read_parquet(home / "chaos" / "cases.parquet")
    assert rows["case"].tolist() == list(range(cases))
    assert not rows.duplicated(["deal", "market", "overrides"]).any()
    assert not list(home.glob("chaos/**/*.unfinished"))


def test_killed_a_few_times(tmp_path: Path) -> None:
    write_deals(tmp_path / "deals", 10)
    write_markets(tmp_path / "markets", 2)
    compare(tmp_path, ["--paths", "3000", "--slice", "1100", "--workers", "2"], 2, 1, step=5, cases=20)


@pytest.mark.slow
def test_killed_fifteen_times(tmp_path: Path) -> None:
    """200 deals × 3 markets; the driver ten times, workers and the process that they come from five times."""
    write_deals(tmp_path / "deals", 200)
    write_markets(tmp_path / "markets", 3)
    compare(tmp_path, ["--paths", "2000", "--workers", "2"], 10, 5, step=24, cases=600)
