"""The borrowing base of a date, and what of the loans is due because they are above it."""

from __future__ import annotations

from collections.abc import Iterable

from tranche.deal import BorrowingBase, BorrowingClass
from tranche.deal.formula import Formula
from tranche.program import Claim, Op

from .context import Context, DebtRegisters
from .expressions import lower_formula
from .values import ZERO, Constant, Value

RECORDED = ("gross", "ineligible", "concentration", "eligible", "base")  # and, at the close, availability, deficiency


def lower(context: Context) -> None:
    """The certificate, once the collections are known; its names hold for the rest of the date."""
    base, compute = context.deal.borrowing_base, context.emitter.compute
    if base is None:
        return
    with context.emitter.step("borrowing_base", "borrowing base"):
        open_, found = _classes(context, base), dict[str, Value]()
        pool = _sum(context, [gross_less for _, _, gross_less in open_.values()])
        advances = []
        for item in base.classes:
            gross, ineligible, eligible = open_[item.name]
            excess = _excess(context, base, item, eligible, pool)
            left = compute(Op.SUB, eligible, excess, name=f"{item.name} eligible")
            advance = compute(Op.MUL, Constant(item.advance_rate), left, name=f"{item.name} advance")
            advances.append(advance)
            parts = {"gross": gross, "ineligible": ineligible, "concentration": excess, "eligible": left}
            for field, value in {**parts, "advance": advance}.items():
                context.define(f"borrowing_base.{item.name}.{field}", value)
        for field in ("gross", "ineligible", "concentration", "eligible"):
            values = [context.names[f"borrowing_base.{item.name}.{field}"]() for item in base.classes]
            found[field] = _sum(context, values)
        reserves = [_amount(context, formula) for formula in base.reserves.values()]
        lent = compute(Op.MAX, ZERO, compute(Op.SUB, _sum(context, advances), _sum(context, reserves)))
        found["base"] = lent if base.limit is None else compute(Op.MIN, lent, _amount(context, base.limit))
        for field, value in found.items():
            context.define(f"borrowing_base.{field}", value)
            _record(context, field, value)
    context.claims.append(Claim("borrowing_base", "borrowing_base"))
    _declare_loans(context, base, found["base"])


def _amount(context: Context, formula: Formula) -> Value:
    """A formula as it is now, never negative."""
    return context.emitter.compute(Op.MAX, ZERO, context.emitter.frozen(lower_formula(context, formula)))


def _sum(context: Context, values: Iterable[Value]) -> Value:
    total: Value = ZERO
    for value in values:
        total = context.emitter.compute(Op.ADD, total, value)
    return total


def _classes(context: Context, base: BorrowingBase) -> dict[str, tuple[Value, Value, Value]]:
    """Per class: gross, ineligible, and what is eligible before concentrations."""
    compute, found = context.emitter.compute, {}
    for item in base.classes:
        values = [_amount(context, formula) for formula in (item.cost, item.appraisal) if formula is not None]
        gross = values[0] if len(values) == 1 else compute(Op.MIN, *values)
        deductions = _sum(context, [_amount(context, formula) for formula in item.ineligible.values()])
        ineligible = compute(Op.MIN, gross, deductions) if item.ineligible else ZERO
        found[item.name] = gross, ineligible, compute(Op.SUB, gross, ineligible, name=f"{item.name} less ineligible")
    return found


def _excess(context: Context, base: BorrowingBase, item: BorrowingClass, eligible: Value, pool: Value) -> Value:
    """What is above the cap of a class and of the concentrations in it, no more than all of it."""
    compute = context.emitter.compute
    above = [] if item.cap is None else [(eligible, item.cap)]
    above += [(_amount(context, one.of), one.cap) for one in base.concentrations if one.within == item.name]
    if not above:
        return ZERO
    excesses = [
        compute(Op.MAX, ZERO, compute(Op.SUB, amount, compute(Op.MUL, Constant(cap), pool))) for amount, cap in above
    ]
    return compute(Op.MIN, eligible, _sum(context, excesses))


def _record(context: Context, field: str, value: Value) -> None:
    state = context.emitter.state(f"borrowing_base.{field}")
    context.emitter.emit(Op.COPY, state, value)
    context.record("borrowing_base", field, state, flow=False)


def _loans(context: Context, base: BorrowingBase) -> list[DebtRegisters]:
    """The debts of the base, most senior first."""
    ranked = [debt.name for debt in context.deal.debts_by_rank]
    return [context.debts[name] for name in ranked if not base.debts or name in base.debts]


def _declare_loans(context: Context, base: BorrowingBase, lent: Value) -> None:
    compute = context.emitter.compute

    def loans() -> Value:
        return _sum(context, [debt.balance for debt in _loans(context, base)])

    def gap(a: Value, b: Value) -> Value:
        return compute(Op.MAX, ZERO, compute(Op.SUB, a, b))

    context.names["borrowing_base.loans"] = loans
    context.names["borrowing_base.availability"] = lambda: gap(lent, loans())
    context.names["borrowing_base.deficiency"] = lambda: gap(loans(), lent)


def fall_due(context: Context) -> None:
    """What the loans are above the base is due on the date, of the most senior first."""
    base = context.deal.borrowing_base
    if base is None or base.deficiency != "due":
        return
    emitter, compute = context.emitter, context.emitter.compute
    with emitter.step("borrowing_base.deficiency", "borrowing base: what the loans are above it falls due"):
        left = context.names["borrowing_base.deficiency"]()
        for k, debt in enumerate(loans := _loans(context, base)):
            due = compute(Op.MAX, debt.principal, compute(Op.MIN, debt.balance, left))
            emitter.emit(Op.COPY, debt.principal, due)
            left = compute(Op.MAX, ZERO, compute(Op.SUB, left, due)) if k + 1 < len(loans) else ZERO


def at_close(context: Context) -> None:
    """Availability and deficiency once the date's payments are made."""
    if context.deal.borrowing_base is not None:
        for field in ("availability", "deficiency"):
            _record(context, field, context.names[f"borrowing_base.{field}"]())
