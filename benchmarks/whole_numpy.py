"""The deal of `whole_deal.yaml` written by hand in numpy: a month at a time over blocks of paths."""

from __future__ import annotations

import numpy as np

from benchmarks.job import Array

BLOCK = 8192
MONTHS = 120
POOL = 100e6
DEBTS = ("a", "b", "c", "d")
NOTIONAL = {"a": 60e6, "b": 20e6, "c": 10e6, "d": 5e6}
RATE = {"a": 0.06, "b": 0.08, "c": 0.10, "d": 0.12}
FEES = ("trustee", "servicing", "custodian", "counsel", "subordinated", "incentive")
ACCOUNTS = {"expenses": 100e3, "liquidity": 0.015 * 60e6, "support": 0.0, "spread": 0.0}
TESTS = ("dscr", "ic", "oc_a", "oc_b", "oc_c", "total")
FIGURES = (
    *(f"{debt}.{field}" for debt in DEBTS for field in ("interest", "principal", "deferred", "shortfall", "balance")),
    *(f"{fee}.paid" for fee in FEES), "counsel.excess", "equity.distribution",
    *(f"{account}.balance" for account in ACCOUNTS), *(f"{test}.breached" for test in TESTS),
)  # fmt: skip
"""What both versions keep: totals of a path (final levels of balances) and sums of a month."""

YEAR = 30 / 360  # a month by 30/360


def run(cash: Array) -> tuple[Array, Array]:
    """Totals [paths, figures] and sums [months, figures] of the deal on `cash` [paths, months]."""
    totals = np.empty((len(cash), len(FIGURES)))
    sums = np.zeros((MONTHS, len(FIGURES)))
    for start in range(0, len(cash), BLOCK):
        here = slice(start, start + BLOCK)
        totals[here] = _Block(cash[here]).run(sums)
    return totals, sums


