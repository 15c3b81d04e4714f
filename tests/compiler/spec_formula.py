"""The specification's formulas that depend on the period alone: one float64 a period, with no path in sight."""

from __future__ import annotations

import datetime as dt
import math
from fractions import Fraction
from typing import Any

from tests.compiler.spec_borrowing_base import certificate
from tests.compiler.spec_levels import tested
from tests.compiler.spec_status import uniform_status
from tranche.deal import Deal, Debt, Lag
from tranche.deal import Series as StatedSeries
from tranche.deal.formula import Binary, Call, Expr, Name, Number, Unary
from tranche.market.rates import rate_on
from tranche.terms.calendars import calendar
from tranche.terms.dates import PaymentDates, to_quantlib
from tranche.terms.daycounts import year_fraction

Series = list[float]


def exact(value: float) -> Any:
    """A float as a Fraction; infinities stay what they are."""
    return Fraction(value) if math.isfinite(value) else value


def divide(a: Any, b: Any) -> Any:
    """a / b; by zero: infinite with a's sign, and 0 / 0 is 0."""
    if b != 0:
        return a / b
    return 0 if a == 0 else math.copysign(math.inf, a)


def operate(op: str, a: Any, b: Any) -> Any:
    match op:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "/":
            return divide(a, b)
        case "and":
            return Fraction(a != 0 and b != 0)
        case "or":
            return Fraction(a != 0 or b != 0)
    return Fraction({"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "==": a == b, "!=": a != b}[op])


class Uniform:
    """The names and formulas that are the same on every path."""

    def __init__(self, deal: Deal, dates: PaymentDates) -> None:
        self.deal, self.periods = deal, dates.periods
        self.sums: dict[str, Series] = {}  # index and margin of each debt's coupon
        day_count = deal.schedule.day_count
        self.names: dict[str, Series] = {
            "period": [float(t) for t in range(1, self.periods + 1)],
            "periods": [float(self.periods)] * self.periods,
            "final": [0.0] * (self.periods - 1) + [1.0],
            "year_fraction": [year_fraction(day_count, a, b) for a, b in zip(dates.starts, dates.dates, strict=True)],
        }
        for rate in deal.market.rates:
            self.names[f"rates.{rate.name}"] = [rate_on(rate, start) for start in dates.starts]
        for series in deal.series:
            self.names[series.name] = stated_series(series, dates)
        for tranche in deal.tranches:
            self.names[f"{tranche.name}.notional"] = [tranche.notional] * self.periods
            if isinstance(tranche, Debt):
                coupon = tranche.coupon
                index = [0.0] * self.periods
                if coupon.index:
                    reference = next(rate for rate in deal.market.rates if rate.name == coupon.index)
                    index = [rate_on(reference, lagged(start, coupon.reset_lag, deal)) for start in dates.starts]
                low = -math.inf if coupon.floor is None else coupon.floor
                high = math.inf if coupon.cap is None else coupon.cap
                margins = [plain_sum([coupon.spread, *(add for day, add in sorted(coupon.step_up) if day <= start)])
                           for start in dates.starts]
                bounded = [max(low, min(high, i)) for i in index]
                self.sums[tranche.name] = [i + margin for i, margin in zip(bounded, margins, strict=True)]
                if not coupon.margins and not any(extension.add for extension in tranche.extensions):
                    most = math.inf if coupon.all_in_cap is None else coupon.all_in_cap
                    least = -math.inf if coupon.all_in_floor is None else coupon.all_in_floor
                    rates = [max(0.0, least, min(most, rate)) for rate in self.sums[tranche.name]]
                    self.names[f"{tranche.name}.rate"] = rates
                    self.names |= scheduled(tranche, rates, deal, dates)
        if not deal.fees:
            self.names["fees.due"] = [0.0] * self.periods
        for name, tree in certificate(deal).items():
            row = self.value(tree)
            self.names |= {name: row} if row is not None else {}
        known = uniform_status(deal, dates.dates, self.value)
        self.names |= {name: row for name, row in known.items() if row is not None}
        for test in deal.tests:
            stated = None if test.cure is None else self.value(test.cure.tree)
            if stated is not None:
                first = next(iter(test.levels))
                self.names[f"{test.name}.cure"] = [
                    0.0 if tested(test, first, dates.dates, t) is None else max(0.0, amount)
                    for t, amount in enumerate(stated)
                ]

    def value(self, tree: Expr) -> Series | None:
        """The formula in each period; None when it needs a path."""
        match tree:
            case Number(number):
                return [number] * self.periods
            case Name(name) if name in self.deal.definitions:
                return self.value(self.deal.definitions[name].tree)
            case Name(name):
                return self.names.get(name)
            case Unary(op, operand):
                known = self.value(operand)
                return known and [float(x == 0) if op == "not" else 0.0 - x for x in known]
            case Binary(op, left, right):
                return self.binary(op, self.value(left), self.value(right))
            case Call(function, arguments):
                return self.call(function, arguments)
        raise AssertionError(tree)

    def binary(self, op: str, left: Series | None, right: Series | None) -> Series | None:
        for side in (left, right):
            if side is not None and op == "and" and not any(side):
                return [0.0] * self.periods
            if side is not None and op == "or" and all(x == 1 for x in side):
                return [1.0] * self.periods
        if left is None or right is None:
            return None
        return [float(operate(op, a, b)) for a, b in zip(left, right, strict=True)]

    def call(self, function: str, arguments: tuple[Expr, ...]) -> Series | None:
        if function in ("prev", "sum_last", "avg_last", "sum_to_date"):
            return None  # they keep something of every path, even of numbers that are the same on all
        known = [self.value(argument) for argument in arguments]
        if function == "if_else" and known[0] is not None and len(set(known[0])) == 1:
            return known[1] if known[0][0] != 0 else known[2]
        rows = [row for row in known if row is not None]
        if len(rows) < len(known):
            return None
        if function == "sum_next":
            n = int(rows[1][0])
            return [plain_sum(rows[0][t + 1 : t + 1 + n]) for t in range(self.periods)]
        if function == "npv_next":
            n = int(rows[2][0]) if len(rows) > 2 else self.periods
            return [self.present_value(rows[0], rows[1], t, n) for t in range(self.periods)]
        return [self.apply(function, *values) for values in zip(*rows, strict=True)]

    def present_value(self, amounts: Series, rates: Series, t: int, n: int) -> float:
        """What the next n amounts are worth on date t, discounted period by period from the last one."""
        worth = 0.0
        for k in sorted(range(t + 1, min(t + n + 1, self.periods)), reverse=True):
            growth = 1.0 + rates[k] * self.names["year_fraction"][k]
            worth = float(divide(worth + amounts[k], growth))
        return worth

    @staticmethod
    def apply(function: str, *x: float) -> float:
        match function:
            case "min":
                return min(x)
            case "max":
                return max(x)
            case "abs":
                return abs(x[0])
            case "clip":
                return min(max(x[0], x[1]), x[2])
        return x[1] if x[0] != 0 else x[2]  # if_else


def scheduled(debt: Debt, rates: Series, deal: Deal, dates: PaymentDates) -> dict[str, Series]:
    """`X.scheduled.…` of a plain debt, if all is paid when it falls due: its instalments and, with a balloon, what is
    left of it at maturity."""
    terms, last = debt.amortisation, len(dates.dates) - 1
    if terms.kind not in ("bullet", "level", "schedule") or debt.maturity or terms.over or terms.first:
        return {}
    found: dict[str, Series] = {"interest": [], "principal": [], "debt_service": [], "balance": []}
    balance = debt.at_closing
    for t, (start, end) in enumerate(zip(dates.starts, dates.dates, strict=True)):
        due = {"bullet": debt.notional * (t == last), "level": debt.notional / (last + 1)}.get(terms.kind)
        due = terms.amounts[t] if due is None else due
        principal = balance if terms.balloon and t == last else min(balance, due)
        interest = balance * (rates[t] * year_fraction(debt.day_count or deal.schedule.day_count, start, end))
        balance -= principal
        for field, amount in zip(found, (interest, principal, interest + principal, balance), strict=True):
            found[field].append(amount)
    return {f"{debt.name}.scheduled.{field}": row for field, row in found.items()}


def stated_series(series: StatedSeries, dates: PaymentDates) -> Series:
    """A number for each payment date, by the docstring of `deal.Series`."""
    if series.values:
        return list(series.values)
    numbers = []
    for t, date in enumerate(dates.dates):
        if series.levels:
            begun = [point for point in sorted(series.levels) if point[0] <= date] or [min(series.levels)]
            numbers.append(begun[-1][1])
        else:
            before = dates.dates[t - 1] if t else dt.date.min
            numbers.append(plain_sum([x for day, x in sorted(series.dated) if before < day <= date]))
    return numbers


def lagged(start: dt.date, lag: Lag, deal: Deal) -> dt.date:
    """`lag` before the first day of an accrual period."""
    if not lag.business:
        return start - dt.timedelta(days=lag.days)
    open_days, day = calendar(deal.schedule.calendar), start
    counted = 0
    while counted < lag.days:
        day -= dt.timedelta(days=1)
        counted += open_days.isBusinessDay(to_quantlib(day))
    return day


def plain_sum(numbers: Series) -> float:
    """From left to right, one rounding an addition: sum() compensates from Python 3.12 on."""
    total = 0.0
    for number in numbers:
        total += number
    return total
