"""The reason for every outcome of every kind of line, from operands by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tranche.explanation.observer import Constraint, Event
from tranche.explanation.why import WHY

INF = math.inf


def why(verb: str, before: dict[str, float], amount: float, constraint: Constraint) -> str:
    after = dict(before)
    if "due" in before:
        after["due"] = before["due"] - amount
    return WHY[verb](Event(0, before, after, amount, constraint, dust=1e-6)).words


def pay(cash: float, due: float, amount: float, limit: float = INF, balance: float = INF, **constraint: Any) -> str:
    operands = {"cash": cash, "due": due, "limit": limit, "balance": balance}
    return why("pay", operands, amount, Constraint(**constraint))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (pay(100, 0, 0), "nothing due"),
        (pay(100, 40, 40), "paid in full"),
        (pay(100, 40, 40 - 1e-9), "paid in full"),
        (pay(100, 40, 40, limit=40), "paid in full"),
        (pay(0, 40, 0), "no cash left"),
        (pay(30, 40, 30), "not enough cash"),
        (pay(100, 40, 25, limit=25), "limited to 25.00"),
        (pay(100, 40, 0, limit=0), "limited to 0.00"),
        (pay(100, 40, 0, limit=0, met=False), "condition not met"),
        (pay(100, 0, 0, limit=0, met=False), "nothing due"),
        (pay(20, 40, 20, limit=25), "not enough cash"),
        (pay(100, 40, 10, balance=10), "repaid in full: no more is owed than that"),
        (pay(100, 90, 60, limit=60, part=True), "not enough for all: its pro-rata part"),
        (
            pay(50, 40, 25, limit=25, part=True, pot_limit=50.0),
            "limited: the step may use 50.00, which its targets share pro rata",
        ),
        (pay(15, 40, 15, pot_limit=50.0), "limited: the step may use 50.00"),
        (pay(0, 40, 0, pot_limit=50.0), "limited: the step may use 50.00"),
    ],
)
def test_paying(said: str, expected: str) -> None:
    assert said == expected


@pytest.mark.parametrize(
    ("verb", "before", "amount", "met", "expected"),
    [
        ("sweep", {"cash": 9, "limit": INF, "balance": 0}, 0, True, "nothing left to repay"),
        ("sweep", {"cash": 9, "limit": INF, "balance": 5}, 5, True, "repaid in full"),
        ("sweep", {"cash": 9, "limit": INF, "balance": 50}, 9, True, "all the cash that is left"),
        ("sweep", {"cash": 0, "limit": INF, "balance": 50}, 0, True, "no cash left"),
        ("sweep", {"cash": 9, "limit": 4, "balance": 50}, 4, True, "limited to 4.00"),
        ("sweep", {"cash": 9, "limit": 0, "balance": 50}, 0, False, "condition not met"),
        ("distribute", {"cash": 9, "limit": INF}, 9, True, "all the cash that is left"),
        ("distribute", {"cash": 0, "limit": INF}, 0, True, "no cash left"),
        ("distribute", {"cash": 9, "limit": 2}, 2, True, "limited to 2.00"),
        ("distribute", {"cash": 9, "limit": 0}, 0, False, "condition not met"),
        ("fund", {"cash": 9, "account": 3, "target": 3, "limit": INF}, 0, True, "at its target of 3.00"),
        ("fund", {"cash": 9, "account": 3, "target": 8, "limit": INF}, 5, True, "filled to its target of 8.00"),
        ("fund", {"cash": 9, "account": 3, "target": 80, "limit": INF}, 9, True,
         "not enough cash; its target is 80.00"),
        ("fund", {"cash": 0, "account": 3, "target": 80, "limit": INF}, 0, True, "no cash left; its target is 80.00"),
        ("fund", {"cash": 9, "account": 3, "target": 80, "limit": 2}, 2, True,
         "limited to 2.00; its target is 80.00"),
        ("fund", {"cash": 9, "account": 3, "target": 80, "limit": 0}, 0, False, "condition not met"),
        ("release", {"account": 3, "cash": 0, "target": 1, "limit": INF}, 2, True, "above its target of 1.00"),
        ("release", {"account": 3, "cash": 0, "target": 3, "limit": INF}, 0, True,
         "nothing above its target of 3.00"),
        ("release", {"account": 0, "cash": 0, "target": 3, "limit": INF}, 0, True, "empty"),
        ("release", {"account": 3, "cash": 0, "target": 1, "limit": 0}, 0, False, "condition not met"),
        ("draw", {"account": 3, "cash": 9, "need": 8, "limit": INF}, 0, True, "not needed: cash covers what is due"),
        ("draw", {"account": 3, "cash": 6, "need": 8, "limit": INF}, 2, True, "covers what cash lacks"),
        ("draw", {"account": 3, "cash": 1, "need": 8, "limit": INF}, 3, True,
         "emptied, and cash still lacks something"),
        ("draw", {"account": 0, "cash": 1, "need": 8, "limit": INF}, 0, True, "the account is empty"),
        ("draw", {"account": 3, "cash": 1, "need": INF, "limit": INF}, 3, True, "emptied"),
        ("draw", {"account": 3, "cash": 1, "need": 8, "limit": 1}, 1, True, "limited to 1.00"),
        ("draw", {"account": 3, "cash": 1, "need": 8, "limit": 0}, 0, False, "condition not met"),
        ("transfer", {"source": 5, "to": 0, "limit": INF}, 5, True, "all of it"),
        ("transfer", {"source": 5, "to": 0, "limit": 2}, 2, True, "limited to 2.00"),
        ("transfer", {"source": 0, "to": 0, "limit": 2}, 0, True, "nothing there to move"),
        ("receive", {"cash": 0, "amount": 4}, 4, True, "received"),
        ("receive", {"cash": 0, "amount": 0}, 0, True, "nothing received"),
    ],
)  # fmt: skip
def test_the_other_verbs(verb: str, before: dict[str, float], amount: float, met: bool, expected: str) -> None:
    assert why(verb, before, amount, Constraint(met=met)) == expected
