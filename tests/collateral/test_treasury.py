"""Coins: what policies sell, margin calls worked by hand to the cent, and the conservation of every coin."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest

import tranche
from tests.collateral.fleets import earned
from tests.collateral.miners import deal_on
from tranche.compiler import compile_deal
from tranche.errors import DataError, DealError
from tranche.market.terms import Coin
from tranche.reference import exact, run_path
from tranche.results import residuals

DEALS = Path(__file__).parents[2] / "deals"
MINE = """
sites:
  riverside: {{hashrate: 1_000 PH/s, efficiency: 20 J/TH, power: {{price: 0.05 USD/kWh}}, fixed_per_month: {fixed}}}
treasury:
  btc: {{price: bitcoin, coins: 100, mined: true, {policy}}}
"""
LOAN = """
treasury:
  btc: {{price: bitcoin, coins: {coins}, pledge: {{to: loan, coins: 1_000, call: 75%, liquidation: 85%, {more}}}}}
"""


def month(policy: str, fixed: str = "100k", **factors: Any) -> dict[str, float]:
    """January: 1,000 PH/s mine 1,550,000 (15.5 coins at 100,000); power costs 744,000."""
    deal = deal_on(MINE.format(policy=policy, fixed=fixed))
    seen = earned(deal, **({"hashprice": 50.0, "bitcoin": 100_000.0} | factors))
    return {name: values[0] for name, values in seen.items()}


def test_hold_all() -> None:
    seen = month("policy: hold_all")
    assert seen["btc.mined"] == pytest.approx(15.5)
    assert seen["btc.coins"] == pytest.approx(115.5)
    assert (seen["btc.sold"], seen["collateral.collections"]) == (0, 0)
    assert seen["collateral.unfunded"] == pytest.approx(844_000, abs=0.005)


def test_sell_to_cover() -> None:
    """844,000 at 99,500 net of half a percent: 8.4824 coins; of what is mined and then of what is held."""
    seen = month("policy: sell_to_cover, sale_cost: 0.5%")
    assert seen["btc.sold"] == pytest.approx(844_000 / 99_500)
    assert seen["btc.coins"] == pytest.approx(115.5 - 844_000 / 99_500)
    assert seen["collateral.collections"] == pytest.approx(0, abs=1e-6)
    assert seen["collateral.unfunded"] == pytest.approx(0, abs=1e-6)
    broke = month("policy: sell_to_cover", fixed="15m")
    assert broke["btc.coins"] == 0
    assert broke["collateral.unfunded"] == pytest.approx(15_744_000 - 11_550_000, abs=0.005)


def test_sell_a_share() -> None:
    """80% of 15.5 coins bring 1,240,000, less 844,000."""
    seen = month("policy: sell_share, share: 80%")
    assert seen["btc.coins"] == pytest.approx(103.1)
    assert seen["collateral.collections"] == pytest.approx(396_000, abs=0.005)


def test_a_mine_without_a_treasury_sells_at_once() -> None:
    deal = deal_on(MINE.format(policy="", fixed="100k").split("treasury")[0])
    seen = earned(deal, hashprice=50.0, bitcoin=1e5)
    assert seen["collateral.collections"][0] == pytest.approx(1_550_000 - 844_000, abs=0.005)


def test_coins_cover_what_mining_that_is_sold_at_once_does_not() -> None:
    """1,550,000 is mined and sold, 844,000 is the cost: no coin of the treasury is needed."""
    held = MINE.format(policy="policy: sell_to_cover", fixed="100k").replace("mined: true, ", "")
    seen = earned(deal_on(held), hashprice=50.0, bitcoin=1e5)
    assert seen["btc.sold"][0] == 0
    assert seen["collateral.collections"][0] == pytest.approx(1_550_000 - 844_000, abs=0.005)


def test_a_draw_sells_what_is_lacking() -> None:
    """600,000 of interest (1% a month on 60m), 400,000 at most: 4 coins; the rest stays due."""
    steps = "- draw: btc\n  for: [loan.interest]\n  limit: 400k\n- pay: loan.interest\n- pay: owner"
    deal = deal_on("treasury: {btc: {price: bitcoin, coins: 100}}", waterfall=steps)
    seen = earned(deal.with_({"schedule.day_count": "30/360"}), bitcoin=1e5)
    assert seen["btc.drawn"][0] == pytest.approx(400_000, abs=0.005)
    assert seen["btc.coins"][0] == pytest.approx(96)
    assert seen["loan.interest"][0] == pytest.approx(400_000, abs=0.005)
    assert seen["loan.shortfall"][0] == pytest.approx(200_000, abs=0.005)


def ladder(prices: list[float], coins: str = "1_200", more: str = "restore: 60%, cost: 1%", **terms: str) -> Any:
    """A bullet of 60m on 1,000 coins; interest is not paid and touches no balance."""
    text = LOAN.format(coins=coins, more=more)
    deal = deal_on(text, maturity="2025-09-01", waterfall="- pay: owner", **terms)
    return earned(deal, bitcoin=[*prices, *[prices[-1]] * (8 - len(prices))])


def test_a_margin_ladder_through_a_fall_of_40_percent() -> None:
    """60m on 1,000 coins of 1,200, at a price that falls from 100,000 to 60,000:

    95,000  LTV 63.16%: nothing
    80,000  75.00%: called; 60m / (60% · 80,000) = 1,250 coins are needed, 200 are free and posted: LTV 62.5%, still
            short of the call. x = (60m − 60% · 96m) / (1 − 1% − 60%) = 2.4m / 39% = 6,153,846.15 is sold, 76.9231
            coins, which repays 6,092,307.69: 53,907,692.31 on 1,123.0769 coins worth 89,846,153.85: 60%
    68,000  53,907,692.31 / 76,369,230.77 = 70.59%: nothing
    60,000  / 67,384,615.38 = 80.00%: called, nothing is free: x = (53,907,692.31 − 40,430,769.23) / 39% =
            34,556,213.02, 575.9369 coins, repays 34,210,650.89: 19,697,041.42 on 32,828,402.37
    """
    seen = ladder([95_000, 80_000, 68_000, 60_000])
    assert seen["btc.called"].tolist() == [0, 1, 0, 1, 0, 0, 0, 0]
    assert seen["btc.liquidated"].tolist() == [0, 1, 0, 1, 0, 0, 0, 0]
    assert seen["btc.posted"] == pytest.approx([0, 200, 0, 0, 0, 0, 0, 0])
    assert seen["btc.sold"][[1, 3]] == pytest.approx([76.9231, 575.9369], abs=5e-5)
    assert seen["btc.foreclosed"][[1, 3]] == pytest.approx([6_092_307.69, 34_210_650.89], abs=0.005)
    assert seen["loan.balance"][:4] == pytest.approx([60e6, 53_907_692.31, 53_907_692.31, 19_697_041.42], abs=0.005)
    assert seen["btc.pledged"][[1, 3]] == pytest.approx([1_123.0769, 547.1400], abs=5e-5)
    assert seen["loan.prepaid"] == pytest.approx(seen["btc.foreclosed"])


def test_exactly_in_fractions() -> None:
    """The same in exact arithmetic: after each sale the loan is 60% of the pledge to the last digit of the terms."""
    deal = deal_on(LOAN.format(coins="1_200", more="restore: 60%, cost: 1%"), waterfall="- pay: owner")
    program = compile_deal(deal)
    rows = np.zeros((6, len(program.inputs)))
    rows[:, program.inputs.index("market.bitcoin")] = [95e3, 80e3, 68e3, 60e3, 60e3, 60e3]
    path = run_path(program, rows, exact)
    balance, pledged = program.record("loan.balance"), program.record("btc.pledged")
    for t, price in ((1, 80_000), (3, 60_000)):
        ltv = path.movements[t][balance] / (path.movements[t][pledged] * price)
        assert abs(ltv - exact(0.6)) < Fraction(1, 10**14)
    assert set(residuals(program, path, exact)) == {0}


def test_a_call_that_is_met() -> None:
    """1,250 coins at 80,000 are asked for and 400 are free: 250 are posted, nothing is sold."""
    seen = ladder([80_000], coins="1_400")
    assert seen["btc.posted"][0] == pytest.approx(250)
    assert seen["btc.liquidated"].sum() == 0
    assert seen["btc.sold"].sum() == 0
    assert seen["loan.balance"].tolist()[0] == 60e6


def test_liquidation_without_a_call() -> None:
    """70,000: 85.71%, beyond 85%: (60m − 42m) / 39% = 46,153,846.15 of 70m is sold, although 400 coins are free."""
    seen = ladder([70_000], coins="1_400")
    assert seen["btc.posted"][0] == 0
    assert seen["btc.foreclosed"][0] == pytest.approx(46_153_846.15 * 0.99, abs=0.01)


def test_a_pledge_under_water_is_sold_whole() -> None:
    """50,000: 50m at most; 49.5m repay, 10.5m are owed on nothing."""
    seen = ladder([50_000], coins="1_000")
    assert seen["btc.pledged"][0] == 0
    assert seen["loan.balance"][0] == pytest.approx(10_500_000, abs=0.005)


def test_who_sells_at_once_does_not_call_and_who_has_nothing_sells_nothing() -> None:
    """At 50,000 all is sold in January without a call; then 10.5m are owed on nothing, and no coin is there to call."""
    seen = ladder([50_000], coins="1_000")
    assert seen["btc.liquidated"].tolist() == [1, 0, 0, 0, 0, 0, 0, 0]
    assert seen["btc.called"].tolist() == [0] * 8


def unpledged(coins: str) -> Any:
    """60m at 100,000 a coin, where no coin is pledged at closing."""
    text = f"treasury: {{btc: {{price: bitcoin, coins: {coins}, pledge: {{to: loan, coins: 0, restore: 60%}}}}}}"
    return earned(deal_on(text, waterfall="- pay: owner"), bitcoin=1e5)


def test_free_coins_are_called_for_where_nothing_is_pledged() -> None:
    """60m / (60% · 100,000) = 1,000 of the 1,400 free coins are posted; nothing is sold."""
    seen = unpledged("1_400")
    assert seen["btc.posted"].tolist() == pytest.approx([1_000, 0, 0, 0, 0, 0])
    assert seen["btc.called"].tolist() == [1, 0, 0, 0, 0, 0]
    assert seen["btc.liquidated"].sum() == 0
    assert seen["btc.sold"].sum() == 0


def test_what_is_posted_on_a_call_that_is_not_met_is_sold_down_to_restore() -> None:
    """All 800 are posted: 60m on 80m is 75%; x = (60m − 60% · 80m) / 40% = 30m is sold: 30m are left on 50m."""
    seen = unpledged("800")
    assert seen["btc.posted"][0] == pytest.approx(800)
    assert (seen["btc.called"][0], seen["btc.liquidated"][0]) == (1, 1)
    assert seen["btc.sold"][0] == pytest.approx(300)
    assert seen["loan.balance"][0] == pytest.approx(30e6)
    assert seen["btc.pledged"][0] == pytest.approx(500)


def drawn_over_time(draws: str, more: str = "restore: 60%", steps: str = "- pay: owner") -> Any:
    """60m of commitment on 1,000 coins of 1,600 at 100,000 a coin, for eight months."""
    text = LOAN.format(coins="1_600", more=more)
    loan = f", amortisation: none, draws: {{{draws}, to: outside}}"
    return earned(deal_on(text, maturity="2025-09-01", loan=loan, waterfall=steps), bitcoin=1e5)


def test_coins_stay_pledged_before_the_first_draw() -> None:
    """30m are drawn in February: before it and after it the 1,000 coins are the lender's, at an LTV of 30%."""
    seen = drawn_over_time("initial: 0, amount: 30m * (period == 2), until: 2025-04-01")
    assert seen["loan.balance"].tolist() == [0] + [30e6] * 7
    assert seen["btc.pledged"].tolist() == [1_000] * 8
    assert seen["btc.called"].sum() == seen["btc.liquidated"].sum() == 0


