"""Deals on which compiler and specification once parted, shrunk, with what is right by the documents and by hand.

Each also goes through `differences`: exactly equal to the specification.
"""

from __future__ import annotations

import datetime as dt

import attrs
import numpy as np
import pytest

from tests.compiler.small import cover_test, flows_of, small, step, target
from tests.compiler.test_specification import differences
from tranche import engine
from tranche.compiler import compile_deal
from tranche.deal import (
    Amortisation,
    Coupon,
    Deal,
    Debt,
    Draws,
    Facility,
    Fee,
    Guarantee,
    Ledger,
    LevelSchedule,
    Margin,
    Residual,
    Schedule,
    StatusRules,
    Swap,
    Termination,
    Waterfalls,
)
from tranche.deal import parse_formula as parse
from tranche.market.terms import Market, ReferenceRate

FLAT = Schedule(closing=dt.date(2025, 1, 1), maturity=dt.date(2025, 5, 1), day_count="30/360")
EQUITY = Residual(name="equity")


def same(deal: Deal, cash: float | list[float]) -> None:
    """The compiled deal is the specified one, exactly."""
    periods = compile_deal(deal).periods
    rows = np.broadcast_to(np.asarray(cash, dtype=np.float64), (1, periods))
    assert not differences(deal, {"cash": rows}, 0)


def test_a_draw_is_limited_by_what_fell_due_not_by_what_is_left_of_it() -> None:
    """The fee of 2 is paid before the draw: `fees.due` is 2 all the same, so 20 − 2 = 18 may be owed."""
    drawn = Debt(name="line", notional=100.0, coupon=Coupon(spread=0.0), draws=Draws(limit=parse("20 - fees.due")))
    deal = small(step("pay", "agent"), step("draw", "line"), tranches=(drawn, EQUITY))
    assert flows_of(deal, 5.0, "agent.paid", "line.drawn") == [[2.0] * 4, [18.0, 0.0, 0.0, 0.0]]
    same(deal, 5.0)


def test_a_draw_ahead_of_the_waterfall_reads_the_due_of_the_date_and_not_what_acceleration_made_of_it() -> None:
    """The bullet owes nothing before its maturity; early acceleration of `late` must not change what is drawn."""
    late = Debt(name="late", notional=40.0, coupon=Coupon(spread=0.0))
    line = Debt(
        name="line", notional=100.0, coupon=Coupon(spread=0.0), draws=Draws(amount=parse("1 + late.principal.due"))
    )
    rules = StatusRules(payment_default={"late.interest": 1, "late.principal": 1}, cross_acceleration=False)
    own = attrs.evolve(late, coupon=Coupon(spread=0.12))
    deal = small(step("pay", "equity"), tranches=(own, line, EQUITY), status=rules, schedule=FLAT)
    assert flows_of(deal, 0.0, "line.drawn") == [[1.0, 1.0, 1.0, 41.0]]  # in the last month the bullet itself is due
    same(deal, 0.0)


def test_a_termination_reads_the_due_of_the_date() -> None:
    """`senior.principal.due` is 0 until maturity, whatever acceleration makes of it: the swap runs on."""
    market = Market(rates=(ReferenceRate(name="SOFR", points=((dt.date(2025, 1, 1), 0.02),)),))
    swap = Swap(
        name="irs", notional=parse("1200"), pay=Coupon(spread=0.03), receive=Coupon(spread=0.0, index="SOFR"),
        termination=Termination(when=parse("senior.principal.due > 0")),
    )  # fmt: skip
    deal = small(
        hedges=(swap,), market=market, schedule=FLAT, status=StatusRules(default=parse("period == 2")),
        waterfall=Waterfalls(performing=(step("settle", "irs"),), enforcement=(step("settle", "irs"),)),
    )  # fmt: skip
    paid, ended = flows_of(deal, 50.0, "irs.paid", "irs.termination")
    assert paid == pytest.approx([1.0, 1.0, 1.0, 1.0])
    assert ended == [0.0] * 4
    same(deal, 50.0)


def test_a_swap_that_ends_is_worth_what_its_notional_was_when_interest_accrued() -> None:
    """10 are owed when interest accrues, 20 once the line is drawn: the last month nets 1% / 12 of 10, discounted."""
    market = Market(rates=(ReferenceRate(name="SOFR", points=((dt.date(2025, 1, 1), 0.0),)),))
    line = Debt(
        name="line", notional=100.0, coupon=Coupon(spread=0.0), draws=Draws(initial=10.0, amount=parse("10"))
    )
    swap = Swap(
        name="irs", notional=parse("line.balance"), pay=Coupon(spread=0.0, index="SOFR"), receive=Coupon(spread=0.12),
        termination=Termination(when=parse("period == 1")),
    )  # fmt: skip
    deal = small(step("pay", "equity"), tranches=(line, EQUITY), hedges=(swap,), market=market, schedule=FLAT)
    received, ended = flows_of(deal, 0.0, "irs.received", "irs.termination_received")
    assert received == pytest.approx([0.1, 0.0, 0.0, 0.0])
    assert ended == pytest.approx([0.3, 0.0, 0.0, 0.0])  # three months to come
    same(deal, 0.0)


