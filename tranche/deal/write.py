"""Expr → text: the inverse of `parse_formula` on trees whose numbers are not negative."""

from __future__ import annotations

from tranche.replay import Figure

from .formula import Binary, Call, Expr, Name, Number, Unary

# how tightly each operator binds; `not` stands between `and` and the comparisons, the minus sign above `* /`
_BINDS = {"or": 1, "and": 2, "<": 4, "<=": 4, ">": 4, ">=": 4, "==": 4, "!=": 4, "+": 5, "-": 5, "*": 6, "/": 6}
_NOT, _COMPARES, _MINUS, _ATOM = 3, 4, 7, 8


def format_expr(tree: Expr) -> str:
    """`tree` as text, with no more parentheses than it needs: `parse_formula(format_expr(t)).tree == t`."""
    return _write(tree)[0]


def _write(tree: Expr) -> tuple[str, int]:
    """The text and how tightly it binds."""
    match tree:
        case Number(Figure()):
            return str(tree.value), _ATOM
        case Number(value):
            whole = abs(value) < 1e15 and value == int(value)
            return (str(int(value)) if whole else repr(value)), (_MINUS if value < 0 else _ATOM)
        case Name(name):
            return name, _ATOM
        case Call(function, arguments):
            return f"{function}({', '.join(_write(argument)[0] for argument in arguments)})", _ATOM
        case Unary("not", operand):
            return f"not {_inside(operand, _NOT)}", _NOT
        case Unary(_, operand):
            return f"-{_inside(operand, _MINUS)}", _MINUS
        case Binary(op, left, right):
            binds = _BINDS[op]
            # left-associative; comparisons do not chain, so neither side may be one
            first = binds + 1 if binds == _COMPARES else binds
            return f"{_inside(left, first)} {op} {_inside(right, binds + 1)}", binds
    raise TypeError(f"not an Expr: {tree!r}")


def _inside(tree: Expr, least: int) -> str:
    text, binds = _write(tree)
    return text if binds >= least else f"({text})"