def test_coins_are_free_once_nothing_can_be_drawn() -> None:
    """Nothing is ever drawn. On 1 April, the last day, it still could be; on 1 May the commitment is cancelled."""
    seen = drawn_over_time("initial: 0, amount: 0 * period, until: 2025-04-01")
    assert seen["btc.released"].tolist() == [0, 0, 0, 1_000, 0, 0, 0, 0]


def test_coins_are_free_on_the_last_maturity() -> None:
    """What was drawn on the last date would never fall due: nothing is lent on coins then."""
    seen = drawn_over_time("initial: 0, amount: 0 * period, revolving: true")
    assert seen["btc.released"].tolist() == [0] * 7 + [1_000]


def test_what_rounding_leaves_of_a_commitment_keeps_no_coins() -> None:
    """Sevenths of 60m that add up to it, but for a few billionths: all is drawn, and all is repaid in May."""
    steps = "- draw: btc\n  limit: 60m * (period == 5)\n- repay: loan\n  when: period == 5\n- pay: owner"
    sevenths = "60m / 7 * ((period == 1) + 3 * (period == 2) + 2 * (period == 3) + (period == 4))"
    seen = drawn_over_time(f"initial: 0, amount: {sevenths}", steps=steps)
    assert seen["loan.balance"][3] == pytest.approx(60e6)
    assert seen["btc.released"].tolist() == [0] * 5 + [1_000, 0, 0]


