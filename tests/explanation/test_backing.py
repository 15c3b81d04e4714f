"""Causes known by construction: a swap that is senior, a reserve and a facility used up, a debt that was drawn."""

from __future__ import annotations

import numpy as np
import pytest

import tranche
from tranche.explanation import Cause, Why
from tranche.explanation.alternatives import ALL
from tranche.files import loads
from tranche.inputs import prepare
from tranche.reference import run_path

# 4 months of 30/360. Each brings 6: senior interest takes 1, the swap 1200 · (5% − 1%) / 12 = 4, and 1 is left of the 4
# that the mezzanine is due. The 3 that lack: the reserve's 1 and 2 of the facility, then its last 3, then nothing.
BACKED = """\
format: 1
name: Backed
schedule: {closing: 2025-01-01, maturity: 2025-05-01, day_count: 30/360}
market: {rates: {SOFR: 1%}}
collateral: {collections: {}}
tranches:
  senior: {notional: 1200, coupon: SOFR + 0%}
  mezz: {notional: 120, coupon: 40%}
  equity: residual
hedges:
  irs: {swap: {notional: 1200, pay: 5%, receive: SOFR}}
facilities:
  lf: {commitment: 5, coupon: 0%, covers: mezz.interest}
accounts:
  reserve: {initial: 1}
waterfall:
  - pay: senior.interest
  - settle: irs
  - draw: reserve
    for: mezz.interest
  - draw: lf
  - pay: mezz.interest
  - pay: senior.principal
  - pay: mezz.principal
  - pay: equity
"""


def why(text: str, name: str, cash: float | list[float] = 6.0) -> Why:
    deal = loads(text)
    return tranche.explain(deal, 0, collections=np.broadcast_to(np.asarray(cash), (1, 4))).why(name)


def of_kind(found: Why, kind: str) -> list[Cause]:
    return [cause for _, cause in found.root.walk() if cause.kind == kind]


def test_a_swap_that_is_settled_first() -> None:
    taken = {cause.name: cause for cause in of_kind(why(BACKED, "mezz"), "taken")}
    swap = next(cause for cause in of_kind(why(BACKED, "mezz"), "taken") if cause.name == "irs.paid")
    assert (swap.first, swap.last, swap.amount) == (3, 4, pytest.approx(8.0))
    (hedge,) = swap.because
    assert (hedge.kind, hedge.name, hedge.step, hedge.amount) == ("hedge", "irs", "hedges.irs", pytest.approx(8.0))
    assert hedge.what == "irs went against the deal on those dates (notional 1200, pay 5%, receive SOFR)."
    assert taken["senior.interest"].because == ()


def test_a_reserve_and_a_facility_that_are_used_up() -> None:
    reserve, facility = of_kind(why(BACKED, "mezz"), "support")
    assert (reserve.name, reserve.amount, facility.name, facility.amount) == ("reserve", 0.0, "lf", pytest.approx(0.0))
    assert facility.what == (
        "lf stood behind it, and gave 0.00 on those dates, 6.00 too little on 2025-05-01: nothing left to draw."
    )
    (before,) = facility.because
    assert (before.name, before.first, before.last, before.amount) == ("lf.advanced", 1, 2, pytest.approx(5.0))
    (before,) = reserve.because
    assert (before.first, before.last, before.amount) == (1, 1, 1.0)


def test_a_facility_that_may_not_be_drawn() -> None:
    found = why(BACKED.replace("  - draw: lf\n", "  - draw: lf\n    when: period == 9\n"), "mezz")
    facility = of_kind(found, "support")[1]
    assert (facility.first, facility.amount, facility.because) == (1, 0.0, ())
    assert facility.what == (
        "lf stood behind it, and gave 0.00 on those dates: condition not met on this date (when: period == 9)."
    )
    shut = why(BACKED.replace("coupon: 0%", "coupon: 1%, available: cash > 100"), "mezz")
    assert of_kind(shut, "support")[1].what == (
        "lf stood behind it, and gave 0.00 on those dates, 11.00 too little on 2025-05-01: not available: its "
        "condition (cash > 100) does not hold."
    )


