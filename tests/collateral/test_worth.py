"""The economic value against its definition, written out day by day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tranche
from tests.collateral.fleets import deal_on, earned
from tranche.errors import TrancheError
from tranche.files import loads

CLOSING = dt.date(2025, 1, 1)
TEXT = """
gpus: 100
in_service: 2025-01-11
ramp: {ramp}d
rent: rent
basis: 95%
utilisation: 80%
kw_per_gpu: 1.2 kW
pue: 1.25
power_price: 0.08 USD/kWh
hosting_per_kw_month: 120 USD/kW-month
maintenance_per_gpu_month: 25 USD/gpu-month
insurance: 1%
property_tax: 2%
failure_rate: 9%
unrepairable: 40%
repair: 14d
repair_cost: 1_500 USD/gpu
cost_inflation: 3%
cost_per_gpu: 30k USD/gpu
life_years: 5y
releasing_gap: {gap}d
lease: {{rate: 2 USD/gpu-hour, end: {end}, take_or_pay: 90%, prepayment: 20%, escalator: -4%}}
valuation: {{discount: 12%, rent_trend: -30%, life: 3y}}
"""


def by_day(now: dt.date, rent: float, ramp: int, gap: int, end: dt.date) -> float:
    """The value of the fleet at `now`: every day's rent and cost, discounted; the best of the dates of giving up."""
    start, life = dt.date(2025, 1, 11), dt.date(2025, 1, 11) + dt.timedelta(days=round(3 * 365.25))
    uptime = 1 - 0.09 * 0.6 * 14 / 365.25

    def day(date: dt.date) -> tuple[float, float, float, float]:
        """Contract rent net of cost, then of the market: rent at 1 an hour, running cost and fixed cost."""
        served = (date - start).days
        if served < 0:
            return 0.0, 0.0, 0.0, 0.0
        machines = 100 * min(1.0, (served + 1) / max(1, ramp)) * (1 - 0.09 * 0.4) ** (served / 365.25)
        grown = 1.03 ** ((date - CLOSING).days / 365.25)
        running = (24 * uptime * 1.2 * 1.25 * 0.08 + 25 * 12 / 365.25 * uptime) * grown
        monthly = 1.2 * 120 + 0.01 * 30_000 / 12 + 0.09 * 0.6 * 1_500 / 12
        fixed = monthly * 12 / 365.25 * grown + 0.02 * 30_000 * max(0.0, 1 - served / 365.25 / 5) / 365.25
        years = sum(date >= dt.date(2025 + k, 1, 11) for k in range(1, 6))
        contract = 24 * uptime * 2.0 * 0.96**years * 0.9 * 0.8
        return machines * (contract - running - fixed), machines * 24 * uptime, machines * running, machines * fixed

    def worth(first: dt.date, last: dt.date, part: str) -> float:
        total, date = 0.0, first
        while date < last:
            net, hours, running, fixed = day(date)
            years = (date - now).days / 365.25
            if part == "market":
                let = date >= end + dt.timedelta(days=gap)
                net = let * (hours * rent * 0.95 * 0.8 * 0.7**years - running) - fixed
            total += net / 1.12**years
            date += dt.timedelta(days=1)
        return total

    lease = worth(now, max(now, end), "lease")
    tail = max(now, end)
    span = max(0, (life - tail).days)
    cuts = [tail + dt.timedelta(days=span * k // 4) for k in range(1, 5)]
    return max(0.0, lease + max(0.0, *(worth(tail, cut, "market") for cut in cuts)))


@settings(max_examples=25)
@given(
    rent=st.floats(0.0, 4.0),
    ramp=st.sampled_from((0, 25)),
    gap=st.sampled_from((0, 45)),
    end=st.dates(dt.date(2025, 2, 1), dt.date(2028, 6, 1)),
)
def test_economic_value(rent: float, ramp: int, gap: int, end: dt.date) -> None:
    seen = earned(deal_on(TEXT.format(ramp=ramp, gap=gap, end=end)), rent=rent)["fleet.economic"]
    for t in (0, 5, 11):
        now = dt.date(2025 + (t + 1) // 12, (t + 1) % 12 + 1, 1)
        served = (now - dt.date(2025, 1, 11)).days
        if served < ramp:
            continue  # machines still to come are not owned yet
        assert seen[t] == pytest.approx(by_day(now, rent, ramp, gap, end), rel=1e-9, abs=1e-3)


def test_a_price_that_is_the_economic_value_orders_the_values() -> None:
    """Forced ≤ orderly ≤ economic: impact, cost and haircuts only take away."""
    text = TEXT.format(ramp=0, gap=45, end="2025-07-01") + (
        "liquidation: {depth: 20 gpu/month, impact: {linear: 20%}, price: economic, cost: 5%}\n"
    )
    for rent in (0.2, 0.8, 1.6, 3.2):
        seen = earned(deal_on(text), rent=rent)
        assert (seen["fleet.forced"] <= seen["fleet.orderly"]).all()
        assert (seen["fleet.orderly"] <= seen["fleet.economic"]).all()
        assert (seen["fleet.economic"][-1] > 0) == (rent > 0.2)


def test_a_residual_value_guarantee_pays_what_the_market_lacks() -> None:
    """At the end of June 25% of 30,000 is promised; the market takes 100 machines at 4,000 less 10% of impact (100 over
    six months at a depth of 100/6): 3,600."""
    text = (
        "gpus: 100\ncost_per_gpu: 30k USD/gpu\n"
        "lease: {rate: 1 USD/gpu-hour, end: 2025-06-20, residual_value_guarantee: 25%}\n"
        "liquidation: {depth: 16.666666666666668 gpu/month, impact: {linear: 10%}, price: power}\n"
    )
    seen = earned(deal_on(text), power=4_000.0)
    assert seen["fleet.revenue"][4:7] == pytest.approx([74_400, 2_400 * 19 + 100 * (7_500 - 3_600), 0], abs=0.01)


@pytest.mark.parametrize("cost", ["hosting_per_kw_month: 130", "kw_per_gpu: 1.275", "power_price: 0.08"])
def test_a_cost_that_no_number_holds_is_told_by_the_run_and_not_warned_of(cost: str) -> None:
    text = (Path(__file__).parents[2] / "deals" / "ten_year_on_eighteen_months.yaml").read_text(encoding="utf-8")
    name = cost.partition(":")[0]
    assert cost in text
    with pytest.raises(TrancheError, match="an amount on path 0 is not a number or beyond"):
        tranche.run(loads(text.replace(cost, f"{name}: 9e307")), 10)
