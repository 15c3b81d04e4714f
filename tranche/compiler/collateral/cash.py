"""The user's own cash: every component but `loss` is collected."""

from __future__ import annotations

from tranche.collateral.terms import Collections
from tranche.compiler.context import Context
from tranche.compiler.values import Value
from tranche.program import Op


def declare(context: Context, terms: Collections) -> None:
    """An input register for every component."""
    for component in terms.components:
        context.define(f"collections.{component}", context.emitter.input(f"collections.{component}"))


def lower(context: Context, terms: Collections) -> Value:
    parts = [context.names[f"collections.{name}"]() for name in terms.components if name != "loss"]
    amount = parts[0]
    for part in parts[1:]:
        amount = context.emitter.compute(Op.ADD, amount, part, name="collections")
    return amount
