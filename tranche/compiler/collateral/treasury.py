"""Coins: what the policy sells, what a draw sells, and their levels at the close."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tranche.collateral.miner import Miner
from tranche.collateral.miner_names import CALLED, MINER
from tranche.collateral.treasury import Treasury
from tranche.compiler.context import Context, TreasuryRegisters
from tranche.compiler.values import INFINITE, ONE, ZERO, Constant, Lane, Value
from tranche.deal.formula import Call, Name
from tranche.program import Claim, Op

from .lease import factor

DEFAULTED = Call("prev", (Name("status.default"),))  # 1 on the dates after a default

def declare(context: Context, terms: Treasury) -> None:
    """The coins, free and pledged, and their names."""
    emitter, name = context.emitter, terms.name
    pledged = 0.0 if terms.pledge is None else terms.pledge.coins
    held = context.treasuries[name] = TreasuryRegisters(
        terms=terms,
        free=emitter.state(f"{name}.free", terms.coins - pledged),
        pledged=emitter.state(f"{name}.pledged", pledged) if terms.pledge is not None else ZERO,
    )
    context.claims.append(Claim(name, "treasury"))
    context.define(f"{name}.free", held.free)
    context.define(f"{name}.pledged", held.pledged)
    context.names[f"{name}.coins"] = partial(coins, context, held)
    context.names[f"{name}.value"] = partial(_at_price, context, held, partial(coins, context, held))
    context.names[f"{name}.pledged_value"] = partial(_at_price, context, held, lambda: held.pledged)
    context.names[f"{name}.ltv"] = partial(_ltv, context, held)
    for field in CALLED:
        context.define(f"{name}.{field}", ZERO)


def coins(context: Context, held: TreasuryRegisters) -> Value:
    return context.emitter.compute(Op.ADD, held.free, held.pledged, name="coins")


def price(context: Context, held: TreasuryRegisters) -> Value:
    return factor(context, held.terms.price)


def _at_price(context: Context, held: TreasuryRegisters, number: Callable[[], Value]) -> Value:
    return context.emitter.product(number(), price(context, held), name="value of coins")


def _ltv(context: Context, held: TreasuryRegisters) -> Value:
    if held.terms.pledge is None:
        return ZERO
    owed = context.debts[held.terms.pledge.to].balance
    value = context.emitter.product(held.pledged, price(context, held), name="pledged value")
    return context.emitter.compute(Op.DIV, owed, value, name="loan to value")


def lower(context: Context, miner: Miner, revenue: Value, rest: Value, defaulted: Value) -> Value:
    """What the policies bring in. `revenue`: what was mined, at the date's price; `rest`: other income less cost."""
    emitter, purse = context.emitter, miner.purse
    whole: list[Value] = [] if purse is not None else [revenue]
    need = emitter.compute(Op.SUB, ZERO, rest, name="cost to cover")
    if purse is None:  # what is mined is cash at once
        need = emitter.compute(Op.SUB, need, revenue, name="cost to cover")
    for held in context.treasuries.values():
        mined: Value = ZERO
        if held.terms is purse:
            mined = emitter.compute(Op.DIV, revenue, price(context, held), name="coins mined")
            context.flow(held.terms.name, "mined", mined)
            context.define(f"{MINER}.mined", mined)
            emitter.emit(Op.ACCRUE, held.free, mined, ONE)
        wanted = _wanted(context, held, mined, need)
        wanted = emitter.compute(Op.SELECT, defaulted, INFINITE, wanted, name="coins to sell")
        if wanted == ZERO:
            continue
        proceeds = sell(context, held, held.free, wanted, held.terms.sale_cost)
        need = emitter.compute(Op.SUB, need, proceeds, name="cost to cover")
        whole.append(proceeds)
    if purse is None:
        context.define(f"{MINER}.mined", ZERO)
    parts = list(context.treasuries.values())
    context.names[f"{MINER}.treasury"] = lambda: context.sum(
        [context.names[f"{held.terms.name}.value"]() for held in parts], "treasury"
    )
    return context.sum(whole, "coins sold")


def _wanted(context: Context, held: TreasuryRegisters, mined: Value, need: Value) -> Value:
    """The coins that the policy would sell, however many there are."""
    emitter, terms = context.emitter, held.terms
    if terms.policy == "sell_share":
        return emitter.product(mined, Constant(terms.share), name="coins to sell")
    if terms.policy == "hold_all":
        return ZERO
    return _for(context, held, emitter.compute(Op.MAX, need, ZERO, name="cost to cover"), terms.sale_cost)


def _for(context: Context, held: TreasuryRegisters, amount: Value, cost: float) -> Value:
    """The coins whose sale brings an amount."""
    each = context.emitter.product(price(context, held), Constant(1.0 - cost), name="net price")
    return context.emitter.compute(Op.DIV, amount, each, name="coins to sell")


def sell(context: Context, held: TreasuryRegisters, store: Lane, wanted: Value, cost: float) -> Value:
    """Sell the coins wanted, as many as are in the store; what they bring."""
    emitter = context.emitter
    number = emitter.compute(Op.MIN, emitter.frozen(store), wanted, name="coins sold")
    emitter.emit(Op.SUB, store, store, number)
    context.flow(held.terms.name, "sold", number)
    gross = emitter.product(number, price(context, held), name="coins sold")
    return emitter.product(gross, Constant(1.0 - cost), name="proceeds")


def worth(context: Context, name: str) -> Value:
    """What the free coins would bring."""
    emitter, held = context.emitter, context.treasuries[name]
    gross = emitter.product(held.free, price(context, held), name="value of coins")
    return emitter.product(gross, Constant(1.0 - held.terms.sale_cost), name="net value of coins")


def draw(context: Context, name: str, to: Lane, need: Value, limit: Value, cover: tuple[str, ...] = ()) -> Value:
    """A step sells free coins for what `to` lacks of `need`, within `limit`; what they bring. Where it covers nothing
    but the debt that coins are pledged to, those are sold after the free ones: its lender releases what pays it."""
    emitter, held = context.emitter, context.treasuries[name]
    cost, stores = held.terms.sale_cost, [held.free]
    if cover and held.terms.pledge is not None and all(due.startswith(f"{held.terms.pledge.to}.") for due in cover):
        assert isinstance(held.pledged, Lane)
        stores.append(held.pledged)
    whole: Value = ZERO
    for store in stores:
        most = emitter.compute(Op.SUB, need, emitter.frozen(to), name="lacking") if need != INFINITE else INFINITE
        left = emitter.compute(Op.SUB, limit, whole, name="limit left") if whole != ZERO else limit
        most = emitter.compute(Op.MAX, emitter.compute(Op.MIN, most, left, name="lacking"), ZERO, name="lacking")
        proceeds = sell(context, held, store, _for(context, held, most, cost), cost)
        total, record = context.total(name, "drawn", side=1)
        emitter.emit(Op.RECEIVE, to, proceeds, total, record=record)
        whole = emitter.compute(Op.ADD, whole, proceeds, name="coins sold")
    return whole


def at_close(context: Context) -> None:
    """Coins and their value after everything of the date."""
    for name in context.treasuries:
        for field in ("coins", "pledged", "value"):
            context.stock(name, field, context.names[f"{name}.{field}"]())
