"""Every rule: deals on which it fires, and at which place, and deals close to them on which it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

import tranche
from tranche.analysis import warnings_of
from tranche.analysis.rules import RULES
from tranche.errors import DealError, DealWarning
from tranche.files import load, loads

ROOT = Path(__file__).parents[2]

HEAD = """\
format: 1
name: Rules
schedule: {closing: 2025-01-01, maturity: 2027-01-01, frequency: quarterly}
collateral: {collections: {}}
"""
BASE = {
    "tranches": """\
  a: {notional: 60m, coupon: 6%, amortisation: level}
  b: {notional: 30m, coupon: 8%}
  certificate: {residual: {}}
""",
    "fees": "  agent: {amount: 20k}\n",
    "accounts": "  reserve: {target: 2% * a.balance}\n",
    "tests": "  dscr: {ratio: collections / a.debt_service, lock_up: 1.2x, default: 1.05x}\n",
    "definitions": "  low: dscr < 1.3x\n",
    "waterfall": """\
  performing:
    - pay: agent
    - draw: reserve
      for: [a.interest, a.principal]
    - pay: a.interest
    - pay: a.principal
    - fund: reserve
    - release: reserve
    - pay: b.interest
    - sweep: a.principal
      when: low
    - pay: b.principal
    - pay: certificate
""",
}


def deal(*changes: tuple[str, str], **sections: str) -> tranche.Deal:
    """The base deal with sections replaced or added, and texts changed."""
    parts = BASE | sections
    text = HEAD + "".join(f"{name}:\n{body}" for name, body in parts.items() if body)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return loads(text, "deal.yaml")


def told(found: tranche.Deal) -> set[tuple[str, str]]:
    """(rule, path) of every warning."""
    return {(warning.rule, warning.place.path) for warning in warnings_of(found)}


MARKET = """\
market:
  factors:
    btc: {coin: {initial: 100k USD, volatility: 50%}}
    network: {hashrate: {initial: 800k, volatility: 10%}}
    hashprice: {hashprice: {price: btc, hashrate: network, reward: 3.125}}
"""


def on_miner(site: str = "", power: str = "", treasury: str = "") -> tuple[str, str]:
    """The base deal's collateral replaced by a mine."""
    power = f"power: {{price: 0.05 USD/kWh, {power}}}"
    site = f"sites: {{s: {{hashrate: 500 PH/s, efficiency: 20 J/TH, {power}, {site}}}}}"
    held = f"treasury: {{hoard: {{price: btc, coins: 10, mined: true, {treasury}}}}}"
    mine = f"collateral: {{miner: {{hashprice: hashprice, {site}, {held}}}}}\n"
    return "collateral: {collections: {}}\n", mine + MARKET


