"""Stage 3 of a period: interest on opening balances, principal falling due; and interest that fees cap."""

from __future__ import annotations

from tranche.deal import AvailableFundsCap, Debt
from tranche.program import Claim, Op

from . import coupon, draws, make_whole, principal
from .context import Context, DebtRegisters, Due
from .expressions import lower_formula
from .symbols import total_of
from .values import INFINITE, ONE, ZERO, Constant, Lane, Value, at, series
from .wording import details


def declare(context: Context) -> None:
    """Registers of every debt, in the order of the file, and what `pay` may name of it."""
    emitter, deal = context.emitter, context.deal
    ranks = deal.ranks
    for terms in deal.tranches:
        if not isinstance(terms, Debt):
            continue
        name = terms.name
        debt = context.debts[name] = DebtRegisters(
            terms=terms,
            balance=emitter.state(f"{name}.balance", terms.at_closing),
            interest=emitter.state(f"{name}.interest"),
            principal=emitter.state(f"{name}.principal"),
        )
        for part in terms.dues[2:]:
            debt.other[part] = emitter.state(f"{name}.{part}")
        if terms.pik is not None:
            debt.pik = emitter.state(f"{name}.pik")
        debt.extended = [emitter.state(f"{name}.extended") for _ in terms.extensions]
        if terms.draws is not None and not terms.draws.revolving:
            debt.undrawn = emitter.state(f"{name}.undrawn", terms.notional - terms.at_closing)
        if context.writes_down(name):
            debt.written = emitter.state(f"{name}.written_down")
        if terms.call is not None or deal.clean_up is not None:
            debt.called = emitter.state(f"{name}.called")
        if terms.call is not None:
            debt.prices = make_whole.prices(context, terms)
        if coupon.known_ahead(deal, terms):
            debt.rate = coupon.fixed(context, terms)
            debt.accrual = _times(context, debt.rate, terms.day_count)
        bought = terms.price * (terms.notional if terms.strip is not None else terms.at_closing)
        context.claims.append(Claim(name, "debt", terms.notional, ranks[name], bought))
        context.dues |= {f"{name}.{part}": Due(debt.unpaid(part), name, part) for part in terms.dues}
        context.dues[f"{name}.principal"] = Due(debt.principal, name, "principal", debt.balance)


def _times(context: Context, rate: Value, day_count: str | None) -> Value:
    """A rate per annum as one per period."""
    fractions = context.year_fractions(day_count)
    if isinstance(rate, Lane):
        return context.emitter.compute(Op.MUL, rate, series(fractions), name="accrual")
    return series([at(rate, t) * fraction for t, fraction in enumerate(fractions)])


def lower(context: Context) -> None:
    """Interest and principal of every debt; what was unpaid before is still in the registers."""
    emitter = context.emitter
    for name, debt in context.debts.items():
        if not coupon.known_ahead(context.deal, debt.terms):
            with emitter.step(f"tranches.{name}.coupon", f"{name}: its rate"):
                coupon.lower(context, debt)
    for name, debt in context.debts.items():
        text = f"{name}: interest accrues and principal falls due"
        with emitter.step(f"tranches.{name}", text, details=details(debt.terms)):
            _debt(context, debt)


def _debt(context: Context, debt: DebtRegisters) -> None:
    emitter, terms = context.emitter, debt.terms
    if terms.interest_on_unpaid is not None:
        late = terms.interest_on_unpaid
        spread = Constant(late.spread)
        rate = emitter.compute(Op.ADD, debt.rate, spread, name="rate") if late.on_coupon else spread
        rate = emitter.compute(Op.MAX, rate, ZERO, name="rate")
        emitter.emit(Op.ACCRUE, debt.interest, debt.interest, _times(context, rate, terms.day_count))
    if "commitment_fee" in debt.other:
        draws.fee(context, debt)
    debt.base, debt.in_cash = _base(context, debt), debt.accrual
    if terms.pik is None:
        if terms.available_funds_cap is None:
            emitter.emit(Op.ACCRUE, debt.interest, debt.base, debt.in_cash)
        principal.lower(context, debt)
        return
    principal.lower(context, debt)  # before: from maturity on interest is due in cash
    in_kind = _in_kind(context, debt)
    rest = emitter.compute(Op.SUB, ONE, in_kind, name="in cash")
    debt.in_cash = emitter.compute(Op.MUL, debt.accrual, rest, name="accrual")
    if terms.available_funds_cap is None:
        emitter.emit(Op.ACCRUE, debt.interest, debt.base, debt.in_cash)
    assert debt.pik is not None
    rate = emitter.compute(Op.ADD, debt.rate, Constant(terms.pik.premium), name="rate")
    accrual = emitter.compute(Op.MUL, _times(context, rate, terms.day_count), in_kind, name="accrual")
    emitter.emit(Op.ACCRUE, debt.pik, debt.balance, accrual)


