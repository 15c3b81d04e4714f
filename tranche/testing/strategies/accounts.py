"""Accounts: what they hold at closing and earn; components of the collections that go to them."""

from __future__ import annotations

from hypothesis import strategies as st

from tranche.deal import Account, Coupon, Formula
from tranche.deal.formula import Binary, Name, Number
from tranche.terms.daycounts import DAY_COUNTS

from .formulas import formula

EARNS = (Coupon(spread=0.02), Coupon(spread=-0.01, index="SOFR"), Coupon(spread=0.0, index="SOFR", floor=0.01))


@st.composite
def account_terms(
    draw: st.DrawFn, name: str, target: Formula, accounts: tuple[str, ...], size: float, debt: str
) -> Account:
    """An account with a target; it earns interest as often as not."""
    share = draw(st.sampled_from((0.0, 0.01, 0.2)))
    known: float | Formula = formula(Binary("*", Number(share), Name(f"{debt}.notional")))
    stated: float | Formula = round(size * share, 2)
    return Account(
        name=name,
        target=target,
        initial=draw(st.sampled_from((stated, known))),
        earns=draw(st.one_of(st.none(), st.sampled_from(EARNS))),
        earnings_to=draw(st.sampled_from(("cash", *accounts))),
        day_count=draw(st.sampled_from((None, *DAY_COUNTS))),
    )


@st.composite
def routes(draw: st.DrawFn, components: tuple[str, ...], accounts: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Mostly everything goes to the collection account."""
    if not accounts or draw(st.integers(0, 2)):
        return ()
    cash = st.sampled_from(tuple(name for name in components if name != "loss"))
    routed = draw(st.lists(cash, min_size=1, max_size=2, unique=True))
    return tuple((name, draw(st.sampled_from(accounts))) for name in routed)
