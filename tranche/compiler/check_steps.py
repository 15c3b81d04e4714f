"""The check of waterfall steps: each names something that its verb can act on, and pays into no closed account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from tranche.collateral.terms import Miner
from tranche.deal import Deal, Debt, Residual, Step
from tranche.deal.step import SHARING
from tranche.errors import Problem, nearest
from tranche.terms.dates import PaymentDates

from .names import due_names


def problem(deal: Deal, path: str, what: str, fix: str = "") -> Problem:
    """A problem with its place in the deal's file."""
    return Problem(what, fix, deal.source.place(path))


def payable(deal: Deal) -> set[str]:
    """What `pay` may name."""
    return due_names(deal) | {tranche.name for tranche in deal.tranches if isinstance(tranche, Residual)}


def step_problems(deal: Deal, dates: PaymentDates, path: str, step: Step) -> Iterator[Problem]:
    debts = {tranche.name for tranche in deal.tranches if isinstance(tranche, Debt)}
    accounts = {account.name for account in deal.accounts}
    coins = {held.name for held in deal.collateral.treasury} if isinstance(deal.collateral, Miner) else set()
    dues = due_names(deal)
    credits = {one.name for one in deal.facilities} | {one.name for one in deal.guarantees}
    allowed = {
        "pay": payable(deal),
        "sweep": {f"{name}.principal" for name in debts},
        "fund": {account.name for account in deal.accounts if account.target is not None},
        "draw": accounts | coins | credits | {debt.name for debt in deal.tranches if getattr(debt, "draws", None)},
        "repay": debts | {one.name for one in deal.facilities} | {one.name for one in deal.guarantees if one.repays},
        "settle": {hedge.name for hedge in deal.hedges},
        "write_down": debts,
        "write_up": debts,
        "release": {account.name for account in deal.accounts if account.target is not None},
        "transfer": accounts | {"cash"},
    }[step.verb]
    for target in step.targets:
        if target not in allowed:
            yield _wrong_target(deal, f"{path}.{step.verb}", target, allowed, accounts, debts)
    for item in step.cover:
        if item not in dues | debts:
            yield problem(deal, f"{path}.for", f"unknown due {item!r}", nearest(item, dues | debts))
    yield from _credit(deal, path, step, credits)
    for field, name in (("from", step.source), ("to", step.to)):
        if name not in accounts | {"cash"}:
            yield problem(deal, f"{path}.{field}", f"unknown account {name!r}", nearest(name, accounts | {"cash"}))
    yield from _modifiers(deal, path, step, accounts)
    into = set(step.targets) if step.verb in ("fund", "transfer") else {step.to} - {"cash"}
    for account in deal.accounts:
        if account.name in into and account.closes is not None:
            yield from _closed(deal, dates, path, step, account.name, account.closes)


def _credit(deal: Deal, path: str, step: Step, credits: set[str]) -> Iterator[Problem]:
    """Draws of facilities and guarantees, and what they cannot do."""
    drawn = [name for name in step.targets if name in credits]
    if step.verb == "draw" and drawn:
        covers = {one.name: one.covers for one in deal.facilities}
        covers |= {one.name: one.covers for one in deal.guarantees}
        for name in drawn:
            if not step.cover and not covers[name]:
                what = f"it is not said what {name!r} covers"
                yield problem(deal, f"{path}.draw", what, "add for: [senior.interest]")
        if step.share is not None:
            yield problem(deal, f"{path}.share", f"{drawn[0]!r} holds no money to take a share of", "a limit")
    for ledger in deal.ledgers:
        if ledger.name in step.targets and ledger.to == step.source:
            what = f"{ledger.name!r} is cured from {step.source!r} into the same account"
            yield problem(deal, f"{path}.{step.verb}", what, "pay it from another account than ledgers…to")


def _wrong_target(
    deal: Deal, path: str, target: str, allowed: set[str], accounts: set[str], debts: set[str]
) -> Problem:
    head = target.split(".", maxsplit=1)[0]
    if target in debts and path.endswith("draw"):
        return problem(deal, path, f"{target!r} has no draws", f"give it some: tranches.{target}.draws")
    if target in debts:
        return problem(deal, path, f"{target!r} is a debt with two dues", f"{target}.interest or {target}.principal")
    if target in accounts:
        fix = (
            f"give it one (accounts.{target}.target)"
            if path.endswith(("fund", "release"))
            else nearest(target, allowed)
        )
        return problem(
            deal,
            path,
            f"account {target!r} has no target" if path.endswith(("fund", "release")) else f"{target!r} is an account",
            fix,
        )
    residuals = {tranche.name for tranche in deal.tranches if isinstance(tranche, Residual)}
    if head != target and head in residuals:
        return problem(deal, path, f"{head!r} is a residual: nothing of it falls due", f"pay: {head}")
    if head != target and head not in debts:
        return problem(deal, path, f"unknown tranche {head!r}", nearest(head, debts))
    if head == target:
        return problem(deal, path, f"unknown tranche, fee or account {target!r}", nearest(target, allowed))
    return problem(deal, path, f"unknown target {target!r}", nearest(target, allowed))


def _kind(target: str, accounts: set[str], debts: set[str], coins: set[str]) -> str:
    return "account" if target in accounts else "debt" if target in debts else "coins" if target in coins else ""


def _modifiers(deal: Deal, path: str, step: Step, accounts: set[str]) -> Iterator[Problem]:
    residuals = [t.name for t in deal.tranches if isinstance(t, Residual) and t.name in step.targets]
    if step.group == "pro_rata" and residuals and len(step.targets) > 1:
        yield problem(
            deal,
            f"{path}.{step.verb}",
            f"pro rata goes by what each is due, and residual {residuals[0]!r} takes whatever is left",
            "a step of its own, with a share",
        )
    if step.group == "pro_rata" and step.verb not in SHARING:
        yield problem(
            deal, f"{path}.{step.verb}", f"{step.verb} has no dues to share by", "targets in order: sequential"
        )
    debts = {tranche.name for tranche in deal.tranches if isinstance(tranche, Debt)}
    coins = {held.name for held in deal.collateral.treasury} if isinstance(deal.collateral, Miner) else set()
    kinds = {_kind(target, accounts, debts, coins) for target in step.targets}
    if step.verb in ("draw", "repay") and len(kinds) > 1:
        what = f"accounts, debts, coins and lenders in one step: {', '.join(step.targets)}"
        yield problem(deal, f"{path}.{step.verb}", what, "a step for each kind")
    if step.short == "capitalise" and not {f"{debt}.interest" for debt in debts} & set(step.targets):
        yield problem(
            deal, f"{path}.short", "this step pays no interest that could be capitalised", "pay: TRANCHE.interest"
        )
    other = step.to if step.verb in ("draw", "release") else step.source
    if step.verb in ("draw", "release", "fund", "transfer") and other in step.targets:
        yield problem(deal, f"{path}.{step.verb}", f"{other!r} would be moved into itself", "two different accounts")


def _closed(deal: Deal, dates: PaymentDates, path: str, step: Step, account: str, closes: dt.date) -> Iterator[Problem]:
    late = [
        date
        for date in dates.dates
        if date > closes and (step.after is None or date >= step.after) and (step.until is None or date <= step.until)
    ]
    if late:
        yield problem(
            deal,
            f"{path}.{step.verb}",
            f"account {account!r} closes on {closes}, but this step pays into it on {late[0]}"
            + (f" and {len(late) - 1} later dates" if len(late) > 1 else ""),
            f"until: {closes}, or a later accounts.{account}.closes",
        )
