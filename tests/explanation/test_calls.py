"""Calls as causes: who was called, at what price, which condition let it, and what would have been without it."""

from __future__ import annotations

from pathlib import Path

import attrs
import numpy as np
import pytest

import tranche
from tranche.deal import Deal, Debt
from tranche.explanation import Cause, Why
from tranche.files import loads

FEATURES = Path(__file__).parents[2] / "deals" / "features"

# 4 quarters at 2% of 100. The coverage of a date is what it brings over the interest of 2; above 3 the loan is called,
# at 105% of par. The junior note is due 1 on each date, and on the last its 20.
LOAN = """\
format: 1
name: Called
schedule: {closing: 2025-01-01, maturity: 2026-01-01, frequency: quarterly, day_count: 30/360}
collateral: {collections: {}}
accounts: {box: {}}
tests:
  cover: {ratio: collections / loan.interest.due, trigger: 1.00x}
tranches:
  loan:
    notional: 100
    coupon: 8%
    maturity: 2025-10-01
    extensions: [{to: 2026-01-01, when: collections < 50}]
    call: {when: cover > 3, first: 2025-04-01, price: 105%, proceeds: box}
  junior: {notional: 20, coupon: 20%}
  equity: residual
waterfall:
  - pay: [loan.interest, loan.principal]
    from: box
  - transfer: {from: box, to: cash}
  - pay: [loan.interest, loan.principal, loan.call_premium]
  - pay: [junior.interest, junior.principal]
  - pay: equity
"""
QUIET, RICH = [5.0, 5.0, 5.0, 105.0], [5.0, 7.0, 5.0, 20.0]


def why(text: str, name: str, rows: list[list[float]], path: int = 0) -> Why:
    return tranche.explain(loads(text), path, collections=np.array(rows)).why(name)


def of_kind(found: Why, kind: str) -> list[Cause]:
    return [cause for _, cause in found.root.walk() if cause.kind == kind]


def never_called(deal: Deal) -> Deal:
    """The deal without its calls, and without a step for their premium."""
    tranches = [attrs.evolve(one, call=None) if isinstance(one, Debt) else one for one in deal.tranches]
    performing = tuple(step for step in deal.waterfall.performing if step.targets != ("loan.call_premium",))
    waterfall = attrs.evolve(deal.waterfall, performing=performing)
    return attrs.evolve(deal, tranches=tuple(tranches), waterfall=waterfall, clean_up=None)


def test_a_call_at_a_declining_price() -> None:
    deal = tranche.load(FEATURES / "call_schedule.yaml")
    found = tranche.explain(deal, 0).why("loan")
    assert found.root.amount == 0.0
    (called,) = found.root.because
    assert (called.kind, called.name, called.first, called.last) == ("called", "loan", 3, 3)
    assert (called.amount, called.step) == (1090.0, "tranches.loan.call")
    assert called.what == (
        "loan was called on 2028-01-01: the sponsor paid in 1,090.00, all that was due, 1,000.00 of the balance early "
        "at 101.00% of par, a premium of 10.00."
    )
    condition, other = called.because
    assert condition.kind == "condition"
    assert condition.what.startswith("The call says when: rates.SOFR + 5.5% < loan.rate; price: 103% from 2026-01-01")
    assert ": met on 2028-01-01; on 2027-01-01 its dates, or what of its condition is known by" in condition.what
    assert other.what == "Had loan not been called, loan would have received 400.00 of interest instead of 240.00."
    assert other.amount == tranche.run(never_called(deal)).paths("loan")["interest"].iloc[0]


def test_a_make_whole_call_seen_by_the_equity() -> None:
    deal = tranche.load(FEATURES / "make_whole.yaml")
    (called,) = of_kind(tranche.explain(deal, 0).why("equity"), "called")
    assert "1,000.00 of the balance early at 103.77% of par, a premium of 37.72." in called.what
    (other,) = (cause for cause in called.because if cause.kind == "alternative")
    assert other.amount == tranche.run(never_called(deal)).paths("equity")["distribution"].iloc[0]


