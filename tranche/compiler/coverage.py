"""Stages 4 and 5 of a period: coverage tests on the cash before it is spent, and the status that they lead to."""

from __future__ import annotations

from tranche.deal import CoverageTest
from tranche.program import Claim, Op

from .context import Context
from .expressions import lower_formula
from .masks import Mask
from .values import INFINITE, ONE, ZERO, Constant, Value, series
from .wording import details

LEVELS = ("trigger", "lock_up", "default")


def lower(context: Context) -> dict[str, Mask]:
    """Evaluate every test; returns the mask of each status (`performing` alone when no test sets a status)."""
    emitter = context.emitter
    breaches: dict[str, list[Value]] = {level: [] for level in LEVELS}
    for test in context.deal.tests:
        context.claims.append(Claim(test.name, "test"))
        with emitter.step(f"tests.{test.name}", f"test {test.name}", details=details(test)):
            for level, breached in _test(context, test).items():
                breaches[level].append(breached)
    if not breaches["lock_up"] and not breaches["default"]:
        context.names["status.lock_up"] = context.names["status.default"] = lambda: ZERO
        return {"performing": Mask()}
    with emitter.step("status", "status of the deal"):
        return _status(context, breaches)


def _test(context: Context, test: CoverageTest) -> dict[str, Value]:
    emitter = context.emitter
    numerator, denominator = lower_formula(context, test.numerator), lower_formula(context, test.denominator)
    if context.later & {test.name, f"{test.name}.numerator", f"{test.name}.denominator"}:
        numerator, denominator = emitter.frozen(numerator), emitter.frozen(denominator)
    context.names[f"{test.name}.numerator"] = lambda: numerator
    context.names[f"{test.name}.denominator"] = lambda: denominator
    context.names[test.name] = lambda: _ratio(context, numerator, denominator)
    found: dict[str, Value] = {}
    for level in LEVELS:
        value = getattr(test, level)
        if value is None:
            continue
        breached = emitter.temp(f"{test.name}.{level}")
        field = "breached" if level == "trigger" else level
        total, record = context.total(test.name, field)
        emitter.emit(Op.TEST, breached, numerator, denominator, _level(context, test, value), total, record=record)
        found[level] = breached
    worst = next((found[level] for level in LEVELS if level in found), ZERO)
    context.names[f"{test.name}.breached"] = lambda: worst
    return found


def _level(context: Context, test: CoverageTest, level: float) -> Value:
    """The level by period: before the first test date nothing is below it."""
    if test.first_test is None:
        return Constant(level)
    return series([level if date >= test.first_test else -INFINITE.value for date in context.dates.dates])


def _ratio(context: Context, numerator: Value, denominator: Value) -> Value:
    """Infinite where nothing is due."""
    emitter = context.emitter
    due = emitter.compute(Op.LT, ZERO, denominator)
    return emitter.compute(Op.SELECT, due, emitter.compute(Op.DIV, numerator, denominator), INFINITE, name="ratio")


def _status(context: Context, breaches: dict[str, list[Value]]) -> dict[str, Mask]:
    """Default is for good; lock-up lasts as long as its test fails; default overrides lock-up."""
    emitter = context.emitter
    defaulted: Value = ZERO
    if breaches["default"]:
        state = emitter.state("status.default")
        defaulted = _any(context, [state, *breaches["default"]])
        emitter.emit(Op.COPY, state, defaulted)
        context.record("status", "default", state, flow=False)
        context.claims.append(Claim("status", "status"))
    locked = _any(context, breaches["lock_up"])
    locked = emitter.compute(Op.AND, locked, emitter.compute(Op.NOT, defaulted))
    performing = emitter.compute(Op.NOT, emitter.compute(Op.OR, locked, defaulted))
    context.names["status.lock_up"] = lambda: locked
    context.names["status.default"] = lambda: defaulted
    masks = {"performing": Mask(ONE, performing), "lock_up": Mask(ONE, locked), "enforcement": Mask(ONE, defaulted)}
    return {status: mask for status, mask in masks.items() if mask.lane != ZERO}


def _any(context: Context, conditions: list[Value]) -> Value:
    result: Value = ZERO
    for condition in conditions:
        result = condition if result == ZERO else context.emitter.compute(Op.OR, result, condition)
    return result