class _Block:
    """The state of a block of paths, an array each."""

    def __init__(self, collected: Array) -> None:
        self.collected, n = collected, len(collected)
        self.balance = {debt: np.full(n, NOTIONAL[debt]) for debt in DEBTS}
        self.interest = {debt: np.zeros(n) for debt in DEBTS}
        self.principal = {debt: np.zeros(n) for debt in DEBTS}
        self.unpaid = {fee: np.zeros(n) for fee in (*FEES, "excess")}
        self.held = {account: np.full(n, amount) for account, amount in ACCOUNTS.items()}
        self.cash, self.bad = np.zeros(n), np.zeros(n, dtype=bool)
        self.total = {figure: np.zeros(n) for figure in FIGURES if not figure.endswith(".balance")}
        self.moved: dict[str, Array] = {}

    def run(self, sums: Array) -> Array:
        levels = {f"{name}.balance": array for name, array in (*self.balance.items(), *self.held.items())}
        for t in range(MONTHS):
            self.moved = {}
            collected = self.collected[:, t]
            self.cash += collected
            self.accrue(t, collected)
            breached = self.test(t, collected)
            self.bad |= breached["total"]
            self.perform(breached, np.where(self.bad, 0.0, np.inf))
            if self.bad.any():
                self.enforce(np.where(self.bad, np.inf, 0.0))
            for test, fails in breached.items():
                self.move(f"{test}.breached", fails.astype(float))
            for debt in DEBTS:
                self.move(f"{debt}.shortfall", self.interest[debt] + self.principal[debt])
            for k, figure in enumerate(FIGURES):
                array = levels.get(figure, self.moved.get(figure))
                if array is not None:
                    sums[t, k] += array.sum()
        return np.column_stack([levels.get(figure, self.total.get(figure)) for figure in FIGURES])

    def accrue(self, t: int, collected: Array) -> None:
        pool = POOL * (1 - t / MONTHS)
        for debt in DEBTS:
            self.interest[debt] += self.balance[debt] * (RATE[debt] * YEAR)
            self.principal[debt] = np.minimum(self.balance[debt], NOTIONAL[debt] / MONTHS)
        unpaid = self.unpaid
        unpaid["trustee"] += 60e3 * (YEAR * 1.025 ** (t // 12))
        unpaid["servicing"] += pool * (0.003 * YEAR)
        unpaid["custodian"] += 1_000 * (1 - t / MONTHS) * (1.5 * (YEAR * 12))
        owed = unpaid["counsel"] + unpaid["excess"] + 15e3
        unpaid["counsel"] = np.minimum(owed, 10e3)
        unpaid["excess"] = owed - unpaid["counsel"]
        unpaid["subordinated"] = np.full(len(owed), pool * (0.0025 * YEAR))
        unpaid["incentive"] = 0.01 * collected

    def test(self, t: int, collected: Array) -> dict[str, Array]:
        pool, balance = POOL * (1 - t / MONTHS), self.balance
        fees = self.unpaid["trustee"] + self.unpaid["servicing"]
        service = {debt: self.interest[debt] + self.principal[debt] for debt in DEBTS}
        two = balance["a"] + balance["b"]
        return {
            "dscr": _below(np.maximum(collected - fees, 0.0), service["a"], 1.20),
            "ic": _below(collected, self.interest["a"] + self.interest["b"], 1.60),
            "oc_a": _below(pool, balance["a"], 1.30),
            "oc_b": _below(pool, two, 1.10),
            "oc_c": _below(pool, two + balance["c"], 1.02),
            "total": _below(collected, service["a"] + service["b"] + service["c"] + service["d"], 0.40),
        }

    def perform(self, breached: dict[str, Array], on: Array) -> None:
        unpaid = self.unpaid
        self.draw("expenses", unpaid["trustee"] + unpaid["servicing"] + unpaid["custodian"], on)
        for fee in FEES[:4]:
            self.pay_fee(fee, on)
        self.fund("expenses", 100e3, on)
        self.draw("liquidity", self.interest["a"] + self.principal["a"], on)
        self.pay_interest("a", on)
        self.repay("a", on)
        self.top_up("liquidity", self.balance["a"] * 0.015, on)
        self.sweep("a", np.where(breached["oc_a"], on, 0.0))
        self.draw("support", self.interest["b"], on)
        self.pay_interest("b", on)
        self.capitalise("b", on)
        self.sweep("a", np.where(breached["oc_b"] | breached["ic"], np.minimum(on, self.cash * 0.5), 0.0))
        self.repay("b", on)
        self.top_up("support", self.balance["b"] * 0.02, on)
        self.pay_interest("c", on)
        self.capitalise("c", on)
        self.sweep("b", np.where(breached["oc_c"], on, 0.0))
        self.repay("c", on)
        self.pay_interest("d", on)
        self.capitalise("d", on)
        self.repay("d", on)
        self.top_up("spread", np.where(breached["oc_b"], 2e6, 500e3), on)
        for fee in ("excess", "subordinated", "incentive"):
            self.pay_fee(fee, on)
        self.sweep("a", np.where(breached["dscr"], on, 0.0))
        self.take(on)

    def enforce(self, on: Array) -> None:
        for held in self.held.values():
            emptied = np.minimum(held, on)
            held -= emptied
            self.cash += emptied
        for fee in FEES:
            self.pay_fee(fee, on)
        for debt in DEBTS:
            self.pay_interest(debt, on)
            self.repay(debt, on)
            self.sweep(debt, on)
        self.pay_fee("excess", on)
        self.take(on)

    # ---- moves -------------------------------------------------------------------------------------------------------

    def move(self, figure: str, amount: Array) -> None:
        self.total[figure] += amount
        if figure in self.moved:
            self.moved[figure] += amount
        else:
            self.moved[figure] = amount

    def pay_fee(self, fee: str, on: Array) -> None:
        paid = np.minimum(self.cash, self.unpaid[fee])
        np.minimum(paid, on, out=paid)
        self.cash -= paid
        self.unpaid[fee] -= paid
        if fee == "excess":
            self.move("counsel.excess", paid.copy())
            fee = "counsel"
        self.move(f"{fee}.paid", paid)

    def pay_interest(self, debt: str, on: Array) -> None:
        paid = np.minimum(self.cash, self.interest[debt])
        np.minimum(paid, on, out=paid)
        self.cash -= paid
        self.interest[debt] -= paid
        self.move(f"{debt}.interest", paid)

    def repay(self, debt: str, on: Array) -> None:
        paid = np.minimum(self.cash, self.principal[debt])
        np.minimum(paid, self.balance[debt], out=paid)
        np.minimum(paid, on, out=paid)
        self.cash -= paid
        self.principal[debt] -= paid
        self.balance[debt] -= paid
        self.move(f"{debt}.principal", paid)

    def sweep(self, debt: str, limit: Array) -> None:
        paid = np.minimum(self.cash, self.balance[debt])
        np.minimum(paid, limit, out=paid)
        self.cash -= paid
        self.balance[debt] -= paid
        self.move(f"{debt}.principal", paid)

    def capitalise(self, debt: str, on: Array) -> None:
        added = np.minimum(self.interest[debt], on)
        self.interest[debt] -= added
        self.balance[debt] += added
        self.move(f"{debt}.deferred", added)

    def draw(self, account: str, need: Array, on: Array) -> None:
        drawn = need - self.cash
        np.minimum(drawn, self.held[account], out=drawn)
        np.minimum(drawn, on, out=drawn)
        np.maximum(drawn, 0.0, out=drawn)
        self.held[account] -= drawn
        self.cash += drawn

    def fund(self, account: str, target: Array | float, on: Array) -> None:
        funded = target - self.held[account]
        np.minimum(funded, self.cash, out=funded)
        np.minimum(funded, on, out=funded)
        np.maximum(funded, 0.0, out=funded)
        self.held[account] += funded
        self.cash -= funded

    def top_up(self, account: str, target: Array, on: Array) -> None:
        """Funded up to its target, or released down to it."""
        self.fund(account, target, on)
        released = self.held[account] - target
        np.minimum(released, self.held[account], out=released)
        np.minimum(released, on, out=released)
        np.maximum(released, 0.0, out=released)
        self.held[account] -= released
        self.cash += released

    def take(self, on: Array) -> None:
        taken = np.minimum(self.cash, on)
        self.cash -= taken
        self.move("equity.distribution", taken)


def _below(numerator: Array | float, denominator: Array, level: float) -> Array:
    fails: Array = (denominator > 0) & (numerator < level * denominator)
    return fails
