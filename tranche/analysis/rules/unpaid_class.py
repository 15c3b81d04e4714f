"""A tranche, fee or hedge that no step of the deal's own waterfalls pays."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.analysis.subject import Subject, owner_of
from tranche.compiler.check_steps import payable
from tranche.deal import Debt
from tranche.errors import DealWarning

RULE = "unpaid-class"
PAYING = ("pay", "sweep", "repay", "fund", "transfer", "settle")
SECTIONS = ("tranches", "fees", "accounts", "tests", "hedges", "facilities", "guarantees", "ledgers")


def unpaid_class(subject: Subject) -> Iterator[DealWarning]:
    steps = [step for listed in subject.stated.values() for step in listed]
    targets = {target for step in steps if step.verb in PAYING for target in step.targets}
    owners = {owner_of(target) for target in targets}
    debts = {tranche.name: tranche for tranche in subject.deal.tranches if isinstance(tranche, Debt)}
    unowed = {one.name for one in subject.deal.guarantees if not one.fee and not one.repays}
    for name in dict.fromkeys(owner_of(target) for target in sorted(payable(subject.deal))):
        if name in unowed:
            continue
        path = _path(subject, name)
        if name not in owners:
            yield subject.warning(RULE, path, f"no step pays {name}", "add a step that does")
        elif name in debts:
            yield from _dues(subject, path, debts[name], targets)


def _dues(subject: Subject, path: str, debt: Debt, targets: set[str]) -> Iterator[DealWarning]:
    """A debt of which only one due is paid. Interest that is capitalised needs no step; nor does none at all."""
    name = debt.name
    repaid = any(target.startswith(f"{name}.") and target != f"{name}.interest" for target in targets)
    if not repaid and debt.strip is None and name not in targets:
        fix = f"pay: {name}.principal, or sweep: {name}.principal"
        yield subject.warning(RULE, path, f"no step repays {name}", fix)
    free = debt.unpaid_interest == "capitalised" or (debt.coupon.index is None and debt.coupon.spread <= 0)
    if f"{name}.interest" not in targets and not free:
        fix = f"pay: {name}.interest, or unpaid_interest: capitalised"
        yield subject.warning(RULE, path, f"no step pays the interest of {name}", fix)
    at_par = {"call_premium"} if debt.call is not None and not debt.call.has_premium else set[str]()
    for part in debt.dues[2:]:
        if part not in at_par and f"{name}.{part}" not in targets:
            what = f"no step pays the {part.replace('_', ' ')} of {name}"
            yield subject.warning(RULE, path, what, f"pay: {name}.{part}")


def _path(subject: Subject, name: str) -> str:
    """Where the deal states a class: the section that has an item of this name."""
    for section in SECTIONS:
        if any(getattr(item, "name", "") == name for item in getattr(subject.deal, section, ())):
            return f"{section}.{name}"
    return name
