"""Formulas → values: names through the symbol table, operators and functions to instructions."""

from __future__ import annotations

import numpy as np

from tranche.deal.formula import Binary, Call, Expr, Formula, Name, Number, Unary, count_of
from tranche.program import Op
from tranche.reference import evaluate

from .context import Context
from .values import ONE, ZERO, Constant, Lane, Value, at, series

_BINARY = {
    "+": Op.ADD,
    "-": Op.SUB,
    "*": Op.MUL,
    "/": Op.DIV,
    "<": Op.LT,
    "<=": Op.LE,
    "==": Op.EQ,
    "and": Op.AND,
    "or": Op.OR,
}
_SWAPPED = {">": Op.LT, ">=": Op.LE}
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def lower_formula(context: Context, formula: Formula) -> Value:
    """Emit the instructions of a formula, at the point where the program now is."""
    return lower(context, formula.tree)


def lower(context: Context, tree: Expr) -> Value:
    emitter = context.emitter
    match tree:
        case Number(value):
            return Constant(value)
        case Name(name):
            return context.names[name]()
        case Unary("-", operand):
            return emitter.compute(Op.SUB, ZERO, lower(context, operand))
        case Unary(_, operand):
            return emitter.compute(Op.NOT, lower(context, operand))
        case Binary(op, left, right):
            test = _ratio_test(context, tree)
            if test is not None:
                return test
            a, b = lower(context, left), lower(context, right)
            if op == "!=":
                return emitter.compute(Op.NOT, emitter.compute(Op.EQ, a, b))
            if op in _SWAPPED:
                return emitter.compute(_SWAPPED[op], b, a)
            return emitter.compute(_BINARY[op], a, b)
        case Call(function, arguments):
            return _call(context, function, arguments)
    raise AssertionError(f"not an expression: {tree!r}")


def _ratio_test(context: Context, tree: Binary) -> Value | None:
    """A test against a level, as the test itself compares them: numerator with level · denominator, without a division.
    `dscr < 1.2` is what fails a test that fails below, `ltv > 0.8` what fails one that fails above; `>=` and `<=` are
    their opposites, and either side may come first."""
    op, name, level = tree.op, tree.left, tree.right
    tests = {test.name: test for test in context.deal.tests}
    if op in _MIRRORED and not (isinstance(name, Name) and name.name in tests):
        op, name, level = _MIRRORED[op], tree.right, tree.left
    if not (isinstance(name, Name) and name.name in tests):
        return None
    above = tests[name.name].breach == "above"
    fails, passes = (">", "<=") if above else ("<", ">=")
    if op not in (fails, passes):
        return None
    emitter = context.emitter
    numerator = context.names[f"{name.name}.numerator"]()
    denominator = context.names[f"{name.name}.denominator"]()
    if above:
        denominator = emitter.compute(Op.MAX, ZERO, denominator, name="denominator")
        scaled = emitter.compute(Op.MUL, lower(context, level), denominator)
        failed = emitter.compute(Op.LT, scaled, numerator)
    else:
        scaled = emitter.compute(Op.MUL, lower(context, level), denominator)
        due = emitter.compute(Op.LT, ZERO, denominator)
        failed = emitter.compute(Op.AND, due, emitter.compute(Op.LT, numerator, scaled))
    return failed if op == fails else emitter.compute(Op.NOT, failed)


def _call(context: Context, function: str, arguments: tuple[Expr, ...]) -> Value:
    emitter = context.emitter
    if function in ("min", "max"):
        op = Op.MIN if function == "min" else Op.MAX
        values = [lower(context, a) for a in arguments]
        result = values[0]
        for value in values[1:]:
            result = emitter.compute(op, result, value)
        return result
    if function == "abs":
        return emitter.compute(Op.ABS, lower(context, arguments[0]))
    if function == "clip":
        value, low, high = (lower(context, a) for a in arguments)
        return emitter.compute(Op.MIN, emitter.compute(Op.MAX, value, low), high)
    if function == "if_else":
        condition, then, otherwise = (lower(context, a) for a in arguments)
        return emitter.compute(Op.SELECT, condition, then, otherwise)
    if function == "sum_next":
        return _sum_next(context, arguments)
    if function == "npv_next":
        return _npv_next(context, Call(function, arguments))
    return memory(context, Call(function, arguments))


def periods_of(call: Call) -> int:
    """The number of periods that a window function names; the check has made sure that it is one."""
    last = count_of(call)
    assert isinstance(last, Number)
    return int(last.value)


def _npv_next(context: Context, call: Call) -> Value:
    """Discounted from the last period backwards: what is worth v at the end of a period is worth v / (1 + rate · year
    fraction) at its beginning."""
    n = context.periods if count_of(call) is None else periods_of(call)
    amount, rate = (lower(context, argument) for argument in call.arguments[:2])
    assert not isinstance(amount, Lane)
    assert not isinstance(rate, Lane)
    values = []
    for t in range(context.periods):
        value = 0.0
        for k in reversed(range(t + 1, min(t + 1 + n, context.periods))):
            value = evaluate(Op.DIV, value + at(amount, k), 1.0 + at(rate, k) * context.fractions[k])
        values.append(value)
    return series(values)


def _sum_next(context: Context, arguments: tuple[Expr, ...]) -> Value:
    value, n = lower(context, arguments[0]), periods_of(Call("sum_next", arguments))
    assert not isinstance(value, Lane)
    numbers = [at(value, t) for t in range(context.periods)]
    sums = []
    for t in range(context.periods):
        total = 0.0
        for number in numbers[t + 1 : t + 1 + n]:  # not sum(): it compensates from Python 3.12 on
            total += number
        sums.append(total)
    return series(sums)


def memory(context: Context, call: Call) -> Value:
    """`prev`, `sum_last`, `avg_last`, `sum_to_date`: values that outlive a period. Each is made once and then
    read by its key."""
    key = repr(call)
    if key not in context.names:
        value = _prev(context, call) if call.function == "prev" else _last(context, call)
        context.names[key] = lambda: value
    return context.names[key]()


def _prev(context: Context, call: Call) -> Value:
    kept = context.emitter.state(f"prev {len(context.kept)}")
    context.kept.append((kept, call.arguments[0]))
    return kept


def remember(context: Context) -> None:
    """At the close: every memory takes over its value of this period. All are read before any is written, so that one
    memory inside another is still that of the period before."""
    emitter = context.emitter
    taken: list[tuple[Lane, Value]] = []
    while len(taken) < len(context.kept):  # reading one may ask for another
        kept, tree = context.kept[len(taken)]
        taken.append((kept, emitter.frozen(lower(context, tree))))
    for kept, value in taken:
        emitter.emit(Op.COPY, kept, value)


def _last(context: Context, call: Call) -> Value:
    emitter = context.emitter
    value = lower(context, call.arguments[0])
    if call.function == "sum_to_date":
        so_far = emitter.state("sum to date")
        emitter.emit(Op.ACCRUE, so_far, value, ONE)
        return so_far
    n = periods_of(call)
    total = emitter.temp("sum_last")
    emitter.emit(Op.WINDOW, total, value, emitter.ring(f"last {n}", n), n)
    if call.function == "sum_last":
        return total
    seen = series(np.minimum(np.arange(1.0, context.periods + 1), n))
    return emitter.compute(Op.DIV, total, seen)
