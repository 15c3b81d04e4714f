"""The check of facilities, guarantees, hedges and ledgers: what they name exists, and a swap can be valued."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.collateral.terms import Collections
from tranche.deal import Coupon, Deal, Debt, Hedge, Swap
from tranche.errors import Problem, nearest

from .check_steps import problem
from .coupon import is_known_at_closing
from .names import due_names, on_curve


def support_problems(deal: Deal) -> Iterator[Problem]:
    """Everything that is wrong with the four sections, with places."""
    debts = {tranche.name for tranche in deal.tranches if isinstance(tranche, Debt)}
    accounts = {account.name for account in deal.accounts}
    dues = due_names(deal) | debts
    for section in ("facilities", "guarantees"):
        for credit in getattr(deal, section):
            for k, name in enumerate(credit.covers):
                if name not in dues:
                    path = f"{section}.{credit.name}.covers[{k}]"
                    yield problem(deal, path, f"unknown due {name!r}", nearest(name, dues))
    if isinstance(deal.collateral, Collections):
        for component, account in deal.collateral.route:
            if account not in accounts:
                path = f"collateral.collections.route.{component}"
                fix = nearest(account, accounts) if accounts else f"state it: accounts.{account}: {{}}"
                yield problem(deal, path, f"unknown account {account!r}", fix)
    for facility in deal.facilities:
        yield from coupon_problems(deal, f"facilities.{facility.name}.coupon", facility.coupon)
    for hedge in deal.hedges:
        yield from _hedge(deal, hedge, accounts | {"cash"})
    for ledger in deal.ledgers:
        path = f"ledgers.{ledger.name}"
        if ledger.tranche not in debts:
            fix = nearest(ledger.tranche, debts) if debts else "a debt tranche"
            yield problem(deal, f"{path}.tranche", f"unknown debt tranche {ledger.tranche!r}", fix)
        if ledger.to not in accounts:
            fix = nearest(ledger.to, accounts) if accounts else f"state it: accounts.{ledger.to}: {{}}"
            yield problem(deal, f"{path}.to", f"unknown account {ledger.to!r}", fix)


def _hedge(deal: Deal, hedge: Hedge, accounts: set[str]) -> Iterator[Problem]:
    path = f"hedges.{hedge.name}"
    if hedge.to not in accounts:
        yield problem(deal, f"{path}.to", f"unknown account {hedge.to!r}", nearest(hedge.to, accounts))
    if not isinstance(hedge, Swap):
        yield from index_problems(deal, f"{path}.index", hedge.index)
        return
    for field in ("pay", "receive"):
        yield from coupon_problems(deal, f"{path}.{field}", getattr(hedge, field))
    terms = hedge.termination
    if terms is not None and terms.value is None and not on_curve(deal, hedge):
        what = "its value cannot be read off a curve: no leg follows a reference rate"
        yield problem(deal, f"{path}.termination.value", what, "state value: a formula, money, positive for the deal")


def coupon_problems(deal: Deal, path: str, coupon: Coupon) -> Iterator[Problem]:
    """What is wrong with a rate that is no tranche's: its index, and margins."""
    yield from index_problems(deal, path, coupon.index)
    if coupon.margins:
        yield problem(deal, f"{path}.margins", "a margin by condition", "margins are for the coupons of tranches")


def index_problems(deal: Deal, path: str, index: str | None) -> Iterator[Problem]:
    """What is wrong with the name of an index: a reference rate, or a factor whose value at closing is known."""
    rates, factors = {rate.name for rate in deal.market.rates}, {factor.name for factor in deal.market.factors}
    known = rates | factors
    if index is None:
        return
    if index not in known:
        fix = nearest(index, known) if known else f"state it: market.rates.{index}"
        yield problem(deal, path, f"unknown reference rate {index!r}", fix)
    elif index in rates & factors:
        yield problem(deal, path, f"{index!r} is a reference rate and a market factor", "rename one of them")
    elif index in factors and not is_known_at_closing(deal, index):
        what = f"the factor {index!r} has no value at closing"
        yield problem(deal, path, what, "a short_rate, or a factor with `initial`")
