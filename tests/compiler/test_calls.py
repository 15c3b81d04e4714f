"""Optional redemption, by figures that are worked by hand or that follow from a closed form."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import pytest

import tranche
from tests.compiler.small import flows_of, small, step, target
from tranche import engine
from tranche.collateral.terms import Collections
from tranche.compiler import compile_deal
from tranche.deal import (
    Amortisation,
    CallOption,
    CleanUpCall,
    Coupon,
    Deal,
    Debt,
    Draws,
    Facility,
    Guarantee,
    LevelSchedule,
    MakeWhole,
    Pik,
    Residual,
    Schedule,
    StatusRules,
    parse_formula,
)
from tranche.files import loads
from tranche.market.terms import Market, ReferenceRate
from tranche.reference import exact, run_path

PAYING = (step("pay", "senior.interest"), step("pay", "senior.principal"), step("pay", "equity"))
PREMIUM = (*PAYING[:2], step("pay", "senior.call_premium"), PAYING[2])


def call(when: str | None = None, **terms: Any) -> CallOption:
    """A call; its condition as text."""
    return CallOption(when=None if when is None else parse_formula(when), **terms)


def senior(periods: int = 4, steps: Any = PREMIUM, cash: float = 0.0, *names: str, **fields: Any) -> list[list[float]]:
    """Flows of a deal with one debt, `senior`: 100 at 12% a year, 1 a month."""
    debt = Debt(**{"name": "senior", "notional": 100.0, "coupon": Coupon(spread=0.12), **fields})
    deal = small(*steps, periods=periods, tranches=(debt, Residual(name="equity")), fees=())
    return flows_of(deal, cash, *names)


def test_a_call_redeems_once_and_the_sponsor_pays_what_is_due() -> None:
    principal, interest, paid_in, called, balance = senior(
        4, PREMIUM, 0.0, "senior.principal", "senior.interest", "senior.refinanced", "senior.called", "senior.balance",
        call=call("period >= 2"),
    )  # fmt: skip
    # the interest of the first date, which nobody paid, is due with that of the second
    assert paid_in == [0.0, 102.0, 0.0, 0.0]
    assert principal == [0.0, 100.0, 0.0, 0.0]
    assert interest == pytest.approx([0.0, 2.0, 0.0, 0.0], rel=1e-14)
    assert called == [0.0, 1.0, 1.0, 1.0]
    assert balance == [100.0, 0.0, 0.0, 0.0]


def test_nobody_is_called_before_the_end_of_the_non_call_period_or_on_maturity() -> None:
    (called,) = senior(4, PREMIUM, 0.0, "senior.called", call=call(first=dt.date(2025, 3, 2)))
    assert called == [0.0, 0.0, 1.0, 1.0]
    (called,) = senior(4, PREMIUM, 0.0, "senior.called", call=call("period >= 4"))
    assert called == [0.0] * 4  # the fourth date is its maturity


def test_the_price_is_that_of_the_date_and_before_the_first_there_is_none() -> None:
    prices = LevelSchedule(((dt.date(2025, 3, 1), 1.25), (dt.date(2025, 4, 1), 1.125)))
    for when, date, premium in ((None, 1, 25.0), ("period >= 3", 2, 12.5)):
        option = call(when, price=prices)
        called, paid = senior(4, PREMIUM, 0.0, "senior.called", "senior.call_premium", call=option)
        assert called.index(1.0) == date
        assert paid[date] == premium
        assert sum(paid) == premium


def test_there_is_no_premium_on_principal_that_is_due_anyhow() -> None:
    # 25 fall due on each date. The first is not paid, as there is no cash: on the second 50 are due, and 50 are early
    option = call("period >= 2", price=1.5)
    (premium,) = senior(4, PREMIUM, 0.0, "senior.call_premium", amortisation=Amortisation(kind="level"), call=option)
    assert premium == [0.0, 25.0, 0.0, 0.0]


def test_an_unpaid_premium_stays_due_and_is_a_shortfall() -> None:
    names = ("senior.call_premium", "senior.shortfall", "equity.distribution")
    premium, shortfall, equity = senior(4, PAYING, 0.0, *names, call=call("period >= 1", price=1.25))
    assert premium == [0.0] * 4
    assert shortfall == [25.0] * 4
    assert equity == [25.0, 0.0, 0.0, 0.0]  # the deal's list pays it to whom it names


def test_interest_in_kind_is_due_in_cash_on_a_call() -> None:
    pik = Pik(when=parse_formula("period < 9"))
    interest, deferred, principal = senior(
        4, PREMIUM, 0.0, "senior.interest", "senior.deferred", "senior.principal", pik=pik, call=call("period >= 3"),
    )  # fmt: skip
    assert deferred == pytest.approx([1.0, 1.01, 0.0, 0.0], rel=1e-14)
    assert interest == pytest.approx([0.0, 0.0, 1.0201, 0.0], rel=1e-14)
    assert principal == pytest.approx([0.0, 0.0, 102.01, 0.0], rel=1e-14)


@pytest.mark.parametrize("revolving", [True, False])
def test_a_call_cancels_what_is_not_drawn(revolving: bool) -> None:
    draws = Draws(initial=40.0, amount=parse_formula("10"), revolving=revolving, fee=0.12)
    drawn, fees, principal = senior(
        4, (*PREMIUM[:2], step("pay", "senior.commitment_fee"), PREMIUM[3]), 3.0,
        "senior.drawn", "senior.commitment_fee", "senior.principal", draws=draws, call=call("period >= 2"),
    )  # fmt: skip
    assert drawn == [10.0, 0.0, 0.0, 0.0]
    assert fees == pytest.approx([0.6, 0.5, 0.0, 0.0], rel=1e-14)  # on 60 and 50, and then nothing
    assert principal == [0.0, 50.0, 0.0, 0.0]


def test_in_default_nobody_is_called() -> None:
    rules = StatusRules(default=parse_formula("period >= 2"))
    debt = Debt(name="senior", notional=100.0, coupon=Coupon(spread=0.12), call=call("period >= 2"))
    deal = small(*PREMIUM, tranches=(debt, Residual(name="equity")), fees=(), accounts=(), status=rules)
    called, defaulted = flows_of(deal, 0.0, "senior.called", "status.default")
    assert called == [0.0] * 4
    assert defaulted == [0.0, 1.0, 1.0, 1.0]


def test_proceeds_go_where_the_call_says_so_that_nobody_else_takes_them() -> None:
    """A junior class is called while the senior has arrears: out of `cash` the senior takes the money, out of an
    account of its own it does not."""
    for account, paid in (("cash", [0.0, 0.0]), ("escrow", [50.0, 1.0])):
        option = call("period >= 1", proceeds=account)
        junior = Debt(name="mezz", notional=50.0, coupon=Coupon(spread=0.24), call=option)
        debts = (Debt(name="senior", notional=100.0, coupon=Coupon(spread=0.12)), junior, Residual(name="equity"))
        steps = (
            step("pay", "senior.interest"), step("sweep", "senior.principal", limit="50"),
            step("pay", "mezz.principal", source=account), step("pay", "mezz.interest", source=account),
        )  # fmt: skip
        deal = small(*steps, tranches=debts, fees=(), accounts=(target("escrow", None),))
        principal, interest, funded = flows_of(deal, 0.0, "mezz.principal", "mezz.interest", "escrow.funded")
        assert [principal[0], interest[0]] == pytest.approx(paid, rel=1e-14)
        assert funded[0] == (51.0 if account == "escrow" else 0.0)


def test_flags_are_read_by_later_calls_and_hedges_and_of_the_date_before_by_coupons() -> None:
    margin = Coupon(spread=0.12, margins=(tranche.deal.Margin(when=parse_formula("mezz.called"), add=0.12),))
    debts = (
        Debt(name="mezz", notional=50.0, coupon=Coupon(spread=0.24), call=call("period >= 2")),
        Debt(name="senior", notional=100.0, coupon=margin, call=call("prev(mezz.called) and mezz.called")),
        Residual(name="equity"),
    )
    steps = (step("pay", "mezz.interest"), step("pay", "mezz.principal"), *PAYING[:2])
    deal = small(*steps, tranches=debts, fees=())
    mezz, called, interest = flows_of(deal, 10.0, "mezz.called", "senior.called", "senior.interest")
    assert mezz == [0.0, 1.0, 1.0, 1.0]
    assert called == [0.0, 0.0, 1.0, 1.0]
    assert interest == pytest.approx([1.0, 1.0, 2.0, 0.0], rel=1e-14)


def test_a_window_that_looks_at_a_call_looks_at_that_of_the_date() -> None:
    steps = (step("pay", "senior.interest", when="sum_last(senior.called, 3) > 0"), PAYING[1], PAYING[2])
    (interest,) = senior(4, steps, 0.0, "senior.interest", call=call("period >= 2"))
    assert interest == pytest.approx([0.0, 2.0, 0.0, 0.0], rel=1e-14)


def test_what_is_swept_of_a_called_debt_is_not_due_again() -> None:
    steps = (PAYING[0], step("sweep", "senior.principal", limit="60"))
    short, balance = senior(4, steps, 0.0, "senior.shortfall", "senior.balance", call=call("period >= 2"))
    # of the 102 that came in 2 are interest and 60 are swept; of the 40 that are left 0.4 is interest of the next date
    assert balance == pytest.approx([100.0, 40.0, 0.4, 0.4], abs=1e-12)
    assert short == pytest.approx([1.0, 40.0, 0.4, 0.404], abs=1e-12)


# ---- make-whole ------------------------------------------------------------------------------------------------------


def annual(debt: Debt, years: int, **changes: Any) -> Deal:
    """A deal of whole years, 30/360, with one debt."""
    return Deal(
        name="annual",
        schedule=Schedule(
            closing=dt.date(2025, 1, 1), maturity=dt.date(2025 + years, 1, 1), frequency="annual", day_count="30/360"
        ),
        tranches=(debt, Residual(name="equity")),
        collateral=Collections(),
        waterfall=small(*PREMIUM).waterfall,
        **changes,
    )


@pytest.mark.parametrize("amortisation", ["bullet", "level", "annuity"])
def test_at_a_rate_equal_to_its_coupon_a_debt_is_worth_par(amortisation: str) -> None:
    debt = Debt(
        name="senior", notional=100.0, coupon=Coupon(spread=0.07), amortisation=Amortisation(kind=amortisation),
        call=call("period >= 2", make_whole=MakeWhole(rate=Coupon(spread=0.07))),
    )  # fmt: skip
    (premium,) = flows_of(annual(debt, 5), 100.0, "senior.call_premium")
    assert premium == pytest.approx([0.0] * 5, abs=1e-13)


def test_a_lower_rate_gives_the_present_value_and_a_higher_one_par() -> None:
    for rate in (0.03, 0.1):
        debt = Debt(
            name="senior", notional=100.0, coupon=Coupon(spread=0.07), amortisation=Amortisation(kind="level"),
            call=call("period >= 2", make_whole=MakeWhole(rate=Coupon(spread=rate))),
        )  # fmt: skip
        premium, principal = flows_of(annual(debt, 5), 100.0, "senior.call_premium", "senior.principal")
        # 60 are left after the second instalment: 20 a year and 7% of 60, 40, 20
        worth = sum(Fraction(20 + interest) / (1 + Fraction(rate)) ** k
                    for k, interest in ((1, Fraction("4.2")), (2, Fraction("2.8")), (3, Fraction("1.4"))))  # fmt: skip
        assert premium[1] == pytest.approx(max(0.0, float(worth) - 60), rel=1e-12)
        assert principal == [20.0, 80.0, 0.0, 0.0, 0.0]


def test_a_price_half_way_between_two_floats_is_rounded_once() -> None:
    """Two coupons of 0.06 undiscounted: 1 + 2 · 0.06, in the float nearest to 0.06, is half way between two floats."""
    amounts = (257.14285714285717, 642.8571428571429, 0.0, 0.0)
    debt = Debt(
        name="senior", notional=1000.0, coupon=Coupon(spread=0.06),
        amortisation=Amortisation(kind="schedule", amounts=amounts),
        call=call("period >= 2", make_whole=MakeWhole(rate=Coupon(spread=0.0))),
    )  # fmt: skip
    program = compile_deal(annual(debt, 4))
    moved = run_path(program, np.full((4, 1), 5000.0), exact).movements[1][program.record("senior.call_premium")]
    above = float(1 + 2 * Fraction(0.06)) - 1.0
    assert moved == (1000 - sum(map(Fraction, amounts))) * Fraction(above)


def test_until_the_first_call_price_it_is_what_leads_there_and_never_below_the_stated_one() -> None:
    """A high-yield note: 104 from the third year on; before, the price and the coupons up to there, discounted."""
    prices = LevelSchedule(((dt.date(2025, 1, 1), 1.01), (dt.date(2028, 1, 1), 1.04)))
    for rate, price in ((0.05, 7 / 1.05 + (7 + 104) / 1.05**2), (0.2, 101.0)):
        whole = MakeWhole(rate=Coupon(spread=rate), until=dt.date(2028, 1, 1))
        option = call("period >= 1", first=dt.date(2026, 1, 1), price=prices, make_whole=whole)
        debt = Debt(name="senior", notional=100.0, coupon=Coupon(spread=0.07), call=option)
        (premium,) = flows_of(annual(debt, 5), 0.0, "senior.call_premium")
        assert premium[0] == pytest.approx(price - 100, rel=1e-12)
    late = CallOption(when=parse_formula("period >= 3"), price=prices, make_whole=whole)
    (premium,) = flows_of(
        annual(Debt(name="senior", notional=100.0, coupon=Coupon(spread=0.07), call=late), 5), 0.0,
        "senior.call_premium",
    )  # fmt: skip
    assert premium[2] == pytest.approx(4.0, rel=1e-12)  # over, so that it is the price of the date


def test_the_rate_is_the_one_of_the_date_of_the_call() -> None:
    rates = (ReferenceRate(name="UST", points=((dt.date(2025, 1, 1), 0.09), (dt.date(2026, 1, 1), 0.03))),)
    whole = MakeWhole(rate=Coupon(spread=0.01, index="UST"))
    debt = Debt(name="senior", notional=100.0, coupon=Coupon(spread=0.07), call=call("period >= 1", make_whole=whole))
    (premium,) = flows_of(annual(debt, 3, market=Market(rates=rates)), 0.0, "senior.call_premium")
    assert premium[0] == pytest.approx(7 / 1.04 + 107 / 1.04**2 - 100, rel=1e-12)


# ---- yield to call ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("year", "price"), [(1, 1.0), (2, 1.03), (4, 1.01)])
def test_the_yield_of_a_called_debt_is_its_yield_to_call(year: int, price: float) -> None:
    option = call(f"period >= {year}", price=price)
    debt = Debt(name="senior", notional=100.0, coupon=Coupon(spread=0.07), price=0.98, call=option)
    results = tranche.run(annual(debt, 5), 1, collections=np.full((1, 5), 7.0))
    yields = results.tranches().loc["senior", "irr"]
    times = results.program.times[1 : year + 1]
    worth = sum(7.0 / (1 + yields) ** t for t in times) + 100.0 * price / (1 + yields) ** times[-1]
    assert worth == pytest.approx(98.0, rel=1e-12)
    assert results.tranches().loc["senior", "expected_loss"] == 0.0


# ---- the clean-up call -----------------------------------------------------------------------------------------------


def cleaned(price: str | None = None, **changes: Any) -> Deal:
    """Four months of `small`, with a clean-up call on the second date."""
    option = CleanUpCall(
        when=parse_formula("period >= 2"), purchase_price=None if price is None else parse_formula(price)
    )
    steps = (
        step("pay", "agent"), step("pay", "senior.interest"), step("pay", "senior.principal"),
        step("pay", "mezz.interest"), step("pay", "mezz.principal"), step("pay", "equity"),
    )  # fmt: skip
    return small(*steps, clean_up=option, **changes)


def test_by_default_the_buyer_pays_all_that_is_due_and_the_deal_is_over() -> None:
    sold, collected, agent, short, mezz, equity = flows_of(
        cleaned(), 4.0, "collateral.clean_up", "collateral.collections", "agent.paid", "agent.shortfall",
        "mezz.principal", "equity.distribution",
    )  # fmt: skip
    assert sold == [0.0, 154.0, 0.0, 0.0]  # the fee of 2, 100 and 1, 50 and 1, none in arrears
    assert collected == [4.0, 4.0, 0.0, 0.0]
    assert agent == [2.0, 2.0, 0.0, 0.0]
    assert short == [0.0] * 4
    assert mezz == [0.0, 50.0, 0.0, 0.0]
    assert equity == pytest.approx([0.0, 4.0, 0.0, 0.0], abs=1e-12)


def test_the_buyer_pays_back_what_a_facility_lent() -> None:
    line = Facility(name="line", commitment=parse_formula("10"), covers=("agent",))
    deal = cleaned(facilities=(line,))
    first = step("draw", "line", limit="2")
    deal = attrs.evolve(deal, waterfall=attrs.evolve(deal.waterfall, performing=(first, *deal.waterfall.performing)))
    sold, advanced = flows_of(deal, 0.0, "collateral.clean_up", "line.advanced")
    assert advanced[0] == 2.0
    assert sold[1] == pytest.approx(158.0, rel=1e-14)  # 154, 2 of the facility, and interest of the first date: 1 and 1


SWAPPED = """\
format: 1
name: A swap that ends with its pool
schedule: {closing: 2025-01-01, maturity: 2026-01-01, frequency: quarterly, day_count: 30/360}
market: {rates: {SOFR: 2%}}
collateral: {collections: {amounts: [720, 0, 100, 100]}}
tranches:
  n: {notional: 1_000, coupon: 4%, amortisation: {schedule: [700, 0, 0, 300]}}
  equity: residual
