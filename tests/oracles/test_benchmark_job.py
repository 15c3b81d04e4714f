"""The benchmark job: six reference paths, every flow to 1e-6 (benchmark_job.json), through the deal file.

The file's `s_short` counts what a month left unpaid before the last month's own payout; so does our shortfall, because
that payout is a sweep, which pays beyond what is due.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import attrs
import numpy as np
import pytest

import tranche
from tranche.engine import path_flows
from tranche.inputs import prepare

ROOT = Path(__file__).parents[2]
CASES = json.loads((Path(__file__).parent / "benchmark_job.json").read_text())["cases"]
MATURITY = {60: dt.date(2030, 1, 1), 120: dt.date(2035, 1, 1)}
TOTALS = {
    "fee": ("servicing.paid",),
    "s_int": ("senior.interest",),
    "s_prin": ("senior.principal", "senior.prepaid"),
    "s_short": ("senior.shortfall",),
    "m_int": ("mezz.interest",),
    "m_prin": ("mezz.principal", "mezz.prepaid"),
    "m_pik": ("mezz.deferred",),
    "eq": ("equity.distribution",),
    "trap_periods": ("dscr.breached",),
    "s_end": ("senior.balance",),
    "m_end": ("mezz.balance",),
}


@pytest.mark.parametrize("months", sorted(MATURITY))
def test_reference_paths(months: int) -> None:
    deal = tranche.load(ROOT / "deals" / "benchmark.yaml")
    deal = attrs.evolve(deal, schedule=attrs.evolve(deal.schedule, maturity=MATURITY[months]))
    cases = [case for case in CASES if case["T"] == months]
    cash = np.array([case["cf"] for case in cases])
    results = tranche.run(deal, collections=cash)
    flows = path_flows(prepare(deal, collections=cash), 0, len(cases))
    owners = {"senior": 0, "mezz": 1, "equity": 2}
    for path, case in enumerate(cases):
        for name, fields in TOTALS.items():
            ours = sum(results.total(field)[path] for field in fields)
            assert ours == pytest.approx(case["totals"][name], abs=1e-6), name
        expected = np.array(case["flows_senior_mezz_equity"])
        for owner, column in owners.items():
            paid = ("interest", "principal", "prepaid") if owner != "equity" else ("distribution",)
            numbers = [results.program.record(f"{owner}.{field}") for field in paid]
            np.testing.assert_allclose(flows[path][:, numbers].sum(axis=1), expected[:, column], rtol=0, atol=1e-6)
