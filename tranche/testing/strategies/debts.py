"""Debts: coupons, amortisations, and what a debt may have beyond them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from hypothesis import strategies as st

from tranche.deal import (
    Amortisation,
    AvailableFundsCap,
    CallOption,
    Coupon,
    Debt,
    Draws,
    Extension,
    Formula,
    Lag,
    LateInterest,
    LevelSchedule,
    MakeWhole,
    Margin,
    Pik,
)
from tranche.deal.amortisation import ARREARS
from tranche.deal.debt import UNPAID_INTEREST
from tranche.deal.draws import OUTSIDE
from tranche.deal.formula import Number
from tranche.deal.interest import EXCESS
from tranche.terms.daycounts import DAY_COUNTS

from .formulas import Scope, conditions, formula, money

NOTIONALS = (100.0, 1_000.0, 12_345.67, 1e6, 70e6)
INDEX = "SOFR"
EXTRAS = (
    "coupon", "late", "pik", "cap", "maturity", "draws", "amount", "annuity", "sculpted", "sized", "strip", "price",
)  # fmt: skip


@st.composite
def coupons(draw: st.DrawFn) -> Coupon:
    """Fixed, or the index INDEX plus a spread within an optional floor and cap."""
    spread = draw(st.sampled_from((-0.01, 0.0, 0.0225, 0.06, 0.1, 0.125, 0.3)))
    if draw(st.booleans()):
        return Coupon(spread=spread)
    floor = draw(st.sampled_from((None, 0.0, 0.02)))
    return Coupon(spread=spread, index=INDEX, floor=floor, cap=draw(st.sampled_from((None, 0.045))))


@st.composite
def amortisations(draw: st.DrawFn, notional: float, periods: int) -> Amortisation:
    """Any of the kinds; a schedule adds up to no more than the notional."""
    kind = draw(st.sampled_from(("bullet", "level", "schedule", "none")))
    amounts: tuple[float, ...] = ()
    if kind == "schedule":
        weights = draw(st.lists(st.integers(0, 5), min_size=periods, max_size=periods))
        amounts = tuple(notional * 0.9 * weight / (sum(weights) or 1) for weight in weights)
    return Amortisation(kind=kind, amounts=amounts, arrears=draw(st.sampled_from(ARREARS)), balloon=draw(st.booleans()))


@st.composite
def debts(draw: st.DrawFn, name: str, periods: int, notionals: tuple[float, ...] = NOTIONALS) -> Debt:
    """One debt, of one of the `notionals`."""
    notional = draw(st.sampled_from(notionals))
    return Debt(
        name=name,
        notional=notional,
        coupon=draw(coupons()),
        amortisation=draw(amortisations(notional, periods)),
        unpaid_interest=draw(st.sampled_from(UNPAID_INTEREST)),
        day_count=draw(st.sampled_from((None, *DAY_COUNTS))),
    )


@st.composite
def enriched(
    draw: st.DrawFn,
    debt: Debt,
    number: int,
    early: Scope,
    late: Scope,
    dates: tuple[dt.date, ...],
    accounts: tuple[str, ...],
) -> Debt:
    """`debt` with a few of EXTRAS and perhaps a call. `early`: what is known as it accrues, `late`: once the tests have
    been read; `number`: 0 for a deal's first debt, which keeps its size."""
    now, soon = attrs.evolve(early, memory=False), attrs.evolve(late, memory=False)
    for extra in sorted(draw(st.sets(st.sampled_from(EXTRAS), max_size=5)), key=EXTRAS.index):
        changes = draw(_extra(extra, debt, number, now, soon, late, dates, accounts))
        debt = attrs.evolve(debt, **changes)
    if debt.strip is None and draw(st.integers(0, 2)) == 0:
        debt = attrs.evolve(debt, call=draw(_call(debt, late, dates, accounts)))
    return debt


