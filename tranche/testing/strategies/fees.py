"""Fees: random terms of every kind, plain ones as often as not."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from tranche.deal import Fee
from tranche.deal.fee import CAP_PERS, PERS, UNPAID_FEES
from tranche.deal.formula import Binary, Call, Name, Number
from tranche.terms.daycounts import DAY_COUNTS

from .formulas import Scope, formula, money


@st.composite
def fee_terms(draw: st.DrawFn, name: str, scope: Scope, dates: tuple[dt.date, ...], capped: bool = False) -> Fee:
    """A fee of about 1% of the deal's size a date, by amount, rate or price; its formula may go below 0."""
    base = Call("min", (draw(money(scope, depth=1)).tree, Number(round(scope.size, 2))))
    unpaid = draw(st.sampled_from(UNPAID_FEES))
    fields: dict[str, Any] = {"name": name, "unpaid": unpaid, "day_count": draw(st.sampled_from((None, *DAY_COUNTS)))}
    match draw(st.sampled_from(("amount", "rate", "price"))):
        case "amount":
            fields |= {"amount": formula(Binary("*", Number(0.01), base)), "per": draw(st.sampled_from(PERS))}
            number = scope.size * 0.002
        case "rate":
            fields |= {"rate": 0.005, "on": formula(base)}
            number = 0.02
        case _:
            many = Binary("<", Name("collections"), Number(scope.size))
            count = formula(Call("if_else", (many, Number(40.0), Name("period"))))
            fields |= {"price": round(scope.size * 1e-4, 2), "count": count, "per": draw(st.sampled_from(PERS))}
            number = scope.size * 2e-4
    if draw(st.integers(0, 2)) == 0:
        days = draw(st.lists(st.sampled_from(dates), max_size=2, unique=True))
        fields["steps"] = tuple((day, round(number / (k + 1), 4)) for k, day in enumerate(days))
    if draw(st.integers(0, 2)) == 0:
        fields["growth"] = draw(st.sampled_from((-0.02, 0.025)))
    if draw(st.integers(0, 3)) == 0:
        index = draw(st.sampled_from((Binary("/", Name("period"), Number(4.0)), draw(_of_the_path(scope)))))
        fields["index"] = formula(index)
    if capped:
        fields |= {"cap": draw(money(scope, depth=1)), "cap_per": draw(st.sampled_from(CAP_PERS))}
    if unpaid == "carried" and draw(st.integers(0, 2)) == 0:
        fields["interest_on_unpaid"] = 0.08
    return Fee(**fields)


def _of_the_path(scope: Scope) -> st.SearchStrategy[Any]:
    """An index that only the path knows."""
    over = Binary("<", Name("collections"), Number(round(scope.size * 0.1, 2)))
    return st.just(Call("if_else", (over, Number(1.25), Number(0.5))))
