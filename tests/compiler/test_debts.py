"""Debts: coupons on a simulated factor and reset lags on values worked by hand, and what is wrong with their terms."""

from __future__ import annotations

import datetime as dt

import attrs
import numpy as np
import pytest

import tranche
from tranche.compiler import compile_deal
from tranche.errors import DealError
from tranche.files import loads
from tranche.inputs import prepare
from tranche.program import Op

TEXT = """\
format: 1
name: debts
schedule: {closing: 2025-01-01, maturity: 2025-07-01}
MARKET
collateral: {collections: {amounts: [100, 100, 100, 100, 100, 2000]}}
tranches:
  loan: {notional: 1200, TERMS}
  equity: residual
waterfall:
  - pay: loan.interest
  - pay: loan.principal
  - pay: equity
"""
FACTOR = "market: {factors: {base: {reverting: {initial: 4%, mean: 6%, speed: 1, volatility: 3%, low: -50%}}}}"


def deal(terms: str, market: str = "") -> tranche.Deal:
    return loads(TEXT.replace("TERMS", terms).replace("MARKET", market), "deal.yaml")


def interest(terms: str, market: str = "") -> list[float]:
    return tranche.project(deal(terms, market)).cashflows("loan")["interest"].tolist()


@pytest.mark.parametrize(
    ("lag", "back"),
    # the factor is known on payment dates: two days before a period begins, the one before that is the last
    [("0d", [0, 1, 2, 3, 4, 5]), ("2d", [0, 0, 1, 2, 3, 4]), ("35d", [0, 0, 0, 1, 2, 3])],
)
def test_an_index_that_is_simulated(lag: str, back: list[int]) -> None:
    made = deal(f"coupon: {{index: base, spread: 1%, floor: 3%, reset_lag: {lag}}}", FACTOR)
    inputs = prepare(made, seed=5)
    levels = [0.04, *inputs.rows(0, 1)[0][:, inputs.program.inputs.index("market.base")].tolist()]
    paid = tranche.project(made, seed=5).cashflows("loan")["interest"]
    assert paid.to_numpy() == pytest.approx([100 * (max(0.03, levels[k]) + 0.01) for k in back], rel=1e-12)


def test_a_short_rate_pays_what_it_was_when_the_period_began() -> None:
    terms = "short_rate: {model: vasicek, initial: 4%, mean: 6%, speed: 1, volatility: 1%}"
    market = FACTOR.replace("reverting: {initial: 4%, mean: 6%, speed: 1, volatility: 3%, low: -50%}", terms)
    made = deal("coupon: {index: base, spread: 0}", market)
    inputs = prepare(made, seed=5)
    fixing = inputs.rows(0, 1)[0][:, inputs.program.inputs.index("market.base.fixing")]
    paid = tranche.project(made, seed=5).cashflows("loan")["interest"].to_numpy()
    assert paid == pytest.approx(100 * np.maximum(fixing, 0.0), rel=1e-12)


def test_a_reset_lag_in_business_days() -> None:
    # the last period begins on Sunday 1 June 2025: two business days before it is Thursday 29 May, two days before it
    # Friday the 30th, when the rate moves
    market = "market: {rates: {SOFR: {2025-01-01: 1%, 2025-05-30: 2%}}}"
    terms = "coupon: {{index: SOFR, spread: 0, reset_lag: {}}}"
    text = TEXT.replace("maturity: 2025-07-01}", "maturity: 2025-07-01, calendar: weekends}")
    for lag, last in (("2bd", 1.0), ("2d", 2.0), ("0d", 2.0)):
        made = loads(text.replace("TERMS", terms.format(lag)).replace("MARKET", market))
        assert tranche.project(made).cashflows("loan")["interest"].iloc[-1] == pytest.approx(last)


