"""Between accrual and tests: margin calls on coins that are pledged to a debt, and what the lender sells of them; after
the status, the sale of all coins in default."""

from __future__ import annotations

from tranche.collateral.miner_names import CALLED
from tranche.collateral.treasury import Pledge
from tranche.program import Op

from . import draws
from .collateral import treasury
from .context import Context, DebtRegisters, TreasuryRegisters
from .expressions import memory
from .status import MATERIAL
from .values import INFINITE, ZERO, Constant, Lane, Value
from .verbs.sweep import sweep_debt
from .wording import details


def lower(context: Context) -> None:
    """Each pledge in the order of the file: release, call, sale."""
    emitter = context.emitter
    for name, held in context.treasuries.items():
        if held.terms.pledge is not None:
            text = f"{name}: margin on what is pledged to {held.terms.pledge.to}"
            path = f"collateral.miner.treasury.{name}.pledge"
            with emitter.step(path, text, details=details(held.terms.pledge)):
                _pledge(context, held, held.terms.pledge)


def _pledge(context: Context, held: TreasuryRegisters, terms: Pledge) -> None:
    emitter, debt = context.emitter, context.debts[terms.to]
    pledged, name = held.pledged, held.terms.name
    assert isinstance(pledged, Lane)
    price = treasury.price(context, held)
    owed, value = emitter.frozen(debt.balance), emitter.compute(Op.MUL, pledged, price, name="pledged value")
    owes = emitter.compute(Op.LT, ZERO, owed, name="owes")
    sold_up = memory(context, treasury.DEFAULTED)  # by `enforce`, when the default came
    owes = emitter.compute(Op.AND, owes, emitter.compute(Op.NOT, sold_up), name="owes")

    def at_or_above(level: float) -> Value:
        reached = emitter.compute(Op.LE, emitter.compute(Op.MUL, value, Constant(level)), owed, name="LTV reached")
        return emitter.compute(Op.AND, owes, reached, name="LTV reached")

    rounding = Constant(MATERIAL * debt.terms.notional)  # so much money is none, and coins worth so much are none

    def matters(amount: Value, name: str) -> Value:
        return emitter.compute(Op.LT, rounding, amount, name=name)

    # on nothing there is nothing to sell at once: what is free is called for, where any is
    secured = matters(value, "something is pledged")
    at_once = emitter.compute(Op.AND, at_or_above(terms.liquidation), secured, name="sold at once")
    free = matters(emitter.compute(Op.MUL, held.free, price, name="free value"), "something is free")
    held_at_all = emitter.compute(Op.OR, secured, free, name="has coins")
    called = emitter.compute(Op.AND, at_or_above(terms.call), held_at_all, name="is asked")
    asked = emitter.compute(Op.AND, called, emitter.compute(Op.NOT, at_once), name="is asked")
    at_restore = emitter.compute(Op.MUL, price, Constant(terms.restore), name="secured by a coin")
    wanted = emitter.compute(Op.DIV, owed, at_restore, name="coins at restore")
    drawable = emitter.compute(Op.AND, draws.open_commitment(context, debt), emitter.compute(Op.NOT, sold_up))
    _release(context, held, terms, owed, value, wanted, drawable)
    # the call: free coins, as many as it takes and as there are
    missing = emitter.compute(Op.MAX, ZERO, emitter.compute(Op.SUB, wanted, pledged), name="coins missing")
    posted = emitter.compute(Op.MIN, held.free, emitter.compute(Op.SELECT, asked, missing, ZERO), name="coins posted")
    short = emitter.compute(Op.LT, emitter.frozen(held.free), missing, name="cannot post enough")
    emitter.emit(Op.SUB, held.free, held.free, posted)
    emitter.emit(Op.ADD, pledged, pledged, posted)
    context.flow(name, "posted", posted)
    # the sale: at once, or what a call left short
    sells = emitter.compute(Op.OR, at_once, emitter.compute(Op.AND, asked, short), name="the lender sells")
    amount = _to_restore(context, owed, emitter.compute(Op.MUL, pledged, price, name="pledged value"), terms)
    number = emitter.compute(Op.SELECT, sells, emitter.compute(Op.DIV, amount, price), ZERO, name="coins to sell")
    number = emitter.compute(Op.MIN, emitter.frozen(pledged), number, name="coins to sell")
    _sell(context, held, terms, debt, number)
    sold = matters(emitter.compute(Op.MUL, number, price, name="sold value"), "the lender has sold")
    for field, happened in zip(CALLED, (asked, sold), strict=True):
        context.define(f"{name}.{field}", happened)
        context.flow(name, field, happened)


