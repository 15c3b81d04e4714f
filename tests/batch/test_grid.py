"""What a grid is made of: grid files, `--set` options, overrides that two of them spell differently."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.batch.small_grid import write_deals
from tranche.batch import grid, read_grid, run_batch
from tranche.batch.grid import crossed
from tranche.errors import DealError

pytest.importorskip("pyarrow")


def test_grid_files(tmp_path: Path) -> None:
    file = tmp_path / "grid.yaml"
    file.write_text(
        "format: 1\naxes:\n  loan.coupon: [8%, 10%]\n  loan.amortisation: [bullet, {level: {arrears: leave}}]\n"
        "cases:\n  - {}\n  - {dscr.lock_up: 1.2x}\n"
    )
    found = read_grid(file)
    assert len(found) == 8
    assert found[0] == (("loan.coupon", "8%"), ("loan.amortisation", "bullet"))
    assert found[7] == (
        ("loan.coupon", "10%"), ("loan.amortisation", "{level: {arrears: leave}}"), ("dscr.lock_up", "1.2x"),
    )  # fmt: skip
    file.write_text("format: 2\naxs: {}\naxes: {loan.coupon: 8%}\ncases: []\n")
    with pytest.raises(DealError) as caught:
        read_grid(file)
    lines = str(caught.value).splitlines()
    assert lines[0] == f"{file}:2 axs: unknown key 'axs'; did you mean 'axes'?"
    assert [problem.place.line for problem in caught.value] == [2, 1, 3, 4]
    file.write_text("format: 1\naxes:\n  loan.coupon: [8%, ~]\ncases:\n  - {}\n  - {dscr.lock_up: }\n")
    with pytest.raises(DealError) as caught:
        read_grid(file)
    assert str(caught.value).splitlines() == [
        f"{file}:3 axes.loan.coupon[1]: nothing is written here; write a value",
        f"{file}:6 cases[1].dscr.lock_up: nothing is written here; write a value",
    ]
    file.write_text("format: 1\naxes: {loan.coupon: [8%, 9%]}\ncases:\n  - {}\n  - {loan.coupon: 7%}\n")
    with pytest.raises(DealError) as caught:
        read_grid(file)
    assert str(caught.value) == (
        f"{file}:5 cases[1].loan.coupon: loan.coupon is an axis too; leave it out of the axes, or of the cases"
    )
    file.write_text("")
    with pytest.raises(DealError, match="the file is empty; write a grid: format: 1, axes, cases"):
        read_grid(file)


def test_two_spellings_of_one_override_fail_the_case(tmp_path: Path) -> None:
    write_deals(tmp_path / "deals", 1)
    overrides = crossed([("tranches.loan.coupon", "6%"), ("loan.coupon", "7%")])
    cases = grid(sorted((tmp_path / "deals").glob("*")), overrides=overrides)
    ((_, reason),) = run_batch(cases, tmp_path / "runs", paths=10, workers=0).failed
    assert reason == "loan.coupon: tranches.loan.coupon names the same term; give one of them"
