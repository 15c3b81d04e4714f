"""Fills the symbol table: what each name of `names.known_names` stands for, lowered where and when it is read."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence

import numpy as np

from tranche.deal import CoverageTest
from tranche.deal.formula import Call, Formula
from tranche.market.rates import rate_on
from tranche.program import Op

from .context import Context, DebtRegisters
from .draws import available
from .expressions import lower_formula
from .names import cure_formulas, formulas, used_names, walk
from .values import ZERO, Constant, Lane, Value, series

PARTS = ("interest", "principal")
LATE = ("waterfall", "accounts", "facilities", "guarantees", "clean_up")  # formulas that are read once payments have
TERMS_LATE = (".call.", ".draws.", ".termination.")  # begun, or once acceleration or a call has changed what is due


def declare_symbols(context: Context) -> None:
    """Names that do not depend on the stage. Tests, collections and the fleet add theirs when they are lowered."""
    names, periods = context.names, context.periods
    counted = series(np.arange(1.0, periods + 1))
    last = series([float(t == periods - 1) for t in range(periods)])
    names["period"] = lambda: counted
    names["periods"] = lambda: Constant(float(periods))
    names["final"] = lambda: last
    names["year_fraction"] = lambda: series(context.fractions)
    names["cash"] = lambda: context.cash
    for reference in context.deal.market.rates:
        values = series([rate_on(reference, start) for start in context.dates.starts])
        context.define(f"rates.{reference.name}", values)
    for stated in context.deal.series:
        context.define(stated.name, series(stated.by_date(context.dates.dates)))
    for name, debt in context.debts.items():
        _debt(context, name, debt)
    for target, due in context.dues.items():
        context.define(f"{target}.unpaid", due.unpaid)
    for name, residual in context.residuals.items():
        context.define(f"{name}.notional", Constant(residual.notional))
    for name, account in context.accounts.items():
        context.define(f"{name}.balance", account.balance)
        if account.terms.target is not None:
            names[f"{name}.target"] = _formula(context, account.terms.target)
    for name, formula in context.deal.definitions.items():
        names[name] = _formula(context, formula)


def _formula(context: Context, formula: Formula) -> Callable[[], Value]:
    return lambda: lower_formula(context, formula)


def _debt(context: Context, name: str, debt: DebtRegisters) -> None:
    names = context.names
    context.define(f"{name}.balance", debt.balance)
    context.define(f"{name}.notional", Constant(debt.terms.notional))
    names[f"{name}.rate"] = lambda: debt.rate
    context.define(f"{name}.written_down", debt.written or ZERO)
    if debt.terms.draws is not None:
        names[f"{name}.undrawn"] = lambda: available(context, debt)
    if debt.extended:
        context.define(f"{name}.extended", debt.extended[0])
    if debt.pik is not None:
        context.define(f"{name}.pik", debt.pik)
    if debt.called is not None:
        context.define(f"{name}.called", debt.called)


def dues_of(cover: Sequence[str], debts: Container[str]) -> list[str]:
    """The dues that a draw is for: a debt stands for its interest and principal."""
    return [due for name in cover for due in ([f"{name}.{part}" for part in PARTS] if name in debts else [name])]


def freeze_dues(context: Context) -> None:
    """After accrual: the dues of the date, which payments will eat into. A name that only tests read, before anything
    is paid, needs no copy; one that a step or a target reads later gets one."""
    emitter, names = context.emitter, context.names
    later = context.later = read_later(context)

    def due(name: str, register: Lane) -> Value:
        return emitter.frozen(register) if name in later else register

    for target, owed in context.dues.items():
        context.define(f"{target}.due", due(f"{target}.due", owed.unpaid))
    for name in context.debts:
        names[f"{name}.debt_service"] = total_of(context, [names[f"{name}.{part}.due"]() for part in PARTS])
    parts = [names[f"{name}.{part}.due"]() for name in context.debts for part in PARTS]
    names["debt_service"] = total_of(context, parts)
    names["fees.due"] = total_of(context, [names[f"{name}.due"]() for name in context.fees])


def total_of(context: Context, parts: Sequence[Value]) -> Callable[[], Value]:
    """Reads the sum of the parts, as they are when it is read."""

    def total() -> Value:
        result: Value = ZERO
        for part in parts:
            result = context.emitter.compute(Op.ADD, result, part, name="due")
        return result

    return total


def _held(formula: Formula) -> set[str]:
    """The names inside the `prev(…)` of a formula."""
    calls = (node for node in walk(formula.tree) if isinstance(node, Call) and node.function == "prev")
    return set().union(*(used_names(call) for call in calls))


def _measures(test: CoverageTest) -> set[str]:
    """The names that a test's `cure` and `shortfall` read."""
    sides = (test.numerator, test.denominator, *(formula for _, formula in cure_formulas(test)))
    return set().union(*(used_names(formula.tree) for formula in sides))


def read_later(context: Context) -> set[str]:
    """The dues that are read once payments have begun, or acceleration or a call has raised them: by calls, steps,
    account targets, draws and terminations, and at the close for `prev(…)`; through definitions and sums."""
    deal = context.deal
    pending: set[str] = set()
    for path, formula in formulas(deal):
        late = path.startswith(LATE) or any(part in path for part in TERMS_LATE)
        pending |= used_names(formula.tree) if late else _held(formula)
    cured = {f"{test.name}.{field}": _measures(test) for test in deal.tests for field in ("cure", "shortfall")}
    read: set[str] = set()
    while pending:
        name = pending.pop()
        if name in read:
            continue
        read.add(name)
        if name in deal.definitions:
            pending |= used_names(deal.definitions[name].tree)
        if name == "debt_service":
            pending |= {f"{debt}.debt_service" for debt in context.debts}
        if name == "fees.due":
            pending |= {f"{fee}.due" for fee in context.fees}
        if name.endswith(".debt_service"):
            owner = name.removesuffix(".debt_service")
            pending |= {f"{owner}.interest.due", f"{owner}.principal.due"}
        if name in cured:
            pending |= cured[name]
        if name.endswith(".target"):
            owner = name.removesuffix(".target")
            target = context.accounts[owner].terms.target
            pending |= used_names(target.tree) if target is not None else set()
    return read