def due_in_default(context: Context) -> None:
    """Once the deal is in default, what was to be paid in kind falls due in cash."""
    emitter, defaulted = context.emitter, context.names["status.default"]()
    for name, debt in context.debts.items():
        if debt.pik is not None and defaulted != ZERO:
            with emitter.step(f"tranches.{name}.pik", f"{name}: in default interest is due in cash"):
                due_in_cash(context, debt, defaulted)


def due_in_cash(context: Context, debt: DebtRegisters, condition: Value) -> None:
    """Where `condition` holds, what was to be paid in kind falls due in cash."""
    emitter = context.emitter
    if debt.pik is not None:
        limit = emitter.compute(Op.SELECT, condition, INFINITE, ZERO, name="limit")
        emitter.emit(Op.CAPITALISE, debt.pik, debt.interest, limit, emitter.state("pik (due)"))


def _base(context: Context, debt: DebtRegisters) -> Value:
    """What interest accrues on: the opening balance, or what a strip follows."""
    if debt.terms.strip is None:
        return debt.balance
    return context.emitter.compute(Op.MAX, ZERO, lower_formula(context, debt.terms.strip), name="notional")


def _in_kind(context: Context, debt: DebtRegisters) -> Value:
    """The share of the date's interest that is paid in kind."""
    emitter, terms = context.emitter, debt.terms
    assert terms.pik is not None
    open_ = emitter.compute(Op.NOT, principal.matured(context, debt))
    toggled = emitter.compute(Op.AND, lower_formula(context, terms.pik.when), open_)
    return emitter.compute(Op.SELECT, toggled, Constant(terms.pik.share), ZERO, name="in kind")


def capped(context: Context) -> None:
    """Interest under available-funds caps, once fees have accrued: they may read them, and the interest of the debts
    before."""
    emitter = context.emitter
    capped = [debt for debt in context.debts.values() if debt.terms.available_funds_cap is not None]
    if not capped:
        return
    for name, fee in context.fees.items():
        context.define(f"{name}.due", fee.unpaid)
        if fee.excess is not None:
            context.define(f"{name}.excess.due", fee.excess)
    context.names["fees.due"] = total_of(context, [fee.unpaid for fee in context.fees.values()])
    for name, debt in context.debts.items():
        context.define(f"{name}.principal.due", debt.principal)
        if debt.terms.available_funds_cap is None:
            context.define(f"{name}.interest.due", debt.interest)
    for debt in capped:
        name, cap = debt.terms.name, debt.terms.available_funds_cap
        assert cap is not None
        with emitter.step(f"tranches.{name}.available_funds_cap", f"{name}: interest under its available-funds cap"):
            accrued = emitter.compute(Op.MUL, debt.base, debt.in_cash, name="accrued")
            due = emitter.compute(Op.MIN, accrued, _most(context, debt, cap), name="due")
            emitter.emit(Op.ACCRUE, debt.interest, due, ONE)
            if "cap_shortfall" in debt.other:
                excess = emitter.compute(Op.SUB, accrued, due, name="excess")
                emitter.emit(Op.ACCRUE, debt.other["cap_shortfall"], excess, ONE)
        context.define(f"{name}.interest.due", debt.interest)


def _most(context: Context, debt: DebtRegisters, cap: AvailableFundsCap) -> Value:
    emitter = context.emitter
    if cap.amount is not None:
        return emitter.compute(Op.MAX, ZERO, lower_formula(context, cap.amount), name="cap")
    assert cap.rate is not None
    rate = emitter.compute(Op.MAX, ZERO, lower_formula(context, cap.rate), name="cap")
    return emitter.compute(Op.MUL, debt.base, _times(context, rate, debt.terms.day_count), name="cap")
