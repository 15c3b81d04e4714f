"""The check of the collateral with the whole deal in view: its cash, its factors, whom it secures, who buys it."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.collateral import miner_names
from tranche.collateral.names import factor_fields, nested
from tranche.collateral.terms import Collections, Miner, fleet_of
from tranche.deal import Deal, Debt
from tranche.errors import Problem, nearest
from tranche.terms.dates import PaymentDates

from .check_debts import proceeds_problems
from .check_steps import problem


def collateral_problems(deal: Deal, dates: PaymentDates) -> Iterator[Problem]:
    """Everything that is wrong with the collateral, what is lent on it, and the call that buys it."""
    yield from _earns(deal, dates)
    yield from _base(deal)
    yield from _clean_up(deal, dates)


def _earns(deal: Deal, dates: PaymentDates) -> Iterator[Problem]:
    if isinstance(deal.collateral, Collections):
        if set(deal.collateral.components) <= {"loss"}:
            yield problem(
                deal, "collateral.collections.components", "no component is cash", "for instance [cash, loss]"
            )
        for name, amounts in deal.collateral.amounts:
            if len(amounts) != dates.periods:
                what, fix = f"{name}: {len(amounts)} amounts", f"one for each of the {dates.periods} payment dates"
                yield problem(deal, "collateral.collections.amounts", what, fix)
        return
    factors, fleet = {factor.name for factor in deal.market.factors}, fleet_of(deal.collateral)
    found = [] if fleet is None else list(factor_fields(fleet))
    if isinstance(deal.collateral, Miner):
        found = [*miner_names.miner_factors(deal.collateral), *((nested(path), name) for path, name in found)]
        yield from _pledges(deal, deal.collateral)
    for path, name in found:
        if name not in factors:
            yield problem(
                deal,
                path,
                f"unknown market factor {name!r}",
                nearest(name, factors) if factors else f"state it: market.factors.{name}",
            )


def _pledges(deal: Deal, miner: Miner) -> Iterator[Problem]:
    """Coins are pledged to a debt, and a debt is secured by one treasury."""
    debts = [tranche.name for tranche in deal.tranches if isinstance(tranche, Debt)]
    secured: dict[str, str] = {}
    for held in miner.treasury:
        if held.pledge is None:
            continue
        path = f"collateral.miner.treasury.{held.name}.pledge.to"
        if held.pledge.to not in debts:
            yield problem(deal, path, f"unknown debt {held.pledge.to!r}", nearest(held.pledge.to, debts))
        elif held.pledge.to in secured:
            what = f"{held.pledge.to!r} is secured by {secured[held.pledge.to]!r} already"
            yield problem(deal, path, what, "a debt for each treasury: each has its own loan to value")
        secured[held.pledge.to] = held.name


def _base(deal: Deal) -> Iterator[Problem]:
    debts = {tranche.name for tranche in deal.tranches if isinstance(tranche, Debt)}
    for k, name in enumerate(deal.borrowing_base.debts if deal.borrowing_base is not None else ()):
        if name not in debts:
            yield problem(deal, f"borrowing_base.debts[{k}]", f"unknown debt {name!r}", nearest(name, debts))


def _clean_up(deal: Deal, dates: PaymentDates) -> Iterator[Problem]:
    terms = deal.clean_up
    if terms is None:
        return
    if not isinstance(deal.collateral, Collections):
        what = "machines and coins are sold by their own rules, not by a clean-up call"
        yield problem(deal, "clean_up", what, "a `call` of each debt, whose proceeds the sponsor pays")
    if not any(isinstance(tranche, Debt) for tranche in deal.tranches):
        yield problem(deal, "clean_up", "there is no debt to call", "leave it out")
    if terms.first is not None and terms.first >= dates.dates[-1]:
        what = f"the collateral can be bought from {terms.first} on, and the last payment date is {dates.dates[-1]}"
        yield problem(deal, "clean_up.first", what, "an earlier date")
    yield from proceeds_problems(deal, dates, "clean_up.proceeds", terms.proceeds)
