"""Coverage tests: minimum and maximum, with levels by date, test dates, grace, and cures."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from hypothesis import strategies as st

from tranche.deal import CoverageTest, EquityCure, LevelSchedule
from tranche.deal.formula import Binary, Name
from tranche.deal.level_schedule import Level
from tranche.deal.test import BREACHES
from tranche.deal.test import LEVELS as NAMES

from .formulas import LEVELS, Scope, conditions, formula, money


def flags_of(test: CoverageTest) -> tuple[str, ...]:
    """The names by which formulas read whether a test bites."""
    return (f"{test.name}.breached", *(f"{test.name}.{level}" for level in test.levels if level != "trigger"))


@st.composite
def coverage_tests(
    draw: st.DrawFn,
    name: str,
    scope: Scope,
    debts: list[str],
    accounts: tuple[str, ...],
    dates: tuple[dt.date, ...],
) -> CoverageTest:
    """A test of collections, less something, against what is due or owed, or of what is owed against them."""
    top = formula(Binary("-", Name("collections"), draw(money(scope, depth=1)).tree))
    dues = ("debt_service", *(f"{d}.debt_service" for d in debts), f"{debts[0]}.balance")
    owed = formula(Name(draw(st.sampled_from(dues))))
    breach = draw(st.sampled_from(BREACHES))
    sides = (top, owed) if breach == "below" else (owed, top)
    plain = CoverageTest(
        name=name,
        numerator=sides[0],
        denominator=sides[1],
        breach=breach,
        unit="x" if breach == "below" else "%",
        first_test=draw(st.one_of(st.none(), st.sampled_from(dates))),
    )
    plain = attrs.evolve(plain, **draw(_levels(breach, dates)))
    return attrs.evolve(plain, **draw(_cures(plain, scope, accounts))) if draw(st.booleans()) else plain


@st.composite
def _levels(draw: st.DrawFn, breach: str, dates: tuple[dt.date, ...]) -> dict[str, Any]:
    """Levels in the order of their gravity, some of them left out; one in three by date."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=len(NAMES), unique=True))
    numbers = draw(st.lists(st.sampled_from(LEVELS), min_size=len(NAMES), max_size=len(NAMES)))
    ordered = dict(zip(NAMES, sorted(numbers, reverse=breach == "below"), strict=True))
    found: dict[str, Level] = {level: ordered[level] for level in NAMES if level in names}
    if draw(st.integers(0, 2)) == 0:
        start = draw(st.sampled_from(dates))
        found = {level: _moved(number, start, dates) for level, number in found.items() if isinstance(number, float)}
    return found


def _moved(level: float, start: dt.date, dates: tuple[dt.date, ...]) -> LevelSchedule:
    """From `start` on at this level, then, on the last date, at twice it."""
    return LevelSchedule(((start, level), *([(dates[-1], 2.0 * level)] if start < dates[-1] else [])))


@st.composite
def _cures(draw: st.DrawFn, test: CoverageTest, scope: Scope, accounts: tuple[str, ...]) -> dict[str, Any]:
    small = st.integers(0, 2)
    found: dict[str, Any] = {"every": draw(small) + 1, "grace": draw(small), "clean": draw(small) + 1}
    if draw(small) == 0:
        found["cure"] = draw(money(scope, depth=1))
    if draw(small) > 0:
        right: dict[str, Any] = {"limit": draw(small) + 1, "of": draw(st.sampled_from((None, *test.levels)))}
        right["in_a_row"] = draw(st.sampled_from((None, 1, 2)))
        right["to"] = draw(st.sampled_from(("cash", *accounts)))
        for field, some in (("amount", money), ("most", money), ("when", conditions)):
            if draw(small) == 0:
                right[field] = draw(some(scope, 1))
        found["equity_cure"] = EquityCure(**right)
    return found
