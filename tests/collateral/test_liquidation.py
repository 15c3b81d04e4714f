"""The sale of a fleet, worked by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.collateral.fleets import deal_on, earned
from tranche.compiler import compile_deal
from tranche.errors import DealError

DEFAULT = "tests: {dscr: {ratio: collections / loan.debt_service, default: 1.0x}}"
# nothing comes in: the deal is in default on the first date, 1 February 2025, and the sale begins in the second month;
# `power` stands for the price of a used machine
IDLE = """
gpus: {gpus}
cost_per_gpu: 30k USD/gpu
life_years: 5y
appraisal: [100%, 50%]
liquidation:
  depth: 1_200 gpu/month
  impact: {{{shape}: 30%}}
  price: power
"""
MONTH = 30.4375
DAYS = (28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # of the months from February 2025 on


def sold(more: str = "", price: Any = 9_000.0, gpus: int = 10_000, shape: str = "square_root") -> dict[str, Any]:
    """What happened when `price` was the price of a used machine; `more`: further lines of the liquidation."""
    text = IDLE.format(gpus=gpus, shape=shape) + "".join(f"  {line}\n" for line in more.splitlines())
    return earned(deal_on(text, tests=DEFAULT), power=price)


def test_ten_thousand_machines_over_a_depth_of_1200_a_month() -> None:
    """1,200 · 28 / 30.4375 = 1,103.90 in February, and so on: 459.14 are left for October, which could take 1,222.18.
    At the depth 30% is lost: 6,300 a machine; October sells at a pace of 450.81 a month and loses 30% · √(450.81 /
    1,200) = 18.39%."""
    seen = sold()
    counts = [1_200 * days / MONTH for days in DAYS[:8]]
    rest = 10_000 - sum(counts)
    assert (round(counts[0], 2), round(rest, 2)) == (1_103.90, 459.14)
    assert seen["fleet.sold"] == pytest.approx([0, *counts, rest, 0, 0], abs=1e-6)
    lost = 0.30 * math.sqrt(rest / (31 / MONTH) / 1_200)
    assert seen["fleet.proceeds"][1] == pytest.approx(1_103.901437 * 6_300, abs=0.01)
    assert seen["fleet.proceeds"][9] == pytest.approx(rest * 9_000 * (1 - lost), abs=0.005)
    assert seen["collateral.collections"].tolist() == seen["fleet.proceeds"].tolist()
    assert seen["fleet.owned"] == pytest.approx(10_000 - np.cumsum([0, *counts, rest, 0, 0]), abs=1e-6)
    assert seen["fleet.owned"][-1] == 0


def test_the_waterfall_is_paid_until_the_last_machine_is_sold() -> None:
    """The default list of a deal in default: interest, then all principal: 1m and its interest are repaid from the
    first sale, the rest goes to the owner."""
    seen = sold()
    assert seen["loan.balance"][:2].tolist() == [1_000_000, 0]
    assert seen["owner.distribution"][2:10] == pytest.approx(seen["fleet.proceeds"][2:10])


def test_a_linear_impact() -> None:
    seen = sold(gpus=500, shape="linear")
    lost = 0.30 * 500 / (28 / MONTH) / 1_200
    assert seen["fleet.proceeds"] == pytest.approx([0, 500 * 9_000 * (1 - lost), *[0] * 10], abs=0.005)


def test_delay_cost_stranding_and_releases() -> None:
    """40 days after 1 February the sale begins, 28 + 31 − 40 = 19 days before 1 April: 749.08 machines. 10% of a price
    is cost, 20% and 25% were lost at two releases, the racks are liquid-cooled (15%) and dense (5%)."""
    text = IDLE.format(gpus=10_000, shape="square_root") + (
        "  delay: 40d\n  cost: 10%\n  superseded: {2024-03-18: 20%, 2025-04-10: 25%}\n"
        "  liquid_cooled_haircut: 15%\n  dense_haircut: 5%\n  dense_above: 50 kW\n"
        "liquid_cooled: true\nkw_per_rack: 132 kW\n"
    )
    seen = earned(deal_on(text, tests=DEFAULT), power=9_000.0)
    march, april = 1_200 * 19 / MONTH, 1_200 * 30 / MONTH
    assert seen["fleet.sold"][:4] == pytest.approx([0, 0, march, april], abs=1e-6)
    each = 9_000 * 0.9 * 0.8 * 0.85 * 0.95 * 0.7
    assert seen["fleet.proceeds"][2] == pytest.approx(march * each, abs=0.005)
    assert seen["fleet.proceeds"][3] == pytest.approx(april * each * 0.75, abs=0.005)


def test_a_lot_that_is_sold_in_no_time() -> None:
    """The sale may begin only after the last date, on which everything goes: at the most that an impact can be, and
    without any loss where there is no impact."""
    text = IDLE.format(gpus=100, shape="linear") + "  delay: 60d\n"
    for impact, each in (("30%", 9_000 * 0.1), ("0%", 9_000)):
        deal = deal_on(text.replace("{linear: 30%}", f"{{linear: {impact}}}"), tests=DEFAULT, maturity="2025-03-01")
        seen = earned(deal, power=9_000.0)
        assert seen["fleet.sold"].tolist() == [0, 100]
        assert seen["fleet.proceeds"] == pytest.approx([0, 100 * each], abs=0.005)


def test_lenders_keep_what_fetches_less_than_their_bid() -> None:
    """The bid is 20% of the appraised value, which falls from 30,000 to 15,000 in the year: 6,300 is above 6,000, 2,100
    below 3,000. On the last date everything goes, in one lot, at the impact of a whole fleet, at most 90%."""
    low = sold("credit_bid: 20%", price=3_000.0)
    assert low["fleet.sold"][:-1].tolist() == [0] * 11
    assert low["fleet.sold"][-1] == 10_000
    lost = min(0.9, 0.30 * math.sqrt(10_000 / (31 / MONTH) / 1_200))
    assert low["fleet.proceeds"][-1] == pytest.approx(10_000 * 3_000 * (1 - lost), abs=0.01)
    high = sold("credit_bid: 20%", price=9_000.0)
    assert high["fleet.sold"][1] > 0


def test_rent_stops_and_hosting_goes_on() -> None:
    """A lease of 1 cent an hour does not carry the loan: 7,440 · 10 = 74,400 in January, nothing after; hosting of 10 a
    month and 5 of storage on what is held: machines sold in February are there for half of it, those of the last lot
    to the end."""
    text = IDLE.format(gpus=10_000, shape="square_root") + "  storage_per_gpu_month: 5 USD/gpu-month\n"
    text += "lease: {rate: 0.01 USD/gpu-hour, end: 2030-01-01}\nkw_per_gpu: 1 kW\nstaff_per_month: 1k\n"
    text += "hosting_per_kw_month: 7.10 USD/kW-month\n"
    seen = earned(deal_on(text, tests=DEFAULT), power=9_000.0)
    assert seen["fleet.revenue"][:2].tolist() == [pytest.approx(74_400), 0]
    held = 10_000 - 1_200 * 28 / MONTH / 2
    assert seen["fleet.opex"][:2] == pytest.approx([72_000, held * 12.10], abs=0.005)
    last = 10_000 - seen["fleet.sold"][:-1].sum()
    assert seen["fleet.opex"][-1] == pytest.approx(last * 12.10, abs=0.005)
    text = text.replace("  price: power\n", "  price: power\n  earns_until_sold: true\n")
    until = earned(deal_on(text, tests=DEFAULT), power=9_000.0)
    assert until["fleet.revenue"][1] == pytest.approx(held * 28 * 24 * 0.01, abs=0.005)


def test_what_waits_for_its_sale_is_hosted() -> None:
    """100 machines go in the 18 days of February that are left after ten: each is hosted for 10 + 18 / 2 of 28 days."""
    text = IDLE.format(gpus=100, shape="square_root") + "  delay: 10d\nkw_per_gpu: 1 kW\n"
    seen = earned(deal_on(text + "hosting_per_kw_month: 7.10 USD/kW-month\n", tests=DEFAULT), power=9_000.0)
    assert seen["fleet.sold"][1] == 100
    assert seen["fleet.opex"][:3] == pytest.approx([710, 710 * 19 / 28, 0], abs=1e-9)


def test_orderly_and_forced_value() -> None:
    """10,000 over six months are 1,666.67 a month, 30% · √(1,666.67 / 1,200) = 35.36% lost; in one month 86.60%."""
    seen = sold("orderly: 6m\nforced: 1m")
    assert seen["fleet.orderly"][0] == pytest.approx(90e6 * (1 - 0.353553391), abs=1)
    assert seen["fleet.forced"][0] == pytest.approx(90e6 * (1 - 0.866025404), abs=1)


def test_generations_have_their_own_markets() -> None:
    text = """
