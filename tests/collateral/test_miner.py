"""Months of a mining site worked by hand, to the cent; and what must hold of every one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tranche
from tests.collateral.fleets import earned
from tests.collateral.miners import deal_on

SITE = """
sites:
  riverside: {{hashrate: 5_000 PH/s, efficiency: 20 J/TH, power: {{price: {price}{power}}}{site}}}
"""


def month(site: str = "", contract: str = "", price: str = "0.05 USD/kWh", more: str = "", **factors: Any) -> Any:
    """January 2025 of a site of 5 EH/s at 20 J/TH, at a hashprice of 50 USD per PH/s and day."""
    market = {"hashprice": 50.0, "bitcoin": 100_000.0, "power": 0.05} | factors
    deal = deal_on(SITE.format(site=site, power=contract, price=price) + more)
    return {name: values[0] for name, values in earned(deal, **market).items()}


def test_hashprice_is_blocks_times_reward_over_hashrate() -> None:
    """3.125 · 144 · 91,000 / 1.1e6 PH/s = 37.23 USD per PH/s and day before fees; published: 38.2 with them."""
    assert abs(3.125 * 144 * 91_000 / 1.1e6 - 37.23) < 0.005
    deal = deal_on(SITE.format(site="", power="", price="0.05 USD/kWh"))
    deal = deal.with_({"market.factors.bitcoin.initial": 91_000, "market.factors.network.initial": 1.1e6})
    deal = deal.with_({f"market.factors.{name}.volatility": 0 for name in ("bitcoin", "network")})
    results = tranche.run(deal, 2)
    days = np.array([31, 28, 31, 30, 31, 30])
    mined = results.cashflows("miner")["revenue"].to_numpy()
    assert mined == pytest.approx(3.125 * 144 * 91_000 / 1.1e6 * 5_000 * days, rel=1e-9)


def test_a_month_that_mines() -> None:
    """5,000 PH/s · 31 days · 50 USD = 7,750,000; power 5,000 · 744 h · 20 kW · 0.05 = 3,720,000."""
    seen = month()
    assert seen["miner.revenue"] == pytest.approx(7_750_000, abs=0.005)
    assert seen["miner.opex"] == pytest.approx(3_720_000, abs=0.005)
    assert seen["collateral.collections"] == pytest.approx(4_030_000, abs=0.005)


def test_every_cost_of_a_site() -> None:
    """Uptime 96%, pool fee 1%, PUE 1.05, upkeep 12 per PH/s and month (saved where it is off, so by the hour), fixed
    200,000, staff 100,000."""
    seen = month(
        ", uptime: 96%, pool_fee: 1%, pue: 1.05x, upkeep_per_ph_month: 12 USD/PH-month, fixed_per_month: 200k",
        more="staff_per_month: 100k",
    )
    assert seen["miner.revenue"] == pytest.approx(7_750_000 * 0.96 * 0.99, abs=0.005)
    upkeep = 5_000 * 12 * 0.96
    assert seen["miner.opex"] == pytest.approx(3_720_000 * 0.96 * 1.05 + upkeep + 300_000, abs=0.005)


def test_staff_is_paid_where_nothing_is_mined() -> None:
    """Coins alone: 100,000 a month, of which nothing brings any in."""
    deal = deal_on("treasury: {bits: {price: bitcoin, coins: 60, policy: sell_to_cover}}\nstaff_per_month: 100k\n")
    seen = earned(deal, hashprice=50.0, bitcoin=100_000.0, power=0.05)
    assert seen["miner.opex"] == pytest.approx([100_000] * 6, abs=1e-9)
    assert seen["bits.sold"] == pytest.approx([1.0] * 6, abs=1e-12)


def test_off_where_power_costs_more_than_it_mines() -> None:
    """At 20 USD a PH/s earns 0.8333 an hour and its power costs 1.00: off, but a take-or-pay of 30% is due:
    1,116,000."""
    seen = month(hashprice=20.0)
    assert (seen["miner.revenue"], seen["miner.opex"], seen["collateral.unfunded"]) == (0, 0, 0)
    bound = month(contract=", take_or_pay: 30%", hashprice=20.0)
    assert bound["miner.revenue"] == pytest.approx(3_100_000, abs=0.005)  # mining loses 620,000, off 1,116,000
    bound = month(contract=", take_or_pay: 30%", hashprice=10.0)
    assert bound["miner.revenue"] == 0
    assert bound["collateral.unfunded"] == pytest.approx(1_116_000, abs=0.005)
    stubborn = month(", switch_off: false", hashprice=10.0)
    assert stubborn["collateral.unfunded"] == pytest.approx(3_720_000 - 1_550_000, abs=0.005)


def test_power_is_sold_back_where_that_is_worth_more() -> None:
    """At 0.12 a kWh the power of a PH/s brings 2.40 an hour, mining 2.0833. 74.4 GWh bring 8,928,000 and cost
    3,720,000."""
    seen = month(contract=", resale: power", power=0.12)
    assert seen["miner.revenue"] == 0
    assert seen["miner.income"] == pytest.approx(8_928_000, abs=0.005)
    assert seen["collateral.collections"] == pytest.approx(8_928_000 - 3_720_000, abs=0.005)
    assert month(contract=", resale: power", power=0.10)["miner.income"] == 0


def test_paid_for_standing_by() -> None:
    """100 MW at 4.00 a kW-month, and 5% of the hours given up."""
    seen = month(contract=", standby_per_kw_month: 4 USD/kW-month, curtailed: 5%")
    assert seen["miner.income"] == pytest.approx(400_000, abs=0.005)
    assert seen["miner.revenue"] == pytest.approx(7_750_000 * 0.95, abs=0.005)
    assert seen["miner.opex"] == pytest.approx(3_720_000 * 0.95, abs=0.005)


def test_conversion_to_hosting() -> None:
    """From 15 February 60% of the site stands still; from 1 April (45 days later) 60,000 kW are let for 130 a month at
    90% and cost 20. 9 a kW are spent by the day, 540,000 in 45 days, 14 of them by 1 March."""
    hosting = (
        ", hosting: {start: 2025-02-15, delay: 45d, share: 60%, utilisation: 90%, rent_per_kw_month: 130 USD/kW-month, "
        "cost_per_kw_month: 20 USD/kW-month, capex_per_kw: 9 USD/kW}"
    )
    deal = deal_on(
        SITE.format(site=hosting, power="", price="0.05 USD/kWh"),
        tests="fees: {build: {amount: riverside.capex}}",
        waterfall="- pay: build\n- pay: loan.interest\n- pay: owner",
    )
    seen = earned(deal, hashprice=50.0, bitcoin=1e5, power=0.05)
    rest = 0.4 * 5_000 * 50
    assert seen["miner.revenue"][:4] == pytest.approx(
        [7_750_000, 14 * 250_000 + 14 * rest, 31 * rest, 30 * rest], abs=0.005
    )
    assert seen["miner.income"] == pytest.approx([0, 0, 0, 7_020_000, 7_020_000, 7_020_000], abs=0.005)
    power = 0.4 * 5_000 * 720 * 20 * 0.05
    assert seen["miner.opex"][3] == pytest.approx(power + 60_000 * 20, abs=0.005)
    assert seen["build.paid"] == pytest.approx([0, 14 * 12_000, 31 * 12_000, 0, 0, 0], abs=0.005)


def test_machines_are_sold_after_a_default() -> None:
    """Nothing is earned at a hashprice of 20: default in January, and in February 5,000 PH/s go for 8,000 less 40%."""
    deal = deal_on(
        SITE.format(site=", value_per_ph: 8_000 USD/PH, forced_discount: 40%", power="", price="0.05 USD/kWh"),
        tests="tests: {dscr: {ratio: collections / loan.debt_service, default: 1.0x}}",
    )
    seen = earned(deal, hashprice=[20.0, 50.0, 50.0, 50.0, 50.0, 50.0], bitcoin=1e5, power=0.05)
    assert seen["miner.proceeds"] == pytest.approx([0, 24_000_000, 0, 0, 0, 0])
    assert seen["miner.revenue"] == pytest.approx([0] * 6)
    assert seen["miner.value"][0] == pytest.approx(40_000_000)
    assert seen["miner.value"][1:] == pytest.approx([0] * 5)
    assert seen["collateral.collections"][1] == pytest.approx(24_000_000)


def test_a_fleet_beside_the_mine_shares_its_costs() -> None:
    """1,000 GPUs at 2.00 an hour earn 1,488,000 in January and cost 100,000; the mine, off, pays its fixed cost of
    2,000,000: 612,000 are missing."""
    fleet = "fleet: {gpus: 1_000, rent: rent, staff_per_month: 100k}"
    seen = month(", fixed_per_month: 2m", more=fleet, hashprice=20.0, rent=2.0)
    assert seen["fleet.revenue"] == pytest.approx(1_488_000, abs=0.005)
    assert seen["collateral.unfunded"] == pytest.approx(612_000, abs=0.005)
    assert seen["collateral.collections"] == 0


SHARES = st.floats(0, 1)


@given(
    hashprice=st.floats(1, 150),
    spot=st.floats(0.001, 0.5),
    price=st.floats(0.01, 0.2),
    bound=SHARES,
    resold=st.booleans(),
)
def test_switching_off_never_makes_cash_worse(
    hashprice: float, spot: float, price: float, bound: float, resold: bool
) -> None:
    contract = f", take_or_pay: {bound}" + (", resale: power" if resold else "")
    net = {}
    for switch in ("true", "false"):
        seen = month(f", switch_off: {switch}", contract, f"{price}", hashprice=hashprice, power=spot)
        net[switch] = seen["collateral.collections"] - seen["collateral.unfunded"]
        assert min(seen["collateral.collections"], seen["miner.revenue"], seen["miner.income"]) >= 0
    assert net["true"] >= net["false"] - 1e-6
