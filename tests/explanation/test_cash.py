"""Every record that a deal can move has its line, and the lines of a date account for every change of cash."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

import tranche
from tranche.compiler import compile_deal
from tranche.explanation.lines import FLAGS, SILENT, VERBS
from tranche.explanation.observer import dust
from tranche.explanation.why import WHY
from tranche.files import loads
from tranche.records import LEVEL_WORDS

ROOT = Path(__file__).parents[2] / "deals"
DEALS = [*sorted(ROOT.glob("*.yaml")), *sorted((ROOT / "features").glob("*.yaml"))]

FEE_AND_LOSS = """\
format: 1
name: A commitment fee and a loss
schedule: {closing: 2025-01-01, maturity: 2025-03-01}
collateral: {collections: {amounts: [10, 90]}}
tranches:
  note: {notional: 100, coupon: 0%}
  rcf: {notional: 60, coupon: 0%, draws: {initial: 10, fee: 12%}}
  equity: residual
waterfall:
  - write_down: note
    limit: 30
    until: 2025-02-01
  - pay: rcf.commitment_fee
  - pay: [note.principal, rcf.principal]
  - pay: equity
"""


@pytest.mark.parametrize("file", DEALS, ids=lambda file: file.stem)
def test_every_flow_has_a_verb(file: Path) -> None:
    known = VERBS.keys() | FLAGS.keys() | LEVEL_WORDS.keys() | SILENT
    program = compile_deal(tranche.load(file), fuse=False)
    assert {record.field for record in program.records if record.flow} <= known
    assert not [record.name for record in program.records if record.side and record.field in SILENT]


def test_every_verb_has_a_reason() -> None:
    assert set(VERBS.values()) <= WHY.keys()


@pytest.mark.parametrize("file", DEALS, ids=lambda file: file.stem)
def test_the_lines_account_for_every_change_of_cash(file: Path) -> None:
    explanation = tranche.explain(file, 0)
    program, least = explanation.program, 1e3 * dust(explanation.program)
    side = {record.name: record.side for record in program.records}
    plain = [account.name for account in tranche.load(file).accounts if account.earns is None]
    held = sum(program.registers[k].initial for k in program.cash)
    before: dict[str, float] = {}
    accounts = [claim.name for claim in program.claims if claim.kind == "account"]
    for day in explanation.days:
        moved: dict[str, float] = {}
        for line in day.lines:
            if line.verb not in ("test", "flag", "unpaid", "uncovered"):
                moved[line.record] = moved.get(line.record, 0.0) + line.paid
        now = sum(day.balances[name] for name in accounts)
        flows = math.fsum(side[name] * amount for name, amount in moved.items())
        assert now - held == pytest.approx(flows, abs=least), day.date
        for name in plain if before else ():
            own = moved.get(f"{name}.funded", 0.0) - moved.get(f"{name}.drawn", 0.0)
            assert day.balances[name] - before[name] == pytest.approx(own, abs=least), (day.date, name)
        held, before = now, day.balances


def test_a_commitment_fee_and_a_write_down_are_told() -> None:
    """12% on the 50 that are not drawn is 0.50 a month; 30 of the note are written down on the first date."""
    explanation = tranche.explain(loads(FEE_AND_LOSS), 0)
    first = {line.record: line for line in explanation.days[0].lines}
    assert (first["rcf.commitment_fee"].available, first["rcf.commitment_fee"].paid) == pytest.approx((10.0, 0.5))
    assert first["rcf.commitment_fee"].why == "paid in full"
    assert (first["note.written_down"].verb, first["note.written_down"].paid) == ("write down", 30.0)
    second = {line.record: line for line in explanation.days[1].lines}
    assert second["note.written_down"].paid == 0
    assert "0.50" in explanation.only(step="waterfall.performing[1]").text()
    assert "commitment fee 1.00" in "".join(explanation.story)


def test_interest_above_a_cap_is_carried_and_not_short() -> None:
    """deals/features/available_funds_cap.yaml by hand: 3 are carried on date 1 and paid on date 2."""
    explanation = tranche.explain(ROOT / "features" / "available_funds_cap.yaml", 0)
    first, second = ({line.record: line for line in day.lines}["senior.cap_shortfall"] for day in explanation.days)
    assert (first.due, first.paid, first.short) == pytest.approx((3.0, 0.0, 3.0))
    assert (second.due, second.paid, second.short) == pytest.approx((3.0, 3.0, 0.0))
    assert "Every due was paid in full and on its date." in explanation.story


MINER = """\
format: 1
name: A miner that sells power
schedule: {closing: 2027-01-01, maturity: 2027-03-01}
market:
  factors:
    btc: {coin: {initial: 100k USD, drift: 0%, volatility: 0%}}
    network: {hashrate: {initial: 900k, volatility: 0%}}
    hashprice: {hashprice: {price: btc, hashrate: network, reward: 3.125}}
collateral:
  miner:
    hashprice: hashprice
    staff_per_month: 10k
    sites:
      alpha:
        {hashrate: 1_000 PH/s, efficiency: 20 J/TH,
         power: {price: 0.03 USD/kWh, curtailed: 10%, standby_per_kw_month: 3 USD/kW-month}}
    treasury: {hoard: {price: btc, coins: 50, mined: true, policy: sell_share, share: 60%, sale_cost: 1%}}
tranches: {loan: {notional: 1m, coupon: 6%}, owner: residual}
waterfall: [{pay: [loan.interest, loan.principal, owner]}]
"""


def test_what_makes_up_the_collections_of_a_miner_is_shown() -> None:
    """Coins that are mined come in as far as they are sold, standby pay as it is, less what it took to run."""
    explanation = tranche.explain(loads(MINER), 0)
    for day in explanation.days:
        paid = {line.record: line.paid for line in day.lines}
        sold = day.coins["hoard.sold"] * day.inputs["market.btc"] * 0.99
        assert paid["miner.income"] == pytest.approx(20_000.0 * 3.0)  # kW a month
        assert paid["collateral.collections"] == pytest.approx(sold + paid["miner.income"] - paid["miner.opex"])
        assert day.coins["hoard.sold"] == pytest.approx(0.6 * day.coins["hoard.mined"])
    assert "what hosting, power that was sold and standby brought" in explanation.text()
    assert " sold)" in explanation.text()
