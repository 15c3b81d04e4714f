"""Stage 2 of a period: what the collateral brings in. One module for each kind; `MODELS` knows them by their class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tranche.collateral.terms import Collections, Fleet, Miner
from tranche.compiler.context import Context
from tranche.compiler.values import ZERO, Value
from tranche.compiler.wording import details
from tranche.program import Claim

from . import cash, fleet, miner

# class of the terms → what declares its inputs, and what lowers it to the period's collections
MODELS: Mapping[type, tuple[Callable[[Context, Any], None], Callable[[Context, Any], Value]]] = {
    Collections: (cash.declare, cash.lower),
    Fleet: (fleet.declare, fleet.lower),
    Miner: (miner.declare, miner.lower),
}


def declare(context: Context) -> None:
    """Input registers: what the model reads, then every market factor, in order."""
    deal, emitter = context.deal, context.emitter
    context.claims.append(Claim("collateral", "collateral"))
    MODELS[type(deal.collateral)][0](context, deal.collateral)
    for column in deal.market.columns:
        context.define(f"market.{column}", emitter.input(f"market.{column}"))


def lower(context: Context) -> None:
    """Compute the period's collections and put them into the collection account."""
    deal, emitter = context.deal, context.emitter
    with emitter.step("collateral", "collections of the period", details=details(deal.collateral)):
        amount = MODELS[type(deal.collateral)][1](context, deal.collateral)
        context.define("collections", amount)
        context.total("collateral", "collections", side=1)  # a record even where nothing ever comes in
        routed = cash.routed(context, deal.collateral) if isinstance(deal.collateral, Collections) else {}
        for account, part in routed.items():
            context.receive("collateral", "collections", part, account)
        if routed:
            assert isinstance(deal.collateral, Collections)
            amount = cash.unrouted(context, deal.collateral)
        if amount != ZERO:
            context.receive("collateral", "collections", amount, "cash")
