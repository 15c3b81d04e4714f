"""`tranche batch`: exit codes, what it prints, and options that make no sense."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.batch.small_grid import write_markets
from tests.cli.conftest import Command
from tranche.batch import Progress
from tranche.cli.batch import progress_line

pytest.importorskip("pyarrow")
QUICK = ("--workers", "0", "--paths", "0.1k")


def test_a_grid_from_the_command_line(command: Command, deals: Path) -> None:
    write_markets(Path("markets"), 2)
    ask = ("batch", deals, "--markets", "markets", "--set", "schedule.day_count=30/360", "--out", "runs", *QUICK)
    result = command(*ask)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines()[0] == "4 cases: 4 computed, 0 known before"
    assert command(*ask).stdout.splitlines()[0] == "4 cases: 0 computed, 4 known before"
    cases = pd.read_parquet("runs/cases.parquet")
    assert cases["paths"].tolist() == [100, 100, 6, 6]  # a pool has the paths that its file has
    assert set(cases["overrides"]) == {"schedule.day_count = 30/360"}


def test_a_case_that_fails_ends_in_one_and_the_others_are_there(command: Command, deals: Path) -> None:
    (deals / "wrong.yaml").write_text("format: 1\nname: [\n")
    result = command("batch", deals, "--out", "runs", "--json", *QUICK)
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert (report["cases"], report["computed"]) == (3, 2)
    assert [one["deal"] for one in report["failed"]] == ["deals/wrong.yaml"]
    assert "deals/wrong.yaml: deals/wrong.yaml:" in result.stderr
    assert len(pd.read_parquet("runs/cases.parquet")) == 3


def test_a_grid_file(command: Command, deals: Path) -> None:
    Path("grid.yaml").write_text("format: 1\naxes: {loan.coupon: [8%, 9%, 10%]}\n")
    result = command("batch", deals / "more", "--grid", "grid.yaml", "--out", "runs", *QUICK)
    assert result.stdout.startswith("3 cases: 3 computed")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--set", "senior.coupon"), "--set 'senior.coupon'; write a path, = and a value"),
        (("--markets", "nowhere"), "nowhere: no market files here"),
        (("--paths", "many"), "--paths: "),
        (("--paths", "0"), "paths is 0; a whole number from 1 to 100,000,000"),
        (("--slice", "-5"), "slice_paths is -5"),
        (("--slice", "0"), "slice_paths is 0"),
        (("--grid", "nowhere.yaml"), "nowhere.yaml: no such file; name a grid file"),
        (("--grid", "wrong.yaml"), "wrong.yaml:2 axs: unknown key 'axs'; did you mean 'axes'?"),
        (
            ("--grid", "coupons.yaml", "--set", "loan.coupon=7%"),
            "loan.coupon: --set and coupons.yaml both say what it is; leave it out of --set, or of the grid",
        ),
        (("--markets", "x" * 300), ": File name too long"),
        (("--out", "\udcff"), "'\\udcff' is not UTF-8"),
        (("--workers", "-1"), "workers is -1"),
    ],
)
def test_options_that_make_no_sense(command: Command, deals: Path, options: tuple[str, ...], said: str) -> None:
    Path("wrong.yaml").write_text("format: 1\naxs: {}\n")
    Path("coupons.yaml").write_text("format: 1\naxes: {loan.coupon: [8%, 9%]}\n")
    result = command("batch", deals, "--out", "runs", *options)
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr
    assert said in result.stderr


def test_more_paths_than_there_are(command: Command, deals: Path) -> None:
    """A pool has the paths that its file has: that there are fewer is said, also of what was known before."""
    note = "note: 1 case has fewer paths than were asked for: their collections have no more"
    for _ in range(2):
        result = command("batch", deals, "--out", "runs", *QUICK)
        assert result.exit_code == 0
        assert note in result.stdout.splitlines()
    few = command("batch", deals, "--out", "few", "--paths", "6", "--workers", "0")
    assert "note:" not in few.stdout
    assert json.loads(command("batch", deals, "--out", "few", "--paths", "6", "--json").stdout)["fewer"] == 0


@pytest.mark.parametrize(
    ("path_periods", "said"), [(31_200_000, "31.2m"), (100_000, "0.1m"), (4_200, "4.2k"), (100, "0.1k"), (3, "3.0")]
)
def test_a_rate_has_a_unit_that_suits(path_periods: int, said: str) -> None:
    assert progress_line(Progress(cases=5, path_periods=path_periods, seconds=1.0)) == (
        f"0 of 5 cases, {said} path-dates/s"
    )


def test_the_line_of_progress() -> None:
    progress = Progress(cases=600, done=150, failed=2, tasks=600, tasks_done=150, path_periods=9_000_000, seconds=30.0)
    assert progress_line(progress) == "150 of 600 cases, 2 failed, 0.3m path-dates/s, 1:30 left"
    assert progress_line(Progress(cases=5)) == "0 of 5 cases"
    assert progress_line(Progress(cases=1, tasks=40, tasks_done=8, seconds=2.0)) == (
        "0 of 1 cases (8 of 40 tasks), 0:08 left"
    )
