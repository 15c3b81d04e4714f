"""What held a payment back is told as that: a limit that targets share, a reserve that was there at closing, a test
that fails above, many payment defaults, a conversion."""

from __future__ import annotations

import tranche
from tranche.explanation import Cause
from tranche.files import loads

LIMITED = """\
format: 1
name: Limited
schedule: {closing: 2025-01-01, maturity: 2025-04-01}
collateral: {collections: {amounts: [2m, 2m, 2m]}}
tranches:
  a: {notional: 30m, coupon: 12%}
  b: {notional: 30m, coupon: 12%}
  owner: residual
waterfall:
  - pay: {pro_rata: [a.interest, b.interest]}
    limit: 100k
  - pay: owner
"""


def causes(text: str, name: str, kind: str) -> list[Cause]:
    return [cause for _, cause in tranche.explain(loads(text), 0).why(name).root.walk() if cause.kind == kind]


def test_a_limit_that_targets_share_pro_rata_is_a_limit() -> None:
    """310k, 280k and 310k are due to each, and 100k may be used for both, of 2m of cash."""
    (short,) = [cause for cause in causes(LIMITED, "a", "shortfall") if "interest" in cause.what]
    assert "the step held it back" in short.what
    (limit,) = [cause for cause in short.because if cause.kind == "limit"]
    assert limit.what.startswith("The step says limit: 100k: ")
    assert "the step may use 100,000.00, which its targets share pro rata" in limit.what
    assert not [cause for cause in short.because if cause.kind == "cash"]


def test_too_little_cash_for_all_is_no_limit() -> None:
    text = LIMITED.replace("[2m, 2m, 2m]", "[200k, 200k, 200k]").replace("    limit: 100k\n", "")
    (short,) = [cause for cause in causes(text, "a", "shortfall") if "interest" in cause.what]
    assert "there was not enough cash" in short.what
    assert "The collection account had" in short.because[0].what


RESERVED = """\
format: 1
name: Reserved
schedule: {closing: 2025-01-01, maturity: 2025-04-01}
collateral: {collections: {amounts: [0, 0, 0]}}
accounts: {reserve: {target: 0, initial: 50k}}
tranches:
  a: {notional: 30m, coupon: 12%}
  owner: residual
waterfall:
  - pay: a.interest
    from: reserve
  - pay: owner
"""


def test_what_an_account_held_at_closing_was_there_on_the_first_date() -> None:
    (cash,) = [cause for cause in causes(RESERVED, "a", "cash") if cause.name == "reserve"]
    assert cash.what == "reserve had on those dates: held at closing 50,000.00."
    assert cash.amount == 50_000.0


ABOVE = """\
format: 1
name: Above
schedule: {closing: 2025-01-01, maturity: 2025-04-01}
collateral: {collections: {amounts: [0, 90, 100]}}
series: {worth: [0, 100, 100]}
tranches:
  a: {notional: 30, coupon: 12%}
  owner: residual
tests:
  ltv: {ratio: collections / worth, breach: above, trigger: 80%}
waterfall:
  - pay: [a.interest, a.principal, owner]
"""


def test_nothing_over_nothing_passes_a_test_that_fails_above() -> None:
    (test,) = causes(ABOVE, "ltv", "test")
    assert test.what == (
        "ltv on 2025-03-01: 90% failed: above its trigger of 80% (90.00 over 100.00); so on 2 dates; on 2025-02-01 it "
        "was 0% (0.00 over 0.00)."
    )


