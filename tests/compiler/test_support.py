"""Facilities, guarantees, hedges and ledgers: mistakes that are told, and what an index that is simulated does."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import numpy as np
import pytest

from tests.compiler.small import cover_test, flows_of, small, step, target
from tranche import engine
from tranche.compiler import compile_deal
from tranche.deal import (
    Cap,
    Coupon,
    Debt,
    Draws,
    Facility,
    Guarantee,
    Ledger,
    Residual,
    Schedule,
    Swap,
    Termination,
    Waterfalls,
)
from tranche.deal import parse_formula as parse
from tranche.errors import DealError
from tranche.files import loads
from tranche.inputs import prepare

FLAT = Schedule(closing=dt.date(2025, 1, 1), maturity=dt.date(2025, 5, 1), day_count="30/360")
LENT = Facility(name="lf", commitment=parse("10"), covers=("senior.interest",))
F = parse("1")
SWAP = {"name": "irs", "notional": parse("100"), "pay": Coupon(spread=0.05), "receive": Coupon(spread=0.03)}


@pytest.mark.parametrize(
    ("parts", "steps", "message"),
    [
        ({"facilities": (LENT,)}, [step("draw", "lf", "reserve", cover=("agent",))], "a step for each kind"),
        ({"facilities": (LENT,)}, [step("draw", "lf", share=0.5)], "'lf' holds no money to take a share of"),
        ({"facilities": (LENT,)}, [step("repay", "lf", "senior")], "a step for each kind"),
        ({"facilities": (LENT,)}, [step("pay", "lf.intrest")], "unknown"),
        (
            {"guarantees": (Guarantee(name="sponsor", limit=parse("5")),)},
            [step("draw", "sponsor")],
            "it is not said what 'sponsor' covers",
        ),
        (
            {"guarantees": (Guarantee(name="sponsor", limit=parse("5"), covers=("senior",)),)},
            [step("repay", "sponsor")],
            "unknown tranche, fee or account 'sponsor'",
        ),
        (
            {"guarantees": (Guarantee(name="sponsor", limit=parse("5"), covers=("senor",)),)},
            [],
            r"guarantees.sponsor.covers\[0\]: unknown due 'senor'; did you mean 'senior'",
        ),
        ({"facilities": (Facility(name="lf", commitment=parse("debt_service")),)}, [], "cannot be read here"),
        (
            {"facilities": (Facility(name="lf", commitment=parse("1"), coupon=Coupon(spread=0, index="SOFR")),)},
            [],
            "facilities.lf.coupon: unknown reference rate 'SOFR'",
        ),
        ({"hedges": (Swap(**SWAP, to="till"),)}, [], "hedges.irs.to: unknown account 'till'"),
        (
            {"hedges": (Swap(**SWAP, termination=Termination(when=parse("final"))),)},
            [],
            "its value cannot be read off a curve",
        ),
        (
            {"ledgers": (Ledger(name="pdl", tranche="equity", to="reserve", losses=parse("1")),)},
            [],
            "ledgers.pdl.tranche: unknown debt tranche 'equity'",
        ),
        (
            {"ledgers": (Ledger(name="pdl", tranche="mezz", to="reserve", losses=parse("1")),)},
            [step("pay", "pdl", source="reserve")],
            "is cured from 'reserve' into the same account",
        ),
    ],
)
def test_mistakes_are_told_with_their_place(parts: dict[str, Any], steps: list[Any], message: str) -> None:
    with pytest.raises(DealError, match=message):
        compile_deal(small(*steps, **parts))


@pytest.mark.parametrize(
    ("hedge", "message"),
    [
        (Swap(**{**SWAP, "receive": SWAP["pay"]}), "both legs are the same"),
        (Swap(**SWAP, termination=Termination()), "there is no event"),
        (Swap(**SWAP, start=dt.date(2025, 3, 1), end=dt.date(2025, 2, 1)), "before it begins"),
        (
            Cap(name="cap", notional=F, index="SOFR", strike=0.0, termination=Termination(when=F)),
            "hedges.cap.termination.value: is missing",
        ),
    ],
)
def test_a_hedge_that_does_not_fit_is_told(hedge: Any, message: str) -> None:
    with pytest.raises(DealError, match=message):
        small(hedges=(hedge,))


def test_a_facility_cannot_be_drawn_in_default_and_a_guarantee_can() -> None:
    """1 a month falls due and nothing comes in; the deal is in default from the third date on."""
    deal = small(
        step("draw", "lf"),
        step("draw", "sponsor"),
        step("pay", "senior.interest"),
        facilities=(LENT,),
        guarantees=(Guarantee(name="sponsor", limit=parse("1.5"), covers=("senior.interest",)),),
        tests=(cover_test("3 - period", "1", default=1e-9),),
        accounts=(),
        fees=(),
        schedule=FLAT,
    )
    advanced, called, paid = flows_of(deal, 0.0, "lf.advanced", "sponsor.called", "senior.interest")
    assert advanced == pytest.approx([1.0, 1.0, 0.0, 0.0])
    assert called == pytest.approx([0.0, 0.0, 1.0, 0.5])
    assert paid == pytest.approx([1.0, 1.0, 1.0, 0.5])  # and nothing of it repays the facility


def test_fees_run_to_the_last_day_of_a_commitment() -> None:
    """1% a month on 10, on 20 and on 30 until 16 February 2025: a month, then 15 days of 30."""
    until = dt.date(2025, 2, 16)
    fees = {"lf.fee": 0.1, "sponsor.fee": 0.2, "loan.commitment_fee": 0.3}
    draws = Draws(until=until, fee=0.12)
    deal = small(
        *(step("pay", name) for name in fees),
        facilities=(attrs.evolve(LENT, covers=("loan.interest",), commitment_fee=0.12, until=until),),
        guarantees=(Guarantee(name="sponsor", limit=parse("20"), covers=("loan.interest",), fee=0.12, until=until),),
        tranches=(Debt(name="loan", notional=30.0, coupon=Coupon(spread=0.0), draws=draws), Residual(name="equity")),
        accounts=(), fees=(), tests=(), schedule=FLAT,
    )  # fmt: skip
    for name, fee in fees.items():
        [paid] = flows_of(deal, 4.0, name)
        assert paid == pytest.approx([fee, fee / 2, 0.0, 0.0], rel=1e-12)


def test_a_fee_is_on_what_could_be_drawn_as_the_period_began() -> None:
    """12% on 30 up to the step-down on 1 April 2025, paid on it too; on 10 from then on. A commitment by
    formula is that of the date before, and a step up to closing holds from the first period on."""
    down = (dt.date(2025, 4, 1), 10.0)
    guarantee = Guarantee(name="sponsor", limit=parse("30"), steps=(down,), covers=("senior",), fee=0.12)
    begun = attrs.evolve(guarantee, name="begun", steps=((FLAT.closing, 20.0), down))
    facility = attrs.evolve(LENT, commitment=parse("100 - 10 * period"), commitment_fee=0.12)
    on_cash = attrs.evolve(facility, name="lc", commitment=parse("collections"))
    deal = small(
        *(step("pay", f"{name}.fee") for name in ("sponsor", "begun", "lf", "lc")),
        facilities=(facility, on_cash), guarantees=(guarantee, begun), fees=(), tests=(), accounts=(), schedule=FLAT,
    )  # fmt: skip
    seen = flows_of(deal, [10.0, 20.0, 30.0, 40.0], "sponsor.fee", "begun.fee", "lf.fee", "lc.fee")
    assert seen[0] == pytest.approx([0.3, 0.3, 0.3, 0.1])
    assert seen[1] == pytest.approx([0.2, 0.2, 0.2, 0.1])
    assert seen[2] == pytest.approx([0.9, 0.9, 0.8, 0.7])
    assert seen[3] == pytest.approx([0.1, 0.1, 0.2, 0.3])


def test_a_swap_is_worth_its_own_notionals_to_come() -> None:
    """4% a year against 2%, on 100, 50 and 25 by quarter: after the first date 0.25 and 0.125 are left to pay."""
    [ended] = flows_of(loads(PLANNED), [200.0, 0.0, 0.0], "irs.termination")
    assert ended == pytest.approx([0.25 / 1.005 + 0.125 / 1.005**2, 0.0, 0.0], rel=1e-12)


@pytest.mark.parametrize(("available", "drawn"), [(None, [1.0, 1.0, 0.0, 0.0]), ("period <= 3", [1.0, 1.0, 1.0, 0.0])])
def test_whether_a_facility_lends_in_default(available: str | None, drawn: list[float]) -> None:
    """The same step in both lists: without a condition of its own a facility lends nothing once the deal defaults."""
    steps = (step("draw", "lf"), step("pay", "senior.interest"))
    deal = small(
        facilities=(attrs.evolve(LENT, available=None if available is None else parse(available)),),
        tests=(cover_test("3 - period", "1", default=1e-9),),
        accounts=(),
        fees=(),
        schedule=FLAT,
        waterfall=Waterfalls(performing=steps, enforcement=steps),
    )
    assert flows_of(deal, 0.0, "lf.advanced")[0] == pytest.approx(drawn)


def test_losses_beyond_every_balance_are_told_and_not_lost_from_view() -> None:
    ledgers = (
        Ledger(name="pdl_a", tranche="senior", to="reserve", losses=parse("200 * (period == 1)")),
        Ledger(name="pdl_b", tranche="mezz", to="reserve", losses=parse("200 * (period == 1)")),
    )
    deal = small(step("pay", "pdl_a"), ledgers=ledgers, accounts=(target("reserve", None),), fees=())
    junior, senior, rest = flows_of(deal, 0.0, "pdl_b.debited", "pdl_a.debited", "pdl_a.unallocated")
    assert (junior[0], senior[0], rest[0]) == (50.0, 100.0, 50.0)


def test_what_cures_a_ledger_lands_in_its_account() -> None:
    ledgers = (Ledger(name="pdl", tranche="senior", to="reserve", losses=parse("5 * (period == 1)")),)
    deal = small(step("pay", "pdl"), ledgers=ledgers, accounts=(target("reserve", None),), fees=())
    credited, funded, held = flows_of(deal, 3.0, "pdl.credited", "reserve.funded", "reserve.balance")
    assert credited == funded == [3.0, 2.0, 0.0, 0.0]
    assert held == [3.0, 5.0, 5.0, 5.0]


PLANNED = """\
format: 1
name: A plan
schedule: {closing: 2025-01-01, maturity: 2025-10-01, frequency: quarterly, day_count: 30/360}
market: {rates: {SOFR: 2%}}
collateral: {collections: {amounts: [200, 0, 0]}}
series: {plan: [100, 50, 25]}
tranches:
  n: {notional: 100, coupon: 0%}
  equity: residual
