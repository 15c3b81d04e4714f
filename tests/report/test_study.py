"""What a report draws is what the run found, however large: nothing is cut at the size of the deal."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tranche
from tranche.errors import Problem, UsageError
from tranche.explanation import explain
from tranche.files import loads
from tranche.report import study, write_report
from tranche.report.charts import values

DEALS = Path(__file__).parents[2] / "deals"


def test_a_ratio_is_that_of_an_explained_path() -> None:
    deal = tranche.load(DEALS / "btc_miner_loan.yaml")
    one = study(deal, 50, 7)
    ratio = one.ratio("coverage")
    assert ratio[:, 0].min() > 1.3  # 200m of coins pledged for a loan of 100m
    told = explain(deal, 3, 7).story
    (lowest,) = (line for line in told if line.startswith("coverage: lowest "))
    assert f"{np.nanmin(ratio[3]):.4f}x" in lowest


def test_a_deal_without_debts_has_a_page(tmp_path: Path) -> None:
    text = """\
format: 1
name: Owners alone
schedule: {closing: 2025-01-01, maturity: 2025-05-01}
collateral: {collections: {amounts: [20, 0, 10, 5]}}
tranches: {equity: residual}
waterfall: [{pay: equity}]
"""
    write_report(study(loads(text), None, 0), tmp_path / "page.html")
    assert "Owners alone" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_convergence_that_fails_is_not_taken_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object, **__: object) -> None:
        raise UsageError(Problem("something else", "something right"))

    one = study(tranche.load(DEALS / "gpu_lease_abs.yaml"), 20, 7)
    monkeypatch.setattr(import_module("tranche.report.study"), "converge", refuses)
    with pytest.raises(UsageError, match="something else"):
        _ = one.convergence


def test_a_fleet_may_be_worth_more_than_the_deal() -> None:
    one = study(tranche.load(DEALS / "gpu_lease_abs.yaml"), 50, 7)
    notional = sum(claim.notional for claim in one.program.claims)
    economic = one.sample("fleet.economic")
    assert economic.max() > 1.1 * notional
    traces: dict[str, Any] = {trace["name"]: trace for trace in next(values.charts(one)).traces}
    assert traces["economic"]["y"] == pytest.approx(np.median(economic, axis=0) / 1e6, rel=1e-5)


def test_there_is_no_ratio_where_nothing_is_due() -> None:
    one = study(tranche.load(DEALS / "flash_compute.yaml"), 20, 3)
    due = one.sample("watch.dscr.denominator") > 0
    assert not due.all()
    assert (np.isfinite(one.ratio("dscr")) == due).all()
