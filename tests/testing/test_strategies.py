"""The strategies: valid by construction, varied enough, and a clear word where Hypothesis is missing."""

from __future__ import annotations

import importlib
import sys
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tranche
from tranche.compiler import compile_deal, dates_of
from tranche.compiler.names import formulas
from tranche.deal import VERBS, Deal, Debt, LevelSchedule, Residual, format_expr, parse_formula
from tranche.deal.amortisation import AMORTISATIONS, ARREARS
from tranche.deal.debt import UNPAID_INTEREST
from tranche.deal.fee import UNPAID_FEES
from tranche.errors import MissingExtra
from tranche.testing.strategies import called_deals, collections_for, deals, simple_deals

EXTRAS = (
    "interest_on_unpaid", "pik", "available_funds_cap", "maturity", "extensions", "draws", "strip", "sculpted", "call",
)  # fmt: skip

SECTIONS = ("accounts", "facilities", "guarantees", "hedges", "ledgers", "series", "tests")
FEES = ("amount", "rate", "price", "steps", "growth", "index", "cap", "interest_on_unpaid")
TESTS = ("first_test", "grace", "cure", "equity_cure")
STATUS = ("revolving", "lock_up", "early_amortisation", "default", "payment_default", "cross_acceleration")
WORDS = ("prev(", "sum_last(", "avg_last(", "sum_to_date(", "sum_next(", "npv_next(", ".scheduled.", "if_else(")


def features(deal: Deal) -> list[str]:
    """What a deal has, as words."""
    steps = [*deal.waterfall.performing, *deal.waterfall.lock_up, *deal.waterfall.enforcement]
    debts = [tranche for tranche in deal.tranches if isinstance(tranche, Debt)]
    found = [step.verb for step in steps] + [f"{step.group} {step.verb}" for step in steps if len(step.targets) > 1]
    for step in steps:
        found += [field for field in ("limit", "share", "when", "after", "until", "cover") if getattr(step, field)]
        found += ["from"] * (step.source != "cash") + ["capitalise"] * (step.short != "carry")
    for debt in debts:
        found += [debt.amortisation.kind, debt.amortisation.arrears, f"interest {debt.unpaid_interest}"]
        found += [f"balloon {debt.amortisation.balloon}", "floating" if debt.coupon.index else "fixed"]
        found += [extra for extra in EXTRAS if getattr(debt, extra)]
        found += [extra for extra in ("margins", "step_up", "all_in_cap") if getattr(debt.coupon, extra)]
        found += ["make-whole"] * (debt.call is not None and debt.call.make_whole is not None)
        found += ["written"] * any(debt.name in step.targets for step in steps if step.verb == "write_down")
    found += [f"fee {fee.unpaid}" for fee in deal.fees]
    found += [level for test in deal.tests for level in ("trigger", "lock_up", "default") if getattr(test, level)]
    found += [f"{len(debts)} debts", f"{sum(isinstance(t, Residual) for t in deal.tranches)} residuals"]
    found += [f"own {status}" for status in ("lock_up", "enforcement") if getattr(deal.waterfall, status)]
    found += ["clean-up"] * (deal.clean_up is not None)
    found += ["definitions"] * bool(deal.definitions) + ["borrowing_base"] * (deal.borrowing_base is not None)
    found += [section for section in SECTIONS if getattr(deal, section)]
    found += [f"{type(hedge).__name__} {field}" for hedge in deal.hedges for field in ("start", "termination")
              if getattr(hedge, field) is not None]  # fmt: skip
    found += [f"fee {field}" for fee in deal.fees for field in FEES if getattr(fee, field)]
    found += [f"account {field}" for one in deal.accounts for field in ("earns", "initial") if getattr(one, field)]
    found += [f"test {field}" for test in deal.tests for field in TESTS if getattr(test, field)]
    levels = [level for test in deal.tests for level in test.levels.values()]
    found += ["level by date"] * any(isinstance(level, LevelSchedule) for level in levels)
    found += ["credit steps" for guarantee in deal.guarantees if guarantee.steps]
    found += [f"status {rule}" for rule in STATUS if deal.status is not None and getattr(deal.status, rule)]
    said = " ".join(formula.text for _, formula in formulas(deal))
    return found + [word for word in WORDS if word in said]