LIST = "waterfall.performing"
PLAIN = BASE["waterfall"]
FIRES = {
    "an account without a way out": (
        [("- pay: agent\n", "- pay: agent\n    - transfer: {from: cash, to: box}\n      limit: 1m\n"),
         ("accounts:\n", "accounts:\n  box: {}\n")],
        {("trapped-cash", "accounts.box")},
    ),
    "money put in at closing that nothing takes out": (
        [("accounts:\n", "accounts:\n  box: {initial: 5m}\n")],
        {("trapped-cash", "accounts.box")},
    ),
    "a way out that is never open": (
        [("- pay: agent\n", "- pay: agent\n    - transfer: {from: box, to: cash}\n      after: 2030-01-01\n"),
         ("accounts:\n", "accounts:\n  box: {initial: 5m}\n"), ("default: 1.05x", "trigger: 1.05x")],
        {("trapped-cash", "accounts.box"), ("unreachable-step", f"{LIST}[1].transfer")},
    ),
    "a reserve that only releases": (
        [("    - draw: reserve\n      for: [a.interest, a.principal]\n", "")],
        {("reserve-never-drawn", "accounts.reserve")},
    ),
    "a fee that no step pays": ([("    - pay: agent\n", "")], {("unpaid-class", "fees.agent")}),
    "a residual that no step pays": (
        [("    - pay: certificate\n", "")], {("unpaid-class", "tranches.certificate")},
    ),
    "a debt that no step repays": ([("    - pay: b.principal\n", "")], {("unpaid-class", "tranches.b")}),
    "a debt whose interest no step pays": ([("    - pay: b.interest\n", "")], {("unpaid-class", "tranches.b")}),
    "a guarantor whose fee no step pays": (
        [("accounts:\n", "guarantees:\n  g: {limit: 1m, covers: a, fee: 1%}\naccounts:\n"),
         ("- pay: a.interest\n", "- draw: g\n    - pay: a.interest\n")],
        {("unpaid-class", "guarantees.g")},
    ),
    "a guarantor whose payments no step pays": (
        [("accounts:\n", "guarantees:\n  g: {limit: 1m, covers: a, reimbursed: true}\naccounts:\n"),
         ("- pay: a.interest\n", "- draw: g\n    - pay: a.interest\n")],
        {("unpaid-class", "guarantees.g")},
    ),
    "a draw that counts what another brought in for other dues": (
        [("accounts:\n", "accounts:\n  second: {target: 1m}\n"),
         ("    - draw: reserve\n      for: [a.interest, a.principal]\n",
          "    - draw: reserve\n      for: a.interest\n    - draw: second\n      for: b.interest\n"),
         ("    - fund: reserve\n", "    - fund: reserve\n    - fund: second\n")],
        {("draw-on-draw", f"{LIST}[2].draw")},
    ),
    "a step-up after the last accrual period has begun": (
        [("a: {notional: 60m, coupon: 6%,", "a: {notional: 60m, coupon: {rate: 6%, step_up: {2026-10-02: 1%}},")],
        {("out-of-time", "tranches.a.coupon.step_up")},
    ),
    "a fee that steps after the end": (
        [("agent: {amount: 20k}", "agent: {amount: 20k, steps: {2027-01-02: 30k}}")],
        {("out-of-time", "fees.agent.steps")},
    ),
    "a level of a test after the end": (
        [("lock_up: 1.2x", "lock_up: {2025-04-01: 1.2x, 2028-01-01: 1.3x}")],
        {("out-of-time", "tests.dscr.lock_up")},
    ),
    "a guarantor who is gone before the first payment, and steps down after the last": (
        [("accounts:\n", "guarantees:\n  g: {limit: 1m, covers: a, until: 2025-03-31, steps: {2028-01-01: 0}}\n"
          "accounts:\n"),
         ("- pay: a.interest\n", "- draw: g\n    - pay: a.interest\n")],
        {("out-of-time", "guarantees.g.until"), ("out-of-time", "guarantees.g.steps")},
    ),
    "machines that come after the end, and a lease that is over before the beginning": (
        [("collections: {}", "fleet: {cost_per_gpu: 30k USD/gpu, cohorts: {late: {gpus: 100, in_service: 2026-12-30, "
          "delay: 3d}, old: {gpus: 100, lease: {rate: 2 USD/gpu-hour, start: 2024-01-01, end: 2025-01-01}}}}")],
        {("out-of-time", "collateral.fleet.cohorts.late.in_service"),
         ("out-of-time", "collateral.fleet.cohorts.old.lease.end")},
    ),
    "draws that end before the first payment date": (
        [("b: {notional: 30m,", "b: {draws: {initial: 29m, amount: 1m, until: 2025-03-31}, notional: 30m,")],
        {("out-of-time", "tranches.b.draws.until")},
    ),
    "a ledger and a facility that no step pays": (
        [("accounts:\n", "facilities:\n  lf: {commitment: 1m, coupon: 5%, covers: a.interest}\nledgers:\n"
          "  loss: {tranche: b, to: reserve}\naccounts:\n"),
         ("collections: {}", f"collections: {{amounts: {{interest: {[10**6] * 8}, loss: {[0] * 8}}}}}")],
        {("unpaid-class", "facilities.lf"), ("unpaid-class", "ledgers.loss")},
    ),
    "a step of a revolving period that is over": (
        [("tests:\n", "status: {revolving: {until: 2026-01-01}}\ntests:\n"),
         ("- pay: agent\n", "- pay: agent\n      until: 2025-03-31\n")],
        {("unreachable-step", f"{LIST}[0].pay")},
    ),
    "a list for lock-up without a test": (
        [("lock_up: 1.2x, ", ""), ("waterfall:\n", "waterfall:\n  lock_up:\n    - pay: a.interest\n")],
        {("unreachable-status", "waterfall.lock_up")},
    ),
    "a list for enforcement without a test": (
        [(", default: 1.05x", ""), ("waterfall:\n", "waterfall:\n  enforcement:\n    - pay: a.interest\n")],
        {("unreachable-status", "waterfall.enforcement")},
    ),
    "a condition that is constant and false": (
        [("when: low", "when: low and 1 > 2")], {("unreachable-step", f"{LIST}[7].sweep")},
    ),
    "a condition of the date that no date meets": (
        [("when: low", "when: low and period > 8")], {("unreachable-step", f"{LIST}[7].sweep")},
    ),
    "dates that are over before the first": (
        [("- pay: a.principal\n", "- pay: a.principal\n      until: 2025-03-31\n")],
        {("unreachable-step", f"{LIST}[3].pay")},
    ),
    "a limit of nothing": (
        [("- pay: agent\n", "- pay: agent\n      limit: 0\n")], {("unreachable-step", f"{LIST}[0].pay")},
    ),
    "a test with a trigger that nobody reads": (
        [("tests:\n", "tests:\n  cover: {ratio: collections / 1m, trigger: 1x}\n")], {("unread-test", "tests.cover")},
    ),
    "a test that only an unread definition reads": (
        [("tests:\n", "tests:\n  cover: {ratio: collections / 1m, trigger: 1x}\n"),
         ("definitions:\n", "definitions:\n  bad: cover.breached\n")],
        {("unread-test", "tests.cover"), ("unread-name", "definitions.bad")},
    ),
    "a target on top of what is there": (
        [("2% * a.balance", "reserve.balance + 1m")], {("circular-target", "accounts.reserve.target")},
    ),
    "two targets that follow each other": (
        [("  reserve: {target: 2% * a.balance}\n",
          "  reserve: {target: 1.1 * more}\n  spare: {target: reserve.balance * 0.9}\n"),
         ("definitions:\n", "definitions:\n  more: 1m + spare.balance\n"),
         ("- fund: reserve\n", "- fund: [reserve, spare]\n"), ("- draw: reserve\n", "- draw: [reserve, spare]\n")],
        {("circular-target", "accounts.reserve.target"), ("circular-target", "accounts.spare.target")},
    ),
    "principal before any falls due": (
        [("- pay: b.principal\n", "- pay: b.principal\n      until: 2026-12-31\n")], {("nothing-due", f"{LIST}[8]")},
    ),
    "interest of a debt that bears none": ([("coupon: 8%", "coupon: 0%")], {("nothing-due", f"{LIST}[6]")}),
    "interest of the junior first": (
        [("- pay: a.interest\n", "- pay: [b.interest, a.interest]\n")], {("seniority", f"{LIST}[2].pay")},
    ),
    "principal of the junior first": (
        [("- pay: a.interest\n", "- pay: a.interest\n    - sweep: b.principal\n      share: 10%\n")],
        {("seniority", f"{LIST}[3].sweep")},
    ),
    "ranks that turn the order of the file round": (
        [("coupon: 8%}", "coupon: 8%, rank: 1}"), ("amortisation: level}", "amortisation: level, rank: 2}"),
         ("residual: {}", "residual: {rank: 3}")],
        {("seniority", f"{LIST}[2].pay"), ("seniority", f"{LIST}[3].pay")},
    ),
    "junior interest before senior principal in enforcement": (
        [("waterfall:\n", "waterfall:\n  enforcement:\n    - draw: reserve\n    - pay: [a.interest, b.interest]\n"
          "    - sweep: [a.principal, b.principal]\n    - pay: certificate\n")],
        {("seniority", "waterfall.enforcement[1].pay")},
    ),
    "a residual in the middle": (
        [("    - pay: b.interest\n", "    - pay: certificate\n    - pay: b.interest\n")],
        {("residual-first", f"{LIST}[6].pay")},
    ),
    "a residual with a share before dues that nobody paid yet": (
        [("    - pay: b.interest\n", "    - pay: certificate\n      share: 5%\n    - pay: b.interest\n")],
        {("residual-first", f"{LIST}[6].pay")},
    ),
    "a definition and a series that nobody reads": (
        [("definitions:\n", "definitions:\n  spare: 2 * a.balance\n"),
         ("tests:\n", "series:\n  plan: [1,1,1,1,1,1,1,1]\ntests:\n")],
        {("unread-name", "definitions.spare"), ("unread-name", "series.plan")},
    ),
    "power for machines that are never off": (
        [on_miner("switch_off: false", "resale: 0.09 USD/kWh, take_or_pay: 40%")],
        {("without-effect", f"collateral.miner.sites.s.power.{field}") for field in ("resale", "take_or_pay")},
    ),
    "values of machines without a price or a cost": (
        [on_miner("forced_discount: 40%, life_years: 2y")],
        {("without-effect", f"collateral.miner.sites.s.{field}") for field in ("forced_discount", "life_years")},
    ),
    "a share under a policy that sells none": (
        [on_miner(treasury="policy: sell_to_cover, share: 1%")],
        {("without-effect", "collateral.miner.treasury.hoard.share")},
    ),
    "a maturity between two payment dates": (
        [("b: {notional: 30m, coupon: 8%}", "b: {notional: 30m, coupon: 8%, maturity: 2026-11-15}")],
        {("between-dates", "tranches.b.maturity")},
    ),
    "a life of machines that cost nothing": (
        [("collections: {}", "fleet: {gpus: 100, life_years: 3y, lease: {rate: 2 USD/gpu-hour, end: 2029-01-01}}")],
        {("without-effect", "collateral.fleet.life_years")},
    ),
}  # fmt: skip

