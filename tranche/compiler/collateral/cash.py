"""The user's own cash: every component but `loss` is collected."""

from __future__ import annotations

from tranche.collateral.terms import Collections
from tranche.compiler.context import Context
from tranche.compiler.values import ZERO, Value
from tranche.program import Op


def declare(context: Context, terms: Collections) -> None:
    """An input register for every component."""
    for component in terms.components:
        context.define(f"collections.{component}", context.emitter.input(f"collections.{component}"))


def lower(context: Context, terms: Collections) -> Value:
    """All that is collected: after a clean-up call the buyer has it."""
    if context.cleaned_up is not None:
        for name in (f"collections.{component}" for component in terms.components):
            collected = context.names[name]()
            context.define(name, context.emitter.compute(Op.SELECT, context.cleaned_up, ZERO, collected, name=name))
    return _sum(context, [name for name in terms.components if name != "loss"])


def routed(context: Context, terms: Collections) -> dict[str, Value]:
    """What enters each account that components are routed to."""
    accounts = dict.fromkeys(account for _, account in terms.route)
    return {
        account: _sum(context, [name for name, to in terms.route if to == account]) for account in accounts
    }


def unrouted(context: Context, terms: Collections) -> Value:
    """What enters the collection account."""
    elsewhere = {"loss", *(name for name, _ in terms.route)}
    return _sum(context, [name for name in terms.components if name not in elsewhere])


def _sum(context: Context, components: list[str]) -> Value:
    amount: Value = ZERO
    for name in components:
        amount = context.emitter.compute(Op.ADD, amount, context.names[f"collections.{name}"](), name="collections")
    return amount