cost_per_gpu: 30k USD/gpu
cohorts:
  old: {generation: a100, gpus: 3_000}
  new: {generation: h100, gpus: 1_000}
  more: {generation: h100, gpus: 3_000}
liquidation:
  depth: 1_200 gpu/month
  impact: {square_root: 30%}
  price: power
  generations:
    a100: {depth: 600 gpu/month, price: busy}
"""
    seen = earned(deal_on(text, tests=DEFAULT), power=9_000.0, busy=4_000.0)
    months = 28 / MONTH
    assert seen["fleet.sold"][1] == pytest.approx(1_800 * months, abs=1e-6)
    assert seen["fleet.proceeds"][1] == pytest.approx(0.7 * months * (600 * 4_000 + 1_200 * 9_000), abs=0.01)


@given(
    gpus=st.integers(1, 50_000),
    price=st.lists(st.floats(0.0, 20_000.0), min_size=12, max_size=12),
    shape=st.sampled_from(("square_root", "linear")),
    delay=st.integers(0, 120),
)
def test_units_are_conserved_and_no_sale_beats_a_market_without_friction(
    gpus: int, price: list[float], shape: str, delay: int
) -> None:
    seen = sold(f"delay: {delay}d", price=price, gpus=gpus, shape=shape)
    assert seen["fleet.owned"] + np.cumsum(seen["fleet.sold"]) == pytest.approx(gpus, rel=1e-12)
    assert (seen["fleet.proceeds"] >= 0).all()
    assert (seen["fleet.proceeds"] <= seen["fleet.sold"] * np.array(price) * (1 + 1e-12)).all()
    assert (seen["fleet.forced"] <= seen["fleet.orderly"]).all()
    assert seen["fleet.owned"][-1] == 0
    assert (seen["collateral.collections"] >= 0).all()


@given(gpus=st.integers(1, 5_000), more=st.integers(0, 5_000), shape=st.sampled_from(("square_root", "linear")))
def test_a_larger_fleet_fetches_less_a_machine(gpus: int, more: int, shape: str) -> None:
    few, many = sold(gpus=gpus, shape=shape), sold(gpus=gpus + more, shape=shape)
    for field in ("forced", "orderly"):
        assert many[f"fleet.{field}"][0] / (gpus + more) <= few[f"fleet.{field}"][0] / gpus * (1 + 1e-12)
    assert many["fleet.proceeds"][1] / many["fleet.sold"][1] <= few["fleet.proceeds"][1] / few["fleet.sold"][1] * (
        1 + 1e-12
    )
    assert many["fleet.proceeds"].sum() >= few["fleet.proceeds"].sum() * (1 - 1e-12)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("depth: 1_200 gpu/month", "deph: 1_200 gpu/month", "fleet.liquidation.deph: unknown key 'deph'"),
        ("depth: 1_200 gpu/month", "delay: 3d", "collateral.fleet.liquidation.depth: is missing; add `depth:`"),
        ("{square_root: 30%}", "{cube_root: 30%}", "liquidation.impact: unknown key 'cube_root'"),
        ("{square_root: 30%}", "{most: 30%}", "liquidation.impact: an impact has one shape"),
        ("price: power", "price: economic", "liquidation.price: the price is the economic value, and there is no"),
        ("price: power", "price: pwer", "liquidation.price: unknown market factor 'pwer'; did you mean 'power'?"),
        ("price: power", "price: power\n  forced: 9m", "liquidation.forced_months: the forced sale takes 9 months"),
        ("1_200 gpu/month", "0 gpu/month", "collateral.fleet.liquidation.depth: depth is 0; write more than 0"),
        ("price: power", "price: power\n  generations: {h100: {dept: 3}}", "generations.h100.dept: unknown key"),
    ],
)
def test_mistakes(old: str, new: str, told: str) -> None:
    text = IDLE.format(gpus=10, shape="square_root")
    assert old in text
    with pytest.raises(DealError) as caught:
        compile_deal(deal_on(text.replace(old, new), tests=DEFAULT))
    assert told in str(caught.value)
