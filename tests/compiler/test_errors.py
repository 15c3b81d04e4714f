"""What the compiler says of a deal that does not fit together: where, what, and what would be right."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.compiler.small import cover_test, definitions, fee, small, step, target
from tests.small_deals import fleet_of_one
from tranche.collateral.lease import Lease
from tranche.collateral.terms import Collections, Fleet
from tranche.compiler import compile_deal
from tranche.deal import Amortisation, Coupon, Deal, Debt, Residual, Waterfalls
from tranche.errors import DealError, Place, TrancheError
from tranche.market.terms import Lognormal, Market, ReferenceRate


def debts(**fields: Any) -> tuple[Debt | Residual, ...]:
    terms: dict[str, Any] = {"name": "senior", "notional": 100.0, "coupon": Coupon(spread=0.12)}
    return (Debt(**(terms | fields)), Residual(name="equity"))


def fleet(**fields: Any) -> Fleet:
    terms: dict[str, Any] = {
        "gpus": 10.0, "lease": Lease(rate=2.0, end=dt.date(2025, 3, 1)), "rent": "rent",
    }  # fmt: skip
    return fleet_of_one(**(terms | fields))


P0 = "waterfall.performing[0]"
FACTORS = Market(factors=(Lognormal(name="rent", initial=2.0, volatility=0.3),))
CASES: dict[str, tuple[Deal, str]] = {
    "misspelt tranche": (
        small(step("pay", "snior.interest")),
        f"{P0}.pay: unknown tranche 'snior'; did you mean 'senior'?",
    ),
    "misspelt part": (
        small(step("pay", "senior.intrest")),
        f"{P0}.pay: unknown target 'senior.intrest'; did you mean 'senior.interest' or ",
    ),
    "a debt with two dues": (
        small(step("pay", "senior")),
        f"{P0}.pay: 'senior' is a debt with two dues; senior.interest or senior.principal",
    ),
    "a due of a residual": (
        small(step("pay", "equity.principal")),
        f"{P0}.pay: 'equity' is a residual: nothing of it falls due; pay: equity",
    ),
    "misspelt fee": (
        small(step("pay", "agnet")),
        f"{P0}.pay: unknown tranche, fee or account 'agnet'; did you mean 'agent'?",
    ),
    "paying an account": (
        small(step("pay", "reserve")),
        f"{P0}.pay: 'reserve' is an account; known: agent, equity, mezz.interest, mezz.principal, senior.interest, "
        "senior.principal",
    ),
    "sweeping interest": (
        small(step("sweep", "senior.interest")),
        f"{P0}.sweep: unknown target 'senior.interest'; known: mezz.principal, senior.principal",
    ),
    "funding without a target": (
        small(step("fund", "reserve"), accounts=(target("reserve", None),)),
        f"{P0}.fund: account 'reserve' has no target; give it one (accounts.reserve.target)",
    ),
    "unknown source": (
        small(step("pay", "agent", source="resreve")),
        f"{P0}.from: unknown account 'resreve'; did you mean 'reserve'?",
    ),
    "unknown due": (
        small(step("draw", "reserve", cover=("senior.intrest",))),
        f"{P0}.for: unknown due 'senior.intrest'; did you mean 'senior.interest' or ",
    ),
    "into itself": (
        small(step("fund", "reserve", source="reserve")),
        f"{P0}.fund: 'reserve' would be moved into itself; two different accounts",
    ),
    "released into itself": (
        small(step("release", "reserve", to="reserve")),
        f"{P0}.release: 'reserve' would be moved into itself; two different accounts",
    ),
    "pro rata with a residual": (
        small(step("pay", "agent", "equity", group="pro_rata")),
        f"{P0}.pay: pro rata goes by what each is due, and residual 'equity' takes whatever is left; "
        "a step of its own, with a share",
    ),
    "pro rata funding": (
        small(step("fund", "reserve", "escrow", group="pro_rata")),
        f"{P0}.fund: fund has no dues to share by; targets in order: sequential",
    ),
    "capitalising no interest": (
        small(step("pay", "senior.principal", short="capitalise")),
        f"{P0}.short: this step pays no interest that could be capitalised; pay: TRANCHE.interest",
    ),
    "a closed account": (
        small(step("fund", "reserve"), accounts=(target("reserve", "5", closes=dt.date(2025, 3, 1)),)),
        f"{P0}.fund: account 'reserve' closes on 2025-03-01, but this step pays into it on 2025-04-01 and 1 later "
        "dates; until: 2025-03-01, or a later accounts.reserve.closes",
    ),
    "a closed account in another list": (
        small(
            waterfall=Waterfalls(
                performing=(step("pay", "equity"),),
                lock_up=(step("transfer", "reserve", source="cash", to="reserve", after=dt.date(2025, 5, 1)),),
            ),
            accounts=(target("reserve", "5", closes=dt.date(2025, 4, 1)),),
        ),
        "waterfall.lock_up[0].transfer: account 'reserve' closes on 2025-04-01, but this step pays into it on "
        "2025-05-01; until: 2025-04-01, or a later accounts.reserve.closes",
    ),
    "an unknown name": (
        small(step("pay", "equity", limit="2% * snior.balance")),
        f"{P0}.limit: unknown name 'snior.balance'; did you mean 'senior.balance' or ",
    ),
    "an unknown name in a condition": (
        small(step("pay", "equity", when="dscr.breached")),
        f"{P0}.when: unknown name 'dscr.breached'; ",
    ),
    "an unknown name in a definition that nobody uses": (
        small(definitions=definitions(pool="preiod")),
        "definitions.pool: unknown name 'preiod'; did you mean 'period' or 'periods'?",
    ),
    "a cyclic target": (
        small(accounts=(target("reserve", "escrow.target"), target("escrow", "0.5 * reserve.target"))),
        "accounts.reserve.target: depends on itself: reserve.target → escrow.target → reserve.target; "
        "break the circle, for instance by reading prev(…)",
    ),
    "a definition of itself": (
        small(definitions=definitions(a="a + 1")),
        "definitions.a: depends on itself: a → a; break the circle, for instance by reading prev(…)",
    ),
    "a test of itself": (
        small(tests=(cover_test("if_else(cover < 1, 1, 2)", "1", trigger=1.0),)),
        "tests.cover.numerator: depends on itself: cover → cover; break the circle, for instance by reading prev(…)",
    ),
    "an unknown index": (
        small(
            tranches=debts(coupon=Coupon(spread=0.01, index="SOFT")),
            market=Market(rates=(ReferenceRate(name="SOFR", points=((dt.date(2025, 1, 1), 0.05),)),)),
        ),
        "tranches.senior.coupon: unknown reference rate 'SOFT'; did you mean 'SOFR'?",
    ),
    "an index of no market": (
        small(tranches=debts(coupon=Coupon(spread=0.01, index="SOFR"))),
        "tranches.senior.coupon: unknown reference rate 'SOFR'; state it: market.rates.SOFR",
    ),
    "an unknown factor": (
        small(collateral=fleet(rent="rnt"), market=FACTORS),
        "collateral.fleet.rent: unknown market factor 'rnt'; did you mean 'rent'?",
    ),
    "an unknown utilisation": (
        small(collateral=fleet(utilisation="busy"), market=FACTORS),
        "collateral.fleet.utilisation: unknown market factor 'busy'; known: rent",
    ),
    "only losses": (
        small(collateral=Collections(components=("loss",))),
        "collateral.collections.components: no component is cash; for instance [cash, loss]",
    ),
    "looking ahead at cash": (
        small(step("pay", "equity", limit="sum_next(collections, 3)")),
        f"{P0}.limit: sum_next looks ahead, and this amount is not known ahead; "
        "use amounts that depend on the period alone",
    ),
    "looking ahead at cash behind a definition": (
        small(step("pay", "equity", limit="sum_next(x, 3)"), definitions=definitions(x="1 + senior.balance")),
        f"{P0}.limit: sum_next looks ahead, and this amount is not known ahead; "
        "use amounts that depend on the period alone",
    ),
    "a window of no number": (
        small(step("pay", "equity", limit="sum_last(cash, period)")),
        f"{P0}.limit: sum_last needs a number of periods; a whole number from 1 to 120, written out",
    ),
    "half a window": (
        small(step("pay", "equity", limit="avg_last(cash, 1.5)")),
        f"{P0}.limit: avg_last needs a number of periods; a whole number from 1 to 120, written out",
    ),
    "too long a window": (
        small(step("pay", "equity", limit="sum_last(cash, 121)")),
        f"{P0}.limit: sum_last needs a number of periods; a whole number from 1 to 120, written out",
    ),
    "too few amounts": (
        small(tranches=debts(amortisation=Amortisation(kind="schedule", amounts=(25.0, 25.0, 25.0)))),
        "tranches.senior.amortisation: 3 amounts are scheduled; one for each of the 4 payment dates",
    ),
    "a fee that reads a due": (
        small(fees=(fee("agent", "1% * senior.interest.due"),)),
        "fees.agent.amount: 'senior.interest.due' cannot be read here: fees accrue before it is known; "
        "prev(senior.interest.due)",
    ),
    "a fee that reads a due behind a definition": (
        small(fees=(fee("agent", "x"),), definitions=definitions(x="debt_service")),
        "fees.agent.amount: 'debt_service' cannot be read here: fees accrue before it is known; prev(debt_service)",
    ),
    "a test that reads the status": (
        small(tests=(cover_test("cash * status.default", "1", trigger=1.0),)),
        "tests.cover.numerator: 'status.default' cannot be read here: it is not known when this test is read; "
        "prev(status.default)",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_is_said_with_its_place_and_what_would_be_right(name: str) -> None:
    deal, said = CASES[name]
    with pytest.raises(DealError) as caught:
        compile_deal(deal)
    assert any(str(problem).startswith(said) for problem in caught.value.problems), str(caught.value)
    assert len(caught.value.problems) == 1, str(caught.value)


def test_the_first_test_may_not_lie_after_maturity() -> None:
    deal = small(tests=(cover_test("cash", "1", trigger=1.0, first_test=dt.date(2025, 6, 1)),))
    with pytest.raises(DealError) as caught:
        compile_deal(deal)
    said = "tests.cover.first_test: 2025-06-01 is after the last payment date; a date up to 2025-05-01"
    assert str(caught.value) == said


def test_everything_that_is_wrong_is_said_at_once() -> None:
    deal = small(
        step("pay", "snior.interest"),
        step("fund", "resreve"),
        step("pay", "equity", limit="colections"),
        definitions=definitions(a="b", b="a"),
    )
    with pytest.raises(DealError) as caught:
        compile_deal(deal)
    assert {problem.place.path for problem in caught.value.problems} == {
        f"{P0}.pay", "waterfall.performing[1].fund", "waterfall.performing[2].limit", "definitions.a",
    }  # fmt: skip


def test_overlapping_dates_are_refused() -> None:
    import attrs

    schedule = small().schedule
    deal = small(
        schedule=attrs.evolve(
            schedule, first_payment=dt.date(2025, 4, 26), maturity=dt.date(2025, 4, 27), calendar="weekends",
            convention="following",
        )
    )  # fmt: skip
    with pytest.raises(DealError) as caught:
        compile_deal(deal)
    assert str(caught.value).startswith(
        "schedule: overlapping dates: a payment date 2025-04-28 is not after 2025-04-28"
    )


def test_places_carry_the_line_of_the_file() -> None:
    import attrs

    from tranche.deal.deal import Source

    deal = attrs.evolve(small(step("pay", "snior.interest")), source=Source("deal.yaml", {"waterfall[0]": 41}))
    with pytest.raises(TrancheError) as caught:
        compile_deal(deal)
    assert caught.value.problems[0].place == Place("waterfall[0].pay", "deal.yaml", 41)


def test_inline_collections_have_an_amount_for_each_date() -> None:
    deal = small(collateral=Collections(amounts=(("cash", (1.0, 2.0)),)))
    with pytest.raises(DealError, match="cash: 2 amounts; one for each of the 4 payment dates"):
        compile_deal(deal)


def test_inline_collections_are_amounts_that_a_run_takes() -> None:
    """50 of notional and more: 2**20 is the smallest bound a deal has."""
    compile_deal(small(collateral=Collections(amounts=(("cash", (1e6, 1.0, 0.0, 1.0)),))))
    deal = small(collateral=Collections(amounts=(("cash", (1.0, 1e308, 1.0, 1.0)),)))
    with pytest.raises(DealError, match=r"collateral.collections.amounts: cash: 1e\+308 USD is beyond 2,097,152"):
        compile_deal(deal)
