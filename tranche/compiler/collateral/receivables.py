"""Invoices that are paid later: how much of each period's billing is paid in which period, from the dates alone."""

from __future__ import annotations

import datetime as dt

import numpy as np

from tranche.collateral.receivables import Receivables
from tranche.compiler.context import Context
from tranche.compiler.values import ONE, ZERO, Constant, Value, series
from tranche.program import Op

from .plan import Array


def lower(context: Context, terms: Receivables, tenant: str | None, billed: Value, pays: Value) -> Value:
    """What a tenant pays in this period of all that it was billed; defines what it owes."""
    emitter = context.emitter
    owner = tenant or "other tenants"
    weights, overdue = shares(context, terms)
    bills = [billed]
    memory = [emitter.state(f"{owner}: billed {k} dates ago") for k in range(1, len(weights))]
    bills += [emitter.frozen(kept) for kept in memory]
    in_time = [emitter.product(bill, series(w), name="paid") for bill, w in zip(bills, weights, strict=True)]
    paid = context.sum(in_time, "paid")
    owed = emitter.state(f"{owner}.receivables")
    before = emitter.frozen(owed)
    if pays != ONE:
        recovered = emitter.product(before, Constant(terms.recovery), name="recovered")
        paid = emitter.compute(Op.SELECT, pays, paid, recovered, name="paid")
    good = emitter.product(billed, Constant(1.0 - terms.dilution), name="invoiced and owed")
    after = emitter.compute(Op.SUB, emitter.compute(Op.ADD, before, good, name="owed"), paid, name="owed")
    after = emitter.compute(Op.SELECT, pays, after, ZERO, name="owed") if pays != ONE else after
    emitter.emit(Op.COPY, owed, after)
    for kept, bill in reversed(list(zip(memory, bills[:-1], strict=True))):
        emitter.emit(Op.COPY, kept, bill)
    if tenant is not None:
        late = [emitter.product(bill, series(w), name="late") for bill, w in zip(bills, overdue, strict=True)]
        total = context.sum(late, "past due")
        context.define(f"{tenant}.receivables", after)
        context.define(
            f"{tenant}.past_due",
            emitter.compute(Op.SELECT, pays, total, ZERO, name="past due") if pays != ONE else total,
        )
    return paid


def shares(context: Context, terms: Receivables) -> tuple[list[Array], list[Array]]:
    """[k][t]: share of what was billed k periods before t that is paid in t, and that is past due at its end."""
    good, late = 1.0 - terms.dilution - terms.late, terms.late
    spans = list(zip(context.dates.starts, context.dates.dates, strict=True))
    due, last = dt.timedelta(days=terms.days_outstanding), dt.timedelta(days=terms.days_outstanding + terms.late_days)

    def share(bill: int, now: int, after: dt.timedelta) -> float:
        """Of the days of one period those that, so much later, lie in another."""
        (a, b), (start, end) = spans[bill], spans[now]
        return max(0, (min(b + after, end) - max(a + after, start)).days) / (b - a).days

    def reached(bill: int, now: int, after: dt.timedelta) -> float:
        (a, b), end = spans[bill], spans[now][1]
        return min(1.0, max(0, (end - (a + after)).days) / (b - a).days)

    paid: list[Array] = []
    overdue: list[Array] = []
    for k in range(len(spans)):
        pairs = [(t - k, t) if t >= k else None for t in range(len(spans))]
        if k and all(spans[t][0] >= spans[t - k][1] + last for t in range(k, len(spans))):
            break  # everything that was invoiced so long ago was due before the period
        paid.append(np.array([good * share(*p, due) + late * share(*p, last) if p else 0.0 for p in pairs]))
        overdue.append(np.array([late * (reached(*p, due) - reached(*p, last)) if p else 0.0 for p in pairs]))
    return paid, overdue
