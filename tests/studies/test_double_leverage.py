"""Double leverage of a miner whose values are worked by hand."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

import tranche
from tests.collateral.miners import deal_on
from tranche.errors import UsageError
from tranche.studies.double_leverage import double_leverage

# machines worth 5,000 · 8,000 = 40m and 24m in a forced sale; 1,000 coins
MINER = """
sites:
  riverside:
    hashrate: 5_000 PH/s
    efficiency: 20 J/TH
    power: {price: 0.05 USD/kWh}
    value_per_ph: 8_000 USD/PH
    forced_discount: 40%
treasury:
  btc: {price: bitcoin, coins: 1_000, pledge: {to: loan, coins: 500}}
"""


def still() -> tranche.Deal:
    """A market that stands still at 100,000 a coin; nothing is repaid: a loan of 30m, and notes of 30m like it."""
    deal = deal_on(MINER, notional="30m", waterfall="- pay: owner", tests="")
    loan, *others = deal.tranches
    deal = attrs.evolve(deal, tranches=(loan, attrs.evolve(loan, name="notes"), *others))
    return deal.with_({f"market.factors.{name}.volatility": 0 for name in ("bitcoin", "network")})


def test_each_coin_counts_once() -> None:
    """30m on machines of 24m and coins of 100m, and 30m on the coins again."""
    table = double_leverage(still(), ["notes"], paths=4)
    assert table["apart"].to_numpy() == pytest.approx(np.full(6, 30 / 124))
    assert table["joint"].to_numpy() == pytest.approx(np.full(6, 60 / 124))
    assert table["double_leverage_stress"].to_numpy() == pytest.approx(np.full(6, 30 / 124))


@pytest.mark.parametrize("machines", [["loan"], ["loan", "loan"]])
def test_each_debt_counts_once(machines: list[str]) -> None:
    """One loan on machines and coins is no double leverage."""
    table = double_leverage(still(), machines, ["loan"], paths=4)
    for column in ("apart", "joint", "joint_stress"):
        assert table[column].to_numpy() == pytest.approx(np.full(6, 30 / 124))
    assert (table["double_leverage"] == 0).all()


def test_stress_is_where_the_collateral_is_worth_least() -> None:
    """The mean of the four lowest prices of 40 paths, path by path and date by date from the run itself."""
    deal = deal_on(MINER.replace(", pledge: {to: loan, coins: 500}", ""), notional="30m", waterfall="- pay: owner")
    table = double_leverage(deal, ["loan"], [], paths=40, seed=3, share=0.10)
    coins = np.array([tranche.run(deal, 1, 3, first_path=path).mean("btc.value") for path in range(40)])
    assert table["coins_stress"].to_numpy() == pytest.approx(np.sort(coins, axis=0)[:4].mean(axis=0), rel=1e-9)
    assert (table["joint_stress"] > table["joint"]).all()


def test_what_cannot_be_measured() -> None:
    with pytest.raises(UsageError, match="no miner with a treasury"):
        double_leverage("deals/gpu_ddtl_2024.yaml", ["senior"], [])
    with pytest.raises(UsageError, match="unknown debt 'lone'; did you mean 'loan'"):
        double_leverage(still(), ["lone"], [])
    free = deal_on(MINER.replace(", pledge: {to: loan, coins: 500}", ""), notional="30m", waterfall="- pay: owner")
    with pytest.raises(UsageError, match="no coins are pledged to a debt"):
        double_leverage(free, ["loan"])