@st.composite
def _extra(  # noqa: PLR0911
    draw: st.DrawFn,
    extra: str,
    debt: Debt,
    number: int,
    now: Scope,
    soon: Scope,
    late: Scope,
    dates: tuple[dt.date, ...],
    accounts: tuple[str, ...],
) -> dict[str, Any]:
    """The fields that an extra changes: none where it does not go with what the debt has."""
    plain = debt.strip is None and not debt.sculpted
    ahead = not debt.coupon.margins and not any(extension.add for extension in debt.extensions)
    by_formula = debt.amortisation.amount is not None
    match extra:
        case "coupon":
            return {"coupon": draw(_coupon(debt.coupon, soon, dates))}
        case "late" if debt.unpaid_interest == "carried":
            spread = draw(st.sampled_from((0.0, 0.02, -0.3)))
            return {"interest_on_unpaid": LateInterest(spread=spread, on_coupon=draw(st.booleans()))}
        case "pik" if plain:
            share, premium = draw(st.sampled_from((1.0, 0.5, 0.3))), draw(st.sampled_from((0.0, 0.0075)))
            return {"pik": Pik(when=draw(conditions(soon)), share=share, premium=premium)}
        case "cap":
            return {"available_funds_cap": draw(_cap(now))}
        case "maturity" if len(dates) > 3 and debt.amortisation.kind not in ("schedule", "annuity", "sculpted"):
            return draw(_maturity(soon, dates))
        case "draws" if plain:
            return {"draws": draw(_draws(debt, late, dates, accounts))}
        case "amount" if plain:
            kind = draw(st.sampled_from(("target_balance", "pass_through")))
            return {"amortisation": draw(_terms(kind, amount=draw(money(now, depth=1))))}
        case "annuity" if plain and ahead and not by_formula:
            over = draw(st.sampled_from((None, None, 3, 40)))
            first = draw(st.sampled_from((None, None, dates[len(dates) // 2]))) if debt.maturity is None else None
            kind = draw(st.sampled_from(("annuity", "annuity", "level")))
            return {"amortisation": draw(_terms(kind, over=over, first=first))}
        case "sculpted" if plain and ahead and not by_formula:
            return {"amortisation": draw(_sculpted(debt.notional, len(dates)))}
        case "sized" if plain and ahead and debt.coupon.index is None and debt.draws is None and number > 0:
            fixed = Coupon(spread=max(0.0, debt.coupon.spread))
            amortisation = draw(_sculpted(debt.notional, len(dates)))
            return {"amortisation": amortisation, "coupon": fixed, "notional": 0.0, "sculpted": True}
        case "strip" if plain and debt.draws is None and debt.pik is None and debt.unpaid_interest != "capitalised":
            return {"strip": draw(money(now, depth=1)), "amortisation": Amortisation()}
        case "price":
            return {"price": draw(st.sampled_from((0.97, 1.01)))}
    return {}


@st.composite
def _coupon(draw: st.DrawFn, coupon: Coupon, soon: Scope, dates: tuple[dt.date, ...]) -> Coupon:
    steps = draw(st.lists(st.sampled_from(dates), max_size=2, unique=True))
    adds = st.sampled_from((0.01, 0.0025, -0.02))
    margins = draw(st.lists(conditions(soon), max_size=2))
    lag = Lag(days=draw(st.sampled_from((0, 2, 40))), business=draw(st.booleans())) if coupon.index else Lag(days=0)
    return attrs.evolve(
        coupon,
        all_in_floor=draw(st.sampled_from((None, 0.05))),
        all_in_cap=draw(st.sampled_from((None, 0.11))),
        reset_lag=lag,
        step_up=tuple((date, draw(adds)) for date in steps),
        margins=tuple(Margin(when=when, add=draw(adds)) for when in margins),
    )


@st.composite
def _cap(draw: st.DrawFn, now: Scope) -> AvailableFundsCap:
    excess = draw(st.sampled_from(EXCESS))
    if draw(st.booleans()):
        return AvailableFundsCap(amount=draw(money(attrs.evolve(now, money=(*now.money, "fees.due")))), excess=excess)
    return AvailableFundsCap(rate=formula(Number(draw(st.sampled_from((0.0, 0.04, 0.09))))), excess=excess)


@st.composite
def _maturity(draw: st.DrawFn, soon: Scope, dates: tuple[dt.date, ...]) -> dict[str, Any]:
    ends = sorted(draw(st.sets(st.integers(0, len(dates) - 2), min_size=1, max_size=3)))
    extensions = [
        Extension(
            to=dates[end],
            when=draw(st.one_of(st.none(), conditions(soon))),
            add=draw(st.sampled_from((0.0, 0.01))),
        )
        for end in ends[1:]
    ]
    return {"maturity": dates[ends[0]], "extensions": tuple(extensions)}


@st.composite
def _call(
    draw: st.DrawFn, debt: Debt, late: Scope, dates: tuple[dt.date, ...], accounts: tuple[str, ...]
) -> CallOption:
    """A call; where the service of the debt is known in advance, its holder may be made whole."""
    by_path = bool(debt.coupon.margins or debt.extensions or debt.pik or debt.draws)
    known = not by_path and debt.amortisation.kind != "none" and debt.amortisation.amount is None
    ends = debt.maturity or dates[-1]  # the last date may have moved past the deal's maturity
    early = [day for day in dates if day < ends][:3] or [dt.date(2000, 1, 1)]
    days = sorted(draw(st.lists(st.sampled_from(early), min_size=1, max_size=2, unique=True)))
    shares = st.sampled_from((1.0, 1.01, 1.125))
    whole = None
    if known and draw(st.booleans()):
        until = draw(st.sampled_from((None, debt.maturity, dates[len(dates) // 2])))
        late_enough = until is not None and days[0] < until and (until < ends or until == debt.maturity)
        rate = draw(st.sampled_from((Coupon(spread=0.02), Coupon(spread=0.005, index=INDEX))))
        whole = MakeWhole(rate=rate, until=until if late_enough else None)
    return CallOption(
        when=draw(st.one_of(st.none(), conditions(late), conditions(late))),
        first=days[0],
        price=draw(st.one_of(shares, st.just(LevelSchedule(tuple((day, draw(shares)) for day in days))))),
        make_whole=whole,
        proceeds=draw(st.sampled_from(("cash", "cash", *accounts))),
    )


@st.composite
def _draws(draw: st.DrawFn, debt: Debt, late: Scope, dates: tuple[dt.date, ...], accounts: tuple[str, ...]) -> Draws:
    share = draw(st.sampled_from((0.0, 0.25, 1.0)))
    amount = draw(st.one_of(st.none(), money(late)))
    first, until = sorted(draw(st.lists(st.sampled_from(dates), min_size=2, max_size=2)))
    return Draws(
        initial=debt.notional * share,
        amount=amount,
        first=draw(st.sampled_from((None, first))),
        until=draw(st.sampled_from((None, until))),
        when=draw(st.one_of(st.none(), conditions(late))),
        limit=draw(st.one_of(st.none(), money(late))),
        to="cash" if amount is None else draw(st.sampled_from(("cash", OUTSIDE, *accounts))),
        revolving=draw(st.booleans()),
        fee=draw(st.sampled_from((0.0, 0.005))),
    )


@st.composite
def _terms(draw: st.DrawFn, /, kind: str, **fields: Any) -> Amortisation:
    return Amortisation(kind=kind, arrears=draw(st.sampled_from(ARREARS)), balloon=draw(st.booleans()), **fields)


@st.composite
def _sculpted(draw: st.DrawFn, notional: float, periods: int) -> Amortisation:
    def number(value: float) -> Formula:
        return formula(Number(value))

    service = round(notional * draw(st.sampled_from((0.5, 1.5, 4.0))) / periods, 2)
    dscr = draw(st.sampled_from((1.0, 1.25, 1.4)))
    return draw(_terms("sculpted", cfads=number(service), dscr=number(dscr)))
