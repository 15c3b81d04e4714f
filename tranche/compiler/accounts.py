"""Accounts: what they hold at closing, and the interest that they earn."""

from __future__ import annotations

from tranche.deal import Formula
from tranche.program import Claim, Op

from .context import AccountRegisters, Context
from .coupon import lent
from .values import Value, series
from .wording import details


def declare(context: Context) -> None:
    """A register for every account, with what is paid in at closing."""
    for account in context.deal.accounts:
        assert not isinstance(account.initial, Formula)  # resolved
        balance = context.emitter.state(f"{account.name}.balance", account.initial)
        context.accounts[account.name] = AccountRegisters(account, balance)
        context.claims.append(Claim(account.name, "account", account.initial))


def earn(context: Context) -> None:
    """Interest on what each account held at the last close: first of all, before anything comes in."""
    emitter = context.emitter
    earned: dict[str, Value] = {}
    for name, account in context.accounts.items():
        terms = account.terms
        if terms.earns is not None:
            years = series(context.year_fractions(terms.day_count))
            rate = emitter.compute(Op.MUL, lent(context, terms.earns), years, name="accrual")
            earned[name] = emitter.frozen(emitter.compute(Op.MUL, account.balance, rate, name=f"{name} earned"))
            context.define(f"{name}.earned", earned[name])
    for name, amount in earned.items():
        terms = context.accounts[name].terms
        with emitter.step(f"accounts.{name}.earns", f"{name}: interest earned", details=details(terms)):
            context.receive(name, "earned", amount, terms.earnings_to)
