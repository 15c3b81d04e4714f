"""Accounts at closing, and what debts owe by their schedule: figures by hand or in closed form."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.compiler.small import flows_of, small, step, target
from tranche.collateral.terms import Collections
from tranche.compiler import compile_deal
from tranche.deal import Account, Amortisation, Coupon, Debt, Residual, Schedule
from tranche.deal import parse_formula as parse
from tranche.errors import DealError

QUARTERS = Schedule(
    closing=dt.date(2025, 1, 1), maturity=dt.date(2026, 1, 1), frequency="quarterly", day_count="30/360"
)


def scheduled(field: str, **terms: object) -> list[float]:
    """`loan.scheduled.FIELD` by date, as the target of an account that is emptied and filled from ample cash."""
    loan = Debt(name="loan", notional=400.0, coupon=Coupon(spread=0.08), **terms)
    deal = small(
        step("draw", "box"),
        step("fund", "box"),
        schedule=QUARTERS,
        tranches=(loan, Residual(name="equity")),
        accounts=(target("box", f"loan.scheduled.{field}"),),
        fees=(),
    )
    return flows_of(deal, 1e3, "box.balance")[0]


@pytest.mark.parametrize(
    ("kind", "principal"), [("level", [100.0] * 4), ("bullet", [0.0, 0.0, 0.0, 400.0])]
)
def test_principal_and_interest_as_scheduled(kind: str, principal: list[float]) -> None:
    terms = Amortisation(kind=kind)
    balances = [400.0 - sum(principal[: t + 1]) for t in range(4)]
    interest = [0.02 * (400.0 - sum(principal[:t])) for t in range(4)]
    assert scheduled("principal", amortisation=terms) == pytest.approx(principal)
    assert scheduled("balance", amortisation=terms) == pytest.approx(balances)
    assert scheduled("interest", amortisation=terms) == pytest.approx(interest)
    service = [a + b for a, b in zip(principal, interest, strict=True)]
    assert scheduled("debt_service", amortisation=terms) == pytest.approx(service)


def test_the_service_of_an_annuity_is_level() -> None:
    payment = 400.0 * 0.02 / (1.0 - 1.02**-4)
    assert scheduled("debt_service", amortisation=Amortisation(kind="annuity")) == pytest.approx([payment] * 4)


@pytest.mark.parametrize(
    ("initial", "paid_in"),
    [
        ("10% * senior.balance + 5", 15.0),
        ("reserve.target", 3.0),
        ("6 * mezz.rate / 12 * mezz.notional", 6.0),
        ("senior.scheduled.interest * 3", 3.0),
    ],
)
def test_what_is_paid_in_at_closing(initial: str, paid_in: float) -> None:
    reserve = Account(name="reserve", target=parse("3% * senior.balance"), initial=parse(initial))
    schedule = Schedule(closing=dt.date(2025, 1, 1), maturity=dt.date(2025, 5, 1), day_count="30/360")
    program = compile_deal(small(accounts=(reserve,), schedule=schedule))
    assert program.cash_at_closing == pytest.approx(paid_in)


@pytest.mark.parametrize("initial", ["collections", "prev(senior.balance)", "agent.due", "cash"])
def test_what_is_not_known_at_closing_is_told(initial: str) -> None:
    with pytest.raises(DealError, match=r"accounts\.reserve\.initial: this amount is not known at closing"):
        compile_deal(small(accounts=(Account(name="reserve", initial=parse(initial)),)))


def test_a_negative_amount_at_closing_is_told() -> None:
    with pytest.raises(DealError, match=r"senior\.balance - 500 is -400\.00 at closing"):
        compile_deal(small(accounts=(Account(name="reserve", initial=parse("senior.balance - 500")),)))


def test_interest_goes_where_it_is_sent_and_counts_what_the_last_close_left() -> None:
    """Each account's interest is that of its own opening balance, whatever another's interest adds to it."""
    first = Account(name="first", initial=100.0, earns=Coupon(spread=0.12), earnings_to="second")
    second = Account(name="second", initial=50.0, earns=Coupon(spread=0.24), earnings_to="second")
    schedule = Schedule(closing=dt.date(2025, 1, 1), maturity=dt.date(2025, 3, 1), day_count="30/360")
    deal = small(accounts=(first, second), schedule=schedule, fees=())
    earned, own, balance = flows_of(deal, 0.0, "first.earned", "second.earned", "second.balance")
    assert earned == pytest.approx([1.0, 1.0])
    assert own == pytest.approx([1.0, 1.04])
    assert balance == pytest.approx([52.0, 54.04])


@pytest.mark.parametrize(
    ("route", "message"),
    [
        ((("interst", "reserve"),), r"route\.interst: 'interst' is no component that is cash"),
        ((("cash", "reserv"),), r"route\.cash: unknown account 'reserv'"),
    ],
)
def test_routes_that_lead_nowhere_are_told(route: tuple[tuple[str, str], ...], message: str) -> None:
    with pytest.raises(DealError, match=message):
        compile_deal(small(collateral=Collections(route=route)))
