"""Facts that the deals on GPU collateral reproduce."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import tranche

DEALS = Path(__file__).parents[2] / "deals"


def balances(deal: str, debt: str, path: int) -> pd.Series:
    series: pd.Series = tranche.project(DEALS / deal, path=path).cashflows(debt)["balance"]
    return series.set_axis([str(date) for date in series.index])


def test_the_balances_of_the_first_facility() -> None:
    """2,012.5m at the end of 2024, 1,782.5m in June 2025, 1,300m in June 2026 (A), by 5% of the original a quarter."""
    found = balances("coreweave_ddtl_1.yaml", "senior", path=0)
    published = {"2024-12-31": 2_012.5e6, "2025-06-30": 1_782.5e6, "2026-06-30": 1_300e6}
    for date, balance in published.items():
        assert found[date] == pytest.approx(balance, rel=0.03)
    assert found["2024-12-31"] == pytest.approx(2_012.5e6, abs=1)
    assert found["2025-06-30"] == pytest.approx(1_782.5e6, abs=1)


def test_principal_of_the_notes_fits_into_the_operating_income() -> None:
    """19m of principal in 2026, 85m a year at the end, 8% interest: from 2027 on within net operating income, which
    grows from some 55m to some 250m (B)."""
    projection = tranche.project(DEALS / "flash_compute.yaml", path=0)
    fleet = projection.cashflows("fleet")
    years = pd.DatetimeIndex(fleet.index).year
    income = (fleet["revenue"] - fleet["opex"]).groupby(years).sum()
    due = (projection.cashflows("notes")["due"]).groupby(years).sum()
    scheduled = np.array([19, 38, 55, 70]) * 1e6  # 2026 to 2029
    interest = 0.08 * (1_275e6 - np.cumsum([0, *scheduled[:-1]]))
    assert (scheduled + interest)[1:].tolist() <= income.loc[2027:2029].tolist()
    assert (due.loc[2027:2029] <= income.loc[2027:2029]).all()
    assert income[2026] == pytest.approx(55e6, rel=0.15)
    assert income[2030] == pytest.approx(251e6, rel=0.10)


def test_a_building_loan_carries_its_own_interest() -> None:
    """1.55bn at 3.70% + 2.25% and 2.1bn at 5.96%, ACT/360, from 30 June 2026: what the first phase does not pay is
    added to the balance."""
    projection = tranche.project(DEALS / "iren_microsoft.yaml", path=0)
    loan, notes = projection.cashflows("loan").iloc[0], projection.cashflows("notes").iloc[0]
    days = 92
    assert loan["interest"] + loan["deferred"] == pytest.approx(1.55e9 * 0.0595 * days / 360, abs=0.005)
    assert notes["interest"] + notes["deferred"] == pytest.approx(2.1e9 * 0.0596 * days / 360, abs=0.005)
    assert loan["balance"] == pytest.approx(1.55e9 + loan["deferred"] - loan["principal"], abs=0.005)
