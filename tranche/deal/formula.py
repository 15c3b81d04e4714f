"""The expression language of deal files: a small frozen tree, parsed by whitelist and never evaluated as Python.

    2% * fleet.appraised / 12        max(0, collections - servicing.due)        dscr < 1.35x and not final
"""

from __future__ import annotations

import attrs


@attrs.frozen
class Number:
    """A literal, units applied: `2%` is 0.02, `225bp` 0.0225, `100m` 1e8, `1.35x` 1.35."""

    value: float


@attrs.frozen
class Name:
    """A name of the symbol table, dotted: `senior.balance`."""

    name: str


@attrs.frozen
class Unary:
    """`op` is `-` or `not`."""

    op: str
    operand: Expr


@attrs.frozen
class Binary:
    """`op` is one of + - * / < <= > >= == != and or. Comparisons and logic give 1.0 or 0.0."""

    op: str
    left: Expr
    right: Expr


@attrs.frozen
class Call:
    """`function` is one of FUNCTIONS."""

    function: str
    arguments: tuple[Expr, ...]


Expr = Number | Name | Unary | Binary | Call

# name -> (fewest, most) arguments
FUNCTIONS: dict[str, tuple[int, int]] = {
    "min": (2, 16),
    "max": (2, 16),
    "abs": (1, 1),
    "clip": (3, 3),  # clip(x, low, high)
    "if_else": (3, 3),  # if_else(condition, then, otherwise)
    "prev": (1, 1),  # the value at the previous payment date (0 before the first)
    "sum_last": (2, 2),  # sum_last(x, n): this period and the n - 1 before it
    "avg_last": (2, 2),
    "sum_to_date": (1, 1),  # the sum of this period and every one before it
    "sum_next": (2, 2),  # sum_next(x, n): scheduled (deterministic) amounts only
    # npv_next(x, rate) and npv_next(x, rate, n): the value on this payment date of what x is on the later ones (the
    # next n), both known ahead; each period is discounted by 1 + rate (p.a., of that period) times its year fraction
    "npv_next": (2, 3),
}


# functions that look at each period once and keep what they saw: when they are first read, at the latest before the
# tests, or after the status where what they look at reads those
WINDOWS = ("sum_last", "avg_last", "sum_to_date")


def count_of(call: Call) -> Expr | None:
    """The argument that says for how many periods; None where a function takes none."""
    position = {"sum_last": 1, "avg_last": 1, "sum_next": 1, "npv_next": 2}.get(call.function)
    return None if position is None or len(call.arguments) <= position else call.arguments[position]


@attrs.frozen
class Formula:
    """A formula: its text as written (for people) and its tree (for the compiler). Two are equal when the trees are."""

    tree: Expr
    text: str = attrs.field(eq=False)