def test_no_rounding_reaches_a_junior_when_the_last_of_equals_is_owed_nothing() -> None:
    """Three of one rank, the third fully repaid: the first two get all there is, to the last bit."""
    debts = tuple(
        Debt(name=name, notional=notional, coupon=Coupon(spread=rate), rank=1, draws=draws)
        for name, notional, rate, draws in (
            ("a", 25.0, 0.0225, None), ("b", 1000.0, 0.0225, None), ("c", 1000.0, 0.1, Draws(initial=0.0)),
        )
    )  # fmt: skip
    deal = small(
        step("pay", "equity"), tranches=(*debts, attrs.evolve(EQUITY, rank=2)), fees=(), accounts=(),
        tests=(cover_test("0", "1", default=1.0),),
    )  # fmt: skip
    cash = np.random.default_rng(3).uniform(20.0, 600.0, 50)
    for amount in cash.tolist():
        assert flows_of(deal, [amount, 0.0, 0.0, 0.0], "equity.distribution", "cash.balance") == [[0.0] * 4] * 2


def test_what_a_guarantor_is_owed_runs_on_where_flows_are_kept() -> None:
    """10 are called in the first month; 4, 4 and then the 2 that are left are paid back, kernel as twin."""
    guarantee = Guarantee(name="sponsor", limit=parse("10"), covers=("agent",), reimbursed=True)
    steps = (step("draw", "sponsor"), step("pay", "agent"), step("repay", "sponsor", limit="4"))
    once = Fee(name="agent", amount=parse("if_else(period == 1, 10, 0)"))
    deal = small(*steps, guarantees=(guarantee,), fees=(once,))
    called, back = flows_of(deal, [0.0, 50.0, 50.0, 50.0], "sponsor.called", "sponsor.reimbursed")
    assert called == [10.0, 0.0, 0.0, 0.0]
    assert back == [0.0, 4.0, 4.0, 2.0]
    program = compile_deal(deal)
    inputs = engine.scenario(program, [engine.cash_flows(program, np.array([[0.0, 50.0, 50.0, 50.0]]))])
    totals = engine.run_program(inputs, 1).totals[0]
    names = [record.name for record in program.records]
    assert totals[names.index("sponsor.reimbursed")] == 10.0
    same(deal, [0.0, 50.0, 50.0, 50.0])


def test_a_facility_without_a_fee_does_not_read_its_commitment_before_it_is_drawn() -> None:
    """The ledger is debited 20 after interest has accrued; the window first looks at it when the line is needed."""
    facility = Facility(name="lf", commitment=parse("sum_last(pdl.balance, 2)"), covers=("senior.interest",))
    ledger = Ledger(name="pdl", tranche="senior", to="escrow", losses=parse("if_else(period == 1, 0.5, 0)"))
    steps = (step("draw", "lf"), step("pay", "senior.interest"))
    deal = small(*steps, facilities=(facility,), ledgers=(ledger,), schedule=FLAT)
    assert flows_of(deal, 0.0, "lf.advanced") == [[0.5, 0.5, 0.0, 0.0]]
    same(deal, 0.0)


def test_a_window_looks_at_a_due_before_acceleration_whoever_reads_it() -> None:
    """From the second month on all 100 are due; a window has seen the instalment of 25 that fell due by schedule."""
    level = Debt(name="senior", notional=100.0, coupon=Coupon(spread=0.0),
                 amortisation=Amortisation(kind="level", arrears="leave"))  # fmt: skip
    pay = step("pay", "equity", limit="sum_last(senior.principal.unpaid, 1)")
    deal = small(
        pay, tranches=(level, EQUITY), status=StatusRules(default=parse("period == 2")), schedule=FLAT,
        waterfall=Waterfalls(performing=(pay,), enforcement=(pay,)),
    )  # fmt: skip
    assert flows_of(deal, 60.0, "equity.distribution") == [[25.0, 25.0, 25.0, 100.0]]  # at last the balloon is due
    same(deal, 60.0)


def test_a_ratio_over_nothing_of_a_test_that_fails_above_is_0_in_a_formula_too() -> None:
    """Nothing is owed and nothing came in: the ratio is 0 as the test has it, below any level."""
    test = cover_test("0", "collections", trigger=0.8, breach="above")
    deal = small(step("draw", "reserve"), step("pay", "agent", when="cover < 0.5"), tests=(test,))
    paid, breached = flows_of(deal, 0.0, "agent.paid", "cover.breached")
    assert paid == [2.0] * 4
    assert breached == [0.0] * 4
    same(deal, 0.0)


