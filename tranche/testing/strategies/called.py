"""Deals about calls: debts that pay by schedule and are called, a facility that has lent, a pool that is sold."""

from __future__ import annotations

import datetime as dt

import attrs
from hypothesis import strategies as st

from tranche.collateral.terms import Collections
from tranche.deal import (
    Amortisation,
    CallOption,
    CleanUpCall,
    Coupon,
    Deal,
    Debt,
    Facility,
    Fee,
    Formula,
    LevelSchedule,
    MakeWhole,
    Residual,
    Step,
    Waterfalls,
)
from tranche.deal.amortisation import ARREARS
from tranche.deal.formula import Binary, Name, Number
from tranche.market.terms import Market

from .deals import reference_rates, schedules, stated_dates
from .debts import INDEX, debts
from .formulas import formula

Dates = tuple[dt.date, ...]
LENDER = "lf"


@st.composite
def called_deals(draw: st.DrawFn, most_periods: int = 8) -> Deal:
    """1–2 debts with calls, most of which are exercised: at prices by date, many of them making the holder whole up to
    a date on which something is still owed. A facility that covers interest, and in half of the deals a clean-up call,
    at what takes the deal out or at a price."""
    schedule = draw(schedules(fewest=3, most=most_periods))
    dates = stated_dates(draw, schedule)
    sold = draw(st.booleans())  # by a clean-up call, of which a facility that has lent is a part
    made = [draw(_debt(f"d{k}", dates, int(sold))) for k in range(1, draw(st.integers(1, 2)) + 1)]
    names, size = tuple(debt.name for debt in made), sum(debt.notional for debt in made)
    lends = Facility(
        name=LENDER,
        commitment=formula(Number(round(size * draw(st.sampled_from((0.02, 0.5))), 2))),
        coupon=draw(st.sampled_from((Coupon(spread=0.05), Coupon(spread=0.01, index=INDEX)))),
        commitment_fee=draw(st.sampled_from((0.0, 0.004))),
        covers=tuple(f"{name}.interest" for name in names),
    )
    return Deal(
        name="called",
        schedule=schedule,
        tranches=(*made, Residual(name="r0")),
        collateral=Collections(),
        market=Market(rates=(draw(reference_rates(dates)),)),
        fees=(Fee(name="f0", amount=formula(Number(round(size * 1e-3, 2)))),),
        facilities=(lends,),
        clean_up=draw(_clean_up(names[0], size)) if sold else None,
        waterfall=draw(_waterfall(made)),
    )


@st.composite
def _debt(draw: st.DrawFn, name: str, dates: Dates, least: int) -> Debt:
    """A debt that is not called before the date of number `least`."""
    debt = draw(debts(name, len(dates)))
    if draw(st.integers(0, 2)) == 0:
        over = draw(st.sampled_from((None, len(dates) + 3, 40)))
        terms = Amortisation(kind="annuity", over=over, arrears=draw(st.sampled_from(ARREARS)), balloon=True)
        debt = attrs.evolve(debt, amortisation=terms)
    return attrs.evolve(debt, call=draw(_call(debt, dates, least)))


@st.composite
def _call(draw: st.DrawFn, debt: Debt, dates: Dates, least: int) -> CallOption:
    first = draw(st.integers(min(least, len(dates) - 3), len(dates) - 3))
    shares = st.sampled_from((1.0, 1.0, 1.01, 1.125))
    whole = None
    if debt.amortisation.kind != "none" and draw(st.integers(0, 3)) > 0:
        until = draw(st.one_of(st.none(), st.integers(first + 1, len(dates) - 2).map(dates.__getitem__)))
        rate = draw(st.sampled_from((Coupon(spread=0.002), Coupon(spread=-0.03, index=INDEX))))
        whole = MakeWhole(rate=rate, until=until)
    stepped = st.tuples(shares, shares).map(lambda two: LevelSchedule(((dates[first], two[0]), (dates[-2], two[1]))))
    return CallOption(
        when=draw(st.one_of(st.none(), _late(len(dates)))),
        first=dates[first],
        price=draw(st.one_of(shares, stepped)),
        make_whole=whole,
    )


@st.composite
def _clean_up(draw: st.DrawFn, debt: str, size: float) -> CleanUpCall:
    left = formula(Binary("<", Name(f"{debt}.balance"), Number(round(size * draw(st.sampled_from((0.1, 0.6))), 2))))
    price = draw(st.sampled_from((None, None, None, formula(Binary("*", Number(0.9), Name(f"{debt}.balance"))))))
    return CleanUpCall(when=draw(st.one_of(st.just(left), _late(3), _late(3))), purchase_price=price)


def _late(periods: int) -> st.SearchStrategy[Formula]:
    """From a date on."""
    return st.integers(2, max(2, periods - 1)).map(lambda k: formula(Binary(">=", Name("period"), Number(float(k)))))


@st.composite
def _waterfall(draw: st.DrawFn, made: list[Debt]) -> Waterfalls:
    """The facility lends, and is repaid late or never; what falls due in order."""
    dues = [f"{debt.name}.{part}" for debt in made for part in debt.dues]
    targets = ["f0", *(f"{LENDER}.{part}" for part in ("interest", "fee")), *dues]
    steps = [Step(verb="pay", targets=(target,)) for target in targets]
    if draw(st.booleans()):
        steps.append(Step(verb="repay", targets=(LENDER,)))
    return Waterfalls(
        performing=(Step(verb="draw", targets=(LENDER,)), *steps, Step(verb="pay", targets=("r0",))),
    )
