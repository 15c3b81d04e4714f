"""What can only be checked with the whole deal in view: names, cycles, indices, factors, and every step."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.collateral import miner_names
from tranche.collateral.names import factor_fields, nested
from tranche.collateral.terms import Collections, Miner, fleet_of
from tranche.deal import Deal, Debt
from tranche.deal.formula import Call, Formula, Number, count_of
from tranche.deal.step import LISTS
from tranche.errors import Problem, nearest
from tranche.terms.dates import PaymentDates

from .check_debts import debt_problems, proceeds_problems
from .check_stages import reads_now, stage_problems
from .check_steps import problem, step_problems
from .check_support import coupon_problems, index_problems, support_problems
from .names import cure_formulas, formulas, known_in_advance, known_names, reads_only, used_names, walk

LONGEST_WINDOW = 120  # periods that sum_last and its kin may look back or ahead


def problems(deal: Deal, dates: PaymentDates) -> list[Problem]:
    """Everything that is wrong, with places. An empty list: the deal compiles."""
    found = [
        *_formulas(deal),
        *stage_problems(deal),
        *_cycles(deal),
        *_indices(deal),
        *debt_problems(deal, dates),
        *_accounts(deal),
        *_collateral(deal, dates),
        *support_problems(deal),
        *_schedules(deal, dates),
        *_status(deal, dates),
        *_loans(deal),
        *_clean_up(deal, dates),
        *_series(deal, dates),
    ]
    for status in LISTS:
        for k, step in enumerate(getattr(deal.waterfall, status)):
            found.extend(step_problems(deal, dates, f"waterfall.{status}[{k}]", step))
    return found


def _formulas(deal: Deal) -> Iterator[Problem]:
    known = known_names(deal)
    for path, formula in formulas(deal):
        for name in sorted(used_names(formula.tree) - known):
            yield problem(deal, path, f"unknown name {name!r}", nearest(name, known))
        for node in walk(formula.tree):
            if not isinstance(node, Call):
                continue
            count = count_of(node)
            if count is not None and not (
                isinstance(count, Number) and count.value == int(count.value) and 1 <= count.value <= LONGEST_WINDOW
            ):
                yield problem(
                    deal,
                    path,
                    f"{node.function} needs a number of periods",
                    f"a whole number from 1 to {LONGEST_WINDOW}, written out",
                )
            if node.function in ("sum_next", "npv_next"):
                ahead = node.arguments[: 1 if node.function == "sum_next" else 2]
                if not all(reads_only(deal, argument, known_in_advance(deal)) for argument in ahead):
                    yield problem(
                        deal,
                        path,
                        f"{node.function} looks ahead, and this amount is not known ahead",
                        "use amounts that depend on the period alone",
                    )


def _accounts(deal: Deal) -> Iterator[Problem]:
    """What an account holds at closing must be known then; what it earns goes to an account, at a known rate."""
    accounts = {account.name for account in deal.accounts} | {"cash"}
    balances = {f"{debt.name}.balance" for debt in deal.tranches if isinstance(debt, Debt)}
    for account in deal.accounts:
        path = f"accounts.{account.name}"
        if isinstance(account.initial, Formula):
            target = {f"{account.name}.target"} if account.target is not None else set[str]()
            trees = [account.initial.tree]
            if account.target is not None and target & reads_now(deal, account.initial.tree):
                trees.append(account.target.tree)
            if not all(reads_only(deal, tree, known_in_advance(deal) | balances | target) for tree in trees):
                what = "this amount is not known at closing"
                fix = "an amount, or a formula of notionals, balances and rates of debts, series and dates"
                yield problem(deal, f"{path}.initial", what, fix)
        if account.earnings_to not in accounts:
            what = f"unknown account {account.earnings_to!r}"
            yield problem(deal, f"{path}.earnings_to", what, nearest(account.earnings_to, accounts))
        if account.earns is not None:
            yield from coupon_problems(deal, f"{path}.earns", account.earns)


def _cycles(deal: Deal) -> Iterator[Problem]:
    """Definitions, targets and tests that need each other. `prev(x)` reads the past and closes no circle."""
    graph: dict[str, tuple[str, set[str]]] = {}
    for name, formula in deal.definitions.items():
        graph[name] = (f"definitions.{name}", _needs(formula))
    for account in deal.accounts:
        if account.target is not None:
            graph[f"{account.name}.target"] = (f"accounts.{account.name}.target", _needs(account.target))
    for test in deal.tests:
        path = f"tests.{test.name}.numerator"
        needs = _needs(test.numerator) | _needs(test.denominator)
        cures = {field: _needs(formula) for field, formula in cure_formulas(test)}
        known = {f"{test.name}.{field}": (path, needs) for field in ("breached", "shortfall", *test.levels)}
        graph |= {**known, test.name: (path, needs), f"{test.name}.cure": (path, cures.get("cure", needs))}
        if test.equity_cure is not None:
            needs = needs.union(*cures.values(), {f"{test.name}.cure"})
            graph[f"{test.name}.equity_cure"] = (f"tests.{test.name}.equity_cure", needs)
        graph[f"{test.name}.numerator"] = (path, _needs(test.numerator))
        graph[f"{test.name}.denominator"] = (f"tests.{test.name}.denominator", _needs(test.denominator))
    for fee in deal.fees:
        needs = set[str]().union(*map(_needs, fee.formulas.values()))
        for name in (fee.name, f"{fee.name}.excess"):
            graph[f"{name}.due"] = graph[f"{name}.unpaid"] = (f"fees.{fee.name}", needs)
    for section, name, fields in (
        *(("facilities", one.name, ("commitment", "undrawn")) for one in deal.facilities),
        *(("guarantees", one.name, ("limit", "undrawn")) for one in deal.guarantees),
    ):
        formula = next(found for path, found in formulas(deal) if path == f"{section}.{name}.{fields[0]}")
        for field in fields:
            graph[f"{name}.{field}"] = (f"{section}.{name}.{fields[0]}", _needs(formula))
    graph["fees.due"] = ("fees", {f"{fee.name}.due" for fee in deal.fees})
    if deal.borrowing_base is not None:
        base_needs = set().union(*(_needs(formula) for _, formula in deal.borrowing_base.formulas()))
        graph |= {name: ("borrowing_base", base_needs) for name in deal.borrowing_base.names()}
    done: set[str] = set()
    for start in graph:
        circle = _circle(graph, start, [], done)
        if circle:
            yield problem(
                deal,
                graph[circle[0]][0],
                "depends on itself: " + " → ".join([*circle, circle[0]]),
                "break the circle, for instance by reading prev(…)",
            )


def _needs(formula: Formula) -> set[str]:
    return used_names(formula.tree, into_prev=False)


def _circle(graph: dict[str, tuple[str, set[str]]], name: str, trail: list[str], done: set[str]) -> list[str]:
    if name in trail:
        return trail[trail.index(name) :]
    if name in done or name not in graph:
        return []
    for need in sorted(graph[name][1]):
        circle = _circle(graph, need, [*trail, name], done)
        if circle:
            done.update(circle)
            return circle
    done.add(name)
    return []


def _indices(deal: Deal) -> Iterator[Problem]:
    for tranche in deal.tranches:
        if isinstance(tranche, Debt):
            yield from index_problems(deal, f"tranches.{tranche.name}.coupon", tranche.coupon.index)


def _collateral(deal: Deal, dates: PaymentDates) -> Iterator[Problem]:
    if isinstance(deal.collateral, Collections):
        if set(deal.collateral.components) <= {"loss"}:
            yield problem(
                deal, "collateral.collections.components", "no component is cash", "for instance [cash, loss]"
            )
        for name, amounts in deal.collateral.amounts:
            if len(amounts) != dates.periods:
                what, fix = f"{name}: {len(amounts)} amounts", f"one for each of the {dates.periods} payment dates"
                yield problem(deal, "collateral.collections.amounts", what, fix)
        return
    factors, fleet = {factor.name for factor in deal.market.factors}, fleet_of(deal.collateral)
    found = [] if fleet is None else list(factor_fields(fleet))
    if isinstance(deal.collateral, Miner):
        found = [*miner_names.miner_factors(deal.collateral), *((nested(path), name) for path, name in found)]
        yield from _pledges(deal, deal.collateral)
    for path, name in found:
        if name not in factors:
            yield problem(
                deal,
                path,
                f"unknown market factor {name!r}",
                nearest(name, factors) if factors else f"state it: market.factors.{name}",
            )


def _pledges(deal: Deal, miner: Miner) -> Iterator[Problem]:
    """Coins are pledged to a debt, and a debt is secured by one treasury."""
    debts = [tranche.name for tranche in deal.tranches if isinstance(tranche, Debt)]
    secured: dict[str, str] = {}
    for held in miner.treasury:
        if held.pledge is None:
            continue
        path = f"collateral.miner.treasury.{held.name}.pledge.to"
        if held.pledge.to not in debts:
            yield problem(deal, path, f"unknown debt {held.pledge.to!r}", nearest(held.pledge.to, debts))
        elif held.pledge.to in secured:
            what = f"{held.pledge.to!r} is secured by {secured[held.pledge.to]!r} already"
            yield problem(deal, path, what, "a debt for each treasury: each has its own loan to value")
        secured[held.pledge.to] = held.name


def _series(deal: Deal, dates: PaymentDates) -> Iterator[Problem]:
    last = dates.dates[-1]
    for series in deal.series:
        path = f"series.{series.name}"
        if series.values and len(series.values) != len(dates.dates):
            what = f"{len(series.values)} numbers are stated"
            yield problem(deal, path, what, f"one for each of the {len(dates.dates)} payment dates")
        for date, _ in series.dated:
            if not dates.closing <= date <= last:
                what = f"{date} is {'after the last payment date' if date > last else 'before the closing'}"
                yield problem(deal, path, what, f"a date from {dates.closing} to {last}")


def _loans(deal: Deal) -> Iterator[Problem]:
    debts = {tranche.name for tranche in deal.tranches if isinstance(tranche, Debt)}
    for k, name in enumerate(deal.borrowing_base.debts if deal.borrowing_base is not None else ()):
        if name not in debts:
            yield problem(deal, f"borrowing_base.debts[{k}]", f"unknown debt {name!r}", nearest(name, debts))


def _clean_up(deal: Deal, dates: PaymentDates) -> Iterator[Problem]:
    terms = deal.clean_up
    if terms is None:
        return
    if not isinstance(deal.collateral, Collections):
        what = "machines and coins are sold by their own rules, not by a clean-up call"
        yield problem(deal, "clean_up", what, "a `call` of each debt, whose proceeds the sponsor pays")
    if not any(isinstance(tranche, Debt) for tranche in deal.tranches):
        yield problem(deal, "clean_up", "there is no debt to call", "leave it out")
    if terms.first is not None and terms.first >= dates.dates[-1]:
        what = f"the collateral can be bought from {terms.first} on, and the last payment date is {dates.dates[-1]}"
        yield problem(deal, "clean_up.first", what, "an earlier date")
    yield from proceeds_problems(deal, dates, "clean_up.proceeds", terms.proceeds)


def _status(deal: Deal, dates: PaymentDates) -> Iterator[Problem]:
    rules = deal.status
    if rules is None:
        return
    debts = [tranche.name for tranche in deal.tranches if isinstance(tranche, Debt)]
    known = {f"{debt}.{part}" for debt in debts for part in ("interest", "principal")}
    for due in rules.payment_default:
        if due not in known:
            yield problem(deal, f"status.payment_default.{due}", f"unknown due {due!r}", nearest(due, known))
    until = rules.revolving.until if rules.revolving is not None else None
    if until is not None and until < dates.dates[0]:
        what = f"the revolving period ends on {until}, before the first payment date"
        yield problem(deal, "status.revolving.until", what, f"a date from {dates.dates[0]} on")


def _schedules(deal: Deal, dates: PaymentDates) -> Iterator[Problem]:
    for tranche in deal.tranches:
        if isinstance(tranche, Debt) and tranche.amortisation.kind == "schedule":
            count = len(tranche.amortisation.amounts)
            if count != len(dates.dates):
                yield problem(
                    deal,
                    f"tranches.{tranche.name}.amortisation",
                    f"{count} amounts are scheduled",
                    f"one for each of the {len(dates.dates)} payment dates",
                )
    for test in deal.tests:
        if test.first_test is not None and test.first_test > dates.dates[-1]:
            yield problem(
                deal,
                f"tests.{test.name}.first_test",
                f"{test.first_test} is after the last payment date",
                f"a date up to {dates.dates[-1]}",
            )
        if test.equity_cure is not None:
            yield from proceeds_problems(deal, dates, f"tests.{test.name}.equity_cure.to", test.equity_cure.to)