def test_a_deal_may_state_many_payment_defaults() -> None:
    names = [f"t{k}" for k in range(4)]
    dues = [f"{name}.{part}" for name in names for part in ("interest", "principal")]
    text = f"""\
format: 1
name: Many
schedule: {{closing: 2025-01-01, maturity: 2025-07-01}}
collateral: {{collections: {{amounts: [0, 0, 0, 0, 0, 0]}}}}
tranches:
{"".join(f"  {name}: {{notional: 10, coupon: 12%}}{chr(10)}" for name in names)}  owner: residual
status: {{payment_default: {{{", ".join(f"{due}: 2" for due in dues)}}}}}
waterfall:
  - pay: [{", ".join(dues)}, owner]
"""
    story = tranche.explain(loads(text), 0).story
    (turn,) = [one for one in story if one.startswith("2025-04-01: performing → default")]
    assert "t0.interest was left unpaid on 2 dates in a row up to 2025-03-01" in turn
    assert "t3.interest was left unpaid" in turn
    assert "principal" not in turn  # none was due yet


CONVERTED = """\
format: 1
name: Converted
schedule: {closing: 2025-01-01, maturity: 2025-04-01, day_count: 30/360}
collateral: {collections: {amounts: [1, 1, 1]}}
series: {parity: [1.5, 1.5, 1.5]}
tranches:
  notes: {notional: 100, coupon: 12%, amortisation: none, conversion: {parity: parity}}
  owner: residual
waterfall:
  - pay: [notes.interest, notes.principal, owner]
"""


def test_notes_that_converted_were_not_repaid() -> None:
    """100 at a parity of 1.5: shares of 150, on the maturity."""
    explanation = tranche.explain(loads(CONVERTED), 0)
    (notes,) = [one for one in explanation.story if one.startswith("notes: ")]
    assert notes.startswith("notes: converted on 2025-04-01 into shares worth USD 150.00; received interest 3.00")
    assert explanation.why("notes").root.what == (
        "notes converted on 2025-04-01 into shares worth USD 150.00; it lost nothing, and every due was paid in full "
        "and on its date."
    )


UNREAD = """\
format: 1
name: Unread
schedule: {closing: 2025-01-01, maturity: 2025-03-01}
market: {factors: {btc: {lognormal: {initial: 90k USD, volatility: 50%}}}}
collateral: {collections: {amounts: [10, 110]}}
tranches: {notes: {notional: 100, coupon: 12%}, owner: residual}
waterfall: [{pay: [notes.interest, notes.principal, owner]}]
"""


def test_a_market_that_nothing_reads_draws_no_path() -> None:
    deal = loads(UNREAD)
    assert not tranche.compile(deal).is_drawn
    assert tranche.explain(deal, 0).head == "Unread, path 0 of the collections"
    assert " of seed " not in repr(tranche.run(deal, 1, collections=None))


def test_of_a_limit_that_targets_share_those_paid_before_are_told() -> None:
    (short,) = [cause for cause in causes(LIMITED, "b", "shortfall") if "interest" in cause.what]
    (limit, first, *_) = short.because
    assert limit.kind == "limit"
    assert first.what.startswith("a.interest took 150,000.00 ahead of it (pay a.interest and b.interest pro rata")


UNDRAWN = """\
format: 1
name: Undrawn
schedule: {closing: 2025-01-01, maturity: 2025-04-01, day_count: 30/360}
collateral: {collections: {amounts: [100, 50, 200]}}
tranches:
  never: {notional: 10, coupon: 6%, draws: {initial: 0}}
  later: {notional: 10, coupon: 0%, amortisation: none, draws: {initial: 0, amount: 10 * (period == 1), to: outside}}
  owner: residual
tests: {level: {value: collections, trigger: {2025-02-01: 80, 2025-03-01: 60, 2025-04-01: 60}}}
waterfall:
  - repay: later
    when: period == 2
  - pay: owner
"""


def test_a_debt_is_repaid_only_after_it_was_drawn() -> None:
    story = tranche.explain(loads(UNDRAWN), 0).story
    assert any(one.startswith("never: never drawn; received ") for one in story)
    assert any(one.startswith("later: repaid in full on 2025-03-01; ") for one in story)
    assert any("below its trigger of 80.00, later others on 1 date" in one for one in story)
