"""Fees: what does not fit between their fields."""

from __future__ import annotations

from typing import Any

import pytest

from tranche.deal import Fee
from tranche.deal import parse_formula as parse
from tranche.deal.check_fee import fee_problems


@pytest.mark.parametrize(
    ("fields", "path", "what"),
    [
        ({}, "", "neither amount, rate nor price is given"),
        ({"amount": parse("1"), "price": 1.0, "count": parse("2")}, "", "amount and price are given together"),
        ({"rate": 0.01}, "", "a rate without what it is taken on"),
        ({"amount": parse("1"), "on": parse("cash")}, ".on", "`on` without a rate"),
        ({"price": 2.0}, ".price", "`price` without `count`"),
        ({"rate": 0.01, "on": parse("cash"), "per": "year"}, ".per", "`per` beside a rate"),
        ({"amount": parse("1"), "cap_per": "year"}, ".cap_per", "`cap_per` without a cap"),
        ({"amount": parse("1"), "unpaid": "cancelled", "interest_on_unpaid": 0.1}, ".interest_on_unpaid", "interest"),
    ],
)
def test_a_fee_that_does_not_fit_is_told(fields: dict[str, Any], path: str, what: str) -> None:
    found = list(fee_problems(Fee(name="agent", **fields)))
    assert [problem.place.path for problem in found] == [f"fees.agent{path}"]
    assert found[0].what.startswith(what)
    assert found[0].fix


def test_a_fee_that_fits() -> None:
    assert not list(fee_problems(Fee(name="agent", price=1.0, count=parse("8"), cap=parse("50"), cap_per="year")))
