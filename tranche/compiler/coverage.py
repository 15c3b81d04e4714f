"""Stage 4 of a period: coverage tests on the cash before it is spent, and which of their levels bite."""

from __future__ import annotations

from tranche.deal import CoverageTest
from tranche.deal.level_schedule import Level, level_on
from tranche.program import Claim, Op

from . import cures
from .context import Context
from .expressions import lower_formula
from .values import INFINITE, ONE, ZERO, Constant, Lane, Series, Value, at, series
from .wording import details

STATUS_LEVELS = ("lock_up", "early_amortisation", "default")

Biting = dict[str, list[Value]]  # level -> what says, for each test that states it, whether it bites


def lower(context: Context) -> Biting:
    """Evaluate every test, in the order of the file."""
    biting: Biting = {level: [] for level in STATUS_LEVELS}
    for test in context.deal.tests:
        context.claims.append(Claim(test.name, "test"))
        with context.emitter.step(f"tests.{test.name}", f"test {test.name}", details=details(test)):
            for level, bites in _test(context, test).items():
                biting.setdefault(level, []).append(bites)
    return biting


def _test(context: Context, test: CoverageTest) -> dict[str, Value]:
    emitter, name = context.emitter, test.name
    numerator, denominator = lower_formula(context, test.numerator), lower_formula(context, test.denominator)
    if context.later & {name, f"{name}.numerator", f"{name}.denominator"}:
        numerator, denominator = emitter.frozen(numerator), emitter.frozen(denominator)
    context.names[f"{name}.numerator"] = lambda: numerator
    context.names[f"{name}.denominator"] = lambda: denominator
    context.names[name] = lambda: _ratio(context, test, numerator, denominator)
    op = Op.TEST if test.breach == "below" else Op.TEST_ABOVE
    failed: dict[str, Value] = {}
    for level, stated in test.levels.items():
        fails = emitter.temp(f"{name}.{level}")
        total, record = context.total(name, "breached" if level == "trigger" else level)
        emitter.emit(op, fails, numerator, denominator, level_series(context, test, stated), total, record=record)
        failed[level] = fails
    cures.declare(context, test)
    mended = cures.equity_cure(context, test, failed)
    bites = {
        level: _in_force(context, test, level, cures.unless_mended(context, test, level, fails, mended))
        for level, fails in failed.items()
    }
    for level, value in bites.items():
        context.define(f"{name}.{level}", value)
    context.define(f"{name}.breached", next(iter(bites.values()), ZERO))
    return bites


def tested(context: Context, test: CoverageTest, level: Level) -> Constant | Series:
    """1 in the periods on whose payment date a level is tested."""
    dates = context.dates.dates
    first = next((t for t, date in enumerate(dates) if test.first_test is None or date >= test.first_test), len(dates))
    return series(
        [
            float(t >= first and (t - first) % test.every == 0 and level_on(level, date) is not None)
            for t, date in enumerate(dates)
        ]
    )


def level_series(context: Context, test: CoverageTest, level: Level) -> Constant | Series:
    """The level by period; where it is not tested, one that nothing fails."""
    read, never = tested(context, test, level), -INFINITE.value if test.breach == "below" else INFINITE.value
    levels = [level_on(level, date) for date in context.dates.dates]
    return series(
        [
            never if found is None or not at(read, t) else found
            for t, found in enumerate(levels)
        ]
    )


def _ratio(context: Context, test: CoverageTest, numerator: Value, denominator: Value) -> Value:
    """Over nothing: infinite, or, for a test that fails above, 0 where the numerator is not above 0."""
    emitter = context.emitter
    due = emitter.compute(Op.LT, ZERO, denominator)
    otherwise: Value = INFINITE
    if test.breach == "above":
        otherwise = emitter.compute(Op.SELECT, emitter.compute(Op.LT, ZERO, numerator), INFINITE, ZERO, name="ratio")
    return emitter.compute(Op.SELECT, due, emitter.compute(Op.DIV, numerator, denominator), otherwise, name="ratio")


def _in_force(context: Context, test: CoverageTest, level: str, fails: Value) -> Value:
    """Whether a level bites: after `grace` failures in a row, until `clean` passed dates in a row; between test dates,
    as on the last one."""
    emitter, read = context.emitter, tested(context, test, test.levels[level])
    holds = test.every > 1
    if not holds and not test.grace and test.clean == 1:
        return fails
    bites, name = fails, f"{test.name}.{level}"
    if test.grace:
        row = _row(context, f"{name} failures", fails, read)
        bites = emitter.compute(Op.LT, Constant(float(test.grace)), row)
    state = emitter.state(f"{name} bites")
    if test.clean > 1:
        row = _row(context, f"{name} passes", emitter.compute(Op.NOT, fails), read)
        stays = emitter.compute(Op.AND, state, emitter.compute(Op.LT, row, Constant(float(test.clean))))
        bites = emitter.compute(Op.OR, bites, stays)
    elif not holds:
        return bites
    emitter.emit(Op.COPY, state, emitter.compute(Op.SELECT, read, bites, state))
    return state


def _row(context: Context, name: str, condition: Value, read: Constant | Series) -> Lane:
    """How many test dates in a row a condition has held, this one included."""
    emitter = context.emitter
    row = emitter.state(name)
    longer = emitter.compute(Op.SELECT, condition, emitter.compute(Op.ADD, row, ONE), ZERO)
    emitter.emit(Op.COPY, row, emitter.compute(Op.SELECT, read, longer, row))
    return row
