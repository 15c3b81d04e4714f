"""Formulas: random trees over the names that a place in the deal may read."""

from __future__ import annotations

import attrs
from hypothesis import strategies as st

from tranche.deal import Formula, format_expr
from tranche.deal.formula import Binary, Call, Expr, Name, Number, Unary

SHARES = (0.0, 0.01, 0.05, 0.25, 0.5, 0.9, 1.0)
LEVELS = (0.5, 0.9, 1.0, 1.125, 1.25, 1.5, 2.0)
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")


@attrs.frozen
class Scope:
    """The names that may be read: of money, of money that is known in advance, of tests (their ratios), of flags, of
    rates that are known in advance. `size` is the order of the amounts of the deal. `memory`: whether prev, sum_last,
    avg_last and sum_to_date may be used."""

    size: float
    money: tuple[str, ...]
    scheduled: tuple[str, ...] = ()
    ratios: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    memory: bool = True
    rates: tuple[str, ...] = ()


def formula(tree: Expr) -> Formula:
    """A tree as a Formula, its text written out."""
    return Formula(tree, format_expr(tree))


def money(scope: Scope, depth: int = 2) -> st.SearchStrategy[Formula]:
    """Formulas that give an amount of money; it may be negative."""
    return _money(scope, depth).map(formula)


def conditions(scope: Scope, depth: int = 2) -> st.SearchStrategy[Formula]:
    """Formulas that give 0 or 1."""
    return _condition(scope, depth).map(formula)


@st.composite
def _leaf(draw: st.DrawFn, scope: Scope) -> Expr:
    kind = draw(st.sampled_from(("read", "read", "scheduled", "number")))
    if kind == "read":
        return Name(draw(st.sampled_from(scope.money)))
    if kind == "scheduled" and scope.scheduled:
        return Name(draw(st.sampled_from(scope.scheduled)))
    return Number(round(scope.size * draw(st.sampled_from((0.0, 1e-4, 0.003, 0.02, 0.1, 0.5, 1.0))), 2))


@st.composite
def _money(draw: st.DrawFn, scope: Scope, depth: int) -> Expr:
    kinds = ["leaf"]
    if depth > 0:
        kinds += ["leaf", "+", "-", "share", "part", "min", "max", "clip", "abs", "if_else", "minus"]
        kinds += ["prev", "sum_last", "avg_last", "sum_to_date"] if scope.memory else []
        kinds += ["sum_next", "npv_next"] if scope.scheduled else []
    kind = draw(st.sampled_from(kinds))
    if kind == "leaf":
        return draw(_leaf(scope))
    if kind == "sum_next":
        known = Name(draw(st.sampled_from(scope.scheduled)))
        grown = Binary("*", known, Call("min", (Name("period"), Number(3.0))))
        return Call("sum_next", (grown, Number(float(draw(st.integers(1, 4))))))
    if kind == "npv_next":
        rates: list[Expr] = [Number(0.0), Number(0.08), *(Name(name) for name in scope.rates)]
        rate = draw(st.sampled_from(rates))
        dates = draw(st.sampled_from(((), (Number(2.0),))))
        return Call("npv_next", (Name(draw(st.sampled_from(scope.scheduled))), rate, *dates))
    return draw(_combined(scope, depth, kind))


@st.composite
def _combined(draw: st.DrawFn, scope: Scope, depth: int, kind: str) -> Expr:
    below = _money(scope, depth - 1)
    first = draw(below)
    match kind:
        case "+" | "-":
            return Binary(kind, first, draw(below))
        case "share":
            return Binary("*", Number(draw(st.sampled_from(SHARES))), first)
        case "part":
            divisor = draw(st.sampled_from(("12", "4", "period")))
            return Binary("/", first, Name(divisor) if divisor == "period" else Number(float(divisor)))
        case "min" | "max":
            return Call(kind, (first, *draw(st.lists(below, min_size=1, max_size=2))))
        case "clip":
            return Call("clip", (first, Number(0.0), Number(round(scope.size * 0.3, 2))))
        case "minus":
            return Unary("-", first)
        case "sum_last" | "avg_last":
            return Call(kind, (first, Number(float(draw(st.integers(1, 4))))))
        case "if_else":
            return Call("if_else", (draw(_condition(scope, depth - 1)), first, draw(below)))
    return Call(kind, (first,))  # abs, prev, sum_to_date


@st.composite
def _condition(draw: st.DrawFn, scope: Scope, depth: int) -> Expr:
    kinds = ["money", "date", "final"]
    kinds += ["ratio"] if scope.ratios else []
    kinds += ["flag"] if scope.flags else []
    kinds += ["and", "or", "not"] if depth > 0 else []
    kind = draw(st.sampled_from(kinds))
    compare = draw(st.sampled_from(COMPARISONS))
    match kind:
        case "money":
            return Binary(compare, draw(_money(scope, min(depth, 1))), draw(_leaf(scope)))
        case "date":
            return Binary(compare, Name("period"), Number(float(draw(st.integers(1, 6)))))
        case "ratio":
            ratio, level = Name(draw(st.sampled_from(scope.ratios))), Number(draw(st.sampled_from(LEVELS)))
            return Binary(compare, ratio, level) if draw(st.booleans()) else Binary(compare, level, ratio)
        case "flag":
            return Name(draw(st.sampled_from(scope.flags)))
        case "not":
            return Unary("not", draw(_condition(scope, depth - 1)))
        case "and" | "or":
            return Binary(kind, draw(_condition(scope, depth - 1)), draw(_condition(scope, depth - 1)))
    return Name("final")
