"""What steps do, in figures worked out by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from tests.compiler.small import cover_test, definitions, fee, flows_of, small, step, target
from tranche import engine
from tranche.collateral.terms import Collections
from tranche.compiler import compile_deal
from tranche.deal import Amortisation, Coupon, Deal, Debt, Residual, Waterfalls


def one_debt(**fields: Any) -> tuple[Debt | Residual, ...]:
    terms: dict[str, Any] = {"name": "senior", "notional": 100.0, "coupon": Coupon(spread=0.12)}
    return (Debt(**(terms | fields)), Residual(name="equity"))


# deal, cash a period, then the expected movements of records by period
CASES: dict[str, tuple[Deal, float | list[float], dict[str, list[float]]]] = {
    "interest is carried without interest on it": (
        small(step("pay", "senior.interest")),
        [0.0, 0.5, 10.0, 10.0],
        {"senior.interest": [0.0, 0.5, 2.5, 1.0], "senior.shortfall": [1.0, 1.5, 0.0, 100.0]},
    ),
    "interest is cancelled": (
        small(step("pay", "senior.interest"), tranches=one_debt(unpaid_interest="cancelled")),
        [0.0, 0.5, 10.0, 10.0],
        {"senior.interest": [0.0, 0.5, 1.0, 1.0], "senior.shortfall": [1.0, 0.5, 0.0, 100.0]},
    ),
    "interest is capitalised at the close": (
        small(step("pay", "senior.interest"), tranches=one_debt(unpaid_interest="capitalised")),
        [0.0, 0.0, 10.0, 10.0],
        {
            "senior.deferred": [1.0, 1.01, 0.0, 0.0],
            "senior.balance": [101.0, 102.01, 102.01, 102.01],
            "senior.shortfall": [0.0, 0.0, 0.0, 102.01],
        },
    ),
    "interest is capitalised by the step": (
        small(step("pay", "senior.interest", short="capitalise", when="period <= 1")),
        0.0,
        {"senior.deferred": [1.0, 0.0, 0.0, 0.0], "senior.shortfall": [0.0, 1.01, 2.02, 104.03]},
    ),
    "level principal with arrears that catch up": (
        small(step("pay", "senior.principal"), tranches=one_debt(amortisation=Amortisation(kind="level"))),
        [0.0, 30.0, 0.0, 1000.0],
        {"senior.principal": [0.0, 30.0, 0.0, 70.0], "senior.balance": [100.0, 70.0, 70.0, 0.0]},
    ),
    "level principal with arrears that stay, and no balloon": (
        small(
            step("pay", "senior.principal"),
            tranches=one_debt(amortisation=Amortisation(kind="level", arrears="leave", balloon=False)),
        ),
        [0.0, 30.0, 0.0, 1000.0],
        {"senior.principal": [0.0, 25.0, 5.0, 25.0], "senior.balance": [100.0, 75.0, 70.0, 45.0]},
    ),
    "a sweep of all the cash pays the instalment and goes on": (
        small(
            step("sweep", "senior.principal", share=1.0),
            tranches=one_debt(amortisation=Amortisation(kind="level")),
        ),
        [60.0, 0.0, 10.0, 100.0],
        {"senior.principal": [25.0, 0.0, 10.0, 30.0], "senior.prepaid": [35.0, 0.0, 0.0, 0.0]},
    ),
    "a limit is what it is when the step begins": (
        small(
            step("sweep", "senior.principal", limit="cash"),
            tranches=one_debt(amortisation=Amortisation(kind="level")),
        ),
        [60.0, 0.0, 10.0, 100.0],
        {"senior.principal": [25.0, 0.0, 10.0, 30.0], "senior.prepaid": [35.0, 0.0, 0.0, 0.0]},
    ),
    "a schedule of nothing": (
        small(
            step("pay", "senior.principal"),
            tranches=one_debt(amortisation=Amortisation(kind="schedule", amounts=(0.0,) * 4, balloon=False)),
        ),
        10.0,
        {"senior.balance": [100.0] * 4},
    ),
    "a bullet without balloon falls due at maturity": (
        small(
            step("pay", "senior.principal"),
            tranches=one_debt(amortisation=Amortisation(kind="bullet", balloon=False)),
        ),
        200.0,
        {"senior.principal": [0.0, 0.0, 0.0, 100.0]},
    ),
    "in order": (
        small(step("pay", "agent", "senior.interest", "mezz.interest", "equity", limit="3.5")),
        10.0,
        {
            "agent.paid": [2.0] * 4,
            "senior.interest": [1.0] * 4,
            "mezz.interest": [0.5] * 4,
            "equity.distribution": [0.0] * 4,
        },
    ),
    "pro rata by dues": (
        small(step("pay", "agent", "senior.interest", "mezz.interest", group="pro_rata")),
        [2.0, 100.0, 0.0, 0.0],
        # dues 2, 1, 1, then 3, 1.5, 1.5, and what stays in the account pays on
        {"agent.paid": [1.0, 3.0, 2.0, 2.0], "mezz.interest": [0.5, 1.5, 1.0, 1.0]},
    ),
    "pro rata under a limit": (
        small(step("pay", "agent", "senior.interest", "mezz.interest", group="pro_rata", limit="1")),
        [100.0, 0.0, 0.0, 0.0],
        {"agent.paid": [0.5] * 4, "senior.interest": [0.25] * 4},
    ),
    "half of the cash": (
        small(step("pay", "agent"), step("sweep", "senior.principal", share=0.5)),
        12.0,
        {"senior.prepaid": [5.0, (5.0 + 12 - 2) / 2, (7.5 + 10) / 2, (8.75 + 10) / 2]},
    ),
    "all of the cash": (
        small(step("pay", "senior.interest", share=1.0)),
        0.25,
        {"senior.interest": [0.25] * 4},
    ),
    "a limit that is the cash itself": (
        small(step("pay", "senior.interest", limit="cash")),
        0.25,
        {"senior.interest": [0.25] * 4},
    ),
    "a limit that is the account itself": (
        small(step("draw", "reserve", limit="reserve.balance")),
        0.0,
        {"reserve.drawn": [10.0, 0.0, 0.0, 0.0]},
    ),
    "a limit below zero": (small(step("pay", "equity", limit="-5")), 10.0, {"equity.distribution": [0.0] * 4}),
    "sweeps in order down to zero": (
        small(step("sweep", "mezz.principal", "senior.principal")),
        40.0,
        {"mezz.prepaid": [40.0, 10.0, 0.0, 0.0], "senior.prepaid": [0.0, 30.0, 40.0, 30.0]},
    ),
    "sweeps pro rata by balance": (
        small(step("sweep", "mezz.principal", "senior.principal", group="pro_rata")),
        30.0,
        {"mezz.prepaid": [10.0] * 4, "senior.prepaid": [20.0] * 4},
    ),
    "funds to the target": (
        small(step("fund", "reserve"), accounts=(target("reserve", "2 * period"),)),
        [1.0, 10.0, 10.0, 0.0],
        {"reserve.funded": [1.0, 3.0, 2.0, 2.0], "cash.balance": [0.0, 7.0, 15.0, 13.0]},
    ),
    "funds two under one limit": (
        small(step("fund", "reserve", "escrow", limit="6"), accounts=(target("reserve", "5"), target("escrow", "5"))),
        10.0,
        {"reserve.funded": [5.0, 0.0, 0.0, 0.0], "escrow.funded": [1.0, 4.0, 0.0, 0.0]},
    ),
    "draws what the dues lack": (
        small(step("draw", "reserve", cover=("agent", "senior.interest")), step("pay", "agent", "senior.interest")),
        1.0,
        {"reserve.drawn": [2.0] * 4, "senior.interest": [1.0] * 4},
    ),
    "draws from the first account, then the second": (
        small(step("draw", "escrow", "reserve", cover=("agent", "senior.interest")), step("pay", "equity")),
        0.0,
        # dues 3, 6, 9, 112 (nothing is paid, the cash goes to equity)
        {"escrow.drawn": [3.0, 1.0, 0.0, 0.0], "reserve.drawn": [0.0, 5.0, 5.0, 0.0]},
    ),
    "draws under one limit": (
        small(step("draw", "escrow", "reserve", limit="6")),
        0.0,
        {"escrow.drawn": [4.0, 0.0, 0.0, 0.0], "reserve.drawn": [2.0, 6.0, 2.0, 0.0]},
    ),
    "draws a share of each account under one limit": (
        small(step("draw", "escrow", "reserve", share=0.5, limit="6")),
        0.0,
        {"escrow.drawn": [2.0, 1.0, 0.5, 0.25], "reserve.drawn": [4.0, 3.0, 1.5, 0.75]},
    ),
    "releases the excess": (
        small(step("release", "reserve", "escrow", limit="5.5")),
        0.0,
        {"reserve.drawn": [5.0, 0.0, 0.0, 0.0], "escrow.drawn": [0.5, 0.5, 0.0, 0.0]},
    ),
    "releases into another account": (
        small(step("release", "reserve", to="escrow")),
        0.0,
        {"reserve.drawn": [5.0, 0.0, 0.0, 0.0], "escrow.funded": [5.0, 0.0, 0.0, 0.0], "escrow.balance": [9.0] * 4},
    ),
    "transfers between accounts": (
        small(step("transfer", "escrow", source="reserve", to="escrow", limit="4")),
        0.0,
        {"reserve.drawn": [4.0, 4.0, 2.0, 0.0], "escrow.balance": [8.0, 12.0, 14.0, 14.0]},
    ),
    "pays from an account": (
        small(step("pay", "agent", "senior.interest", source="reserve")),
        0.0,
        {"agent.paid": [2.0, 2.0, 2.0, 1.0], "reserve.balance": [7.0, 4.0, 1.0, 0.0]},
    ),
    "between two dates": (
        small(step("pay", "equity", after=dt.date(2025, 3, 1), until=dt.date(2025, 4, 1))),
        1.0,
        {"equity.distribution": [0.0, 2.0, 1.0, 0.0]},
    ),
    "when a condition of the path holds": (
        small(step("pay", "equity", when="collections > 5 and not final")),
        [1.0, 9.0, 2.0, 9.0],
        {"equity.distribution": [0.0, 10.0, 0.0, 0.0]},
    ),
    "when there is cash, and what is short capitalised": (
        small(step("pay", "senior.interest", short="capitalise", when="cash")),
        [0.5, 0.5, 0.0, 2.0],
        {"senior.deferred": [0.5, 0.505, 0.0, 1.01005 * 2 - 2.0]},
    ),
    "a loss is no cash": (
        small(
            step("pay", "equity", limit="collections.loss"),
            collateral=Collections(components=("cash", "loss")),
        ),
        1.0,
        {},
    ),
    "a cancelled fee": (
        small(step("pay", "agent"), fees=(fee("agent", "2", "cancelled"),)),
        [0.5, 5.0, 0.0, 0.0],
        {"agent.paid": [0.5, 2.0, 2.0, 1.0], "agent.shortfall": [1.5, 0.0, 0.0, 1.0]},
    ),
    "prev of prev, however often each is used": (
        small(
            step("transfer", "escrow", source="cash", to="escrow", limit="prev(period)"),
            step("transfer", "reserve", source="cash", to="reserve", limit="prev(prev(period))"),
        ),
        100.0,
        {"escrow.funded": [0.0, 1.0, 2.0, 3.0], "reserve.funded": [0.0, 0.0, 1.0, 2.0]},
    ),
    "prev of a due is the due, also once it is paid": (
        small(
            step("pay", "senior.interest"),
            step("pay", "equity", when="cover.breached"),
            tests=(cover_test("prev(senior.interest.due)", "1", trigger=0.5),),
        ),
        3.0,
        {"cover.breached": [1.0, 0.0, 0.0, 0.0]},
    ),
    "prev of a balance is the balance at the close": (
        small(
            step("transfer", "escrow", source="cash", to="escrow", limit="prev(senior.balance) - 100"),
            tranches=one_debt(unpaid_interest="capitalised"),
        ),
        10.0,
        {"escrow.funded": [0.0, 1.0, 2.01, 3.0301]},
    ),
    "sums and averages of what has been": (
        small(
            step("transfer", "escrow", source="cash", to="escrow", limit="sum_last(period, 2)"),
            step("transfer", "reserve", source="cash", to="reserve", limit="avg_last(period, 3)"),
        ),
        100.0,
        {"escrow.funded": [1.0, 3.0, 5.0, 7.0], "reserve.funded": [1.0, 1.5, 2.0, 3.0]},
    ),
    "a memory of a test": (
        small(
            step("pay", "equity", when="avg_last(cover, 2) < 1 and sum_last(cover.breached, 4) >= 2"),
            tests=(cover_test("collections", "senior.interest.due", trigger=1.0),),
        ),
        [0.5, 1.0, 0.5, 2.0],
        # dues 1, 2, 3, 4: ratios 0.5, 0.5, 1/6, 0.5; breached always
        {"equity.distribution": [0.0, 1.5, 0.5, 2.0]},
    ),
    "sums of what is to come": (
        small(step("transfer", "escrow", source="cash", to="escrow", limit="sum_next(period, 2)")),
        100.0,
        {"escrow.funded": [5.0, 7.0, 4.0, 0.0]},
    ),
    "definitions, in any order": (
        small(step("pay", "equity", limit="a"), definitions=definitions(a="b / 2", b="min(period, 3) * 2")),
        100.0,
        {"equity.distribution": [1.0, 2.0, 3.0, 3.0]},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_step_does_what_the_hand_computed_case_says(name: str) -> None:
    deal, cash, expected = CASES[name]
    if not expected:
        assert compile_deal(deal).inputs == ("collections.cash", "collections.loss")
        return
    found = flows_of(deal, cash, *expected)
    for record, flows in zip(expected, found, strict=True):
        assert flows == pytest.approx(expected[record], abs=1e-12), record


def test_the_status_picks_the_list_and_default_is_for_good() -> None:
    deal = small(
        step("pay", "equity"),
        tests=(cover_test("collections", "1", lock_up=5.0, default=2.0),),
        waterfall=Waterfalls(
            performing=(step("pay", "equity"),),
            lock_up=(step("pay", "agent"),),
            enforcement=(step("pay", "senior.interest"),),
        ),
    )
    equity, agent, interest, default, locked = flows_of(
        deal, [9.0, 3.0, 1.0, 9.0], "equity.distribution", "agent.paid", "senior.interest", "status.default",
        "cover.lock_up",
    )  # fmt: skip
    assert equity == [9.0, 0.0, 0.0, 0.0]
    assert agent == [0.0, 3.0, 0.0, 0.0]
    assert interest == pytest.approx([0.0, 0.0, 1.0, 3.0])
    assert default == [0.0, 0.0, 1.0, 1.0]
    assert locked == [0.0, 1.0, 1.0, 0.0]


def test_lock_up_keeps_what_residuals_would_get() -> None:
    deal = small(step("pay", "senior.interest", "equity"), tests=(cover_test("collections", "1", lock_up=5.0),))
    equity, interest, cash = flows_of(
        deal, [4.0, 9.0, 9.0, 9.0], "equity.distribution", "senior.interest", "cash.balance"
    )
    assert interest == pytest.approx([1.0] * 4)
    assert equity == pytest.approx([0.0, 11.0, 8.0, 8.0])
    assert cash == pytest.approx([3.0, 0.0, 0.0, 0.0])


def test_enforcement_empties_accounts_and_pays_by_rank() -> None:
    """14 in the accounts and 96 of cash: fee 2, then mezz (rank 1) 1 and 50, then senior 1 and 56 of its balance."""
    tranches = (
        Debt(name="senior", notional=100.0, coupon=Coupon(spread=0.12), rank=2),
        Debt(name="mezz", notional=50.0, coupon=Coupon(spread=0.24), rank=1),
        Residual(name="equity", rank=3),
    )
    deal = small(step("pay", "equity"), tranches=tranches, tests=(cover_test("0", "1", default=1.0),))
    names = ("agent.paid", "mezz.interest", "mezz.prepaid", "senior.interest", "senior.prepaid", "equity.distribution")
    found = flows_of(deal, [96.0, 0.0, 100.0, 0.0], *names)
    assert [flows[0] for flows in found] == pytest.approx([2.0, 1.0, 50.0, 1.0, 56.0, 0.0])
    assert [flows[2] for flows in found] == pytest.approx([4.0, 0.0, 0.0, 0.88, 44.0, 51.12])
    assert flows_of(deal, 96.0, "reserve.balance", "escrow.balance") == [[0.0] * 4] * 2


def test_a_debt_that_enforcement_repays_at_maturity_is_not_short() -> None:
    deal = small(step("pay", "equity"), tests=(cover_test("0", "1", default=1.0),), accounts=())
    shortfall, balance = flows_of(deal, [0.0, 0.0, 0.0, 500.0], "senior.shortfall", "senior.balance")
    assert balance[-1] == 0.0
    assert shortfall == pytest.approx([1.0, 2.0, 3.0, 0.0])


def test_before_the_first_test_every_level_passes() -> None:
    deal = small(step("pay", "equity"), tests=(cover_test("0", "1", trigger=1.0, first_test=dt.date(2025, 4, 1)),))
    assert flows_of(deal, 1.0, "cover.breached") == [[0.0, 0.0, 1.0, 1.0]]


def test_a_test_passes_where_nothing_is_due() -> None:
    deal = small(
        step("pay", "equity", when="cover > 1000"), tests=(cover_test("-1", "fees.due - 2", trigger=1.0),), fees=()
    )
    breached, equity = flows_of(deal, 1.0, "cover.breached", "equity.distribution")
    assert breached == [0.0] * 4
    assert equity == [1.0] * 4  # the ratio is infinite


def test_a_long_deal_without_any_cash_runs() -> None:
    """Shortfalls of 30 years add up to hundreds of notionals."""
    deal = small(step("pay", "senior.interest"), periods=360)
    (balance,) = flows_of(deal, 0.0, "senior.balance")
    assert balance == [100.0] * 360


@pytest.mark.parametrize(("stated", "seen"), [("200 * senior.notional", 200e6), ("1e12", 256e6)])
def test_what_is_watched_is_held_within_what_amounts_may_be(stated: str, seen: float) -> None:
    """256 times the notional."""
    senior = Debt(name="senior", notional=1e6, coupon=Coupon(spread=0.12))
    deal = small(tranches=(senior, Residual(name="equity")), accounts=(), definitions=definitions(big=stated))
    program = compile_deal(deal, watch=("big",))
    inputs = engine.scenario(program, [engine.cash_flows(program, np.zeros(program.periods))])
    flows = engine.path_flows(inputs, 0, 1)[0]
    assert flows[:, program.record("watch.big")].tolist() == [seen] * program.periods
