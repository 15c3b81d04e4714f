"""The story calls things by their names: tenants, debt markets, coins, money; and counts no rounding as an event."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tranche
from tests.explanation.test_turn import MARGIN
from tests.small_deals import FLEET
from tranche.explanation import Explanation
from tranche.explanation.observer import dust
from tranche.explanation.sums import at_closing
from tranche.explanation.words import level, listed, money, percent
from tranche.explanation.world import _when
from tranche.files import loads

ROOT = Path(__file__).parents[2] / "deals"
PATHS = {"btc_miner_loan": 470, "coreweave_ddtl_2": 1669, "miner_converts_gpu": 468}


@pytest.fixture(scope="module")
def told() -> dict[str, Explanation]:
    return {name: tranche.explain(ROOT / f"{name}.yaml", path) for name, path in PATHS.items()}


def sentence(explanation: Explanation, start: str) -> str:
    (found,) = (one for one in explanation.story if one.startswith(start))
    return found


def test_rounding_is_no_missing_income(told: dict[str, Explanation]) -> None:
    """Coins sold to cover cost leave 1e-10 of it open on some dates."""
    explanation = told["btc_miner_loan"]
    open_ = [line.short for day in explanation.days for line in day.lines if line.verb == "uncovered" and line.short]
    least = dust(explanation.program)
    assert min(open_) < least
    said = sentence(explanation, "The miner's income did not cover its operating cost on ")
    assert f" on {sum(amount > least for amount in open_)} dates, first on 2026-08-31: " in said


def test_what_an_account_held_at_closing_counts(told: dict[str, Explanation]) -> None:
    explanation = told["coreweave_ddtl_2"]
    most = max(day.balances["dsra"] for day in explanation.days)
    assert most < at_closing(explanation.program, "dsra") == 600e6
    assert "; held 600,000,000.00 at closing, at most 600,000,000.00, and 0.00 " in sentence(explanation, "dsra: ")


def test_tenants_default_first_of_all(told: dict[str, Explanation]) -> None:
    """130,000 of the 168,000 machines are let to the tenant that the path loses."""
    explanation = told["coreweave_ddtl_2"]
    share = percent(130 / 168)
    assert explanation.story[0] == (
        f"The tenant hyperscaler, to which {share} of the machines were let, defaulted by 2025-08-18."
    )
    assert "The tenants lab and trader did not default." in explanation.story
    assert "New chips: rubin was released by 2026-11-16." in explanation.story
    assert not [one for one in explanation.story if re.match(r"market\.(hyperscaler|lab|trader|rubin)", one)]


def test_a_debt_market_and_stress_are_open_or_shut(told: dict[str, Explanation]) -> None:
    explanation = told["miner_converts_gpu"]
    shut = [str(day.date) for day in explanation.days if day.inputs["market.refinancing"] == 0]
    assert shut == ["2027-06-30", "2027-09-30", "2027-12-30", "2028-03-31", "2031-12-31", "2034-12-29"]
    said = "was shut from 2027-06-30 to 2028-03-31, on 2031-12-31 and on 2034-12-29."
    assert f"The refinancing market refinancing {said}" in explanation.story
    assert "The refinancing market debt_market was open on every date." in told["btc_miner_loan"].story
    assert sentence(explanation, "The market was in its state of stress from 2029-06-29 to 2029-12-31, ")


EVENTS = """\
    rent_h100: {lognormal: {initial: 2.00 USD/gpu-hour, drift: -40%, volatility: 60%}}
    pool: {tenants: {count: 20, pd: 20%, loading: 0.3}}
    many: {release: {intensity: 2}}
    never: {release: {date: 2040-01-01}}
    known: {release: {date: 2026-02-01}}
    shut: {refinancing: {closed: 60%, lasts: 1y, start: closed}}