def test_nothing_that_is_not_asked_for_is_compiled() -> None:
    """A plain loan: interest, principal, two payments, the residual, and the levels at the close."""
    ops = [Op(int(row["op"])).name for row in compile_deal(deal("coupon: 12%")).instructions]
    assert ops == ["RECEIVE", "FALL_DUE", "SERVICE", "TAKE_ALL", "CLOSE", "RECORD_TWO"]


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ("coupon: 6%, sculpted: true", "unknown key 'sculpted'; write notional: sculpted"),
        ("coupon: {index: base, spread: 1%}, amortisation: annuity", "annuity needs a coupon that is known in advance"),
        ("coupon: {index: bass, spread: 1%}", "unknown reference rate 'bass'; did you mean 'base'?"),
        ("coupon: {rate: 6%, spread: 1%}", "spread is stated in `rate` too"),
        ("coupon: {rate: 6%, all_in_floor: 5%, all_in_cap: 4%}", "the all_in_floor 5.0000% is above the all_in_cap"),
        ("coupon: {rate: 6%, margin: {when: loan.lost, add: 1%}}", "unknown name 'loan.lost'"),
        ("coupon: {rate: 6%, step_up: {2025-03-32: 1%}}", "2025-03-32 is no day of the calendar"),
        ("coupon: 6%, unpaid_interest: cancelled, interest_on_unpaid: coupon", "cannot bear interest"),
        ("coupon: 6%, available_funds_cap: {excess: lost}", "neither amount nor rate is given"),
        ("coupon: 6%, available_funds_cap: loan.interest.due", "'loan.interest.due' cannot be read here"),
        ("coupon: 6%, amortisation: {pass_through: equity.due}", "unknown name 'equity.due'"),
        ("coupon: 6%, amortisation: {pass_through: debt_service}", "principal falls due before it is known"),
        ("coupon: 6%, amortisation: {sculpted: {cfads: cash, dscr: 1.3}}", "'cash' is not known in advance"),
        ("coupon: 6%, amortisation: {sculpted: {cfads: 100}}", "dscr: is missing; sculpted needs it"),
        ("coupon: 6%, amortisation: {bullet: {over: 5}}", "only level and annuity take it"),
        ("coupon: 6%, extensions: [{to: 2025-06-01}]", "extended but has no maturity of its own"),
        ("coupon: 6%, maturity: 2025-05-01, extensions: [{to: 2025-04-01}]", "not after 2025-05-01"),
        ("coupon: 6%, maturity: 2026-05-01", "is not after the closing and by the deal's maturity"),
        ("coupon: 6%, draws: {initial: 1300}", "1,300.00 is drawn at closing, more than the commitment 1,200.00"),
        ("coupon: 6%, draws: {amount: 100, to: nowhere}", "unknown account 'nowhere'"),
        ("coupon: 6%, strip: cash, amortisation: level", "an interest-only strip has no principal"),
        ("coupon: 6%, pik: {when: 1, share: 120%}", "share is 1.2"),
        ("coupon: 6%, price: 297%", "write a share of par"),
    ],
)  # fmt: skip
def test_mistakes(terms: str, said: str) -> None:
    with pytest.raises(DealError) as caught:
        compile_deal(deal(terms, FACTOR))
    assert said in str(caught.value)
    assert "deal.yaml:7" in str(caught.value)


SCULPTED = """\
format: 1
name: sculpted
schedule: {closing: 2025-01-01, maturity: 2025-04-01}
collateral: {collections: {amounts: [100, 100, 100]}}
series: {cfads: [AMOUNTS]}
tranches:
  loan: {notional: NOTIONAL, coupon: 12%, amortisation: {sculpted: {cfads: FORMULA, dscr: RATIO}}}
waterfall: [{pay: loan.interest}, {pay: loan.principal}]
"""


@pytest.mark.parametrize(
    ("notional", "amounts", "formula", "ratio", "said"),
    [
        ("sculpted", "1, 1e308, 1", "cfads", "1e-10", "on 2025-03-01 CFADS / DSCR is infinite, and so is loan; a"),
        ("sculpted", "1, 2, 3", "cfads", "2 - cfads", "on 2025-03-01 CFADS / DSCR is infinite, and so is loan; a"),
        ("sculpted", "1e308, 1e308, 1e308", "cfads", "1", "the notional of loan, is beyond all numbers; a CFADS"),
        ("sculpted", "1, 1e300, 1", "1e10 * cfads - 1e10 * cfads", "1", "on 2025-03-01 CFADS / DSCR is not a number"),
        ("100", "1, 1e300, 1", "1e10 * cfads - 1e10 * cfads", "1", "on 2025-03-01 CFADS / DSCR is not a number"),
    ],
)
def test_a_service_that_is_no_number(notional: str, amounts: str, formula: str, ratio: str, said: str) -> None:
    text = SCULPTED.replace("NOTIONAL", notional).replace("AMOUNTS", amounts).replace("FORMULA", formula)
    with pytest.raises(DealError) as caught:
        compile_deal(loads(text.replace("RATIO", ratio), "deal.yaml"))
    assert str(caught.value).startswith("deal.yaml:7 tranches.loan.amortisation: ")
    assert said in str(caught.value)


def test_mistakes_of_steps() -> None:
    for step, said in (
        ("draw: loan", "'loan' has no draws; give it some: tranches.loan.draws"),
        ("write_down: loan", "a write_down without its amount"),
        ("repay: lone", "unknown tranche, fee or account 'lone'; did you mean 'loan'?"),
        ("pay: loan.cap_shortfall", "unknown target 'loan.cap_shortfall'"),
    ):
        with pytest.raises(DealError) as caught:
            compile_deal(loads(TEXT.replace("TERMS", "coupon: 6%").replace("MARKET", "") + f"  - {step}\n"))
        assert said in str(caught.value)


def test_a_condition_of_a_rate_is_that_of_the_date_before() -> None:
    """A comparison that reads a test counts as at the last close; one that reads the date counts now."""
    from tranche.compiler.resolve import settled
    from tranche.deal import parse_formula

    made = deal("coupon: 12%")
    made = attrs.evolve(made, tests=loads(
        TEXT.replace("TERMS", "coupon: 12%").replace("MARKET", "")
        + "tests: {dscr: {ratio: collections / loan.debt_service, lock_up: 1.2}}\n"
    ).tests)  # fmt: skip
    text = "period > 3 and not dscr.breached or dscr < 1.5"
    assert settled(made, parse_formula(text)).text == "period > 3 and not prev(dscr.breached) or prev(dscr < 1.5)"
    assert settled(made, parse_formula("loan.balance > 5")).text == "loan.balance > 5"
    assert made.schedule.closing == dt.date(2025, 1, 1)
