"""A junior whose lender holds coins: what they bring is its own, and no more is."""

from __future__ import annotations

import numpy as np
import pytest

from tests.testing.test_invariants import tampered
from tranche.compiler import compile_deal
from tranche.files import loads
from tranche.testing import BrokenInvariant, Observed, invariants
from tranche.testing.observed import observe_rows

DEAL = """\
format: 1
name: Pledged junior
schedule: {{closing: 2025-01-01, maturity: 2025-04-01, day_count: 30/360}}
collateral:
  miner:
    hashprice: hashprice
    treasury:
      hoard:
        {{price: btc, coins: {coins}, pledge: {{to: junior, coins: {coins}, call: 98%, liquidation: 99%, cost: 1%}}}}
market:
  factors:
    btc: {{coin: {{initial: 100k USD, volatility: 0%, drift: 0%}}}}
    network: {{hashrate: {{initial: 800k, volatility: 0%}}}}
    hashprice: {{hashprice: {{price: btc, hashrate: network, reward: 3.125}}}}
tranches:
  senior: {{notional: 50m, coupon: 12%}}
  junior: {{notional: 20m, coupon: 12%}}
  owner: residual
status: {{default: period >= 1}}
waterfall: [{{pay: senior.interest}}, {{pay: senior.principal}}, {{pay: junior.interest}}, {{pay: owner}}]
"""


def seen(coins: int) -> Observed:
    """In default from the first date on; coins stand still at 100,000."""
    deal = loads(DEAL.format(coins=coins))
    program = compile_deal(deal)
    rows = np.ones((1, program.periods, len(program.inputs)))
    rows[:, :, program.inputs.index("market.btc")] = 100e3
    return observe_rows(deal, rows, program)


@pytest.mark.parametrize(("coins", "repaid"), [(100, 9.9e6), (300, 20e6)], ids=["too few", "more than it is owed"])
@pytest.mark.parametrize("field", ["interest", "principal", "prepaid"])
def test_no_more_than_its_coins_brought(coins: int, repaid: float, field: str) -> None:
    """100 coins bring 9.9m after a cost of 1%, all of them the junior's; 300 bring 29.7m, of which it is owed 20m: the
    senior has the rest, and is short. A junior that is paid a dollar beyond is seen."""
    run = seen(coins)
    assert run.flow("hoard.foreclosed")[0] == pytest.approx([coins * 99e3, 0, 0])
    assert run.flow("junior.prepaid")[0] == pytest.approx([repaid, 0, 0])
    assert run.flow("senior.balance")[0, 0] > 20e6
    invariants.check_all(run)
    with pytest.raises(BrokenInvariant, match=r"path 0, period 1: junior is paid .* while senior is owed"):
        invariants.seniority_respected(tampered(run, f"junior.{field}", path=0, period=1, amount=1.0))


def test_only_on_the_date_of_the_sale_and_only_its_holder() -> None:
    run = seen(100)
    for record, period in (("junior.prepaid", 2), ("owner.distribution", 1)):
        with pytest.raises(BrokenInvariant, match="while senior is owed"):
            invariants.seniority_respected(tampered(run, record, path=0, period=period, amount=1.0))
