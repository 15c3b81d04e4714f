"""The building time, to the cent: the cost is drawn and paid as it falls due, interest is added to the balance."""

from __future__ import annotations

import pytest

from tests.collateral.fleets import earned
from tranche.files import loads

# 30m of the loan and 6m of the owner's money wait for 36m of machines, which are paid evenly over 120 days
BUILDING = """\
format: 1
name: Building
schedule: {closing: 2025-01-01, maturity: 2026-01-01, day_count: 30/360}
collateral:
  fleet:
    gpus: 1_000
    cost_per_gpu: 36k USD/gpu
    ordered: 2025-01-01
    in_service: 2025-05-01
    delay: DELAY
    delay_damages_per_gpu_day: 20 USD/gpu-day
    delay_damages_cap: 1%
    lease: {rate: 5 USD/gpu-hour, end: 2030-01-01}
fees:
  works: {amount: fleet.capex}
tranches:
  loan: {notional: 30m, coupon: 12%, unpaid_interest: capitalised}
  owner: {residual: {}}
accounts:
  building: {initial: 36m}
tests:
  built: {ratio: fleet.complete / 1, lock_up: 1.00x}
waterfall:
  - draw: building
    for: [works]
  - pay: works
  - pay: loan.interest
  - pay: owner
"""


def test_interest_is_added_to_the_balance_until_the_machines_earn() -> None:
    """1% a month of 30m: 300,000.00, then of 30.3m 303,000.00, 306,030.00 and 309,090.30. The machines work from 1
    May on: 744 · 5 · 1,000 = 3.72m, which pay 312,181.20 of interest; the rest is the owner's, the test is passed."""
    seen = earned(loads(BUILDING.replace("DELAY", "0d")))
    assert seen["loan.deferred"][:5] == pytest.approx([300_000, 303_000, 306_030, 309_090.30, 0], abs=0.005)
    assert seen["loan.balance"][3] == pytest.approx(31_218_120.30, abs=0.005)
    assert seen["loan.interest"][4] == pytest.approx(312_181.20, abs=0.005)
    assert seen["collateral.collections"][3:5] == pytest.approx([0, 3_720_000], abs=0.005)
    assert seen["built.lock_up"].tolist() == [1] * 4 + [0] * 8
    assert seen["owner.distribution"][4] == pytest.approx(3_720_000 - 312_181.20, abs=0.005)


def test_the_cost_is_drawn_by_the_day() -> None:
    """300,000 a day."""
    seen = earned(loads(BUILDING.replace("DELAY", "0d")))
    assert seen["works.paid"][:5] == pytest.approx([9_300_000, 8_400_000, 9_300_000, 9_000_000, 0], abs=0.005)
    assert seen["building.balance"][:4] == pytest.approx([26_700_000, 18_300_000, 9_000_000, 0], abs=0.005)


def test_damages_for_a_delay_end_at_their_cap() -> None:
    """25 days late at 20,000 a day would be 500,000; 1% of 36m is 360,000. Rent begins on 26 May, 6 days of it."""
    seen = earned(loads(BUILDING.replace("DELAY", "25d")))
    assert seen["collateral.collections"][4] == pytest.approx(360_000 + 6 * 24 * 5 * 1_000, abs=0.005)
    late = earned(loads(BUILDING.replace("DELAY", "15d")))
    assert late["collateral.collections"][4] == pytest.approx(300_000 + 16 * 24 * 5 * 1_000, abs=0.005)
    assert seen["works.paid"].tolist() == late["works.paid"].tolist()


def test_a_delayed_draw_loan_builds_and_carries_its_interest() -> None:
    """The loan pays the works itself: 9.3m drawn on 1 February, then 8.4m and 1% of 9.3m, and so on. Balances: 9.3m;
    17,793,000.00; 27,270,930.00; 36,543,639.30."""
    text = BUILDING.replace("DELAY", "0d").replace("fees:\n  works: {amount: fleet.capex}\n", "")
    draws = "draws: {amount: fleet.capex, to: outside, until: 2025-05-01}"
    text = text.replace("{notional: 30m, coupon: 12%, ", f"{{notional: 36m, coupon: 12%, {draws}, ")
    text = text.replace("  - draw: building\n    for: [works]\n  - pay: works\n", "")
    text = text.replace("accounts:\n  building: {initial: 36m}\n", "")
    seen = earned(loads(text))
    assert seen["loan.balance"][:4] == pytest.approx([9_300_000, 17_793_000, 27_270_930, 36_543_639.30], abs=0.005)
    assert seen["loan.deferred"][:4] == pytest.approx([0, 93_000, 177_930, 272_709.30], abs=0.005)
    assert seen["loan.interest"][4] == pytest.approx(365_436.39, abs=0.005)