def test_random_deals_compile_and_have_everything_a_deal_can_have() -> None:
    seen: Counter[str] = Counter()

    @settings(max_examples=400)
    @given(deal=deals())
    def collect(deal: Deal) -> None:
        program = compile_deal(deal)
        assert 2 <= program.periods <= 24
        assert 1 <= len([claim for claim in program.claims if claim.kind == "debt"]) <= 5
        seen.update(features(deal))

    collect()
    wanted = {
        *VERBS,
        *AMORTISATIONS,
        *ARREARS,
        "balloon True",
        "balloon False",
        "floating",
        "fixed",
        "trigger",
        "default",
    }
    wanted |= {f"interest {rule}" for rule in UNPAID_INTEREST} | {f"fee {rule}" for rule in UNPAID_FEES}
    wanted |= {"limit", "share", "when", "after", "until", "cover", "from", "capitalise", "definitions", "accounts"}
    wanted |= {"pro_rata pay", "sequential pay", "pro_rata sweep", "sequential sweep", "own lock_up", "own enforcement"}
    wanted |= {*EXTRAS, "margins", "step_up", "all_in_cap", "written", *SECTIONS, *WORDS, "borrowing_base"}
    wanted |= {"make-whole", "clean-up"}
    wanted |= {f"fee {field}" for field in FEES} | {f"test {field}" for field in TESTS}
    wanted |= {f"status {rule}" for rule in STATUS} | {"account earns", "account initial", "level by date"}
    wanted |= {"Swap start", "Swap termination", "Cap start", "Cap termination", "credit steps"}
    wanted |= {"1 debts", "5 debts", "0 residuals", "2 residuals"} | {"lock_up"}
    assert wanted <= set(seen)


def test_deals_about_calls_come_to_the_prices_that_they_are_for() -> None:
    """A holder made whole up to a date before the maturity, and a pool sold when a facility has lent."""
    seen: Counter[str] = Counter()

    @settings(max_examples=100, derandomize=True)
    @given(deal=called_deals(), data=st.data())
    def draw(deal: Deal, data: st.DataObject) -> None:
        results = tranche.run(deal, collections=data.draw(collections_for(deal, most=2)), keep_paths=True)
        for debt in deal.tranches:
            if isinstance(debt, Debt) and debt.call is not None and debt.call.make_whole is not None:
                paid = results.total(f"{debt.name}.call_premium").any()
                seen["made whole"] += bool(paid and debt.call.make_whole.until is not None)
        if deal.clean_up is not None and deal.clean_up.purchase_price is None:
            sold = results.total("collateral.clean_up") > 0
            seen["lent"] += bool((sold & (results.total("lf.advanced") > 0)).any())

    draw()
    assert min(seen["made whole"], seen["lent"]) >= 3


@given(deal=deals())
def test_formulas_say_in_words_what_they_are(deal: Deal) -> None:
    for formula in deal.definitions.values():
        assert parse_formula(formula.text) == parse_formula(format_expr(formula.tree))


@given(data=st.data(), deal=st.one_of(deals(), called_deals(), simple_deals()))
def test_collections_fit_their_deal(data: st.DataObject, deal: Deal) -> None:
    collections = data.draw(collections_for(deal, least=2, most=5))
    assert tuple(collections) == getattr(deal.collateral, "components", None)
    (shape,) = {rows.shape for rows in collections.values()}
    assert 2 <= shape[0] <= 5
    assert shape[1] == dates_of(deal).periods
    assert all((rows >= 0).all() and np.isfinite(rows).all() for rows in collections.values())


def test_without_hypothesis_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    for name in [name for name in sys.modules if name.startswith("tranche.testing.strategies")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(MissingExtra, match=r"Hypothesis is not installed; pip install 'tranche-finance\[testing\]'"):
        importlib.import_module("tranche.testing.strategies")
