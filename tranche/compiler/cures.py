"""What would cure a failed test, and the sponsor's right to pay it."""

from __future__ import annotations

from tranche.deal import CoverageTest
from tranche.deal.level_schedule import Level, level_on
from tranche.program import Op

from . import coverage
from .context import Context
from .expressions import lower_formula
from .limits import destination
from .values import ONE, ZERO, Constant, Series, Value, at, series


def declare(context: Context, test: CoverageTest) -> None:
    """The names `TEST.cure` and `TEST.shortfall`, measured with what numerator and denominator are when they are
    read."""
    first = next(iter(test.levels.values()))

    def cure() -> Value:
        if test.cure is not None:
            stated = context.emitter.compute(Op.MAX, ZERO, lower_formula(context, test.cure))
            return _where_tested(context, test, first, stated)
        return _cure(context, test, first)

    context.names[f"{test.name}.cure"] = cure
    context.names[f"{test.name}.shortfall"] = lambda: _shortfall(context, test, first)


def _sides(context: Context, test: CoverageTest) -> tuple[Value, Value]:
    return lower_formula(context, test.numerator), lower_formula(context, test.denominator)


def _level(context: Context, test: CoverageTest, level: Level) -> Constant | Series:
    """The level by period, 1 where there is none: what is measured with it is not read there."""
    read = coverage.tested(context, test, level)
    found = [level_on(level, date) for date in context.dates.dates]
    return series([1.0 if value is None or not at(read, t) else value for t, value in enumerate(found)])


def _where_tested(context: Context, test: CoverageTest, level: Level, value: Value) -> Value:
    read = coverage.tested(context, test, level)
    return context.emitter.compute(Op.SELECT, read, value, ZERO, name=f"{test.name} lacks")


def _cure(context: Context, test: CoverageTest, level: Level) -> Value:
    """What to take off the denominator (below) or the numerator (above) so that the test passes; no more than all."""
    compute = context.emitter.compute
    numerator, denominator = _sides(context, test)
    owed = compute(Op.MAX, ZERO, denominator)
    if test.breach == "below":
        gap = compute(Op.SUB, denominator, compute(Op.DIV, numerator, _level(context, test, level)))
        gap = compute(Op.MIN, owed, compute(Op.MAX, ZERO, gap))
    else:
        allowed = compute(Op.MUL, _level(context, test, level), owed)
        gap = compute(Op.MAX, ZERO, compute(Op.SUB, numerator, allowed))
    return _where_tested(context, test, level, gap)


def _shortfall(context: Context, test: CoverageTest, level: Level) -> Value:
    """What to add to the numerator (below) or the denominator (above) so that the test passes."""
    compute = context.emitter.compute
    numerator, denominator = _sides(context, test)
    if test.breach == "below":
        wanted = compute(Op.MUL, _level(context, test, level), denominator)
        gap, can_fail = compute(Op.SUB, wanted, numerator), compute(Op.LT, ZERO, denominator)
    else:
        wanted = compute(Op.DIV, numerator, _level(context, test, level))
        gap, can_fail = compute(Op.SUB, wanted, denominator), compute(Op.LT, ZERO, numerator)
    gap = compute(Op.SELECT, can_fail, compute(Op.MAX, ZERO, gap), ZERO)
    return _where_tested(context, test, level, gap)


def equity_cure(context: Context, test: CoverageTest, failed: dict[str, Value]) -> Value:
    """Pays in what the sponsor owes to its right of cure; where it does, 1."""
    terms = test.equity_cure
    if terms is None:
        return ZERO
    emitter, compute, name = context.emitter, context.emitter.compute, test.name
    of = terms.of or next(reversed(failed))
    level = test.levels[of]
    if terms.amount is not None:
        amount = compute(Op.MAX, ZERO, lower_formula(context, terms.amount))
    else:
        amount = (_shortfall if test.breach == "below" else _cure)(context, test, level)
    used = emitter.state(f"{name} cures")
    mends = compute(Op.AND, failed[of], compute(Op.LT, used, Constant(float(terms.limit))))
    row = emitter.state(f"{name} cures in a row") if terms.in_a_row is not None else None
    if row is not None and terms.in_a_row is not None:
        mends = compute(Op.AND, mends, compute(Op.LT, row, Constant(float(terms.in_a_row))))
    if terms.when is not None:
        mends = compute(Op.AND, mends, lower_formula(context, terms.when))
    if terms.most is not None:
        mends = compute(Op.AND, mends, compute(Op.LE, amount, lower_formula(context, terms.most)))
    amount = compute(Op.SELECT, mends, amount, ZERO, name=f"{name} equity cure")
    emitter.emit(Op.COPY, used, compute(Op.ADD, used, mends))
    if row is not None:
        longer = compute(Op.SELECT, mends, compute(Op.ADD, row, ONE), ZERO)
        read = coverage.tested(context, test, level)
        emitter.emit(Op.COPY, row, compute(Op.SELECT, read, longer, row))
    total, record = context.total(name, "equity_cure", side=1)
    with destination(context, terms.to) as to:
        emitter.emit(Op.RECEIVE, to, amount, total, record=record)
    context.names[f"{name}.equity_cure"] = lambda: amount
    return mends


def unless_mended(context: Context, test: CoverageTest, level: str, fails: Value, mended: Value) -> Value:
    """Whether a level still fails when the sponsor has cured the test: one that is stricter than the level cured
    does."""
    if test.equity_cure is None:
        return fails
    of = test.levels[test.equity_cure.of or next(reversed(test.levels))]
    kept = series([float(test.stricter(test.levels[level], of, date)) for date in context.dates.dates])
    compute = context.emitter.compute
    return compute(Op.AND, fails, compute(Op.OR, kept, compute(Op.NOT, mended)))
