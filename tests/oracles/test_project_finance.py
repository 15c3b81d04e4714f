"""waterfall-py 0.2.0: senior, mezzanine and equity with a reserve and a trap (project_finance_deterministic.json).

Deviations, each a quirk of the source:
 * `interest_by_tranche` is what accrued, not what was paid (listed in the file): compared with our due;
 * `equity_distribution` leaves out what of the reserve's release in the last period the mezzanine does not need; the
   row shows the release beside it (`reserve_releases`), and cash only adds up with it: added here.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import tranche

ROOT = Path(__file__).parents[2]
ORACLE = json.loads((Path(__file__).parent / "project_finance_deterministic.json").read_text())
UNIT = 1.0  # a currency unit on flows of 1e6, as the file allows


@pytest.mark.parametrize("case", ORACLE["cases"], ids=lambda case: case["name"])
def test_every_period(case: dict[str, list[list[object]]]) -> None:
    run = tranche.project(tranche.load(ROOT / "deals" / "project_finance_simple.yaml"), np.array(case["cfads"]))
    senior, mezz = run.cashflows("senior"), run.cashflows("mezz")
    equity, reserve = run.cashflows("equity"), run.cashflows("dsra")
    rows = [dict(zip(ORACLE["cases"][0]["columns"], row, strict=True)) for row in case["rows"]]
    for t, row in enumerate(rows):
        assert senior.interest.iloc[t] == pytest.approx(row["interest_by_tranche"]["S"], abs=UNIT)
        assert senior.principal.iloc[t] == pytest.approx(row["principal_by_tranche"]["S"], abs=UNIT)
        assert mezz.principal.iloc[t] == pytest.approx(row["principal_by_tranche"]["M"], abs=UNIT)
        accrued = mezz.due.iloc[t] - (mezz.principal.iloc[t] if t == len(rows) - 1 else _instalment(mezz, t))
        assert accrued == pytest.approx(row["interest_by_tranche"]["M"], abs=UNIT)
        assert reserve.balance.iloc[t] == pytest.approx(row["reserve_balances"]["DSRA"], abs=UNIT)
        needed = row["principal_by_tranche"]["M"] - 20e6 / 60 if t == len(rows) - 1 else 0.0
        expected = row["equity_distribution"] + (row["reserve_releases"] - needed if t == len(rows) - 1 else 0.0)
        assert equity.distribution.iloc[t] == pytest.approx(expected, abs=UNIT)


def _instalment(mezz, t: int) -> float:
    """The principal due on a date before the last: a level instalment, or the balance when it is less."""
    opening = 20e6 if t == 0 else mezz.balance.iloc[t - 1]
    return min(opening, 20e6 / 60)
