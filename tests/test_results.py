"""Named views over what a run kept, worked out by hand on a deal of two dates."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import attrs
import numpy as np
import pytest

import tranche
from tranche import engine
from tranche.collateral.terms import Collections
from tranche.compiler import compile_deal
from tranche.deal import (
    Account,
    Amortisation,
    Coupon,
    CoverageTest,
    Deal,
    Debt,
    Fee,
    Residual,
    Schedule,
    Step,
    Waterfalls,
    parse_formula,
)
from tranche.errors import UsageError
from tranche.results import Results
from tranche.testing import reduce_totals

FEATURES = Path(__file__).parents[1] / "deals" / "features"


def two_dates() -> Deal:
    """100 at 10% a year, half a year a date, capitalising; fee 1; a reserve of 5 to be filled to 8; equity the rest."""
    return Deal(
        name="two dates",
        schedule=Schedule(closing=dt.date(2025, 1, 1), maturity=dt.date(2026, 1, 1), frequency="semiannual"),
        tranches=(
            Debt(
                name="a",
                notional=100.0,
                coupon=Coupon(spread=0.10),
                amortisation=Amortisation(kind="level", balloon=False),
                unpaid_interest="capitalised",
            ),
            Residual(name="eq", notional=10.0),
        ),
        collateral=Collections(),
        fees=(Fee(name="agent", amount=parse_formula("1")),),
        accounts=(Account(name="reserve", target=parse_formula("8"), initial=5.0),),
        tests=(
            CoverageTest(
                name="icr",
                numerator=parse_formula("collections"),
                denominator=parse_formula("a.interest.due"),
                trigger=1.5,
            ),
        ),
        waterfall=Waterfalls(
            performing=(
                Step(verb="pay", targets=("agent",)),
                Step(verb="pay", targets=("a.interest",)),
                Step(verb="pay", targets=("a.principal",)),
                Step(verb="fund", targets=("reserve",)),
                Step(verb="pay", targets=("eq",)),
            )
        ),
    )


# path 0: 70 = fee 1 + interest 5 + principal 50 + reserve 3 + equity 11; 60 = 1 + 2.5 + 50 + 0 + 6.5
# path 1: 3 = fee 1 + interest 2 (3 capitalised), principal 50 short; 0: interest 5.15 capitalised, 100 of principal due
COLLECTIONS = np.array([[70.0, 60.0], [3.0, 0.0]])


@pytest.fixture(scope="module")
def results() -> Results:
    program = compile_deal(two_dates())
    return engine.run_program(engine.scenario(program, [engine.cash_flows(program, COLLECTIONS)]), 2)


def test_the_debt_path_by_path(results: Results) -> None:
    frame = results.paths("a")
    assert frame.index.name == "path"
    assert frame["interest"].tolist() == [7.5, 2.0]
    assert frame["principal"].tolist() == [100.0, 0.0]
    assert frame["deferred"].tolist() == pytest.approx([0.0, 3.0 + 103.0 * 0.05])
    assert frame["shortfall"].tolist() == [0.0, 50.0 + 100.0]
    assert frame["loss"].tolist() == frame["final_balance"].tolist() == pytest.approx([0.0, 103.0 * 1.05])


def test_the_debt_by_date_is_the_mean_of_the_paths(results: Results) -> None:
    frame = results.cashflows("a")
    assert list(frame.index) == [dt.date(2025, 7, 1), dt.date(2026, 1, 1)]
    assert frame["interest"].tolist() == [3.5, 1.25]
    assert frame["principal"].tolist() == [25.0, 25.0]
    assert frame["balance"].tolist() == pytest.approx([(50 + 103) / 2, 103 * 1.05 / 2], abs=results.program.quantum)
    assert frame["shortfall"].tolist() == [25.0, 50.0]


def test_the_others(results: Results) -> None:
    assert results.paths("eq")["distribution"].tolist() == [17.5, 0.0]
    assert results.paths("agent")["paid"].tolist() == [2.0, 1.0]
    assert results.paths("agent")["shortfall"].tolist() == [0.0, 1.0]
    assert results.paths("reserve")["funded"].tolist() == [3.0, 0.0]
    assert results.paths("reserve")["final_balance"].tolist() == [8.0, 5.0]
    assert results.paths("icr")["breached"].tolist() == [0.0, 2.0]
    assert results.cashflows("icr")["breached"].tolist() == [0.5, 0.5]
    assert results.cashflows("collateral")["collections"].tolist() == [36.5, 30.0]


def test_the_audit(results: Results) -> None:
    assert results.audit.absolute == pytest.approx(0.0, abs=1e-12)
    wrong = results.kept.copy()
    wrong[1, results.program.record("a.interest")] += 0.25
    audit = attrs.evolve(results, reduction=reduce_totals(results.program, wrong, results.sums)).audit
    assert audit.path == 1
    assert audit.absolute == pytest.approx(0.25)
    assert audit.relative == pytest.approx(0.25 / 8.0)  # of the 3 collected and the 5 that the reserve held


def test_paths_keep_their_numbers_in_slices() -> None:
    program = compile_deal(two_dates())
    inputs = engine.scenario(program, [engine.cash_flows(program, COLLECTIONS)])
    second = engine.run_program(inputs, 1, first_path=1)
    assert second.paths("a").index.tolist() == [1]
    assert second.audit.path == 1
    assert second.count == 1


def test_slices_that_do_not_fit_are_refused(results: Results) -> None:
    program = results.program
    inputs = engine.scenario(program, [engine.cash_flows(program, np.ones((5, 2)))])
    first, third = engine.run_program(inputs, 1), engine.run_program(inputs, 1, first_path=3)
    with pytest.raises(UsageError, match="slices do not fit together"):
        Results.join([first, third])
    other = compile_deal(attrs.evolve(two_dates(), fees=()  , waterfall=Waterfalls(performing=(
        Step(verb="pay", targets=("eq",)),))))  # fmt: skip
    stranger = engine.run_program(engine.scenario(other, [engine.cash_flows(other, np.ones((5, 2)))]), 1, first_path=1)
    with pytest.raises(UsageError, match="slices do not fit together"):
        Results.join([first, stranger])


def test_an_unknown_name_says_what_would_be_right(results: Results) -> None:
    with pytest.raises(UsageError) as caught:
        results.paths("reserv")
    assert str(caught.value) == "unknown tranche, fee or account 'reserv'; did you mean 'reserve'?"


def test_a_record_that_no_step_moves_is_zero(results: Results) -> None:
    assert results.total("a.prepaid").tolist() == [0.0, 0.0]
    assert results.mean("a.prepaid").tolist() == [0.0, 0.0]


def test_columns_that_only_some_deals_have() -> None:
    """The write-down deal by hand, see its file: 30 and 100 are written down, 50 written up."""
    run = tranche.run(FEATURES / "write_down.yaml", paths=1)
    senior, junior = run.cashflows("senior"), run.cashflows("junior")
    assert junior["written_down"].tolist() == pytest.approx([30, 70, 0, 0])
    assert senior["written_down"].tolist() == pytest.approx([0, 30, 0, 0])
    assert senior["written_up"].tolist() == pytest.approx([0, 0, 30, 0])
    assert run.paths("junior")["written_up"].tolist() == pytest.approx([20])
    assert "drawn" not in senior
    assert tranche.project(FEATURES / "write_down.yaml").cashflows("junior")["written_down"].sum() == pytest.approx(100)
    assert "cap_shortfall" in tranche.run(FEATURES / "available_funds_cap.yaml", paths=1).cashflows("senior")
    loan = tranche.run(FEATURES / "delayed_draw.yaml", paths=1).paths("ddtl")
    assert {"drawn", "commitment_fee"} <= set(loan)


@pytest.mark.parametrize("name", ["a.intrest", "nope", "eq.principal", "fleet.owned", "status.defaulted", "a."])
def test_a_record_that_no_class_can_have_is_refused(results: Results, name: str) -> None:
    for look in (results.mean, results.spread, results.total):
        with pytest.raises(UsageError, match="unknown record"):
            look(name)


def test_a_misspelt_record_has_its_nearest_names(results: Results) -> None:
    with pytest.raises(UsageError, match=r"unknown record 'a.intrest'; did you mean 'a.interest'"):
        results.mean("a.intrest")
    assert results.mean("status.lock_up").tolist() == [0.0, 0.0]  # no test of the deal has the level
    assert results.spread("a.written_off").most == 0.0
