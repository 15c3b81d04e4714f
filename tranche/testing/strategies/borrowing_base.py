"""Borrowing bases: classes with ineligibles and caps, concentrations, reserves, a limit."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tranche.deal import BorrowingBase, BorrowingClass, Concentration, Formula
from tranche.deal.borrowing_base import DEFICIENCIES, TOTALS

from .formulas import Scope, money

CAPS = (0.0, 0.25, 0.5, 1.0)
RATES = (0.0, 0.5, 0.85, 1.0)
NAMES = tuple(f"borrowing_base.{total}" for total in TOTALS)


@st.composite
def borrowing_bases(draw: st.DrawFn, scope: Scope, debts: list[str]) -> BorrowingBase:
    """`scope`: what is known once the collections are."""
    amounts = money(scope, depth=1)
    classes = tuple(draw(_classes(f"c{k}", amounts)) for k in range(draw(st.integers(1, 2))))
    limits = [
        Concentration(name=f"k{k}", of=draw(amounts), cap=draw(st.sampled_from(CAPS)),
                      within=draw(st.sampled_from([one.name for one in classes])))
        for k in range(draw(st.integers(0, 2)))
    ]  # fmt: skip
    return BorrowingBase(
        classes=classes,
        concentrations=tuple(limits),
        reserves=draw(_named("v", amounts)),
        limit=draw(st.one_of(st.none(), amounts)),
        debts=tuple(draw(st.lists(st.sampled_from(debts), max_size=2, unique=True))),
        deficiency=draw(st.sampled_from(DEFICIENCIES)),
    )


@st.composite
def _classes(draw: st.DrawFn, name: str, amounts: st.SearchStrategy[Formula]) -> BorrowingClass:
    values: dict[str, Any] = {"cost": draw(amounts)}
    if draw(st.booleans()):
        values["appraisal"] = draw(amounts)
    return BorrowingClass(
        name=name,
        **values,
        ineligible=draw(_named("e", amounts)),
        cap=draw(st.sampled_from((None, *CAPS))),
        advance_rate=draw(st.sampled_from(RATES)),
    )


def _named(letter: str, amounts: st.SearchStrategy[Formula]) -> st.SearchStrategy[dict[str, Formula]]:
    return st.lists(amounts, max_size=2).map(lambda items: {f"{letter}{k}": item for k, item in enumerate(items)})
