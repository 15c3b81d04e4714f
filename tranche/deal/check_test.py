"""What must hold between the fields of a coverage test."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tranche.errors import Place, Problem, nearest

from .level_schedule import dates_of, level_on
from .level_words import number
from .test import LEVELS, CoverageTest


def test_problems(test: CoverageTest) -> Iterator[Problem]:
    """Every problem between the fields of a test, with its path in the deal."""
    path = f"tests.{test.name}"
    levels = test.levels
    if not levels:
        yield _problem(path, "the test has no level", "give trigger, lock_up or default, such as trigger: 1.20x")
    ordered = [name for name in ("lock_up", "early_amortisation", "default") if name in levels]
    for first, second in pairwise(ordered):
        for date in dates_of(levels[first], levels[second]):
            if test.stricter(levels[second], levels[first], date):
                a, b = (number(test, level_on(levels[name], date) or 0.0) for name in (second, first))
                side, low = ("above", "lower") if test.breach == "below" else ("below", "higher")
                what = f"the {second} level {a} is {side} the {first.replace('lock_up', 'lock-up')} level {b}"
                yield _problem(f"{path}.{second}", what, f"{second} is the {low} one")
                break
    if test.equity_cure is not None:
        of = test.equity_cure.of
        if of is not None and of not in levels:
            what = f"the test has no level {of!r}" if of in LEVELS else f"unknown level {of!r}"
            yield _problem(f"{path}.equity_cure.of", what, nearest(of, levels))


def _problem(path: str, what: str, fix: str) -> Problem:
    return Problem(what, fix, Place(path))