def test_a_revolver_that_is_paid_down_keeps_its_coins() -> None:
    """600 free coins repay the 60m on 1 February, and 60m are drawn again on 1 April: then LTV is 60%, as at first.
    Of a loan that cannot be drawn again the coins come back on 1 March."""
    steps = "- draw: btc\n  limit: 60m * (period == 1)\n- repay: loan\n- pay: owner"
    again = "initial: 60m, amount: 60m * (period == 3), revolving: "
    seen = drawn_over_time(again + "true", steps=steps)
    assert seen["loan.balance"].tolist() == [0, 0] + [60e6] * 6
    assert seen["btc.pledged"].tolist() == [1_000] * 8
    seen = drawn_over_time(again + "false", steps=steps)
    assert seen["btc.released"].tolist() == [0, 1_000, 0, 0, 0, 0, 0, 0]


def test_a_release_level_releases_from_what_is_drawn() -> None:
    """12m on 100m is 12%, below 35%: 12m / (60% · 100,000) = 200 stay. In March nothing is owed: these stay too, as up
    to 60m can be drawn, but for the last date."""
    steps = "- draw: btc\n  limit: 12m * (period == 2)\n- repay: loan\n- pay: owner"
    more = "restore: 60%, release: 35%"
    seen = drawn_over_time("initial: 12m, amount: 0 * period, revolving: true", more=more, steps=steps)
    assert seen["btc.released"] == pytest.approx([800, 0, 0, 0, 0, 0, 0, 200])
    assert seen["loan.balance"].tolist() == [12e6] + [0] * 7
    assert seen["btc.pledged"] == pytest.approx([200] * 7 + [0])


