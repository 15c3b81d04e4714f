"""What a coverage test means, from the docstrings of `tranche.deal.test` and `tranche.deal.equity_cure` alone: the
outcome of every test date is kept, and what bites is told from the whole list of them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any

import attrs

from tests.compiler import spec_levels
from tests.compiler.spec_formula import divide, exact
from tranche.deal import CoverageTest
from tranche.deal.formula import Expr
from tranche.deal.test import LEVELS

Amount = Any


def run_length(outcomes: Sequence[bool]) -> int:
    """How many equal outcomes end the list."""
    return len(list([list(group) for _, group in groupby(outcomes)][-1])) if outcomes else 0


def bites(failures: Sequence[bool], grace: int, clean: int) -> bool:
    """Whether a level bites after these outcomes of its test dates."""
    biting = False
    for k in range(1, len(failures) + 1):
        row = run_length(failures[:k])
        if failures[k - 1] and row > grace:
            biting = True
        if not failures[k - 1] and row >= clean:
            biting = False
    return biting


@attrs.define
class ReadTest:
    """A test of the deal. `value` gives a formula's value as things stand; `moved` records; `pay_in` is cash from
    outside into an account."""

    terms: CoverageTest
    dates: Sequence[dt.date]
    value: Callable[[Expr], Amount]
    moved: Callable[[str, Amount], None]
    pay_in: Callable[[str, Amount], None]
    numerator: Amount = Fraction(0)
    denominator: Amount = Fraction(0)
    injected: Amount = Fraction(0)
    t: int = -1
    failures: dict[str, list[bool]] = attrs.field(factory=dict)
    cured: list[bool] = attrs.field(factory=list)

    def read(self, t: int) -> dict[str, bool]:
        """Stage 4 of period t: which levels bite."""
        self.t, terms = t, self.terms
        self.numerator, self.denominator = self.value(terms.numerator.tree), self.value(terms.denominator.tree)
        failed = {}
        for name in LEVELS:
            if self.number(name) is not None or getattr(terms, name) is not None:
                failed[name] = self.fails(name)
                self.moved(f"{terms.name}.{'breached' if name == 'trigger' else name}", Fraction(failed[name]))
        mended = self.equity_cure(failed)
        for name, fails in failed.items():
            if self.level(name) is not None:
                excused = mended is not None and not self.stricter(name, mended)
                self.failures.setdefault(name, []).append(fails and not excused)
        return {name: self.bites(name) for name in failed}

    def number(self, name: str) -> float | None:
        """The level that is written for this date, tested or not."""
        return spec_levels.written(self.terms, name, self.dates[self.t])

    def level(self, name: str) -> float | None:
        """The level of this date; None when it is not tested."""
        return spec_levels.tested(self.terms, name, self.dates, self.t)

    def fails(self, name: str) -> bool:
        level = self.level(name)
        if level is None:
            return False
        if self.terms.breach == "below":
            return self.denominator > 0 and divide(self.numerator, self.denominator) < exact(level)
        if self.denominator > 0:
            return divide(self.numerator, self.denominator) > exact(level)
        return self.numerator > 0

    def bites(self, name: str) -> bool:
        return bites(self.failures.get(name, []), self.terms.grace, self.terms.clean)

    def stricter(self, name: str, than: str) -> bool:
        one, other = self.number(name), self.number(than)
        if one is None or other is None:
            return False
        return one > other if self.terms.breach == "below" else one < other

    @property
    def ratio(self) -> Amount:
        if self.denominator > 0:
            return divide(self.numerator, self.denominator)
        return math.inf if self.terms.breach == "below" or self.numerator > 0 else Fraction(0)

    def equity_cure(self, failed: dict[str, bool]) -> str | None:
        """The level that the sponsor has cured on this date."""
        right = self.terms.equity_cure
        if right is None:
            return None
        of = right.of or list(failed)[-1]
        self.injected = Fraction(0)
        if self.level(of) is None:
            return None
        if right.amount is not None:
            needed = max(Fraction(0), self.value(right.amount.tree))
        else:
            needed = self.lacks("shortfall" if self.terms.breach == "below" else "cure", of)
        row = run_length(self.cured) if self.cured and self.cured[-1] else 0
        pays = failed[of] and sum(self.cured) < right.limit
        pays = pays and (right.in_a_row is None or row < right.in_a_row)
        pays = pays and (right.when is None or self.value(right.when.tree) != 0)
        pays = pays and (right.most is None or needed <= self.value(right.most.tree))
        self.cured.append(pays)
        if pays:
            self.injected = needed
        self.moved(f"{self.terms.name}.equity_cure", self.injected)
        self.pay_in(right.to, self.injected)
        return of if pays else None

    def lacks(self, kind: str, name: str) -> Amount:
        """`cure` and `shortfall` against a level, as numerator and denominator stand now."""
        level = self.level(name)
        if level is None:
            return Fraction(0)
        n, d, needed = self.value(self.terms.numerator.tree), self.value(self.terms.denominator.tree), exact(level)
        if self.terms.breach == "below":
            if d <= 0 or n >= needed * d:
                return Fraction(0)
            return min(d, d - n / needed) if kind == "cure" else needed * d - n
        if n <= needed * max(d, 0):
            return Fraction(0)
        return n - needed * max(d, 0) if kind == "cure" else n / needed - d

    def name(self, field: str) -> Amount:
        """What a formula reads as TEST.field."""
        first = next(name for name in LEVELS if getattr(self.terms, name) is not None)
        match field:
            case "":
                return self.ratio
            case "numerator" | "denominator":
                return getattr(self, field)
            case "breached":
                return Fraction(self.bites(first))
            case "cure" if self.terms.cure is not None:
                stated = max(Fraction(0), self.value(self.terms.cure.tree))
                return stated if self.level(first) is not None else Fraction(0)
            case "cure" | "shortfall":
                return self.lacks(field, first)
            case "equity_cure":
                return self.injected
        return Fraction(self.bites(field))
