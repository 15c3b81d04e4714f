"""What must hold between the fields of a deal. Everything that is wrong is collected; names inside formulas and steps
are the compiler's business, which has the symbol table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import attrs

from tranche.collateral.terms import Collateral
from tranche.errors import Invalid, Place, Problem
from tranche.market.terms import Market
from tranche.terms.dates import check_schedule_size

from .account import Account
from .borrowing_base import BorrowingBase, borrowing_base_problems
from .check_collateral import collateral_problems
from .check_debt import debt_problems
from .check_fee import fee_problems
from .check_market import market_problems
from .check_support import support_problems
from .check_test import test_problems
from .debt import Debt
from .expect import Expect
from .facility import Facility
from .fee import Fee
from .formula import Formula
from .guarantee import Guarantee
from .hedge import Hedge
from .ledger import Ledger
from .names import check_name
from .residual import Residual
from .schedule import Schedule
from .series import Series
from .step import LISTS, Step, Waterfalls
from .test import CoverageTest

SUPPORT = ("facilities", "guarantees", "hedges", "ledgers")


@attrs.frozen(kw_only=True)
class Parts:
    """The parts of a deal that could be read; None where one could not, so that the others are still checked."""

    schedule: Schedule | None = None
    series: tuple[Series, ...] = ()
    tranches: tuple[Debt | Residual, ...] = ()
    fees: tuple[Fee, ...] = ()
    accounts: tuple[Account, ...] = ()
    facilities: tuple[Facility, ...] = ()
    guarantees: tuple[Guarantee, ...] = ()
    hedges: tuple[Hedge, ...] = ()
    ledgers: tuple[Ledger, ...] = ()
    tests: tuple[CoverageTest, ...] = ()
    waterfall: Waterfalls | None = None
    collateral: Collateral | None = None
    market: Market | None = None
    expect: Expect | None = None
    borrowing_base: BorrowingBase | None = None


def part_problems(parts: Parts) -> Iterator[Problem]:
    """Every problem between fields, with its path in the deal."""
    if parts.schedule is not None:
        yield from _schedule(parts.schedule)
    for series in parts.series:
        yield from _series(series)
    for tranche in parts.tranches:
        if isinstance(tranche, Debt):
            yield from debt_problems(tranche, parts.schedule)
    yield from _ranks(parts.tranches)
    for fee in parts.fees:
        yield from fee_problems(fee)
    for account in parts.accounts:
        yield from _account(account, parts.schedule)
    yield from support_problems(parts.guarantees, parts.hedges, parts.ledgers)
    for test in parts.tests:
        yield from test_problems(test)
    if parts.waterfall is not None:
        yield from _waterfalls(parts.waterfall)
    if parts.market is not None:
        yield from market_problems(parts.market)
    if parts.collateral is not None:
        yield from collateral_problems(parts.collateral)
    for path, what, fix in borrowing_base_problems(parts.borrowing_base):
        yield problem(f"borrowing_base.{path}", what, fix)
    if parts.expect is not None:
        yield from _expect(parts.expect)


def _waterfalls(waterfalls: Waterfalls) -> Iterator[Problem]:
    for status in LISTS:
        for i, step in enumerate(getattr(waterfalls, status)):
            for key, what, fix in step_problems(step):
                yield problem(f"waterfall.{status}[{i}].{key}", what, fix)


def name_problems(sections: Mapping[str, Iterable[str]]) -> Iterator[Problem]:
    """Names that cannot be names, and names given twice: all of them share one namespace in formulas."""
    owners: dict[str, str] = {}
    for section, names in sections.items():
        for name in names:
            path = f"{section}.{name}"
            try:
                check_name(name)
            except Invalid as invalid:
                yield problem(path, invalid.what, invalid.fix)
                continue
            if name in owners:
                fix = "rename one: tranches, fees, accounts, tests, series and definitions share names in formulas"
                yield problem(path, f"the name {name!r} is taken by {owners[name]}", fix)
            owners.setdefault(name, path)


def check_formulas(definitions: Mapping[str, Formula]) -> None:
    """Every definition must be a Formula. Raises Invalid."""
    for name, formula in definitions.items():
        if not isinstance(formula, Formula):
            raise Invalid(f"definition {name!r} is not a Formula", "give parse_formula('2% * pool / 12')")


def problem(path: str, what: str, fix: str = "") -> Problem:
    return Problem(what, fix, Place(path))


def _schedule(schedule: Schedule) -> Iterator[Problem]:
    try:
        check_schedule_size(schedule.closing, schedule.maturity, schedule.frequency, schedule.first_payment)
    except Invalid as invalid:
        late = schedule.first_payment is not None and schedule.closing < schedule.maturity
        yield problem("schedule.first_payment" if late else "schedule.maturity", invalid.what, invalid.fix)


def _series(series: Series) -> Iterator[Problem]:
    given = [form for form in ("values", "dated", "levels") if getattr(series, form)]
    if len(given) != 1:
        what = f"{' and '.join(given)} are both given" if given else "the series has no numbers"
        yield problem(f"series.{series.name}", what, "one of values, dated and levels")


def _ranks(tranches: tuple[Debt | Residual, ...]) -> Iterator[Problem]:
    ranked = [tranche for tranche in tranches if tranche.rank is not None]
    for tranche in tranches:
        if ranked and tranche.rank is None:
            what = f"{tranche.name} has no rank but {ranked[0].name} has"
            yield problem(f"tranches.{tranche.name}", what, "give each a rank, or none (then their order counts)")


def _account(account: Account, schedule: Schedule | None) -> Iterator[Problem]:
    if schedule is not None and account.closes is not None and account.closes < schedule.closing:
        what = f"the account closes on {account.closes}, before the deal's closing {schedule.closing}"
        yield problem(f"accounts.{account.name}.closes", what, "write a later date")


def _expect(expect: Expect) -> Iterator[Problem]:
    seen: set[str] = set()
    for item in expect.figures:
        if item.figure in seen:
            yield problem(f"expect.figures.{item.figure}", f"{item.figure} is stated twice", "keep one")
        seen.add(item.figure)


def step_problems(step: Step) -> Iterator[tuple[str, str, str]]:
    """(key in the step, what, fix) of what does not fit inside one step."""
    if step.cover and step.verb != "draw":
        yield "for", f"`for` on a {step.verb} step", "only draw takes `for`: what the cash must cover"
    if step.to != "cash" and step.verb not in ("draw", "transfer", "release"):
        yield "to", f"`to` on a {step.verb} step", "only draw, transfer and release take `to`"
    if step.source != "cash" and step.verb in ("draw", "release"):
        yield "from", f"`from` on a {step.verb} step", f"{step.verb} names its account itself"
    if step.verb == "transfer":
        if step.targets != (step.to,):
            yield step.verb, "a transfer goes to one account", "write transfer: {from: cash, to: holdback}"
        if step.source == step.to:
            yield step.verb, f"a transfer from {step.source} to itself", "name two accounts"
    if step.verb in ("write_down", "write_up"):
        if step.limit is None:
            yield step.verb, f"a {step.verb} without its amount", "add `limit`, such as limit: collections.loss"
        for key, given in (("from", step.source != "cash"), ("share", step.share is not None)):
            if given:
                yield key, f"`{key}` on a {step.verb} step", "it moves no money: leave it out"
    repeated = sorted({target for target in step.targets if step.targets.count(target) > 1})
    if repeated:
        yield step.verb, f"{', '.join(repeated)} is named twice in one step", "name it once"
    if step.after is not None and step.until is not None and step.after > step.until:
        yield "until", f"the step ends on {step.until}, before it begins on {step.after}", "swap them"
