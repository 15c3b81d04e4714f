"""Every invariant must be able to fail: each is shown a run that was tampered with, and says where."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import pytest

from tests.compiler.small import cover_test, definitions, fee, parse, small, step
from tests.small_deals import fleet_of_one
from tranche import engine
from tranche.collateral.lease import Lease
from tranche.deal import Deal
from tranche.deal.deal import ACCEPTABLE
from tranche.errors import UsageError
from tranche.market.terms import Lognormal, Market
from tranche.program import Op
from tranche.reference import PathResult
from tranche.testing import BrokenInvariant, Observed, invariants, observe
from tranche.testing.scaling import scaled

CASH = np.array([[3.0, 5.0, 0.0, 4.0], [0.0, 0.0, 0.0, 0.0], [200.0, 1.0, 2.0, 300.0]])
DEAL = small(
    step("pay", "agent"), step("pay", "senior.interest"), step("sweep", "senior.principal", share=0.5),
    step("fund", "reserve"), step("pay", "mezz.interest", short="capitalise"), step("pay", "equity"),
)  # fmt: skip
CAPPED = small(
    step("pay", "agent"), step("pay", "senior.interest"), step("pay", "agent.excess"), step("pay", "equity"),
    fees=(fee("agent", "3", cap=parse("2")),), accounts=(),
)  # fmt: skip
DEFAULTING = small(step("pay", "equity"), tests=(cover_test("collections", "1", default=4.0),))


def tampered(seen: Observed, record: str, path: int, period: int, amount: float) -> Observed:
    """The same run, in which one record of one path moved `amount` more in one period (1..T)."""
    other = attrs.evolve(seen)
    flows, totals = seen.flows.copy(), seen.results.totals.copy()
    k = seen.program.record(record)
    flows[path, period - 1, k] += amount
    totals[path, k] += amount
    object.__setattr__(other, "flows", flows)  # both are cached properties of a frozen class
    object.__setattr__(other, "results", attrs.evolve(seen.results, totals=totals))
    return other


@pytest.mark.parametrize("deal", [DEAL, DEFAULTING], ids=["performing", "defaulting"])
def test_nothing_is_said_of_a_sound_run(deal: Deal) -> None:
    invariants.check_all(observe(deal, CASH))


@pytest.mark.parametrize(
    ("deal", "invariant", "record", "amount", "said"),
    [
        (DEAL, invariants.cash_conserved, "equity.distribution", 0.5, "cash in = cash out: deal 'small', path 2"),
        (
            DEAL,
            invariants.no_negative_payment,
            "equity.distribution",
            -500.0,
            "path 2, period 3: equity.distribution is",
        ),
        (DEAL, invariants.no_negative_payment, "equity.distribution", math.nan, "path 2, period 3"),
        (DEAL, invariants.accounts_non_negative, "reserve.balance", -50.0, "path 2, period 3: reserve.balance is -"),
        (DEAL, invariants.accounts_non_negative, "cash.balance", -1e-9, "path 2, period 3: cash.balance is -"),
        (DEAL, invariants.balances_within_bounds, "senior.balance", -1e3, "path 2, period 3: senior.balance is -"),
        (DEAL, invariants.balances_within_bounds, "mezz.balance", 1.0, "mezz owes"),
        (CAPPED, invariants.fees_within_caps, "agent.paid", 0.5, "path 2, period 3: agent is paid 2.5 in its senior"),
        (DEFAULTING, invariants.seniority_respected, "mezz.interest", 0.5, "mezz is paid"),
        (DEFAULTING, invariants.seniority_respected, "equity.distribution", 0.5, "equity is paid"),
        (DEFAULTING, invariants.default_is_final, "status.default", -1.0, "path 2, period 3: the deal leaves default"),
        (DEAL, invariants.kernel_equals_reference, "senior.prepaid", 1e-12, "senior.prepaid is"),
        (DEAL, invariants.same_bits_any_width_any_threads_any_slices, "senior.prepaid", 1e-9, "senior.prepaid is"),
        (DEAL, invariants.permutation_equivariant, "senior.prepaid", 1e-9, "senior.prepaid is"),
    ],
)
def test_an_invariant_that_does_not_hold_is_said_with_its_place(
    deal: Deal, invariant: Callable[[Observed], None], record: str, amount: float, said: str
) -> None:
    seen = observe(deal, CASH)
    invariant(seen)
    with pytest.raises(BrokenInvariant) as caught:
        invariant(tampered(seen, record, path=2, period=3, amount=amount))
    assert said in str(caught.value)
    assert caught.value.path == 2
    assert isinstance(caught.value, AssertionError)


def test_a_residual_of_nothing_visible_breaks_exact_conservation() -> None:
    seen = observe(DEAL, CASH)
    results = [seen.twin(path, lambda x: x) for path in range(3)]  # floats: digits are lost
    object.__setattr__(seen, "exact_paths", results)
    movements = [list(row) for row in results[2].movements]
    movements[1][seen.program.record("equity.distribution")] += 1e-9
    results[2] = PathResult(movements, results[2].totals)
    with pytest.raises(BrokenInvariant, match="in exact arithmetic"):
        invariants.exact_conservation(seen)


def test_a_payment_above_its_due_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    from tranche import reference

    def careless(x: list[Any], r: Any, zero: Any) -> Any:
        cash, due, _, total = r[:4]
        return reference._move(x, x[cash], zero, (cash, due), (total,))

    monkeypatch.setitem(reference._PAYMENTS, Op.PAY, careless)
    with pytest.raises(BrokenInvariant, match=r"takes (due|interest) from 2 to -1") as caught:
        invariants.never_above_due(observe(DEAL, CASH))
    assert (caught.value.path, caught.value.period) == (0, 1)


def test_sums_that_depend_on_the_order_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = observe(DEAL, CASH)
    plain = engine.run_program

    def one_quantum_off(*arguments: Any, **options: Any) -> Any:
        results = plain(*arguments, **options)
        if options.get("width") == 32:
            results.sums[0, 0, 0] += 1
        return results

    monkeypatch.setattr(engine, "run_program", one_quantum_off)
    with pytest.raises(BrokenInvariant, match="the sums over the paths differ"):
        invariants.same_bits_any_width_any_threads_any_slices(seen)


def test_more_cash_can_hurt_where_a_trigger_opens_a_juniors_door() -> None:
    deal = small(
        step("sweep", "senior.principal", when="collections < 10"), step("pay", "equity"), accounts=(), fees=()
    )
    seen = observe(deal, np.full(4, 9.0))
    invariants.more_cash_never_hurts_senior(seen, np.full(4, 9.5))
    with pytest.raises(BrokenInvariant, match=r"senior.balance rises from 91 to 100"):
        invariants.more_cash_never_hurts_senior(seen, np.full(4, 10.0))


@pytest.mark.parametrize("factor", [2.0**-6, 0.5, 1024.0, 3.0, 0.001])
def test_scaling_holds_for_money_written_anywhere(factor: float) -> None:
    deal = small(
        step("pay", "agent"),
        step("pay", "senior.interest", limit="max(0.1 * pool, 5) / 12 + 1"),
        step("pay", "mezz.interest", when="cash > 2 and cover < 1.5"),
        step("sweep", "senior.principal", limit="if_else(collections >= 3, sum_last(cash, 2), 2 * half * 10)"),
        step("pay", "equity", limit="clip(cash - 1, 0, 50)"),
        definitions=definitions(pool="100 * (1 - (period - 1) / periods)", half="senior.balance / pool"),
        tests=(cover_test("collections - 1", "senior.debt_service", trigger=1.2),),
    )
    invariants.scales(observe(deal, CASH), factor)


def test_money_that_is_not_scaled_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tranche.testing.invariants.scaling.scaled", lambda deal, factor: deal)
    with pytest.raises(BrokenInvariant, match=r"scaling by 4: deal 'small', path 0, period 1: "):
        invariants.scales(observe(DEAL, CASH), 4.0)


def test_what_scaling_does_to_formulas() -> None:
    deal = small(
        step("pay", "equity", limit="25 + 2% * senior.balance", when="cash > 10 or cash / senior.balance > 0.5"),
        definitions=definitions(share="min(1, period / 4)", pool="100 * share"),
    )
    other = scaled(deal, 10.0).waterfall.performing[0]
    assert other.limit is not None
    assert other.limit.text == "250 + 0.02 * senior.balance"
    assert other.when is not None
    assert other.when.text == "cash > 100 or cash / senior.balance > 0.5"
    assert scaled(deal, 10.0).definitions["share"].text == "min(1, period / 4)"


def test_a_mixture_of_money_and_numbers_cannot_be_scaled() -> None:
    with pytest.raises(UsageError, match=r"money and numbers are mixed in 'cash \* cash'"):
        scaled(small(step("pay", "equity", limit="cash * cash")), 2.0)


def test_a_fleet_is_observed_on_its_own_market_and_cannot_be_scaled() -> None:
    import datetime as dt

    deal = small(
        step("pay", "senior.interest"), step("pay", "equity"),
        collateral=fleet_of_one(gpus=1.0, lease=Lease(rate=0.01, end=dt.date(2025, 2, 15)), rent="rent"),
        market=Market(factors=(Lognormal(name="rent", initial=0.01, volatility=0.5),)),
    )  # fmt: skip
    seen = observe(deal, paths=9, seed=3)
    invariants.check_all(seen)
    assert seen.flow("collateral.collections").std() > 0
    with pytest.raises(UsageError, match="only deals on given collections"):
        scaled(deal, 2.0)


def test_too_many_paths_are_refused() -> None:
    with pytest.raises(UsageError, match="from 1 to 10,000"):
        observe(DEAL, CASH, paths=0)


def test_the_rules_that_a_deal_may_break_on_purpose_exist() -> None:
    assert set(ACCEPTABLE) == {f"invariants.{rule.__name__}" for rule in invariants.EXPECTED}


def test_a_misspelt_record_is_no_zeros() -> None:
    seen = observe(DEAL, CASH)
    assert seen.flow("senior.interest").any()
    assert not seen.flow("senior.commitment_fee").any()
    with pytest.raises(UsageError, match=r"unknown record 'senior.intrest'; did you mean 'senior.interest'"):
        seen.flow("senior.intrest")
