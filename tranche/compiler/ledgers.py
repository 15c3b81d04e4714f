"""Principal deficiency ledgers: losses are debited from the most junior tranche upwards, before the tests."""

from __future__ import annotations

from tranche.deal import Deal, Ledger
from tranche.deal.formula import Expr
from tranche.program import Claim, Op

from .context import Context, Due
from .expressions import lower
from .values import ONE, ZERO


def declare(context: Context) -> None:
    """A register for every ledger, and its name in formulas."""
    for ledger in context.deal.ledgers:
        balance = context.emitter.state(f"{ledger.name}.balance")
        context.dues[ledger.name] = Due(balance, ledger.name, "credited", to=ledger.to)
        context.define(f"{ledger.name}.balance", balance)
        context.claims.append(Claim(ledger.name, "ledger"))


def orders(deal: Deal) -> dict[Expr, list[Ledger]]:
    """The ledgers of each kind of losses, that of the most junior tranche first."""
    rank = deal.ranks
    found: dict[Expr, list[Ledger]] = {}
    for ledger in sorted(deal.ledgers, key=lambda ledger: -rank[ledger.tranche]):
        found.setdefault(ledger.losses.tree, []).append(ledger)
    return found


def debit(context: Context) -> None:
    """The losses of the period."""
    emitter = context.emitter
    for losses, order in orders(context.deal).items():
        senior = order[-1].name
        with emitter.step(f"ledgers.{senior}", f"losses go to {', then '.join(ledger.name for ledger in order)}"):
            left = emitter.compute(Op.MAX, ZERO, lower(context, losses), name="losses")
            for ledger in order:
                balance = context.dues[ledger.name].unpaid
                room = emitter.compute(Op.SUB, context.debts[ledger.tranche].balance, balance, name="room")
                taken = emitter.compute(Op.MIN, left, emitter.compute(Op.MAX, ZERO, room, name="room"), name="debited")
                emitter.emit(Op.ACCRUE, balance, taken, ONE)
                context.flow(ledger.name, "debited", taken)
                left = emitter.compute(Op.SUB, left, taken, name="losses left")
            context.flow(senior, "unallocated", left)


def close(context: Context) -> None:
    for ledger in context.deal.ledgers:
        balance = context.dues[ledger.name].unpaid
        context.emitter.emit(Op.RECORD, balance, record=context.record(ledger.name, "balance", balance, flow=False))
