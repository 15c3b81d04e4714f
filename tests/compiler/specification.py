"""What each verb and each stage of a period means, for one path in exact arithmetic.

Written from the docstrings of `tranche.deal` and the plan of the file format; it knows the
Deal and nothing of registers or instructions. `tests/compiler/test_specification.py` holds the compiler to it.

Where the documents leave something open, this is how it is read here:
(A) What depends on the period alone (rates, year fractions, series) is float64; everything else is exact.
(B) A formula of a step reads balances as they are when the step begins; `X.due` is what fell due on the date, whatever
    was paid since; `X.unpaid` is what is left of it; a test keeps the ratio that it had in stage 4.
(C) `prev(x)` is x as it stood at the close of the date before. `sum_last(x, n)` sums x as it stands when it is first
    read on a date, at the latest before the tests, or, where x reads these or the status, once the status is known,
    or, where x reads who is called, after the calls: one figure, whoever reads it. Who reads a formula reads all of it,
    whichever side of an `if_else` counts. `avg_last` divides by the number of dates seen so far, at most n.
(D) One `limit` serves all the targets of a step together; a `share` of accounts that give is a share of each.
(E) A sweep pays beyond what is due: the due stays as it is, though no payment takes a balance below 0. An instalment
    falls due up to the balance.
(F) An account's `drawn` and `funded` are what left it and what came in, whichever verb moved it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from tests.compiler.spec_borrowing_base import certificate, live, loans
from tests.compiler.spec_calls import Calls
from tests.compiler.spec_dates import meant
from tests.compiler.spec_debts import Debts, owed, sized
from tests.compiler.spec_fees import Fees, OwedFee
from tests.compiler.spec_formula import Uniform, exact, operate
from tests.compiler.spec_lists import default_enforcement, turbo
from tests.compiler.spec_status import Status
from tests.compiler.spec_support import Support
from tests.compiler.spec_tests import ReadTest
from tests.compiler.spec_walk import calls, every_formula, reads
from tranche.deal import Account, Deal, Debt, Residual, Step
from tranche.deal.formula import Binary, Call, Expr, Formula, Name, Number, Unary
from tranche.terms.dates import PaymentDates, payment_dates

Amount = Any  # a Fraction, or an infinite float


class Specification:
    """Runs one path of a deal. `flows[t]["owner.field"]` is what moved in period t, or the level at its close."""

    def __init__(self, deal: Deal, collections: Mapping[str, Sequence[float]]) -> None:
        self.deal, self.collections = deal, collections
        terms = deal.schedule
        self.dates: PaymentDates = payment_dates(
            terms.closing, terms.maturity, terms.frequency, terms.first_payment, terms.calendar, terms.convention,
            terms.determination_days, terms.end_of_month,
        )  # fmt: skip
        self.deal = deal = sized(meant(deal, self.dates), self.dates)
        self.uniform = Uniform(deal, self.dates)
        self.t = 0
        self.accounts = {"cash": Fraction(0)} | {a.name: self.opening(a) for a in deal.accounts}
        self.targets = {a.name: a.target for a in deal.accounts if a.target is not None}
        self.debts = {x.name: owed(x) for x in deal.tranches if isinstance(x, Debt)}
        self.fees = {fee.name: OwedFee(fee) for fee in deal.fees}
        may_end = deal.clean_up is not None
        self.fee_terms = Fees(self.dates, terms.frequency, terms.day_count, self.uniform, self.value, may_end)
        self.support = Support(self)
        self.residuals = {x.name for x in deal.tranches if isinstance(x, Residual)}
        self.status = Status(deal, self.dates.dates)
        self.dues: dict[str, Amount] = {}
        self.tests: dict[str, ReadTest] = {}
        self.base: dict[str, Amount] = {}
        self.kept: dict[Expr, Amount] = {}  # prev: the value at the last close
        self.seen: dict[Expr, list[Amount]] = {}  # sum_last, avg_last: the values of the dates so far
        self.calls = [node for formula in every_formula(deal) for node in calls(formula.tree)]
        self.sold: list[bool] = []  # whether the collateral had been sold before the date
        self.flows: list[dict[str, Amount]] = []
        self.debt_rules = Debts(self)
        self.optional = Calls(self)

    def run(self) -> list[dict[str, Amount]]:
        for t in range(self.dates.periods):
            self.t = t
            self.flows.append({})
            self.sold.append(self.optional.cleaned_up)
            self.support.earn()
            self.collect()
            self.draw_up_the_base()
            self.accrue()
            self.remember(stage=0)
            self.read_tests()
            self.remember(stage=1)
            self.optional.exercise()
            self.remember(stage=2)
            self.debt_rules.default()
            self.debt_rules.draw_ahead()
            self.support.terminate()
            self.optional.buy()
            for step in self.list_of_the_status():
                self.take(step)
            self.close()
        return self.flows

    def moved(self, name: str, amount: Amount) -> None:
        self.flows[-1][name] = self.flows[-1].get(name, Fraction(0)) + amount

    # ---- stages 2 and 3 -------------------------------------------------------------------------------------------

    def collect(self) -> None:
        route = dict(self.deal.collateral.route)
        for name in self.collections:
            if name != "loss":
                amount, account = self.component(name), route.get(name, "cash")
                self.accounts[account] += amount
                self.moved("collateral.collections", amount)
                if account != "cash":
                    self.moved(f"{account}.funded", amount)

    def opening(self, account: Account) -> Fraction:
        """What is paid in at closing; a formula is read as of the first payment date."""
        if not isinstance(account.initial, Formula):
            return Fraction(account.initial)
        known = self.uniform.value(account.initial.tree)
        assert known is not None
        return Fraction(known[0])

    def component(self, name: str) -> Fraction:
        if self.sold[self.t]:  # the buyer has it
            return Fraction(0)
        return Fraction(float(self.collections[name][self.t]))

    def accrue(self) -> None:
        self.debt_rules.accrue()
        self.what_is_above_the_base()
        for fee in self.fees.values():
            self.fee_terms.fall_due(fee, self.t, self.sold[-1])
        self.support.accrue()
        self.dues = {name: fee.unpaid for name, fee in self.fees.items()}
        self.dues |= {f"{name}.excess": fee.excess for name, fee in self.fees.items()} | self.support.owed
        for part in ("interest", "principal", "cap_shortfall", "commitment_fee", "call_premium"):
            self.dues |= {f"{name}.{part}": getattr(debt, part) for name, debt in self.debts.items()}
        self.debt_rules.cap()
        self.dues |= {f"{name}.cap_shortfall": debt.cap_shortfall for name, debt in self.debts.items()}

    def draw_up_the_base(self) -> None:
        for name, tree in certificate(self.deal).items():
            self.base[name] = self.value(tree)
            if name.count(".") == 1:
                self.moved(name, self.base[name])

    def what_is_above_the_base(self) -> None:
        """The deficiency falls due, the most senior debt first; what is scheduled counts towards it."""
        terms = self.deal.borrowing_base
        if terms is None or terms.deficiency != "due":
            return
        left = self.value(live(self.deal)["borrowing_base.deficiency"])
        for name in loans(self.deal):
            debt = self.debts[name]
            debt.principal = max(debt.principal, min(debt.balance, left))
            left = max(Fraction(0), left - debt.principal)

    def remember(self, stage: int) -> None:
        for call in self.calls:
            if call.function in ("sum_last", "avg_last", "sum_to_date") and self.stage(call.arguments[0]) == stage:
                self.value(call)

    def stage(self, tree: Expr) -> int:
        """2 where a formula reads who is called, 1 where it reads a test or the status of this date, else 0."""
        names, tests = reads(self.deal, self.targets, tree), {test.name for test in self.deal.tests}
        if any(name.endswith(".called") for name in names):
            return 2
        return int(any(name.partition(".")[0] in {"status", *tests} for name in names))

    # ---- stages 4 and 5 -------------------------------------------------------------------------------------------

    def read_tests(self) -> None:
        levels: set[str] = set()
        for test in self.deal.tests:
            read = self.tests.setdefault(
                test.name, ReadTest(test, self.dates.dates, self.value, self.moved, self.pay_in)
            )
            levels |= {level for level, bites in read.read(self.t).items() if bites}
        self.status.decide(self, levels)

    def pay_in(self, account: str, amount: Amount) -> None:
        self.accounts[account] += amount
        if account != "cash":
            self.moved(f"{account}.funded", amount)

    def list_of_the_status(self) -> Sequence[Step]:
        lists, status = self.deal.waterfall, self.status.now
        if status == "default":
            return lists.enforcement or default_enforcement(self.deal, *self.support.default_enforcement())
        if status == "early_amortisation":
            return lists.early_amortisation or [*lists.performing, *turbo(self.deal)]
        return getattr(lists, status) or lists.performing

    def passed_over(self, target: str) -> bool:
        """In lock-up and early amortisation without a list of their own, residuals wait until no debt is owed."""
        status = self.status.now
        waits = status in ("lock_up", "early_amortisation") and not getattr(self.deal.waterfall, status)
        owed = any(d.balance + d.interest + d.call_premium > 0 for d in self.debts.values())
        return waits and target in self.residuals and owed

    # ---- stage 6: the verbs ---------------------------------------------------------------------------------------

    def take(self, step: Step) -> None:
        date = self.dates.dates[self.t]
        if (step.after is not None and date < step.after) or (step.until is not None and date > step.until):
            return
        if step.when is not None and self.value(step.when.tree) == 0:
            return
        self.left: Amount = math.inf if step.limit is None else max(Fraction(0), self.value(step.limit.tree))
        getattr(self, step.verb)(step)

    def move(self, source: str, most: Amount, record: str) -> Amount:
        """Take out of an account what it has, what the step may still move, and at most `most`; never less than 0."""
        amount = max(Fraction(0), min(self.accounts[source], self.left, most))
        self.accounts[source] -= amount
        self.left -= amount
        self.moved(record, amount)
        if source != "cash" and record != f"{source}.drawn":
            self.moved(f"{source}.drawn", amount)
        return amount

    def share(self, step: Step, source: str) -> None:
        if step.share is not None:
            self.left = min(self.left, exact(step.share) * self.accounts[source])

    def parts(self, step: Step, claims: Sequence[Amount]) -> list[Amount]:
        """The most that each target may take: its part of the money, or whatever is left when it is its turn."""
        if step.group == "sequential" or len(claims) == 1:
            return [math.inf] * len(claims)
        money = min(self.accounts[step.source], self.left)
        return [money * claim / sum(claims) if sum(claims) > 0 else Fraction(0) for claim in claims]

    def pay(self, step: Step) -> None:
        self.share(step, step.source)
        parts = self.parts(step, [self.unpaid(target) for target in step.targets])
        for target, part in zip(step.targets, parts, strict=True):
            name, _, kind = target.partition(".")
            if self.passed_over(target):
                continue
            record = f"{name}.{kind or ('paid' if name in self.fees else 'distribution')}"
            if target in self.support.owed:
                most = min(part, self.unpaid(target))
                self.support.paid(target, self.move(step.source, most, self.support.record(target)))
                continue
            fee = self.fees.get(name)
            most = min(part, self.unpaid(target))
            if kind == "principal":
                most = min(most, self.debts[name].balance)
            paid = self.move(step.source, most, record)
            if kind in ("interest", "cap_shortfall", "commitment_fee", "call_premium"):
                setattr(self.debts[name], kind, self.unpaid(target) - paid)
            elif kind == "principal":
                self.debts[name].principal -= paid
                self.debts[name].balance -= paid
            elif kind == "excess":
                fee.excess -= paid
            elif fee is not None:
                fee.unpaid -= paid
                fee.paid[-1] += paid
        if step.short == "capitalise":
            for target in step.targets:
                if target.endswith(".interest") and target.removesuffix(".interest") in self.debts:
                    self.capitalise(target.removesuffix(".interest"))

    def unpaid(self, target: str) -> Amount:
        name, _, kind = target.partition(".")
        if target in self.support.owed:
            return self.support.owed[target]
        if name in self.fees:
            return getattr(self.fees[name], kind or "unpaid")
        return getattr(self.debts[name], kind) if kind else math.inf

    def capitalise(self, name: str) -> None:
        debt = self.debts[name]
        amount = max(Fraction(0), debt.interest)
        debt.balance += amount
        debt.interest -= amount
        self.moved(f"{name}.deferred", amount)

    def sweep(self, step: Step) -> None:
        self.share(step, step.source)
        debts = [self.debts[target.removesuffix(".principal")] for target in step.targets]
        for debt, part in zip(debts, self.parts(step, [debt.balance for debt in debts]), strict=True):
            name = debt.terms.name
            if debt.terms.amortisation.carries:  # an instalment due that would stay due comes first
                paid = self.move(step.source, min(part, debt.principal, debt.balance), f"{name}.principal")
                debt.principal -= paid
                debt.balance -= paid
                part -= paid
            debt.balance -= self.move(step.source, min(part, debt.balance), f"{name}.prepaid")

    def repay(self, step: Step) -> None:
        if step.targets[0] in self.debts:
            self.sweep(step)
            return
        self.share(step, step.source)
        self.support.repay(step)

    def write_down(self, step: Step) -> None:
        self.debt_rules.write(step, "written_down")

    def write_up(self, step: Step) -> None:
        self.debt_rules.write(step, "written_up")

    def fund(self, step: Step) -> None:
        self.share(step, step.source)
        for name in step.targets:
            lack = self.value(self.targets[name].tree) - self.accounts[name]
            self.accounts[name] += self.move(step.source, lack, f"{name}.funded")

    def draw(self, step: Step) -> None:
        if step.targets[0] in self.support.credits:
            self.support.draw(step)
            return
        parts = self.parts_of(step.cover)
        need = sum((self.unpaid(item) for item in parts), Fraction(0)) if parts else math.inf
        if step.targets[0] in self.debts:
            self.debt_rules.draw_step(step, need)
            return
        self.out_of_accounts(step, lambda name: need - self.accounts[step.to])

    def parts_of(self, cover: Sequence[str]) -> list[str]:
        """Dues; a debt among them means its interest and principal."""
        pairs = [(f"{item}.interest", f"{item}.principal") if item in self.debts else (item,) for item in cover]
        return [part for pair in pairs for part in pair]

    def settle(self, step: Step) -> None:
        self.pay(step)

    def release(self, step: Step) -> None:
        self.out_of_accounts(step, lambda name: self.accounts[name] - self.value(self.targets[name].tree))

    def out_of_accounts(self, step: Step, most: Any) -> None:
        limit = self.left
        for name in step.targets:
            self.left = limit
            self.share(step, name)
            amount = self.move(name, most(name), f"{name}.drawn")
            self.accounts[step.to] += amount
            limit -= amount
            if step.to != "cash":
                self.moved(f"{step.to}.funded", amount)

    def transfer(self, step: Step) -> None:
        self.share(step, step.source)
        amount = max(Fraction(0), min(self.accounts[step.source], self.left))
        self.accounts[step.source] -= amount
        self.accounts[step.to] += amount
        for name, field in ((step.source, "drawn"), (step.to, "funded")):
            if name != "cash":
                self.moved(f"{name}.{field}", amount)

    # ---- stage 7 --------------------------------------------------------------------------------------------------

    def close(self) -> None:
        self.debt_rules.close()
        for name, debt in self.debts.items():
            if debt.terms.unpaid_interest == "capitalised":
                self.capitalise(name)
            self.status.close(name, debt)
            self.moved(f"{name}.shortfall", debt.interest + debt.principal + debt.commitment_fee + debt.call_premium)
            if debt.written:
                self.moved(f"{name}.written_off", debt.written)
            if debt.terms.unpaid_interest == "cancelled":
                debt.interest = Fraction(0)
            if debt.terms.unpaid_interest == "carried":
                self.moved(f"{name}.arrears", debt.interest)
            self.moved(f"{name}.balance", debt.balance)
            self.moved(f"{name}.called", Fraction(debt.called))
        for name, fee in self.fees.items():
            self.moved(f"{name}.shortfall", fee.unpaid + fee.excess)
        self.support.close()
        self.moved("collateral.called", Fraction(self.optional.cleaned_up))
        for name, balance in self.accounts.items():
            self.moved(f"{name}.balance", balance)
        self.debt_rules.keep()
        for name in live(self.deal):
            if not name.endswith("loans"):
                self.moved(name, self.name(name))
        self.kept = {call.arguments[0]: self.value(call.arguments[0]) for call in self.calls if call.function == "prev"}
        self.status.restore(self.debts)

    # ---- formulas -------------------------------------------------------------------------------------------------

    def value(self, tree: Expr) -> Amount:
        known = self.uniform.value(tree)
        if known is not None:
            self.read_windows(tree)
            return exact(known[self.t])
        match tree:
            case Name(name):
                return self.name(name)
            case Unary("-", operand):
                return -self.value(operand)
            case Unary(_, operand):
                return Fraction(self.value(operand) == 0)
            case Binary(op, left, right):
                return operate(op, self.value(left), self.value(right))
            case Call(function, arguments):
                return self.call(function, arguments)
        raise AssertionError(tree)

    def read_windows(self, tree: Expr) -> None:
        """The windows of a formula whose value is known without them."""
        match tree:
            case Name(name) if name in self.deal.definitions:
                self.read_windows(self.deal.definitions[name].tree)
            case Unary(_, operand):
                self.read_windows(operand)
            case Binary(_, left, right):
                self.read_windows(left)
                self.read_windows(right)
            case Call("sum_last" | "avg_last" | "sum_to_date"):
                self.value(tree)
            case Call(function, arguments) if function != "prev":
                for argument in arguments:
                    self.read_windows(argument)

    def call(self, function: str, arguments: tuple[Expr, ...]) -> Amount:
        if function == "prev":
            return self.kept.get(arguments[0], Fraction(0))
        if function in ("sum_last", "avg_last", "sum_to_date"):
            seen = self.seen.setdefault(arguments[0], [])
            if (
                len(seen) <= self.t
            ):  # read for the first time on this date: by a fee or a test, or else before the waterfall
                seen.append(self.value(arguments[0]))
            if function == "sum_to_date":
                return sum(seen)
            assert isinstance(arguments[1], Number)
            window = seen[-int(arguments[1].value) :]
            return sum(window) / (len(window) if function == "avg_last" else 1)
        values = [self.value(argument) for argument in arguments]
        if function == "if_else":
            return values[1] if values[0] != 0 else values[2]
        if function == "clip":
            return min(max(values[0], values[1]), values[2])
        return {"min": min, "max": max, "abs": lambda x: abs(x[0])}[function](values)

    def name(self, name: str) -> Amount:
        owner, _, field = name.partition(".")
        if name in self.deal.definitions:
            return self.value(self.deal.definitions[name].tree)
        if owner == "borrowing_base":
            return self.base[name] if name in self.base else self.value(live(self.deal)[name])
        if name == "clean_up.called":
            return Fraction(self.optional.cleaned_up)
        if owner in ("collections", "status", "fees", "debt_service"):
            return self.name_of_the_deal(owner, field)
        if owner in self.tests:
            return self.tests[owner].name(field)
        if owner in self.accounts:
            return self.account_name(owner, field)
        if self.support.knows(owner):
            return self.support.name(name)
        if owner in self.fees:
            part, _, which = field.rpartition(".")
            due = f"{owner}.{part}" if part else owner
            return self.dues[due] if which == "due" else self.unpaid(due)
        return self.debt_name(owner, field)

    def account_name(self, owner: str, field: str) -> Amount:
        if field == "earned":
            return self.support.earned[owner]
        return self.value(self.targets[owner].tree) if field == "target" else self.accounts[owner]

    def debt_name(self, owner: str, field: str) -> Amount:
        if field == "debt_service":
            return self.debt_service(owner)
        if field in ("balance", "rate"):
            return exact(getattr(self.debts[owner], field))
        if field in ("written_down", "pik", "extended", "undrawn", "called"):
            return self.debt_field(self.debts[owner], field)
        kind, _, which = field.partition(".")
        return self.dues[f"{owner}.{kind}"] if which == "due" else getattr(self.debts[owner], kind)

    def debt_field(self, debt: Any, field: str) -> Amount:
        if field == "undrawn":
            return self.debt_rules.available(debt)
        if field == "called":
            return Fraction(debt.called)
        return {"written_down": debt.written, "pik": debt.in_kind}.get(field, Fraction(bool(sum(debt.extended))))

    def name_of_the_deal(self, owner: str, field: str) -> Amount:
        if owner == "collections":
            return self.component(field) if field else self.flows[-1]["collateral.collections"]
        if owner == "status":
            return Fraction(self.status.now == field)
        if owner == "fees":
            return sum((self.dues[fee] for fee in self.fees), Fraction(0))
        return sum((self.debt_service(debt) for debt in self.debts), Fraction(0))

    def debt_service(self, debt: str) -> Amount:
        return self.dues[f"{debt}.interest"] + self.dues[f"{debt}.principal"]
