"""The batch that is measured runs, and what is said of it is said of what ran."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.batch import measure, memory, write_deals
from tranche.files import load

pytest.importorskip("pyarrow")


def test_generated_deals_are_deals_and_differ(tmp_path: Path) -> None:
    write_deals(tmp_path, 4)
    deals = [load(path) for path in sorted(tmp_path.glob("*.yaml"))]
    assert [deal.name for deal in deals] == [f"Generated {k}" for k in range(4)]
    assert len({deal.tranches for deal in deals}) == 4


def test_what_is_measured_is_the_whole_batch(tmp_path: Path) -> None:
    write_deals(tmp_path / "deals", 2)
    deals = sorted((tmp_path / "deals").glob("*.yaml"))
    one = measure(deals, tmp_path / "runs", paths=50, workers=0)
    assert one.report.path_periods == 2 * 50 * 60
    assert (one.report.computed, one.report.failed) == (2, ())
    assert 0 < one.report.kernel_seconds < one.processor
    assert 0 < one.early_memory <= 2 * one.late_memory
    assert memory() > 1e6