"""


def test_pools_and_releases_at_random() -> None:
    market = next(line for line in FLEET.splitlines(keepends=True) if "lognormal" in line)
    explanation = tranche.explain(loads(FLEET.replace(market, EVENTS)), 1)
    days, last = explanation.days, explanation.days[-1]
    gone, many = 1 - last.inputs["market.pool"], last.inputs["market.many"]
    assert 0 < gone < 1 < many
    first = next(day.date for day in days if day.inputs["market.pool"] < 1)
    assert f"{percent(gone)} of the tenants pool defaulted, the first by {first}." in explanation.story
    first = next(day.date for day in days if day.inputs["market.many"] > 0)
    assert f"New chips: {many:.0f} releases of many, the first by {first}." in explanation.story
    assert f"New chips: never was not released up to {last.date}." in explanation.story
    assert "New chips: known was released by 2026-04-01." in explanation.story
    assert sentence(explanation, "The refinancing market shut was shut ")


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("111111111111", "on every date"),
        ("110000000000", "until 2025-07-01"),
        ("100000000000", "on 2025-04-01"),
        ("000110000011", "from 2026-01-01 to 2026-04-01 and from 2027-10-01 on"),
        ("101010100000", "on 4 dates, first on 2025-04-01, last on 2026-10-01"),
        ("000000000000", "on no date"),
    ],
)
def test_spans_of_dates(on: str, said: str) -> None:
    days = tranche.explain(loads(FLEET), 0).days
    assert _when(days, [letter == "1" for letter in on]) == said


def test_lists() -> None:
    assert [listed(names) for names in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]


def test_margin_calls_and_sales_are_told() -> None:
    """900 coins, 700 of them pledged: the call takes what is free and is too large for it, so the lender sells."""
    explanation = tranche.explain(loads(MARGIN), 0)
    dates = [day for day in explanation.days if any(line.verb == "flag" for line in day.lines)]
    lines = [one for one in explanation.story if re.match(r"[\d-]+: loan stood at ", one)]
    assert len(lines) == len(dates) == 2
    day = dates[0]
    before = explanation.days[day.number - 2]
    ltv = before.balances["loan"] / (before.coins["hoard.pledged"] * day.inputs["market.btc"])
    assert 0.75 <= ltv < 0.85
    brought = sum(line.paid for line in day.lines if line.record == "hoard.foreclosed")
    asked = before.balances["loan"] / 0.6 / day.inputs["market.btc"] - before.coins["hoard.pledged"]
    assert lines[0] == (
        f"{day.date}: loan stood at {percent(ltv)} of the value of the coins pledged by hoard (call from 75.00% on); "
        f"margin call for {level(asked)} coins, back to 60.00%: {level(day.coins['hoard.posted'])} were posted, all "
        f"that were free; the lender sold pledged coins for USD {money(brought)}, all of which repaid loan; that "
        "restored 60.00%."
    )
    assert re.search(r"; margin call for [\d.]+ coins, back to 60.00%: none were free; the lender sold ", lines[1])


def test_a_margin_call_that_is_met_is_told() -> None:
    explanation = tranche.explain(loads(MARGIN.replace("coins: 900", "coins: 2_000")), 0)
    (called, *_) = (one for one in explanation.story if "margin call" in one)
    assert re.search(r" \(call from 75.00% on\); margin call: [\d.]+ coins were posted, back to 60.00%\.$", called)


def test_of_many_dates_with_margin_calls_the_first_are_told() -> None:
    """With little to restore, the call comes again on the next date."""
    text = MARGIN.replace("restore: 60%", "restore: 74%").replace("maturity: 2025-07-01", "maturity: 2025-09-01")
    text = text.replace("drift: -120%", "drift: -250%")
    text = text.replace("[2m, 2m, 2m, 2m, 2m, 35m]", "[0, 0, 0, 0, 0, 0, 0, 45m]")
    explanation = tranche.explain(loads(text), 0)
    dates = [str(day.date) for day in explanation.days if any(line.verb == "flag" for line in day.lines)]
    assert len(dates) > 4
    told = [one for one in explanation.story if " stood at " in one]
    assert [one[:10] for one in told] == dates[:4]
    more = sentence(explanation, "There were margin calls on loan, or sales of coins pledged to it, on ")
    assert f"on {len(dates) - 4} more date" in more
    assert f"last on {dates[-1]}" in more


def test_coins_that_the_lender_sold_out(told: dict[str, Explanation]) -> None:
    explanation = told["btc_miner_loan"]
    said = sentence(explanation, "2026-07-30: loan stood at 144.67% of the value of the coins pledged by hoard ")
    sale = "the lender sold pledged coins for USD 68,432,400.05, all of which repaid loan"
    assert f" (sale from 85.00% on); {sale}; nothing is pledged any more; because of the default free coins of " in said
    turn = sentence(explanation, "2026-07-30: performing")
    assert turn.endswith("below its default level of 1.00x: nothing is pledged any more).")
    assert "lowest 0.00x on 2026-07-30: nothing is pledged any more; " in sentence(explanation, "coverage: ")
    why = " ".join(explanation.why("loan").text().split())
    assert "- 68,432,400.05 came of pledged coins, which were sold for it, and repaid loan ahead of the " in why
    assert "loan.prepaid took" not in why


def test_a_loss_is_set_against_what_was_drawn(told: dict[str, Explanation]) -> None:
    explanation = told["miner_converts_gpu"]
    drawn = explanation.results.total("new_notes.drawn")[0]
    lost = explanation.results.paths("new_notes")["loss"].iloc[0]
    of = f"68.94% of its notional of 600,000,000.00 ({percent(lost / drawn)} of the {money(drawn)} drawn)"
    assert of in sentence(explanation, "new_notes: ")
    assert of in " ".join(explanation.why("new_notes").text().split())
    assert "drawn)" not in sentence(explanation, "high_yield: ")
    assert "drawn)" not in sentence(explanation, "site_loan: "), "all of it was drawn"


def test_a_default_without_a_failed_test_has_its_cause(told: dict[str, Explanation]) -> None:
    why = " ".join(told["miner_converts_gpu"].why("new_notes").text().split())
    cause = "high_yield.principal was left unpaid on 2030-12-31."
    assert f"The deal has been in default since 2031-03-31, so that another waterfall applies: {cause}" in why


def test_who_got_nothing_received_nothing(told: dict[str, Explanation]) -> None:
    assert "sponsor: received nothing for the 500,000,000.00 invested." in told["coreweave_ddtl_2"].story
    assert told["coreweave_ddtl_2"].why("sponsor").text().startswith(
        "sponsor received nothing for the 500,000,000.00 invested.\n"
    )
    assert "sponsor: received nothing." in told["miner_converts_gpu"].story


def test_an_amount_is_told_as_money() -> None:
    explanation = tranche.explain(ROOT / "features" / "tests_kinds.yaml", 0)
    assert sentence(explanation, "liquidity: ") == (
        "liquidity: lowest 13.00 on 2025-02-01; below its trigger of 13.01 on 4 dates, first on 2025-02-01 (13.00)."
    )
    assert "liquidity on 2025-02-01: 13.00 failed: below its trigger of 13.01; so on 4 dates." in (
        explanation.why("liquidity").text()
    )


AMOUNT = """\
format: 1
name: Amount
schedule: {closing: 2025-01-01, maturity: 2025-07-01}
collateral: {collections: {amounts: [13, 13, 13, 13, 13, 13]}}
tranches: {note: {notional: 40, coupon: 0%}, equity: residual}
tests: {liquidity: {value: cash, trigger: 13.01}}
waterfall:
  - pay: [note.interest, note.principal]
  - pay: equity
    when: not liquidity.breached
