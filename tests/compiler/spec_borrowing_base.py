"""What a borrowing base means, from the docstrings of `tranche.deal.borrowing_base`: each of its names as a formula of
others, so that it is worked out like everything else that a deal writes."""

from __future__ import annotations

from collections.abc import Sequence

from tranche.deal import Deal, Debt
from tranche.deal.formula import Binary, Call, Expr, Formula, Name, Number

ZERO = Number(0.0)


def read(name: str) -> Name:
    return Name(f"borrowing_base.{name}")


def positive(formula: Formula | Expr) -> Expr:
    return Call("max", (ZERO, formula.tree if isinstance(formula, Formula) else formula))


def total(parts: Sequence[Expr]) -> Expr:
    tree: Expr = ZERO
    for part in parts:
        tree = Binary("+", tree, part)
    return tree


def certificate(deal: Deal) -> dict[str, Expr]:
    """The names that are settled when the base is drawn up, in the order in which they can be worked out."""
    base = deal.borrowing_base
    if base is None:
        return {}
    found: dict[str, Expr] = {}
    for one in base.classes:
        values = [positive(value) for value in (one.cost, one.appraisal) if value is not None]
        found[f"{one.name}.gross"] = Call("min", tuple(values)) if len(values) > 1 else values[0]
        deductions = total([positive(deduction) for deduction in one.ineligible.values()])
        taken = Call("min", (read(f"{one.name}.gross"), deductions)) if one.ineligible else ZERO
        found[f"{one.name}.ineligible"] = taken
    before = {
        one.name: Binary("-", read(f"{one.name}.gross"), read(f"{one.name}.ineligible")) for one in base.classes
    }
    pool = total(list(before.values()))
    for one in base.classes:
        capped = [(before[one.name], one.cap)] if one.cap is not None else []
        capped += [(positive(c.of), c.cap) for c in base.concentrations if c.within == one.name]
        above = [positive(Binary("-", amount, Binary("*", Number(cap), pool))) for amount, cap in capped]
        found[f"{one.name}.concentration"] = Call("min", (before[one.name], total(above))) if above else ZERO
        found[f"{one.name}.eligible"] = Binary("-", before[one.name], read(f"{one.name}.concentration"))
        found[f"{one.name}.advance"] = Binary("*", Number(one.advance_rate), read(f"{one.name}.eligible"))
    for field in ("gross", "ineligible", "concentration", "eligible"):
        found[field] = total([read(f"{one.name}.{field}") for one in base.classes])
    advances = total([read(f"{one.name}.advance") for one in base.classes])
    lent = positive(Binary("-", advances, total([positive(reserve) for reserve in base.reserves.values()])))
    found["base"] = lent if base.limit is None else Call("min", (lent, positive(base.limit)))
    return {f"borrowing_base.{name}": tree for name, tree in found.items()}


def loans(deal: Deal) -> list[str]:
    """The debts of the base, the most senior first."""
    assert deal.borrowing_base is not None
    ranks = {tranche.name: tranche.rank or k for k, tranche in enumerate(deal.tranches, start=1)}
    named = deal.borrowing_base.debts
    debts = [t.name for t in deal.tranches if isinstance(t, Debt) and (not named or t.name in named)]
    return sorted(debts, key=lambda name: ranks[name])


def live(deal: Deal) -> dict[str, Expr]:
    """The names that follow the balances."""
    if deal.borrowing_base is None:
        return {}
    owed = total([Name(f"{debt}.balance") for debt in loans(deal)])
    return {
        "borrowing_base.loans": owed,
        "borrowing_base.availability": positive(Binary("-", read("base"), owed)),
        "borrowing_base.deficiency": positive(Binary("-", owed, read("base"))),
    }