@pytest.mark.parametrize(
    ("name", "words"),
    [("notes", "19.00 of interest instead of 18.70"), ("equity", "124.20 instead of 122.70"),
     ("servicer", "8.00 instead of 4.00")],
)  # fmt: skip
def test_a_clean_up_call(name: str, words: str) -> None:
    """Without it the notes run on, at 0.7 and 0.3 of interest on 70 and 30; the equity has 21 before, then 1.7, 11.3,
    40.8, 30 and 19.4: 124.2."""
    deal = tranche.load(FEATURES / "clean_up_call.yaml")
    found = tranche.explain(deal, 0).why(name)
    (called,) = of_kind(found, "called")
    assert (called.name, called.first, called.amount, called.step) == ("clean_up", 4, 130.0, "clean_up")
    assert "the buyer paid 130.00 for the collateral, and all of notes was due at par." in called.what
    condition, other = called.because
    assert condition.what.endswith(
        ": met on 2025-05-01, at 70 against 90; on 2025-04-01 its condition was not met, at 300 against 90."
    )
    assert other.what == f"Had the clean-up call not been exercised, {name} would have received {words}."
    run = tranche.run(never_called(deal))
    field = {"notes": "interest", "equity": "distribution", "servicer": "paid"}[name]
    assert other.amount == pytest.approx(run.paths(name)[field].iloc[0], abs=1e-12)


def test_the_test_and_the_factor_that_let_it() -> None:
    """On date 2 of the rich path 7 / 2 > 3; on the mean path of that date, 6, it is 3, and the loan is never called."""
    found = why(LOAN, "loan", [QUIET, RICH], 1)
    (called,) = of_kind(found, "called")
    assert (called.first, called.amount) == (2, pytest.approx(107.0))
    condition = called.because[0]
    (test, factor) = condition.because
    assert (test.kind, test.name, test.amount) == ("test", "cover", pytest.approx(3.5))
    assert (factor.name, factor.amount) == ("collections.cash", 7.0)
    assert "its mean at 6.00" in factor.what
    others = [cause.what for cause in called.because if cause.kind == "alternative"]
    assert others[1:] == [
        "With collections.cash on its mean path, everything else as drawn, loan would not have been called."
    ]


def test_a_debt_that_is_short_because_another_was_called() -> None:
    """The sponsor pays into the box; where that stays in it, the premium of 7 takes all the 7 that came in."""
    text = LOAN.replace("price: 105%", "price: 107%").replace("  - transfer: {from: box, to: cash}\n", "")
    found = why(text, "junior", [RICH])
    taken = {cause.name: cause for cause in of_kind(found, "taken")}
    assert taken["loan.call_premium"].amount == pytest.approx(7.0)
    (behind,) = taken["loan.call_premium"].because
    assert (behind.kind, behind.name, behind.first) == ("called", "loan", 2)


def test_what_was_not_called_and_extended() -> None:
    found = why(LOAN, "loan", [QUIET, RICH], 0)
    (kept,) = of_kind(found, "not_called")
    assert kept.what == (
        "loan was never called (when: cover > 3; first: 2025-04-01; price: 105%): on 3 dates from 2025-04-01 its "
        "condition was not met, on 1 date from 2026-01-01 its dates, or what of its condition is known by the date, "
        "did not let it. Its maturity was extended on 2025-10-01. On 2025-10-01 the condition stood, at 2.5 against 3."
    )
    assert [cause.name for cause in kept.because] == ["cover", "collections.cash"]


def test_nobody_calls_in_default() -> None:
    text = LOAN.replace("trigger: 1.00x", "trigger: 1.00x, default: 1.00x")
    (kept,) = of_kind(why(text, "loan", [[5.0, 1.0, 10.0, 7.0]]), "not_called")
    assert "on 1 date from 2025-10-01 the deal was in default" in kept.what


def test_how_a_call_stood_is_data() -> None:
    days = tranche.explain(loads(LOAN), 0, collections=np.array([RICH])).json()["dates"]
    assert [day["calls"][0]["called"] for day in days] == [False, True, False, False]
    assert (days[1]["calls"][0]["early"], days[1]["calls"][0]["premium"]) == (100.0, pytest.approx(5.0))
    assert days[2]["calls"][0]["owes"] is False


def test_a_debt_that_the_clean_up_redeemed_was_not_called_itself() -> None:
    """Its own call asks for more than any date brings; on the other path the pool is cleaned up on the second date."""
    deal = loads("""\
format: 1
name: Two calls
schedule: {closing: 2025-01-01, maturity: 2026-01-01, frequency: quarterly, day_count: 30/360}
collateral: {collections: {}}
clean_up: {when: period >= 2}
tranches:
  loan: {notional: 100, coupon: 8%, call: {when: collections > 100}}
  equity: residual
waterfall: [pay: [loan.interest, loan.principal], pay: equity]
""")
    cash = np.array([[5.0, 7.0, 5.0, 20.0], [5.0, 5.0, 5.0, 105.0]])
    said = tranche.explain(deal, 0, collections=cash).why("loan").text()
    assert "clean-up call was exercised on 2025-07-01" in said
    assert "loan would have been called" not in said