SILENT = {
    "two draws in a row for the same dues": [
        ("accounts:\n", "accounts:\n  second: {target: 1m}\n"),
        ("    - draw: reserve\n", "    - draw: second\n      for: a.interest\n    - draw: reserve\n"),
        ("    - fund: reserve\n", "    - fund: reserve\n    - fund: second\n"),
    ],
    "a draw after the fee is paid that the one before was for": [
        ("accounts:\n", "accounts:\n  second: {target: 1m}\n"),
        ("    - pay: agent\n", "    - draw: second\n      for: agent\n    - pay: agent\n"),
        ("    - fund: reserve\n", "    - fund: reserve\n    - fund: second\n"),
    ],
    "a draw after what the one before was for is paid": [
        ("accounts:\n", "accounts:\n  second: {target: 1m}\n"),
        ("    - pay: b.interest\n", "    - draw: second\n      for: b.interest\n    - pay: b.interest\n"),
        ("    - fund: reserve\n", "    - fund: reserve\n    - fund: second\n"),
    ],
    "terms that begin on the last date, and end on the first": [
        ("a: {notional: 60m, coupon: 6%,", "a: {notional: 60m, coupon: {rate: 6%, step_up: {2026-10-01: 1%}},"),
        ("agent: {amount: 20k}", "agent: {amount: 20k, steps: {2027-01-01: 30k}}"),
        ("b: {notional: 30m,", "b: {draws: {initial: 29m, amount: 1m, until: 2025-04-01}, notional: 30m,"),
    ],
    "a lease that ends before the first payment date": [
        ("collections: {}", "fleet: {cost_per_gpu: 30k USD/gpu, gpus: 100, "
         "lease: {rate: 2 USD/gpu-hour, end: 2025-01-02}}"),
    ],
    "the base deal": [],
    "power that is sold, machines that are written off and sold, a share of what is mined": [
        on_miner("cost_per_ph: 16k USD/PH, life_years: 2y, value_per_ph: 8k USD/PH, forced_discount: 40%",
                 "resale: 0.09 USD/kWh, take_or_pay: 40%", "policy: sell_share, share: 50%"),
    ],
    "a way out on one date": [
        ("- pay: agent\n", "- pay: agent\n    - transfer: {from: box, to: cash}\n      after: 2027-01-01\n"),
        ("accounts:\n", "accounts:\n  box: {initial: 5m}\n"),
    ],
    "a fee paid out of an account": [
        ("- pay: agent\n", "- transfer: {from: cash, to: box}\n      limit: 1m\n    - pay: agent\n      from: box\n"),
        ("accounts:\n", "accounts:\n  box: {}\n"),
    ],
    "a trap whose target lets go": [
        ("accounts:\n", "accounts:\n  trap: {target: 'if_else(low, 1bn, 0)'}\n"),
        ("- pay: certificate\n", "- release: trap\n    - fund: trap\n    - pay: certificate\n"),
    ],
    "capitalised interest needs no step": [
        ("    - pay: b.interest\n", ""), ("coupon: 8%}", "coupon: 8%, unpaid_interest: capitalised}"),
    ],
    "lists of their own for statuses that tests lead to": [
        ("waterfall:\n", "waterfall:\n  lock_up:\n    - pay: a.interest\n  enforcement:\n    - draw: reserve\n"
         "    - pay: a.interest\n    - sweep: a.principal\n    - pay: b.interest\n    - sweep: b.principal\n"),
    ],
    "a guarantor who is owed nothing": [
        ("accounts:\n", "guarantees:\n  g: {limit: 1m, covers: a}\naccounts:\n"),
        ("- pay: a.interest\n", "- draw: g\n    - pay: a.interest\n"),
    ],
    "the list for performing in a revolving period of the whole life": [
        ("tests:\n", "status: {revolving: {until: 2027-01-01}}\ntests:\n"),
        ("lock_up: 1.2x, default: 1.05x", "trigger: 1.05x"),
    ],
    "a step of the list for performing in the revolving period alone": [
        ("tests:\n", "status: {revolving: {until: 2026-01-01}}\ntests:\n"),
        ("lock_up: 1.2x, default: 1.05x", "trigger: 1.05x"),
        ("- pay: certificate\n", "- pay: certificate\n      until: 2025-07-01\n    - pay: certificate\n"),
    ],
    "a step on the last date alone": [("when: low", "when: low and final")],
    "a test that a read definition reads": [
        ("tests:\n", "tests:\n  cover: {ratio: collections / 1m, trigger: 1x}\n"), ("dscr < 1.3x", "cover.breached"),
    ],
    "a target that keeps what is there": [("2% * a.balance", "'max(reserve.balance, 1m)'")],
    "a target that reads the balance before": [("2% * a.balance", "prev(reserve.balance) + 1m")],
    "nothing paid, all of it capitalised": [
        ("- pay: b.interest\n", "- pay: b.interest\n      limit: 0\n      short: capitalise\n"),
    ],
    "a bullet paid on its last date": [("- pay: b.principal\n", "- pay: b.principal\n      after: 2027-01-01\n")],
    "interest pro rata": [("- pay: a.interest\n", "- pay: {pro_rata: [b.interest, a.interest]}\n")],
    "equal ranks": [
        ("coupon: 8%}", "coupon: 8%, rank: 1}"), ("amortisation: level}", "amortisation: level, rank: 1}"),
        ("residual: {}", "residual: {rank: 2}"), ("- pay: a.interest\n", "- pay: [b.interest, a.interest]\n"),
    ],
    "a residual, and then cash from a reserve": [
        ("- pay: certificate\n", "- pay: certificate\n    - draw: reserve\n      when: final\n"
         "    - sweep: a.principal\n      when: final\n    - pay: certificate\n      when: final\n"),
    ],
    "a conditional residual before a second payment": [
        ("- pay: b.principal\n", "- pay: b.principal\n    - pay: certificate\n      limit: 1k\n"
         "    - sweep: a.principal\n      when: final\n"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("case", FIRES)
def test_it_fires(case: str) -> None:
    changes, expected = FIRES[case]
    assert told(deal(*changes)) == expected


@pytest.mark.parametrize("case", SILENT)
def test_it_does_not_fire(case: str) -> None:
    assert told(deal(*SILENT[case])) == set()


def test_every_rule_is_among_the_cases() -> None:
    fired = {rule.replace("-", "_") for _, expected in FIRES.values() for rule, _ in expected}
    named = {rule.__name__.replace("unreachable_list", "unreachable_status") for rule in RULES}
    assert fired == named


def test_warnings_have_lines_and_are_in_the_order_of_the_file() -> None:
    changes = [*FIRES["a fee that no step pays"][0], *FIRES["a definition and a series that nobody reads"][0]]
    found = warnings_of(deal(*changes))
    assert [one.place.line for one in found] == sorted(one.place.line for one in found)
    assert all(one.place.line > 4 and one.place.file == "deal.yaml" for one in found)
    assert all(isinstance(one, DealWarning) and str(one).endswith(f"[{one.rule}]") for one in found)


def test_living_deals_have_none() -> None:
    """Or they say under `accept:` why they mean it."""
    files = sorted((ROOT / "deals").rglob("*.yaml"))
    assert files
    found = [str(one) for file in files if file.parent.name != "markets" for one in warnings_of(load(file))]
    assert found == []


def test_accepting() -> None:
    changes, _ = FIRES["a fee that no step pays"]
    accepted = deal(*changes, ("waterfall:\n", "accept: {fees.agent: paid by the sponsor}\nwaterfall:\n"))
    assert told(accepted) == set()
    nothing = deal(("waterfall:\n", "accept: {fees.agent: paid by the sponsor}\nwaterfall:\n"))
    assert told(nothing) == {("accept", "accept.fees.agent")}


@pytest.mark.parametrize("entry", ["fees.agent:", "fees.agent: ''", "fees.agent: {a: b}"])
def test_accepting_needs_a_reason(entry: str) -> None:
    with pytest.raises(DealError) as raised:
        deal(("waterfall:\n", f"accept: {{{entry}}}\nwaterfall:\n"))
    assert "accept.fees.agent" in str(raised.value)


def test_the_library_function() -> None:
    assert tranche.check(ROOT / "deals" / "benchmark.yaml") == ()
    with pytest.raises(DealError):
        tranche.check(ROOT / "pyproject.toml")


def test_a_maturity_at_the_end_of_a_month_of_a_schedule_that_has_none() -> None:
    """From 30 June on, quarters end on the 30th: 31 December would be due on 30 March."""
    found = deal(
        ("closing: 2025-01-01, maturity: 2027-01-01", "closing: 2024-06-30, maturity: 2027-06-30"),
        ("b: {notional: 30m, coupon: 8%}", "b: {notional: 30m, coupon: 8%, maturity: 2026-12-31}"),
    )
    (warning,) = [one for one in warnings_of(found) if one.rule == "between-dates"]
    assert warning.what == "2026-12-31 is no payment date: what is due then is due on 2027-03-30"
    assert warning.fix == "2026-12-30 or 2027-03-30, or schedule.end_of_month: true"


@pytest.mark.parametrize(
    ("convention", "maturity", "what"),
    [
        ("modified-following", "2026-05-30", "2026-05-30 is no payment date: what is due then is due on 2026-06-30"),
        ("following", "2026-05-30", "2026-05-30 is no payment date: what is due then is due on 2026-06-01"),
        ("following", "2026-02-01", ""),  # a Sunday: 31 January is paid on Monday the 2nd
    ],
)
def test_a_maturity_between_dates_is_due_when_it_is_paid(convention: str, maturity: str, what: str) -> None:
    """31 May 2026 is a Sunday: under modified following it is paid before the maturity, on the 29th."""
    monthly = f"maturity: 2026-07-31, end_of_month: true, calendar: us, convention: {convention}, frequency: monthly"
    found = deal(
        ("closing: 2025-01-01, maturity: 2027-01-01, frequency: quarterly", f"closing: 2025-11-30, {monthly}"),
        ("b: {notional: 30m, coupon: 8%}", f"b: {{notional: 30m, coupon: 8%, maturity: {maturity}}}"),
    )
    assert [one.what for one in warnings_of(found) if one.rule == "between-dates"] == ([what] if what else [])
