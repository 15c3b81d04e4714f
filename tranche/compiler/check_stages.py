"""The check that a formula reads nothing that its stage of the period does not know yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tranche.collateral.miner_names import called_names
from tranche.collateral.terms import Miner
from tranche.deal import CoverageTest, Deal, Debt
from tranche.deal.formula import Expr
from tranche.errors import Problem

from .check_steps import problem
from .coupon import known_ahead
from .names import (
    MEASURED,
    STATUS_NAMES,
    call_flags,
    cure_formulas,
    due_names,
    formulas,
    status_formulas,
    test_names,
    used_names,
)

ACCRUING = ("facilities", "guarantees", "hedges", "ledgers")  # read as interest accrues, conditions and values aside


def stage_problems(deal: Deal) -> Iterator[Problem]:
    """Fees accrue before dues are known; tests are read in order, before the status, and that before calls. `prev(…)`
    may read anything."""
    tests, status = deal.tests, set(STATUS_NAMES) | call_flags(deal)
    dues = _dues(deal)
    yield from _debts(deal, dues | known_late(deal))
    for fee in deal.fees:
        for field, formula in fee.formulas.items():
            early = reads_now(deal, formula.tree) & (dues | status | _fields(tests))
            yield from _report(deal, f"fees.{fee.name}.{field}", early, "fees accrue before it is known")
    early_names = dues | status | _fields(tests)
    for path, formula in formulas(deal):
        section, _, field = path.partition(".")
        if section in ACCRUING and not field.endswith((".available", ".when", ".counterparty", ".value")):
            early = reads_now(deal, formula.tree) & early_names
            yield from _report(deal, path, early, "interest accrues before it is known")
    for k, test in enumerate(deal.tests):
        for field in ("numerator", "denominator"):
            early = reads_now(deal, getattr(test, field).tree) & (status | _fields(tests[k:]))
            early -= test_names(test)  # that is a circle
            yield from _report(deal, f"tests.{test.name}.{field}", early, "it is not known when this test is read")
        measured = {test.name} | {f"{test.name}.{field}" for field in MEASURED}
        for field, formula in cure_formulas(test):
            early = reads_now(deal, formula.tree) & (status | _fields(tests[k:])) - measured
            yield from _report(deal, f"tests.{test.name}.{field}", early, "it is not known when this test is cured")
    if deal.borrowing_base is not None:
        for field, formula in deal.borrowing_base.formulas():
            early = reads_now(deal, formula.tree) & (dues | status | _fields(tests))
            yield from _report(deal, f"borrowing_base.{field}", early, "the base is drawn up before it is known")
    for field, formula in status_formulas(deal):
        read = reads_now(deal, formula.tree)
        yield from _report(deal, f"status.{field}", read & set(STATUS_NAMES), "it is what this formula decides")
        yield from _report(deal, f"status.{field}", read & call_flags(deal), "calls come after the status")
    yield from _calls(deal)


def _calls(deal: Deal) -> Iterator[Problem]:
    """The clean-up call comes first, then the debts' calls in the order of the file."""
    unknown, why = call_flags(deal), "it is not known when this call is decided"
    if deal.clean_up is not None:
        for field, formula in deal.clean_up.formulas.items():
            yield from _report(deal, f"clean_up.{field}", reads_now(deal, formula.tree) & unknown, why)
        unknown -= {"clean_up.called"}
    for debt in deal.tranches:
        if isinstance(debt, Debt) and debt.call is not None and debt.call.when is not None:
            early = reads_now(deal, debt.call.when.tree) & unknown
            yield from _report(deal, f"tranches.{debt.name}.call.when", early, why)
        unknown -= {f"{debt.name}.called"}


def _dues(deal: Deal) -> set[str]:
    """What falls due on a date: known once everything has accrued."""
    found = {"debt_service", "fees.due"}
    found |= {f"{name}.due" for name in due_names(deal)}
    found |= {f"{tranche.name}.debt_service" for tranche in deal.tranches if isinstance(tranche, Debt)}
    if isinstance(deal.collateral, Miner):
        found |= called_names(deal.collateral)
    return found | {f"{hedge.name}.{field}" for hedge in deal.hedges for field in ("notional", "received", "value")}


def accrual_reads_later(deal: Deal) -> set[str]:
    """What is known only after the rates of a date: a condition of a rate reads it of the date before."""
    rates = {
        f"{debt.name}.rate" for debt in deal.tranches if isinstance(debt, Debt) and not known_ahead(deal, debt)
    }
    in_kind = {f"{debt.name}.pik" for debt in deal.tranches if isinstance(debt, Debt)}
    return known_late(deal) | _dues(deal) | rates | in_kind


def _debts(deal: Deal, later: set[str]) -> Iterator[Problem]:
    """Principal and the notional of strips; the available-funds caps may read the fees, principal, and the interest of
    debts without a cap or before them. Conditions of rates need no check: see `resolve.settled`."""
    debts = [tranche for tranche in deal.tranches if isinstance(tranche, Debt)]
    principal = {f"{debt.name}.principal.due" for debt in debts}
    fees = {"fees.due"} | {f"{name}.due" for fee in deal.fees for name in (fee.name, f"{fee.name}.excess")}
    known = fees | principal | {f"{debt.name}.interest.due" for debt in debts if debt.available_funds_cap is None}
    for debt in debts:
        path = f"tranches.{debt.name}"
        amounts = [("amortisation.amount", debt.amortisation.amount, "principal falls due before it is known")]
        if debt.conversion is not None:
            amounts += [("conversion.parity", debt.conversion.parity, "notes convert before it is known")]
        amounts += [("strip", debt.strip, "interest accrues before it is known")]
        for field, formula, why in amounts:
            if formula is not None:
                yield from _report(deal, f"{path}.{field}", reads_now(deal, formula.tree) & later, why)
        cap = debt.available_funds_cap
        if cap is None:
            continue
        for field, formula in (("amount", cap.amount), ("rate", cap.rate)):
            if formula is not None:
                early = reads_now(deal, formula.tree) & (later - known)
                why = "interest accrues before it is known"
                yield from _report(deal, f"{path}.available_funds_cap.{field}", early, why)
        known |= {f"{debt.name}.interest.due"}


def known_late(deal: Deal) -> set[str]:
    """Names that are known once the tests have been read, or later."""
    return set(STATUS_NAMES) | call_flags(deal) | _fields(deal.tests)


def _fields(tests: Sequence[CoverageTest]) -> set[str]:
    return {name for test in tests for name in test_names(test)}


def reads_now(deal: Deal, tree: Expr) -> set[str]:
    """The names that a formula reads now, through definitions and account targets."""
    targets = {f"{account.name}.target": account.target for account in deal.accounts if account.target is not None}
    targets |= {f"{test.name}.cure": test.cure for test in deal.tests if test.cure is not None}
    pending, read = set(used_names(tree, into_prev=False)), set[str]()
    while pending:
        name = pending.pop()
        read.add(name)
        formula = deal.definitions.get(name) or targets.get(name)
        if formula is not None:
            pending |= used_names(formula.tree, into_prev=False) - read
    return read


def _report(deal: Deal, path: str, names: set[str], why: str) -> Iterator[Problem]:
    for name in sorted(names):
        yield problem(deal, path, f"{name!r} cannot be read here: {why}", f"prev({name})")