def test_who_is_not_covered_has_nobody_behind() -> None:
    """The senior's balloon: neither the reserve nor the facility is for it."""
    assert of_kind(why(BACKED, "senior"), "support") == []
    assert {cause.name for cause in of_kind(why(BACKED, "senior"), "taken")} >= {"irs.paid"}


def test_a_lender_that_is_repaid_first() -> None:
    """The facility lends 2, then 4 and 4 again once it is repaid: on the last date it takes 4 ahead of the balloon."""
    text = BACKED.replace("  - pay: senior.interest\n", "  - repay: lf\n  - pay: senior.interest\n", 1)
    found = why(text, "mezz", [6.0, 2.0, 6.0, 6.0])
    repaid = [cause for cause in of_kind(found, "taken") if cause.name == "lf.repaid"]
    assert [(cause.first, cause.amount) for cause in repaid] == [(4, pytest.approx(4.0))]
    (lent,) = repaid[0].because
    assert (lent.kind, lent.name, lent.first, lent.last, lent.amount) == ("drawn", "lf.advanced", 1, 3, 10.0)


DRAWN = BACKED.replace(
    "  senior: {notional: 1200, coupon: SOFR + 0%}\n",
    "  senior: {notional: 1200, coupon: 6%, draws: {initial: 0, amount: 300 * (period <= 2), to: outside}}\n",
).replace("  - settle: irs\n  - draw: reserve\n    for: mezz.interest\n  - draw: lf\n", "")


def test_a_debt_that_was_drawn_takes_more_ahead() -> None:
    """Drawn by 300 twice: 1.50, 3.00, 3.00 of interest ahead of the 4 that the mezzanine is due out of 6."""
    found = why(DRAWN, "mezz")
    first = next(cause for cause in of_kind(found, "taken") if cause.name == "senior.interest")
    assert (first.first, first.last, first.amount) == (3, 4, pytest.approx(6.0))
    (drawn,) = first.because
    assert (drawn.name, drawn.first, drawn.last, drawn.amount) == ("senior.drawn_outside", 1, 2, 600.0)
    assert "senior had been drawn by 600.00, and spent outside of the deal: on 2 dates from 2025-02-01" in drawn.what
    (made,) = of_kind(why(DRAWN, "senior"), "made_of")
    assert "600.00 drawn and spent outside of the deal" in made.what


FLOATING = BACKED.replace("market: {rates: {SOFR: 1%}}", """\
market:
  factors:
    base: {reverting: {initial: 4%, mean: 1%, speed: 2, volatility: 2%, low: -50%}}""").replace(
    "coupon: SOFR + 0%", "coupon: 1%").replace("receive: SOFR", "receive: base")  # fmt: skip


def test_the_input_behind_a_hedge_and_what_it_would_have_taken() -> None:
    """Against the twin's own run with the index on its mean path and everything else as drawn."""
    deal, cash = loads(FLOATING), np.full((200, 4), 6.0)
    explanation = tranche.explain(deal, 0, seed=3, collections=cash)
    hedge = of_kind(explanation.why("mezz"), "hedge")[0]
    (factor,) = hedge.because
    assert (factor.kind, factor.name) == ("factor", "market.base")
    inputs = prepare(deal, seed=3, collections=cash, fuse=False)
    twin = run_path(inputs.program, inputs.rows(0, 200).mean(axis=0))  # the collections are the same on every path
    number = inputs.program.record("irs.paid")
    then = sum(twin.movements[t][number] for t in range(hedge.first - 1, hedge.last))
    assert f"on its mean path irs would have taken {then:,.2f}." in factor.what
    assert hedge.amount != pytest.approx(then)
    assert explanation.alternatives.held(ALL).flows[hedge.first - 1, number] == twin.movements[hedge.first - 1][number]
