"""What sets the status of a date, from the docstrings of `tranche.deal.status` and `tranche.deal.step.Waterfalls`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

import attrs

from tranche.deal import Deal, StatusRules
from tranche.deal.formula import Expr, Formula

STATUSES = ("default", "early_amortisation", "lock_up", "revolving", "performing")  # the gravest first


@attrs.define
class Status:
    """The status of a deal. `spec` is the Specification: `value` of a formula, `debts`, `moved`."""

    deal: Deal
    dates: Sequence[dt.date]
    now: str = "performing"
    defaulted: bool = False
    amortising: bool = False
    revolved: bool = False  # the revolving period has ended for good
    late: dict[str, int] = attrs.field(factory=dict)  # due -> dates in a row on which it was left unpaid
    alone: set[str] = attrs.field(factory=set)  # debts that are accelerated by themselves
    scheduled: dict[str, tuple[Fraction, ...]] = attrs.field(factory=dict)  # due, of all that fell due; written down

    @property
    def rules(self) -> StatusRules:
        return self.deal.status or StatusRules()

    def decide(self, spec: Any, levels: set[str]) -> None:
        """Stage 5, given the levels of tests that bite."""
        rules = self.rules

        def holds(formula: Formula | None) -> bool:
            return formula is not None and spec.value(formula.tree) != 0

        missed = {due for due, most in rules.payment_default.items() if self.late.get(due, 0) >= most}
        if not rules.cross_acceleration:
            self.alone |= {due.split(".")[0] for due in missed}
            missed = set()
        early = "early_amortisation" in levels or holds(rules.early_amortisation)
        locked = "lock_up" in levels or holds(rules.lock_up)
        over = rules.revolving is not None and holds(rules.revolving.ends_when)
        self.defaulted = self.defaulted or "default" in levels or holds(rules.default) or bool(missed)
        self.amortising = early or (self.amortising and rules.early_amortisation_is_final)
        self.revolved = self.revolved or over or self.amortising or self.defaulted
        until = rules.revolving.until if rules.revolving is not None else None
        within = rules.revolving is not None and (until is None or self.dates[spec.t] <= until)
        found = dict(zip(STATUSES, (self.defaulted, self.amortising, locked, within and not self.revolved, True),
                         strict=True))  # fmt: skip
        self.now = next(name for name in STATUSES if found[name])
        for name in recorded(self.deal):
            spec.moved(f"status.{name}", Fraction(self.now == name))
        if self.deal.status is not None and rules.acceleration:
            for name, debt in spec.debts.items():
                if self.now == "default" or name in self.alone:
                    self.scheduled[name] = debt.principal, debt.balance, debt.written
                    debt.principal = debt.balance

    def restore(self, debts: dict[str, Any]) -> None:
        """After everything else: the schedule carries its own arrears to the next date, not what acceleration made
        due, less what was repaid of it."""
        for name, (due, whole, written) in self.scheduled.items():
            debt = debts[name]
            lost = max(Fraction(0), debt.written - written)
            repaid = max(Fraction(0), whole - debt.principal - lost)
            debt.principal = max(Fraction(0), due - repaid)
        self.scheduled.clear()

    def close(self, name: str, debt: Any) -> None:
        """What an accelerated or called debt leaves unpaid is at most its balance; what is unpaid is counted."""
        accelerated = self.now == "default" or name in self.alone
        if debt.called or (accelerated and self.deal.status is not None and self.rules.acceleration):
            debt.principal = min(debt.principal, debt.balance)
        for part in ("interest", "principal"):
            unpaid = getattr(debt, part) > Fraction(1e-9 * debt.terms.notional)
            due = f"{name}.{part}"
            self.late[due] = self.late.get(due, 0) + 1 if unpaid else 0


def recorded(deal: Deal) -> tuple[str, ...]:
    """Default wherever it can happen; the others in deals whose status does not follow from failed tests alone."""
    tests, rules = deal.tests, deal.status
    states = {level for test in tests for level in test.levels if level in STATUSES}
    if rules is not None:
        states |= {name for name in STATUSES if getattr(rules, name, None) is not None}
        states |= {"default"} if rules.payment_default and rules.cross_acceleration else set()
    delayed = any(test.every > 1 or test.grace or test.clean > 1 or test.equity_cure for test in tests)
    detailed = rules is not None or delayed or "early_amortisation" in states
    return tuple(name for name in STATUSES if name in states and (detailed or name == "default"))


Known = list[float] | None  # one number a period where the period alone decides


def either(conditions: Iterable[Known], periods: int) -> Known:
    """Whether one of them holds: known where one is always true, or where all are known."""
    found = list(conditions)
    if any(row is not None and all(x != 0 for x in row) for row in found):
        return [1.0] * periods
    rows = [row for row in found if row is not None]
    return [float(any(xs)) for xs in zip([0.0] * periods, *rows, strict=True)] if len(rows) == len(found) else None


def both(a: Known, b: Known) -> Known:
    for row in (a, b):
        if row is not None and not any(row):
            return row
    return None if a is None or b is None else [float(x != 0 and y != 0) for x, y in zip(a, b, strict=True)]


def no(a: Known) -> Known:
    return None if a is None else [float(x == 0) for x in a]


def uniform_status(deal: Deal, dates: Sequence[dt.date], value: Callable[[Expr], Known]) -> dict[str, Known]:
    """The statuses that the period alone decides. What holds for good hangs on the path."""
    rules, periods = deal.status or StatusRules(), len(dates)

    def causes(level: str) -> list[Known]:
        formula = getattr(rules, level)
        return [None for test in deal.tests if level in test.levels] + ([value(formula.tree)] if formula else [])

    never: Known = [0.0] * periods
    default_causes = causes("default") + [None for _ in rules.payment_default if rules.cross_acceleration]
    defaulted = None if default_causes else never
    early = either(causes("early_amortisation"), periods)
    if rules.early_amortisation_is_final and (early is None or any(early)):
        early = None
    locked = either(causes("lock_up"), periods)
    revolving = never
    if rules.revolving is not None:
        until, ends = rules.revolving.until, rules.revolving.ends_when
        revolving = [float(until is None or date <= until) for date in dates]
        over = either([*([value(ends.tree)] if ends else []), early, defaulted], periods)
        if over is None or any(over):
            revolving = None
    found = {"status.default": defaulted}
    graver = [defaulted]
    for name, holds in (("early_amortisation", early), ("lock_up", locked), ("revolving", revolving)):
        found[f"status.{name}"] = both(holds, no(either(graver, periods)))
        graver.append(holds)
    found["status.performing"] = no(either(found.values(), periods))
    return found