def enforce(context: Context) -> None:
    """Once the deal is in default the lenders sell what is pledged to them, and the agent all other coins."""
    emitter, defaulted = context.emitter, context.names["status.default"]()
    if defaulted == ZERO or not context.treasuries:
        return
    every = emitter.compute(Op.SELECT, defaulted, INFINITE, ZERO, name="coins to sell")
    with emitter.step("collateral.miner.treasury", "coins are sold in default"), emitter.only_where(defaulted):
        for name, held in context.treasuries.items():
            if held.terms.pledge is not None:
                _sell(context, held, held.terms.pledge, context.debts[held.terms.pledge.to], every)
            proceeds = treasury.sell(context, held, held.free, every, held.terms.sale_cost)
            total, record = context.total(name, "drawn", side=1)
            emitter.emit(Op.RECEIVE, context.cash, proceeds, total, record=record)


def _release(
    context: Context,
    held: TreasuryRegisters,
    terms: Pledge,
    owed: Value,
    value: Value,
    wanted: Value,
    drawable: Value,
) -> None:
    """Coins above `restore` are free again, at or below `release`; all of them once nothing is owed and nothing can be
    drawn any more: they are what the next draw is lent on."""
    emitter, pledged = context.emitter, held.pledged
    assert isinstance(pledged, Lane)
    level = terms.release or 0.0
    low = emitter.compute(Op.LE, owed, emitter.compute(Op.MUL, value, Constant(level)), name="released")
    if drawable != ZERO:
        kept = emitter.compute(Op.AND, drawable, emitter.compute(Op.LE, owed, ZERO), name="kept for draws")
        low = emitter.compute(Op.AND, low, emitter.compute(Op.NOT, kept), name="released")
    excess = emitter.compute(Op.MAX, ZERO, emitter.compute(Op.SUB, pledged, wanted), name="coins in excess")
    back = emitter.compute(Op.SELECT, low, excess, ZERO, name="coins released")
    back = emitter.compute(Op.MIN, emitter.frozen(pledged), back, name="coins released")
    emitter.emit(Op.SUB, pledged, pledged, back)
    emitter.emit(Op.ADD, held.free, held.free, back)
    context.flow(held.terms.name, "released", back)


def _to_restore(context: Context, owed: Value, value: Value, terms: Pledge) -> Value:
    """The value x of the coins after whose sale LTV is `restore`: owed − x·(1 − cost) = restore · (value − x)."""
    emitter = context.emitter
    secured = emitter.compute(Op.MUL, value, Constant(terms.restore), name="secured at restore")
    over = emitter.compute(Op.MAX, ZERO, emitter.compute(Op.SUB, owed, secured), name="over restore")
    return emitter.compute(Op.DIV, over, Constant(1.0 - terms.cost - terms.restore), name="value to sell")


def _sell(context: Context, held: TreasuryRegisters, terms: Pledge, debt: DebtRegisters, number: Value) -> None:
    """The proceeds repay the debt; what it does not need goes to the collection account."""
    emitter, name = context.emitter, held.terms.name
    assert isinstance(held.pledged, Lane)
    proceeds = treasury.sell(context, held, held.pledged, number, terms.cost)
    transit = emitter.state("transit")
    total, record = context.total(name, "foreclosed", side=1)
    emitter.emit(Op.RECEIVE, transit, proceeds, total, record=record)
    sweep_debt(context, transit, debt, INFINITE)
    emitter.emit(Op.MOVE, transit, context.cash, INFINITE, emitter.state("transit (moved)"))
    emitter.emit(Op.MIN, debt.principal, emitter.frozen(debt.principal), debt.balance)
