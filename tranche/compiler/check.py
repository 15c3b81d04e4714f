"""What can only be checked with the whole deal in view: all of it together, and the names that formulas read."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.deal import Deal, Debt
from tranche.deal.formula import Call, Formula, Number, count_of
from tranche.deal.step import LISTS
from tranche.errors import Problem, nearest
from tranche.terms.dates import PaymentDates

from .check_collateral import collateral_problems
from .check_cycles import cycle_problems
from .check_debts import debt_problems, proceeds_problems
from .check_schedule import schedule_problems
from .check_stages import reads_now, stage_problems
from .check_steps import problem, step_problems
from .check_support import coupon_problems, index_problems, support_problems
from .names import formulas, known_in_advance, known_names, reads_only, used_names, walk

LONGEST_WINDOW = 120  # periods that sum_last and its kin may look back or ahead


def problems(deal: Deal, dates: PaymentDates) -> list[Problem]:
    """Everything that is wrong, with places. An empty list: the deal compiles."""
    found = [
        *_formulas(deal),
        *stage_problems(deal),
        *cycle_problems(deal),
        *_indices(deal),
        *debt_problems(deal, dates),
        *_accounts(deal),
        *collateral_problems(deal, dates),
        *support_problems(deal),
        *_equity_cures(deal, dates),
        *_payment_default(deal),
        *schedule_problems(deal, dates),
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
                ahead, stated = node.arguments[: 1 if node.function == "sum_next" else 2], known_in_advance(deal)
                if not all(reads_only(deal, argument, stated) for argument in ahead):
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
            stated = known_in_advance(deal) | balances | target
            if not all(reads_only(deal, tree, stated) for tree in trees):
                what = "this amount is not known at closing"
                fix = "an amount, or a formula of notionals, balances and rates of debts, series and dates"
                yield problem(deal, f"{path}.initial", what, fix)
        if account.earnings_to not in accounts:
            what = f"unknown account {account.earnings_to!r}"
            yield problem(deal, f"{path}.earnings_to", what, nearest(account.earnings_to, accounts))
        if account.earns is not None:
            yield from coupon_problems(deal, f"{path}.earns", account.earns)


def _indices(deal: Deal) -> Iterator[Problem]:
    for tranche in deal.tranches:
        if isinstance(tranche, Debt):
            yield from index_problems(deal, f"tranches.{tranche.name}.coupon", tranche.coupon.index)


def _equity_cures(deal: Deal, dates: PaymentDates) -> Iterator[Problem]:
    for test in deal.tests:
        if test.equity_cure is not None:
            yield from proceeds_problems(deal, dates, f"tests.{test.name}.equity_cure.to", test.equity_cure.to)


def _payment_default(deal: Deal) -> Iterator[Problem]:
    rules = deal.status
    if rules is None:
        return
    debts = [tranche.name for tranche in deal.tranches if isinstance(tranche, Debt)]
    known = {f"{debt}.{part}" for debt in debts for part in ("interest", "principal")}
    for due in rules.payment_default:
        if due not in known:
            yield problem(deal, f"status.payment_default.{due}", f"unknown due {due!r}", nearest(due, known))
