"""Stage 2 of a period: what the collateral brings in, by kind."""

from __future__ import annotations

from collections.abc import Callable

from tranche.collateral.terms import Collections, Fleet
from tranche.program import Claim, Op

from . import fleet
from .context import Context
from .values import Value
from .wording import details


def declare(context: Context) -> None:
    """Input registers: every component of the user's cash, or every market factor, in order."""
    deal, emitter = context.deal, context.emitter
    if isinstance(deal.collateral, Collections):
        for component in deal.collateral.components:
            lane = emitter.input(f"collections.{component}")
            context.names[f"collections.{component}"] = _reader(lane)
    for factor in deal.market.factors:
        context.names[f"market.{factor.name}"] = _reader(emitter.input(f"market.{factor.name}"))
    context.claims.append(Claim("collateral", "collateral"))


def _reader(value: Value) -> Callable[[], Value]:
    return lambda: value


def lower(context: Context) -> None:
    """Compute the period's collections and put them into the collection account."""
    deal, emitter = context.deal, context.emitter
    with emitter.step("collateral", "collections of the period", details=details(deal.collateral)):
        if isinstance(deal.collateral, Fleet):
            amount = fleet.lower(context, deal.collateral)
        else:
            amount = _cash(context, deal.collateral)
        context.names["collections"] = _reader(amount)
        total, record = context.total("collateral", "collections", side=1)
        emitter.emit(Op.RECEIVE, context.cash, amount, total, record=record)


def _cash(context: Context, terms: Collections) -> Value:
    parts = [context.names[f"collections.{name}"]() for name in terms.components if name != "loss"]
    amount = parts[0]
    for part in parts[1:]:
        amount = context.emitter.compute(Op.ADD, amount, part, name="collections")
    return amount