hedges:
  irs: {swap: {notional: 1_000, pay: 6%, receive: SOFR, termination: {when: clean_up.called}}}
clean_up: {when: n.balance < 50% * n.notional}
waterfall:
  - settle: irs
  - pay: irs.termination
  - pay: n.interest
  - pay: n.principal
  - pay: equity
"""


def test_the_buyer_pays_for_the_hedge_that_the_call_ends() -> None:
    """On the second date: a net of 10, two more at 2% a year, interest of 3 and 300 of principal."""
    termination = 10 / 1.005 + 10 / 1.005**2
    records = ("collateral.clean_up", "irs.termination", "n.shortfall")
    sold, ended, lost = flows_of(loads(SWAPPED), [720.0, 0.0, 100.0, 100.0], *records)
    assert sold == pytest.approx([0.0, 10 + termination + 303, 0.0, 0.0], rel=1e-14)
    assert ended == pytest.approx([0.0, termination, 0.0, 0.0], rel=1e-14)
    assert lost == [0.0] * 4


def test_the_buyer_pays_back_what_a_guarantor_is_owed() -> None:
    sponsor = Guarantee(name="sponsor", limit=parse_formula("10"), covers=("agent",), reimbursed=True)
    deal = cleaned(guarantees=(sponsor,))
    first = step("draw", "sponsor", limit="2")
    deal = attrs.evolve(deal, waterfall=attrs.evolve(deal.waterfall, performing=(first, *deal.waterfall.performing)))
    sold, called = flows_of(deal, 0.0, "collateral.clean_up", "sponsor.called")
    assert called[0] == 2.0
    assert sold[1] == pytest.approx(158.0, rel=1e-14)  # as of the facility above


def test_nothing_is_due_for_a_commitment_once_the_pool_is_sold() -> None:
    """1% a month on 10 and on 20, up to the call on the second date."""
    line = Facility(name="line", commitment=parse_formula("10"), covers=("agent",), commitment_fee=0.12)
    sponsor = Guarantee(name="sponsor", limit=parse_formula("20"), covers=("agent",), fee=0.12)
    deal = cleaned(facilities=(line,), guarantees=(sponsor,))
    for name, fee in (("line", 0.1), ("sponsor", 0.2)):
        [short] = flows_of(deal, 4.0, f"{name}.shortfall")
        assert short == pytest.approx([fee, 2 * fee, 2 * fee, 2 * fee], rel=1e-12)  # nobody pays it


def test_a_price_that_does_not_take_the_deal_out_is_the_juniors_loss() -> None:
    sold, mezz, short = flows_of(cleaned("120"), 4.0, "collateral.clean_up", "mezz.principal", "mezz.shortfall")
    assert sold == [0.0, 120.0, 0.0, 0.0]
    assert mezz == [0.0, 20.0, 0.0, 0.0]  # 124 less 2, 101 and 1
    assert short == pytest.approx([0.0, 30.0, 30.6, 31.2], rel=1e-14)  # 30 stays due, with interest on it


def test_a_call_is_exact_in_fractions() -> None:
    deal = cleaned()
    program = compile_deal(deal)
    inputs = engine.scenario(program, [engine.cash_flows(program, np.full(4, 4.0))])
    twin = run_path(program, inputs.rows(0, 1)[0], exact)
    assert tranche.results.residuals(program, twin, exact) == [0] * 4
