"""What of a debt's balance falls due on a date, by its amortisation, maturity and extensions."""

from __future__ import annotations

import datetime as dt
import math

from tranche.deal import Debt
from tranche.errors import DealError, Problem
from tranche.program import Op

from . import conversion
from .context import Context, DebtRegisters
from .expressions import lower_formula
from .instalments import maturity_index, numbers, scheduled
from .values import INFINITE, ONE, ZERO, Constant, Lane, Value, is_uniform, series


def lower(context: Context, debt: DebtRegisters) -> None:
    """Principal falls due; what carries was unpaid before and is due again."""
    emitter, terms = context.emitter, debt.terms
    if debt.extended:
        _extend(context, debt)
    if terms.strip is not None:
        return
    owed = _instalment(context, debt)
    if terms.amortisation.carries:
        owed = emitter.compute(Op.ADD, debt.principal, owed, name="owed")
    if terms.amortisation.balloon and terms.amortisation.kind != "none" and not _balloon_is_scheduled(terms):
        balloon = emitter.compute(Op.SELECT, matured(context, debt), INFINITE, ZERO, name="balloon")
        owed = emitter.compute(Op.MAX, owed, balloon, name="owed")
    if terms.conversion is not None:
        owed = conversion.lower(context, debt, owed)
    emitter.emit(Op.MIN, debt.principal, debt.balance, owed)


def _balloon_is_scheduled(terms: Debt) -> bool:
    """Whether the balloon is among the amounts that are known in advance."""
    return not terms.extensions and terms.amortisation.kind not in ("target_balance", "pass_through")


def _instalment(context: Context, debt: DebtRegisters) -> Value:
    emitter, terms = context.emitter, debt.terms.amortisation
    if terms.kind == "none":
        return ZERO
    if terms.kind == "target_balance":
        assert terms.amount is not None
        target = emitter.compute(Op.MAX, ZERO, lower_formula(context, terms.amount), name="target")
        return emitter.compute(Op.MAX, ZERO, emitter.compute(Op.SUB, debt.balance, target), name="instalment")
    if terms.kind == "pass_through":
        assert terms.amount is not None
        return emitter.compute(Op.MAX, ZERO, lower_formula(context, terms.amount), name="instalment")
    if terms.kind == "bullet" and debt.extended:
        return emitter.compute(Op.SELECT, matured(context, debt), Constant(debt.terms.notional), ZERO, name="bullet")
    return instalments(context, debt.terms, debt.accrual)


def instalments(context: Context, debt: Debt, accrual: Value) -> Constant | Value:
    """Principal scheduled for each date; infinite from maturity on under a balloon, so that the balance bounds it."""
    dates, periods = context.dates.dates, context.periods
    known = numbers(accrual, periods) if not isinstance(accrual, Lane) else []
    amounts = scheduled(debt, dates, known, service_of(context, debt))
    if debt.amortisation.balloon and _balloon_is_scheduled(debt):
        last = maturity_index(dates, debt.maturity)
        amounts[last:] = [INFINITE.value] * (periods - last)
    return series(amounts)


def service_of(context: Context, debt: Debt) -> list[float]:
    """Debt service of a sculpted debt by date: CFADS / DSCR. Raises DealError where it is no number."""
    terms = debt.amortisation
    if terms.cfads is None or terms.dscr is None:
        return []
    service = context.emitter.compute(Op.DIV, lower_formula(context, terms.cfads), lower_formula(context, terms.dscr))
    assert not isinstance(service, Lane)  # the check has made sure
    found = numbers(service, context.periods)
    for date, amount in zip(context.dates.dates, found, strict=True):
        if not -math.inf <= amount <= math.inf:
            place = context.deal.source.place(f"tranches.{debt.name}.amortisation")
            fix = "no difference or ratio of amounts that are infinite"
            raise DealError(Problem(f"on {date} CFADS / DSCR is not a number", fix, place))
    return found


def matured(context: Context, debt: DebtRegisters) -> Value:
    """1 from maturity on: the debt's own, or that of the last extension that was taken."""
    found = _from(context, debt.terms.maturity)
    for extension, extended in zip(debt.terms.extensions, debt.extended, strict=True):
        found = context.emitter.compute(Op.SELECT, extended, _from(context, extension.to), found, name="matured")
    return found


def _from(context: Context, maturity: dt.date | None) -> Value:
    last = maturity_index(context.dates.dates, maturity)
    return series([float(t >= last) for t in range(context.periods)])


def _extend(context: Context, debt: DebtRegisters) -> None:
    """On each maturity, the option to extend it; only a debt that was extended before can be extended again."""
    emitter, terms = context.emitter, debt.terms
    dates, maturity = context.dates.dates, terms.maturity
    may: Value = ONE
    for extension, extended in zip(terms.extensions, debt.extended, strict=True):
        taken = ONE if extension.when is None else lower_formula(context, extension.when)
        if may != ONE:
            taken = emitter.compute(Op.AND, may, taken)
        taken = taken if is_uniform(taken) else emitter.frozen(taken)
        here = maturity_index(dates, maturity)
        now = series([float(t == here) for t in range(context.periods)])
        with emitter.only_where(now):
            emitter.emit(Op.NOT, extended, emitter.compute(Op.NOT, taken))
        may, maturity = extended, extension.to
