"""Facilities, guarantees, hedges and ledgers: random terms, and none of them as often as not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from hypothesis import strategies as st

from tranche.deal import Cap, Coupon, Facility, Guarantee, Hedge, Ledger, Swap, Termination
from tranche.deal.formula import Binary, Name, Number
from tranche.deal.hedge import terminations
from tranche.terms.daycounts import DAY_COUNTS

from .formulas import Scope, conditions, formula, money

Dates = tuple[dt.date, ...]
STRIKES = (0.0, 0.0215, 0.04)


@attrs.frozen
class Names:
    """What a random deal has of each, before their terms are drawn: they may be read by formulas."""

    facilities: tuple[str, ...] = ()
    guarantees: tuple[str, ...] = ()
    hedges: tuple[str, ...] = ()
    ledgers: tuple[str, ...] = ()

    @property
    def levels(self) -> tuple[str, ...]:
        """Names of money that are known at any time."""
        return (
            *(f"{name}.{field}" for name in self.facilities for field in ("balance", "interest.unpaid", "fee.unpaid")),
            *(f"{name}.used" for name in self.guarantees),
            *(f"{name}.unpaid" for name in self.hedges),
            *(f"{name}.balance" for name in self.ledgers),
        )


@st.composite
def support_names(draw: st.DrawFn, accounts: tuple[str, ...], debts: tuple[str, ...]) -> Names:
    """Mostly none; ledgers only where there is an account that what they are paid goes to."""
    sections = st.sampled_from(("facilities", "guarantees", "hedges", "ledgers"))
    kinds = draw(st.sets(sections)) if draw(st.booleans()) else set[str]()
    return Names(
        facilities=("lf",) if "facilities" in kinds else (),
        guarantees=("sg",) if "guarantees" in kinds else (),
        hedges=("h0", "h1")[: draw(st.integers(1, 2))] if "hedges" in kinds else (),
        ledgers=tuple(f"p_{debt}" for debt in debts[:2]) if "ledgers" in kinds and accounts else (),
    )


@st.composite
def support_terms(
    draw: st.DrawFn, names: Names, early: Scope, late: Scope, dates: Dates, accounts: tuple[str, ...], dues: Any
) -> dict[str, Any]:
    """The four sections of a deal."""
    to = st.sampled_from(("cash", *accounts))
    return {
        "facilities": tuple(draw(_facility(name, early, late, dates, dues)) for name in names.facilities),
        "guarantees": tuple(draw(_guarantee(name, early, late, dates, dues)) for name in names.guarantees),
        "hedges": tuple(draw(_hedge(name, early, late, dates, draw(to))) for name in names.hedges),
        "ledgers": tuple(draw(_ledgers(names.ledgers, early, accounts))),
    }


def dues_of(sections: dict[str, Any]) -> tuple[str, ...]:
    """What `pay` may name of them."""
    hedges: tuple[Hedge, ...] = sections["hedges"]
    return (
        *(f"{one.name}.{part}" for one in sections["facilities"] for part in ("interest", "fee")),
        *(f"{one.name}.fee" for one in sections["guarantees"]),
        *(f"{one.name}{part}" for one in hedges for part in ("", *(f".{end}" for end in terminations(one)))),
    )


@st.composite
def _coupon(draw: st.DrawFn) -> Coupon:
    spread = draw(st.sampled_from((-0.03, 0.0, 0.0125, 0.06)))
    if draw(st.booleans()):
        return Coupon(spread=spread)
    floor = draw(st.sampled_from((None, 0.0)))
    return Coupon(spread=spread, index="SOFR", floor=floor, cap=draw(st.sampled_from((None, 0.05))))


@st.composite
def _facility(draw: st.DrawFn, name: str, early: Scope, late: Scope, dates: Dates, dues: Any) -> Facility:
    return Facility(
        name=name,
        commitment=formula(Binary("*", Number(0.2), draw(money(early, depth=1)).tree)),
        coupon=draw(_coupon()),
        commitment_fee=draw(st.sampled_from((0.0, 0.004))),
        **draw(_availability(late, dates, dues)),
    )


@st.composite
def _guarantee(draw: st.DrawFn, name: str, early: Scope, late: Scope, dates: Dates, dues: Any) -> Guarantee:
    days = draw(st.lists(st.sampled_from(dates), max_size=2, unique=True))
    return Guarantee(
        name=name,
        limit=formula(Binary("*", Number(0.3), draw(money(early, depth=1)).tree)),
        steps=tuple((day, round(early.size * 0.1 / (k + 1), 2)) for k, day in enumerate(sorted(days))),
        fee=draw(st.sampled_from((0.0, 0.01))),
        reimbursed=draw(st.booleans()),
        reinstated=draw(st.booleans()),
        **draw(_availability(late, dates, dues)),
    )


@st.composite
def _availability(draw: st.DrawFn, late: Scope, dates: tuple[dt.date, ...], dues: Any) -> dict[str, Any]:
    return {
        "covers": draw(dues),
        "available": draw(st.one_of(st.none(), conditions(late, depth=1))),
        "until": draw(st.one_of(st.none(), st.sampled_from(dates))),
        "day_count": draw(st.sampled_from((None, *DAY_COUNTS))),
    }


@st.composite
def _hedge(draw: st.DrawFn, name: str, early: Scope, late: Scope, dates: Dates, to: str) -> Swap | Cap:
    days = sorted(draw(st.lists(st.sampled_from(dates), min_size=2, max_size=2, unique=True)))
    start, end = draw(st.sampled_from(((None, None), (days[0], days[1]), (None, days[1]))))
    day_count, other = (draw(st.sampled_from((None, *DAY_COUNTS))) for _ in range(2))
    shared: dict[str, Any] = {
        "name": name,
        "notional": draw(st.one_of(money(early, depth=1), st.just(formula(Number(early.size))))),
        "day_count": day_count, "start": start, "end": end, "to": to,
    }  # fmt: skip
    if draw(st.booleans()):
        premium = formula(Number(round(early.size * 1e-3, 2)))
        return Cap(
            index="SOFR",
            strike=draw(st.sampled_from(STRIKES)),
            premium=draw(st.sampled_from((None, premium))),
            termination=draw(st.one_of(st.none(), _termination(late, stated=True))),
            **shared,
        )
    fixed, floating = Coupon(spread=draw(st.sampled_from((0.02, 0.04)))), Coupon(spread=0.001, index="SOFR", floor=0.0)
    pay, receive = draw(st.permutations((fixed, floating)))
    termination = draw(st.one_of(st.none(), _termination(late, stated=False)))
    return Swap(pay=pay, receive=receive, pay_day_count=other, termination=termination, **shared)


@st.composite
def _termination(draw: st.DrawFn, late: Scope, stated: bool) -> Termination:
    events = draw(st.sampled_from(("when", "counterparty", "both")))
    return Termination(
        when=draw(conditions(late, depth=1)) if events != "counterparty" else None,
        counterparty=draw(conditions(late, depth=1)) if events != "when" else None,
        value=draw(money(late, depth=1)) if stated or draw(st.booleans()) else None,
        recovery=draw(st.sampled_from((1.0, 0.4))),
    )


@st.composite
def _ledgers(draw: st.DrawFn, names: tuple[str, ...], early: Scope, accounts: tuple[str, ...]) -> list[Ledger]:
    losses = formula(Binary("*", Number(draw(st.sampled_from((0.02, 0.5)))), Name("collections")))
    if "collections.loss" in early.money and draw(st.booleans()):
        losses = formula(Name("collections.loss"))
    return [Ledger(name=name, tranche=name.removeprefix("p_"), to=accounts[0], losses=losses) for name in names]