hedges:
  irs: {swap: {notional: plan, pay: 4%, receive: SOFR, termination: {when: period == 1}}}
waterfall:
  - settle: irs
  - pay: irs.termination
  - pay: n.principal
  - pay: equity
"""


SIMULATED = """\
format: 1
name: Swap on a simulated rate
schedule: {closing: 2025-01-01, maturity: 2026-01-01, day_count: 30/360}
collateral: {collections: {amounts: [9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 109]}}
market:
  factors:
    base: {reverting: {initial: 4%, mean: 4%, speed: 0.5, volatility: 2%, low: 0%, high: 20%}}
tranches:
  note: {notional: 100, coupon: base + 1%}
  equity: {residual: {}}
hedges:
  irs:
    swap: {notional: note.balance, pay: 4%, receive: base}
waterfall:
  - settle: irs
  - pay: note.interest
  - pay: note.principal
  - pay: equity
"""


def test_a_swap_on_a_simulated_rate_makes_the_note_a_fixed_one() -> None:
    """What the note pays less what the swap brings is 5% a year on every path and date, though both are random."""
    inputs = prepare(loads(SIMULATED), seed=3)
    program = inputs.program
    flows = engine.path_flows(inputs, 0, 1)
    named = {record.name: flows[:, :, k] for k, record in enumerate(program.records)}
    net = named["note.interest"] - named["irs.received"] + named["irs.paid"]
    assert np.ptp(named["note.interest"]) > 0.01
    np.testing.assert_allclose(net, 5.0 / 12.0, rtol=1e-12)

