"""Stage 7 of a period: unpaid interest by each tranche's rule, shortfalls, memories, and the levels at the close."""

from __future__ import annotations

from tranche.program import Op

from . import borrowing_base, calls, credit, hedges, ledgers, status
from .collateral import treasury
from .context import Context
from .coupon import keep_fixings
from .expressions import remember
from .values import INFINITE, ZERO
from .verbs.pay import capitalise


def lower(context: Context) -> None:
    emitter = context.emitter
    with emitter.step("close", "close of the period"):
        for name, debt in context.debts.items():
            if debt.pik is not None:
                total, record = context.total(name, "deferred")
                emitter.emit(Op.CAPITALISE, debt.pik, debt.balance, INFINITE, total, record=record)
            if debt.terms.unpaid_interest == "capitalised":
                capitalise(context, name, INFINITE)
            status.at_close(context, name)
            total, record = context.total(name, "shortfall")
            emitter.emit(Op.SHORTFALL, total, debt.interest, debt.principal, record=record)
            emitter.emit(Op.RECORD, debt.balance, record=context.record(name, "balance", debt.balance, flow=False))
            for part in ("commitment_fee", "call_premium"):
                if part in debt.other:
                    emitter.emit(Op.SHORTFALL, total, debt.other[part], ZERO, record=record)
            if debt.terms.unpaid_interest == "cancelled":
                emitter.emit(Op.COPY, debt.interest, ZERO)
        for name, fee in context.fees.items():
            total, record = context.total(name, "shortfall")
            emitter.emit(Op.SHORTFALL, total, fee.unpaid, fee.excess or ZERO, record=record)
        borrowing_base.at_close(context)
        credit.close(context)
        hedges.close(context)
        ledgers.close(context)
        remember(context)
        for name, debt in context.debts.items():
            if debt.terms.unpaid_interest == "carried":
                number = context.record(name, "arrears", debt.interest, flow=False)
                emitter.emit(Op.RECORD, debt.interest, record=number)
            if debt.written is not None:
                number = context.record(name, "written_off", debt.written, flow=False)
                emitter.emit(Op.RECORD, debt.written, record=number)
        calls.at_close(context)
        keep_fixings(context)
        for name, account in context.accounts.items():
            number = context.record(name, "balance", account.balance, flow=False)
            emitter.emit(Op.RECORD, account.balance, record=number)
        treasury.at_close(context)
        emitter.emit(Op.RECORD, context.cash, record=context.record("cash", "balance", context.cash, flow=False))
        for k, named in enumerate(context.records):
            if named.owner in ("status", "borrowing_base") and not named.flow:
                emitter.emit(Op.RECORD, named.register, record=k)
        status.restore(context)
