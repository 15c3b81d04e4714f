"""What the story and the rows say of margin calls, of a change of status, and of amounts below half a cent."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import tranche
from tranche.explanation import Explanation
from tranche.files import loads

ROOT = Path(__file__).parents[2] / "deals"

MARGIN = """\
format: 1
name: Margin
schedule: {closing: 2025-01-01, maturity: 2025-07-01}
collateral:
  miner:
    hashprice: hashprice
    treasury:
      hoard:
        {price: btc, coins: 900, sale_cost: 0.5%,
         pledge: {to: loan, coins: 700, call: 75%, liquidation: 85%, restore: 60%, release: 40%, cost: 2%}}
market:
  factors:
    btc: {coin: {initial: 100k USD, drift: -120%, volatility: 0%}}
    network: {hashrate: {initial: 800k, volatility: 0%}}
    hashprice: {hashprice: {price: btc, hashrate: network, reward: 3.125}}
tranches:
  loan: {notional: 45m, coupon: 12%, amortisation: {schedule: {amounts: [2m, 2m, 2m, 2m, 2m, 35m]}}}
  owner: residual
waterfall:
  - draw: hoard
    for: [loan.interest, loan.principal]
  - pay: loan.interest
  - pay: loan.principal
  - pay: owner
"""
PLEDGE = "collateral.miner.treasury.hoard.pledge"

DEFAULTED = """\
format: 1
name: Defaulted
schedule: {closing: 2025-01-01, maturity: 2025-07-01}
collateral: {collections: {}}
tranches:
  a: {notional: 600, coupon: 12%, amortisation: none}
  equity: residual
status: {payment_default: {a.interest: DATES}}
waterfall:
  - pay: a.interest
  - pay: a.principal
  - pay: equity
"""


@pytest.fixture(scope="module")
def margin() -> Explanation:
    return tranche.explain(loads(MARGIN), 0)


def test_a_margin_that_is_not_called_has_no_rows(margin: Explanation) -> None:
    """Least of all the instalment, which the waterfall pays later on the same date."""
    called = margin.results.mean("hoard.called")
    assert 0 < called.sum() < len(called)
    for day, calls in zip(margin.days, called, strict=True):
        rows = [line for line in day.lines if line.step == PLEDGE]
        assert bool(rows) == bool(calls)
        assert all(line.verb in ("receive", "sweep", "flag") for line in rows)


def test_a_margin_call_is_no_money(margin: Explanation) -> None:
    flags = [line for day in margin.days for line in day.lines if line.verb == "flag"]
    assert {line.record for line in flags} == {"hoard.called", "hoard.liquidated"}
    assert np.isnan([line.paid for line in flags]).all()
    assert re.search(r"\n {20,}hoard: margin .*\[hoard.called\]: a margin call", margin.text())


def test_rounding_is_not_received(margin: Explanation) -> None:
    dust = margin.results.total("owner.distribution")[0]
    assert 0 < dust < 0.005
    assert "owner: received nothing." in margin.story


@pytest.mark.parametrize(
    ("dates", "turn"),
    [
        (1, "2025-03-01: performing → default (a.interest was left unpaid on 2025-02-01)."),
        (2, "2025-04-01: performing → default (a.interest was left unpaid on 2 dates in a row up to 2025-03-01)."),
    ],
)
def test_a_payment_default_is_the_cause(dates: int, turn: str) -> None:
    deal = loads(DEFAULTED.replace("DATES", str(dates)))
    story = tranche.explain(deal, 0, collections=np.full((1, 6), 2.0)).story
    assert [sentence for sentence in story if "→" in sentence] == [turn]


@pytest.mark.parametrize("name", ["status_payment_default", "status_cross_acceleration", "status_revolving"])
def test_every_turn_for_the_worse_has_a_cause(name: str) -> None:
    story = tranche.explain(ROOT / "features" / f"{name}.yaml", 0).story
    turns = [sentence for sentence in story if "→" in sentence]
    assert turns
    assert all(sentence.endswith(").") for sentence in turns if not sentence.endswith("→ performing."))


def test_collections_of_folded_dates_are_those_of_the_collateral(margin: Explanation) -> None:
    """And not what a sale of coins or a lender brought: this miner's collections are nothing at all."""
    folded = re.findall(r"; collections ([\d,.]+)|: collections ([\d,.]+)", margin.text())
    assert folded
    assert {amount for pair in folded for amount in pair if amount} == {"0.00"}


def test_a_deal_that_begins_as_revolving_was_not_performing_before() -> None:
    story = tranche.explain(ROOT / "features" / "status_revolving.yaml", 0).story
    assert "2025-02-01: the deal begins as revolving (by its rule, revolving: until 2025-05-01)." in story
    assert not [one for one in story if "performing → revolving" in one]


@pytest.mark.parametrize(("coins", "pledged"), [("720", "sold"), ("2_000", "nothing sold")])
def test_free_and_pledged_coins_that_a_step_sells_are_told_apart(coins: str, pledged: str) -> None:
    """700 are pledged: what the first instalment takes beyond 20 free ones is of those."""
    explanation = tranche.explain(loads(MARGIN.replace("coins: 900", f"coins: {coins}")), 0)
    free, other = (line for line in explanation.days[0].lines if line.record == "hoard.drawn")
    assert (free.why, other.why) == ("free coins: sold", f"pledged coins: {pledged}")
    assert (other.paid > 1) == (pledged == "sold")


LOW = """\
format: 1
name: Called and defaulted
schedule: {closing: 2025-01-01, maturity: 2025-07-01}
market:
  factors:
    btc: {coin: {initial: 100k USD, drift: -80%, volatility: 0%}}
    network: {hashrate: {initial: 800k, volatility: 0%}}
    hashprice: {hashprice: {price: btc, hashrate: network, reward: 3.125}}
collateral:
  miner:
    hashprice: hashprice
    treasury:
      hoard:
        {price: btc, coins: 720, pledge: {to: loan, coins: 700, call: 70%, liquidation: 95%, restore: 60%, cost: 2%}}
tranches: {loan: {notional: 45m, coupon: 12%, amortisation: none}, owner: residual}
tests: {price: {ratio: market.btc / 90k, default: 1x}}
waterfall: [{pay: [loan.interest, loan.principal, owner]}]
"""


def test_a_margin_sale_and_that_of_a_default_on_one_date_are_told_apart() -> None:
    """The coin falls from 93.6k to 87.5k on date 2: 73.5% of 700 coins, and below the 90k of the test."""
    explanation = tranche.explain(loads(LOW), 0)
    day = next(day for day in explanation.days if day.status == "default")
    brought = {step: sum(line.paid for line in day.lines if line.step == step and line.record == "hoard.foreclosed")
               for step in {line.step for line in day.lines}}  # fmt: skip
    margin, default = brought["collateral.miner.treasury.hoard.pledge"], brought["collateral.miner.treasury"]
    assert margin > 0
    assert default > 0
    (said,) = [one for one in explanation.story if one.startswith(f"{day.date}: loan stood at ")]
    sold = "the lender sold pledged coins for USD"
    assert f"{sold} {margin:,.2f}, all of which repaid loan; that restored 60.00%; in default {sold} " in said
    assert f"in default {sold} {default:,.2f}, " in said
    assert said.count("nothing is pledged any more") == 1
