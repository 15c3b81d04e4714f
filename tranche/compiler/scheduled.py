"""What a debt owes by its schedule, when everything is paid when it falls due: known ahead, for targets and ratios."""

from __future__ import annotations

from functools import partial

from tranche.deal import Deal, Debt

from .context import Context
from .coupon import fixed, known_ahead
from .instalments import numbers
from .principal import instalments
from .values import Lane, Value, series

FIELDS = ("interest", "principal", "debt_service", "balance")
KINDS = ("bullet", "level", "annuity", "schedule", "sculpted")


def has_schedule(deal: Deal, debt: Debt) -> bool:
    """Whether its interest and principal depend on the period alone as long as they are paid."""
    return (
        known_ahead(deal, debt)
        and debt.amortisation.kind in KINDS
        and debt.draws is None
        and debt.strip is None
        and debt.pik is None
        and not debt.extensions
    )


def scheduled_names(deal: Deal) -> set[str]:
    """`X.scheduled.interest`, `.principal`, `.debt_service` and `.balance` (after the date) of every debt with one."""
    debts = [debt.name for debt in deal.tranches if isinstance(debt, Debt) and has_schedule(deal, debt)]
    return {f"{name}.scheduled.{field}" for name in debts for field in FIELDS}


def declare_names(context: Context) -> None:
    for debt in context.deal.tranches:
        if isinstance(debt, Debt) and has_schedule(context.deal, debt):
            for field in FIELDS:
                context.names[f"{debt.name}.scheduled.{field}"] = partial(_read, context, debt, field)


def _read(context: Context, debt: Debt, field: str) -> Value:
    return series(schedule(context, debt)[field])


def schedule(context: Context, debt: Debt) -> dict[str, list[float]]:
    """Each of FIELDS by date [T]."""
    rate = fixed(context, debt)
    assert not isinstance(rate, Lane)
    years = context.year_fractions(debt.day_count)
    accrual = [one * part for one, part in zip(numbers(rate, context.periods), years, strict=True)]
    amounts = instalments(context, debt, series(accrual))
    assert not isinstance(amounts, Lane)
    found: dict[str, list[float]] = {field: [] for field in FIELDS}
    balance = debt.at_closing
    for period, instalment in enumerate(numbers(amounts, context.periods)):
        interest, principal = balance * accrual[period], min(balance, instalment)
        balance -= principal
        for field, amount in zip(FIELDS, (interest, principal, interest + principal, balance), strict=True):
            found[field].append(amount)
    return found
