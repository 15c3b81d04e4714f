"""Sources and Programs brought together, slices, threads, and what is said when the input is unusable."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tranche import engine
from tranche._kernels import waterfall
from tranche.collateral.terms import Collections
from tranche.compiler import compile_deal
from tranche.deal import Amortisation, Coupon, Deal, Debt, Residual, Schedule, Step, Waterfalls
from tranche.errors import DataError, UsageError
from tranche.program import Program
from tranche.reference import run_path
from tranche.results import Results

CASH = Collections()
SPLIT = Collections(components=("interest", "principal", "loss"))


def deal(collateral: Collections) -> Deal:
    return Deal(
        name="engine",
        schedule=Schedule(closing=dt.date(2025, 1, 1), maturity=dt.date(2026, 1, 1)),
        tranches=(
            Debt(name="a", notional=1e6, coupon=Coupon(spread=0.06), amortisation=Amortisation(kind="level")),
            Residual(name="eq"),
        ),
        collateral=collateral,
        waterfall=Waterfalls(
            performing=tuple(Step(verb="pay", targets=(x,)) for x in ("a.interest", "a.principal", "eq"))
        ),
    )


@pytest.fixture
def program() -> Program:
    return compile_deal(deal(CASH))


def cash(paths: int, periods: int = 12) -> NDArray[np.float64]:
    return np.random.default_rng(paths).uniform(0.0, 2e5, (paths, periods))


def inputs(program: Program, values: Any) -> engine.Scenario:
    return engine.scenario(program, [engine.cash_flows(program, values)])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, -1e-300])
@pytest.mark.parametrize(("path", "period"), [(0, 0), (70, 11), (40_000, 5)])
def test_unusable_collections_are_refused_with_their_path_and_period(
    program: Program, bad: float, path: int, period: int
) -> None:
    values = cash(path + 3)
    values[path, period] = bad
    values[path + 1, 0] = bad  # a later path is not the one that is named
    with pytest.raises(DataError) as caught:
        engine.run_program(inputs(program, values), len(values), threads=2)
    said = f"collections.cash is {bad} on path {path} in period {period + 1}; a finite amount, 0 or more"
    assert str(caught.value) == said


def test_negative_zero_is_zero(program: Program) -> None:
    values = np.zeros((1, 12))
    plain, signed = (engine.run_program(inputs(program, x), 1).totals for x in (values, -values))
    assert plain.tobytes() == signed.tobytes()


def test_amounts_beyond_the_bound_are_refused_with_their_path(program: Program) -> None:
    values = cash(100)
    values[77, 3] = program.bound * 1.01
    with pytest.raises(DataError) as caught:
        engine.run_program(inputs(program, values), 100)
    assert "path 77" in str(caught.value)
    assert "USD" in str(caught.value)
    engine.run_program(inputs(program, values), 77)


def test_a_path_without_any_cash_is_a_path(program: Program) -> None:
    results = engine.run_program(inputs(program, np.zeros((3, 12))), 3)
    assert results.total("a.balance").tolist() == [1e6] * 3
    assert results.audit.absolute == 0


@pytest.mark.parametrize(
    ("collateral", "values", "said"),
    [
        (Collections(), np.ones((2, 11)), "collections.cash has shape (2, 11); [paths, 12], a column for each date"),
        (Collections(), np.ones((0, 12)), "collections.cash has shape (0, 12)"),
        (Collections(), np.ones((1, 2, 12)), "collections.cash has shape (1, 2, 12)"),
        (Collections(), [["x"] * 12], "collections.cash is not an array of numbers"),
        (Collections(), {"csh": np.ones(12)}, "collections have csh; this deal takes cash"),
        (SPLIT, np.ones((2, 12)), "one array of collections; a mapping with interest, principal, loss"),
        (SPLIT, {"interest": np.ones(12)}, "collections have interest; this deal takes interest, principal, loss"),
        (
            SPLIT,
            {"interest": np.ones(12), "principal": np.ones((2, 12)), "loss": np.ones(12)},
            "collections differ in their number of paths; one row for each path in every array",
        ),
    ],
)
def test_collections_that_do_not_fit_the_deal(collateral: Collections, values: Any, said: str) -> None:
    with pytest.raises(DataError) as caught:
        engine.cash_flows(compile_deal(deal(collateral)), values)
    assert said in str(caught.value)


def test_components_reach_the_inputs_of_their_name() -> None:
    split = compile_deal(deal(SPLIT))
    given = {"loss": np.full((2, 12), 3.0), "principal": np.full((2, 12), 2.0), "interest": np.full((2, 12), 1.0)}
    source = inputs(split, given)
    assert source.rows(1, 1)[0, 0].tolist() == [1.0, 2.0, 3.0]
    results = engine.run_program(source, 2)
    assert results.total("collateral.collections").tolist() == [36.0, 36.0]  # a loss is no cash


def test_sources_that_do_not_fit_the_program(program: Program) -> None:
    with pytest.raises(DataError, match=r"the sources give \[\]; the program reads \['collections.cash'\]"):
        engine.scenario(program, [])
    wrong = engine.CashFlows(np.ones((1, 11, 1)), ("collections.cash",))
    with pytest.raises(DataError, match=r"collections.cash: 11 periods; the deal has 12"):
        engine.scenario(program, [wrong])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"paths": 0}, "paths is 0; a whole number from 1 to 100,000,000"),
        ({"paths": 4, "first_path": -1}, "path number is -1; a whole number from 0 to 4,611,686,018,427,387,904"),
        ({"paths": 4, "first_path": 2}, "paths 2 to 5 asked for; the collections have 5 paths, numbered from 0"),
        ({"paths": 5, "threads": 0}, "threads is 0; a whole number from 1 to 1,024"),
        ({"paths": 5, "threads": 10**11}, "threads is 100000000000; a whole number from 1 to 1,024"),
        ({"paths": 1.5}, "paths is 1.5; a whole number from 1 to 100,000,000"),
        ({"paths": 5, "width": 48}, "block width 48; one of " + ", ".join(map(str, waterfall.WIDTHS))),
    ],
)
def test_arguments_that_make_no_sense(program: Program, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        engine.run_program(inputs(program, cash(5)), **arguments)
    assert str(caught.value) == said


def test_ten_slices_two_threads_and_any_width_give_the_same_bits(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "CALL", 150)  # several calls of the kernel in one run
    source = inputs(program, cash(1_000))
    whole = engine.run_program(source, 1_000, threads=1)
    for width in waterfall.WIDTHS:
        for threads in (1, 2):
            other = engine.run_program(source, 1_000, threads=threads, width=width)
            assert other.totals.tobytes() == whole.totals.tobytes()
            assert other.sums.tobytes() == whole.sums.tobytes()
    cuts = [0, 1, 64, 65, 130, 300, 301, 500, 777, 999, 1_000]
    parts = [engine.run_program(source, b - a, first_path=a) for a, b in pairwise(cuts)]
    joined = Results.join(parts[::-1])
    assert joined.totals.tobytes() == whole.totals.tobytes()
    assert joined.sums.tobytes() == whole.sums.tobytes()


def test_flows_are_those_of_the_twin_and_add_up_to_the_totals(program: Program) -> None:
    source = inputs(program, cash(70))
    flows = engine.path_flows(source, 0, 70)
    results = engine.run_program(source, 70)
    for path in (0, 63, 64, 69):
        twin = run_path(program, source.rows(path, 1)[0])
        assert np.array(twin.movements).tobytes() == flows[path].tobytes()
        assert twin.totals == results.totals[path].tolist()
    for k, record in enumerate(program.records):
        expected = np.cumsum(flows[:, :, k], axis=1)[:, -1] if record.flow else flows[:, -1, k]
        np.testing.assert_array_equal(results.totals[:, k], expected)
        np.testing.assert_allclose(results.means[:, k], flows[:, :, k].mean(axis=0), atol=program.quantum)


def test_progress_counts_every_path_once(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "CALL", 64)
    seen: list[int] = []
    engine.run_program(inputs(program, cash(150)), 150, progress=seen.append)
    assert seen == [64, 64, 22]


def test_without_openmp_threads_are_one_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waterfall, "openmp", False)
    assert engine.thread_count(None) == 1
    with pytest.warns(UserWarning, match="built without OpenMP: running on one thread"):
        assert engine.thread_count(4) == 1