def test_coins_come_back() -> None:
    """200,000: LTV 30%, at the release of 40%: 60m / (60% · 200,000) = 500 stay pledged; all come back once it is
    repaid."""
    seen = ladder([200_000], more="restore: 60%, release: 40%")
    assert seen["btc.released"][0] == pytest.approx(500)
    assert seen["btc.pledged"][0] == pytest.approx(500)
    deal = deal_on(
        "treasury: {btc: {price: bitcoin, coins: 1_000, pledge: {to: loan, coins: 900}}}",
        notional="10m",
        loan=", amortisation: {schedule: [4m, 6m, 0, 0, 0, 0]}",
        waterfall="- draw: btc\n  for: [loan.interest, loan.principal]\n- pay: loan.interest\n- pay: loan.principal",
    )
    seen = earned(deal, bitcoin=2e5)
    assert seen["btc.pledged"].tolist() == [900, 900, 0, 0, 0, 0]
    assert seen["btc.coins"][-1] == pytest.approx(1_000 - seen["btc.drawn"].sum() / 2e5)


def test_the_lender_releases_what_repays_it() -> None:
    """10m fall due at 200,000 a coin: 10 coins are free, 40 of the pledge follow; 60 of it come back."""
    deal = deal_on(
        "treasury: {btc: {price: bitcoin, coins: 110, pledge: {to: loan, coins: 100, call: 90%, liquidation: 95%}}}",
        notional="10m",
        loan=", amortisation: {schedule: [10m, 0, 0, 0, 0, 0]}",
        waterfall="- draw: btc\n  for: [loan.principal]\n- pay: loan.principal\n- pay: loan.interest",
    )
    seen = earned(deal, bitcoin=2e5)
    assert seen["btc.drawn"] == pytest.approx([10e6, 0, 0, 0, 0, 0])
    assert seen["btc.pledged"] == pytest.approx([60, 0, 0, 0, 0, 0])
    assert seen["btc.coins"] == pytest.approx([60] * 6)


