"""Folders of small generated deals and markets, the same for the same count."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import TYPE_CHECKING

from tests.small_deals import FLEET

if TYPE_CHECKING:
    import pytest

MARKET = """\
format: 1
name: market {k}
factors:
  rent_h100: {{lognormal: {{initial: 2.00 USD/gpu-hour, drift: {drift}%, volatility: {volatility}%}}}}
"""


def write_deals(folder: Path, count: int, text: str = FLEET, seed: int = 1) -> None:
    """`count` deals that differ in fleet, coupon, notional and lease."""
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(seed)
    for k in range(count):
        deal = (
            text.replace("Small fleet", f"Fleet {k}")
            .replace("gpus: 1_000", f"gpus: {draw.randrange(700, 1_500)}")
            .replace("coupon: 9%", f"coupon: {draw.randrange(700, 1_200)}bp")
            .replace("notional: 20m", f"notional: {draw.randrange(15_000, 25_000)}k")
            .replace("rate: 2.00 USD/gpu-hour", f"rate: {draw.uniform(1.5, 2.5):.2f} USD/gpu-hour")
        )
        (folder / f"fleet_{k:04}.yaml").write_text(deal, encoding="utf-8")


def write_markets(folder: Path, count: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for k in range(count):
        text = MARKET.format(k=k, drift=-20 - 10 * k, volatility=40 + 10 * k)
        (folder / f"market_{k}.yaml").write_text(text, encoding="utf-8")


def dataset(out: Path) -> dict[str, bytes]:
    """The bytes of every table; and of the manifest but for its times."""
    import json

    files = {path.name: path.read_bytes() for path in sorted(out.glob("*.parquet"))}
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    del manifest["times"]
    return files | {"manifest.json": json.dumps(manifest, sort_keys=True).encode()}


def stored(out: Path) -> int:
    """Results that are in the folder of a batch, which may be at work there."""
    from tranche.batch.log import found_in

    try:
        with (out / ".tranche" / "results.log").open("rb") as file:
            return len(found_in(file)[0])
    except FileNotFoundError:
        return 0


def descendants(process: int) -> list[int]:
    """Processes that it has started, those that these have started, and so on: parents before their children."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it ended
            continue
        parents.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found = [process]
    for one in found:
        found += parents.get(one, [])
    return found[1:]


def run_in_workers(code: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that are started from now on run `code`, which is written into `folder`, before anything else."""
    (folder / "sitecustomize.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