def test_a_margin_that_can_never_apply_leaves_a_rate_that_is_known_in_advance() -> None:
    """`period < 1 and …` holds on no path, whatever the rest reads: the rate is a number a period, as without it."""
    never = Margin(when=parse("period < 1 and status.performing and period != 5"), add=0.01)
    loan = Debt(name="loan", notional=100.0, coupon=Coupon(spread=0.1, margins=(never,)))
    deal = small(step("pay", "loan.interest"), tranches=(loan, EQUITY), schedule=FLAT)
    assert flows_of(deal, 5.0, "loan.interest")[0] == pytest.approx([100 * 0.1 / 12] * 4, rel=1e-15)
    same(deal, 5.0)


def test_the_limit_of_a_write_up_is_what_it_is_when_the_step_begins() -> None:
    """30 and 45 were written down; the limit is the senior's balance of 70, not what it grows to on the way: 30 of the
    senior come back, and then 40 of the mezzanine's 45."""
    down = (step("write_down", "senior", limit="30", until=dt.date(2025, 2, 1)),
            step("write_down", "mezz", limit="45", until=dt.date(2025, 2, 1)))  # fmt: skip
    up = step("write_up", "senior", "mezz", limit="senior.balance", after=dt.date(2025, 3, 1))
    deal = small(*down, up)
    senior, mezz = flows_of(deal, 0.0, "senior.written_up", "mezz.written_up")
    assert senior == [0.0, 30.0, 0.0, 0.0]
    assert mezz == [0.0, 40.0, 5.0, 0.0]
    same(deal, 0.0)


def test_a_stated_cure_is_0_until_there_is_a_level() -> None:
    """The first level begins on the third date: before it there is nothing to cure."""
    levels = LevelSchedule(((dt.date(2025, 4, 1), 1.2),))
    test = attrs.evolve(cover_test("1", "collections", trigger=levels), cure=parse("7"))
    deal = small(step("pay", "equity", limit="cover.cure"), tests=(test,))
    assert flows_of(deal, 20.0, "equity.distribution") == [[0.0, 0.0, 7.0, 7.0]]
    same(deal, 20.0)


def test_an_account_that_pays_nothing_has_nothing_drawn() -> None:
    """No fee is due; the limit is set aside for both of them and comes back: 0 is drawn, not the rounding of that."""
    fees = (Fee(name="agent", amount=parse("0")), Fee(name="trustee", amount=parse("0")))
    for held in np.random.default_rng(1).uniform(1e7, 1e9, 40).tolist():
        account = target("reserve", None, initial=held)
        pay = step("pay", "agent", "trustee", source="reserve", limit="71013365.67")
        assert flows_of(small(pay, fees=fees, accounts=(account,)), 0.0, "reserve.drawn") == [[0.0] * 4]


def test_a_window_is_read_with_the_formula_that_has_it_whichever_side_counts() -> None:
    """The fee accrues before the ledger is debited: from the first date on that is when the window looks at it, also
    on dates on which the fee is 0."""
    ledger = Ledger(name="pdl", tranche="senior", to="escrow", losses=parse("if_else(period == 1, 0.5, 0)"))
    agent = Fee(name="agent", amount=parse("if_else(period == 2 and collections > 0, sum_last(pdl.balance, 1), 0)"))
    pay = step("pay", "equity", limit="sum_last(pdl.balance, 1)")
    deal = small(step("pay", "agent"), pay, fees=(agent,), ledgers=(ledger,))
    paid, equity = flows_of(deal, 20.0, "agent.paid", "equity.distribution")
    assert paid == [0.0, 0.5, 0.0, 0.0]
    assert equity == [0.0, 0.5, 0.5, 0.5]
    same(deal, 20.0)


def test_what_is_repaid_in_a_default_from_the_first_date_on_lowers_what_the_schedule_makes_due() -> None:
    """The schedule makes 25 due on each date; 35, 35 and 30 are repaid, so that no more than 25 is ever due."""
    senior = Debt(name="senior", notional=100.0, coupon=Coupon(spread=0.0), amortisation=Amortisation(kind="level"))
    enforcement = (step("pay", "equity", limit="senior.principal.due"), step("pay", "senior.principal"))
    rules = StatusRules(default=parse("period >= 1"))
    deal = attrs.evolve(
        small(step("pay", "senior.principal"), tranches=(senior, EQUITY), status=rules),
        waterfall=Waterfalls(performing=(step("pay", "senior.principal"),), enforcement=enforcement),
    )
    equity, repaid = flows_of(deal, 60.0, "equity.distribution", "senior.principal")
    assert equity == [25.0, 25.0, 25.0, 0.0]
    assert repaid == [35.0, 35.0, 30.0, 0.0]
    same(deal, 60.0)
