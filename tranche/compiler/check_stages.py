"""The check that a formula reads nothing that its stage of the period does not know yet (DESIGN: stages 1 to 7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tranche.deal import CoverageTest, Deal, Debt
from tranche.deal.formula import Expr
from tranche.errors import Problem

from .check_steps import problem
from .names import MEASURED, STATUS_NAMES, cure_formulas, status_formulas, test_names, used_names


def stage_problems(deal: Deal) -> Iterator[Problem]:
    """Fees accrue before dues are known; tests are read in order, before the status. `prev(…)` may read anything."""
    tests, status = deal.tests, set(STATUS_NAMES)
    dues = {"debt_service", "fees.due"}
    dues |= {f"{name}.due" for fee in deal.fees for name in (fee.name, f"{fee.name}.excess")}
    for tranche in deal.tranches:
        if isinstance(tranche, Debt):
            dues |= {f"{tranche.name}.{part}" for part in ("interest.due", "principal.due", "debt_service")}
    for fee in deal.fees:
        for field, formula in fee.formulas.items():
            early = reads_now(deal, formula.tree) & (dues | status | _fields(tests))
            yield from _report(deal, f"fees.{fee.name}.{field}", early, "fees accrue before it is known")
    for k, test in enumerate(deal.tests):
        for field in ("numerator", "denominator"):
            early = reads_now(deal, getattr(test, field).tree) & (status | _fields(tests[k:]))
            early -= test_names(test)  # that is a circle
            yield from _report(deal, f"tests.{test.name}.{field}", early, "it is not known when this test is read")
        measured = {test.name} | {f"{test.name}.{field}" for field in MEASURED}
        for field, formula in cure_formulas(test):
            early = reads_now(deal, formula.tree) & (status | _fields(tests[k:])) - measured
            yield from _report(deal, f"tests.{test.name}.{field}", early, "it is not known when this test is cured")
    for field, formula in status_formulas(deal):
        early = reads_now(deal, formula.tree) & status
        yield from _report(deal, f"status.{field}", early, "it is what this formula decides")


def known_late(deal: Deal) -> set[str]:
    """Names that are known once the tests have been read."""
    return set(STATUS_NAMES) | _fields(deal.tests)


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
