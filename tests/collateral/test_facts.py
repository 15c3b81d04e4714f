"""Facts that the deals on GPU collateral reproduce."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

import tranche

DEALS = Path(__file__).parents[2] / "deals"
QUARTERS = pd.date_range("2024-06-30", "2026-06-30", freq="QE")


def balances(deal: str, debt: str, path: int) -> pd.Series:
    series: pd.Series = tranche.project(DEALS / deal, path=path).cashflows(debt)["balance"]
    return series.set_axis([str(date) for date in series.index])


def test_the_balances_of_the_first_facility() -> None:
    """2,012.5m at the end of 2024, 1,782.5m in June 2025, 1,300m in June 2026 (A), by one rule: 2.5% of the original
    2,300m in the first quarter after March 2024, 5% in each quarter after it."""
    found = balances("coreweave_ddtl_1.yaml", "senior", path=0)
    ruled = {str(day.date()): 2_300e6 * (0.975 - 0.05 * k) for k, day in enumerate(QUARTERS)}
    assert found[list(ruled)].to_numpy() == pytest.approx(list(ruled.values()), abs=0.01)
    published = {"2024-12-31": 2_012.5e6, "2025-06-30": 1_782.5e6, "2026-06-30": 1_300e6}
    for date, balance in published.items():
        assert ruled[date] == pytest.approx(balance, rel=0.03)
    assert ruled["2024-12-31"] == pytest.approx(2_012.5e6, abs=1)
    assert ruled["2025-06-30"] == pytest.approx(1_782.5e6, abs=1)


def test_principal_of_the_notes_fits_into_the_operating_income() -> None:
    """19m of principal in 2026 rising to 85m a year, 8% interest: from 2027 on within net operating income, which grows
    from 55m to 251m (B). Without the sweep the balances at the year ends are 1,275m less what is scheduled."""
    deal = tranche.load(DEALS / "flash_compute.yaml").with_({"waterfall.performing[7].share": "0%"})
    projection = tranche.project(deal, path=0)
    notes, fleet = projection.cashflows("notes"), projection.cashflows("fleet")
    by_year = pd.DatetimeIndex(fleet.index).year
    income = (fleet["revenue"] - fleet["opex"]).groupby(by_year).sum()
    principal = notes["principal"].groupby(by_year).sum()
    assert principal.loc[2026:2029].tolist() == pytest.approx([19e6, 38e6, 55e6, 70e6], abs=0.01)
    assert 2 * notes["principal"].loc[dt.date(2030, 6, 30)] == pytest.approx(85e6, abs=0.01)
    closing = notes["balance"].groupby(by_year).last()
    assert closing.loc[2026:2029].tolist() == pytest.approx([1_256e6, 1_218e6, 1_163e6, 1_093e6], abs=0.01)
    service = notes["due"].groupby(by_year).sum()
    assert service[2027] == pytest.approx(38e6 + 0.04 * (1_256e6 + 1_237e6), abs=0.01)
    assert (principal.loc[2026:2029] < income.loc[2026:2029]).all()
    assert (service.loc[2027:2029] < income.loc[2027:2029]).all()
    assert 85e6 + 0.08 * closing[2029] < income[2030]
    assert income[2026] == pytest.approx(55e6, rel=0.02)
    assert income[2030] == pytest.approx(251e6, rel=0.01)


def test_a_building_loan_carries_its_own_interest() -> None:
    """1.55bn at 3.70% + 2.25% and 2.1bn at 5.96%, ACT/360, from 30 June 2026: what the first phase does not pay is
    added to the balance."""
    projection = tranche.project(DEALS / "iren_microsoft.yaml", path=0)
    loan, notes = projection.cashflows("loan").iloc[0], projection.cashflows("notes").iloc[0]
    days = 92
    assert loan["interest"] + loan["deferred"] == pytest.approx(1.55e9 * 0.0595 * days / 360, abs=0.005)
    assert notes["interest"] + notes["deferred"] == pytest.approx(2.1e9 * 0.0596 * days / 360, abs=0.005)
    assert loan["balance"] == pytest.approx(1.55e9 + loan["deferred"] - loan["principal"], abs=0.005)