def test_the_pledge_and_the_rest_are_sold_after_a_default() -> None:
    """The deal defaults in January: 1,000 coins at 100,000 bring 99m (1% is cost), which repays 60m, and 200 free ones
    20m; interest is paid, the owner has the rest."""
    seen = ladder([100_000, 90_000], tests="tests: {paid: {ratio: collections / loan.interest.due, default: 1.0x}}")
    assert seen["btc.sold"] == pytest.approx([1_200, 0, 0, 0, 0, 0, 0, 0])
    assert seen["btc.foreclosed"][0] == pytest.approx(99_000_000, abs=0.005)
    assert seen["btc.drawn"][0] == pytest.approx(20_000_000, abs=0.005)
    assert seen["loan.balance"][0] == 0
    assert seen["owner.distribution"][0] == pytest.approx(119e6 - 60e6 - seen["loan.interest"][0], abs=0.005)
    assert seen["btc.called"].sum() == 0


def test_a_default_on_the_last_date_reaches_the_pledge() -> None:
    """Interest is not paid for eight months: the default of the last date sells the coins for what is owed."""
    seen = ladder([100_000], tests="status: {payment_default: {loan.interest: 7}}")
    assert seen["btc.sold"][:-1].sum() == 0
    assert seen["loan.balance"][-1] == 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("restore: 80%", "restore is 0.8, call 0.75; release ≤ restore < call ≤ liquidation"),
        ("restore: 60%, release: 70%", "release is 0.7, restore 0.6"),
        ("restore: 60%, cost: 40%", "no sale lowers the LTV"),
        ("restore: 60%, kost: 1%", "unknown key 'kost'; did you mean 'cost'"),
    ],
)
def test_ladders_that_cannot_be(more: str, said: str) -> None:
    with pytest.raises(DealError, match=said):
        ladder([1e5], more=more)


def test_what_is_pledged_and_to_whom() -> None:
    with pytest.raises(DealError, match=r"1,000 coins are pledged of 900; at most"):
        ladder([1e5], coins="900")
    with pytest.raises(DealError, match=r"unknown debt 'lone'; did you mean 'loan'"):
        deal = deal_on("treasury: {btc: {price: bitcoin, coins: 1, pledge: {to: lone, coins: 1}}}")
        compile_deal(deal)
    with pytest.raises(DealError, match=r"'btc.called' cannot be read here: fees accrue before it is known"):
        compile_deal(deal_on(LOAN.format(coins="1_000", more=""), tests="fees: {agent: {amount: 10k * btc.called}}"))


def test_coins_that_no_sum_holds_ask_for_a_ceiling_and_get_by_with_one() -> None:
    """Student's t has no finite mean of its exponential: some path of any run is beyond any bound."""
    deal = tranche.load(DEALS / "btc_miner_loan.yaml")

    def under(**terms: Any) -> tranche.Deal:
        factors = tuple(attrs.evolve(f, **terms) if isinstance(f, Coin) else f for f in deal.market.factors)
        return attrs.evolve(deal, market=attrs.evolve(deal.market, factors=factors))

    wild = {"dof": 2.2, "volatility": 1.2}
    with pytest.raises(DataError, match="no finite mean unless the market states its ceiling"):
        tranche.run(under(**wild), paths=3_000, seed=1)
    held = tranche.run(under(**wild, ceiling=2e6), paths=3_000, seed=1)
    assert held.audit.relative < 1e-9