"""


def test_an_amount_is_money_in_the_line_of_a_date_too() -> None:
    text = tranche.explain(loads(AMOUNT), 0).text()
    assert re.search(r"^2025-04-01  date 3, .*; liquidity 13.00 below its trigger of 13.01; ", text, re.MULTILINE)


def test_what_a_test_compares_is_neither_available_nor_due() -> None:
    text = tranche.explain(ROOT / "features" / "tests_kinds.yaml", 0).text(every=True)
    rows = [line for line in text.splitlines() if "  test " in line]
    assert len(rows) == 24
    assert all(row[: row.index("test ")].isspace() for row in rows)
    assert "test ltv: 100% failed: above its trigger of 75% (60.00 over 60.00)" in text
    assert "test liquidity: 13.00 failed: below its trigger of 13.01\n" in text


def test_the_same_story_without_the_market() -> None:
    """Each change of a factor that only the Program knows is still told, as a level."""
    from tranche.explanation.explain import explain_inputs
    from tranche.inputs import prepare

    story = explain_inputs(prepare(loads(FLEET), seed=5, fuse=False), 2, 5).story
    assert story == tranche.explain(loads(FLEET), 2, 5).story
    bare = explain_inputs(prepare(loads(MARGIN), fuse=False), 0).story
    assert any("loan stood too high against the coins pledged by hoard" in one for one in bare)
