"""What a review found wrong once, each with the case that showed it."""

from __future__ import annotations

import multiprocessing
import pickle
from pathlib import Path

import attrs
import numpy as np
import pytest

import tranche
from tranche.errors import DealError, UsageError
from tranche.files import loads
from tranche.results import Results

ROOT = Path(__file__).parent.parent
HEAD = """
format: 1
name: findings
schedule: {closing: 2025-01-01, maturity: 2026-01-01, frequency: quarterly}
collateral: {collections: {}}
"""


def deal(rest: str) -> tranche.Deal:
    return loads(HEAD + rest)


def forked(paths: int) -> int:
    return tranche.run(ROOT / "deals" / "gpu_ddtl_2024.yaml", paths=paths, threads=2).count


def test_a_forked_process_runs_after_its_parent_ran() -> None:
    tranche.run(ROOT / "deals" / "gpu_ddtl_2024.yaml", paths=1_000, threads=2)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.map_async(forked, [500]).get(timeout=60) == [500]


def test_all_paths_of_the_users_cash_are_run() -> None:
    cash = np.full((12_000, 120), 1.3e6)
    benchmark = tranche.load(ROOT / "deals" / "benchmark.yaml")
    assert tranche.run(benchmark, collections=cash).count == 12_000
    assert tranche.run(benchmark, paths=10, collections=cash).count == 10


def test_carried_interest_that_is_never_paid_is_a_loss() -> None:
    rest = "tranches: {m: {notional: 50, coupon: 10%}, e: {residual: {}}}\nwaterfall: [{pay: m.principal}, {pay: e}]\n"
    results = tranche.run(deal(rest), collections=np.full((1, 4), 50.0))
    assert results.paths("m").loss[0] == pytest.approx(5.0)  # a year at 10% of 50
    assert results.tranches().loc["m", "default_probability"] == 1.0


LOCKED = """
tranches: {s: {notional: 100, coupon: 8%, amortisation: level}, e: {residual: {}}}
tests: {dscr: {ratio: collections / s.debt_service, lock_up: 1.20x}}
waterfall: [{pay: s.interest}, {pay: s.principal}, {pay: e}]
"""


def test_cash_of_a_lock_up_is_released_once_the_debt_is_repaid() -> None:
    results = tranche.run(deal(LOCKED), collections=np.full((1, 4), 28.0))
    # dues are 27, 26.5, 26, 25.5: coverage stays below 1.20, and 7 are left when the last is paid
    assert results.paths("e").distribution[0] == pytest.approx(7.0)
    assert results.total("cash.balance")[0] == 0.0


def test_debts_of_one_rank_share_in_enforcement() -> None:
    rest = """
tranches:
  a: {notional: 50, coupon: 8%, rank: 1}
  b: {notional: 50, coupon: 8%, rank: 1}
  e: {residual: {rank: 2}}
tests: {cover: {ratio: collections / 100, default: 1x}}
waterfall: [{pay: a.interest}, {pay: e}]
"""
    results = tranche.run(deal(rest), collections=np.full((1, 4), 10.0))
    assert results.total("a.balance")[0] == results.total("b.balance")[0]
    assert results.total("a.interest")[0] == results.total("b.interest")[0] > 0


def test_a_target_that_is_not_a_number_takes_nothing() -> None:
    rest = """
tranches: {s: {notional: 100, coupon: 8%, amortisation: {schedule: {amounts: [100, 0, 0, 0]}}}, e: {residual: {}}}
accounts: {r: {target: "(dscr - 1) * s.interest.due"}}
tests: {dscr: {ratio: collections / s.debt_service, trigger: 1x}}
waterfall: [{pay: s.interest}, {pay: s.principal}, {fund: r}, {pay: e}]
"""
    results = tranche.run(deal(rest), collections=np.array([[102.0, 50.0, 50.0, 50.0]]))
    assert results.total("r.funded")[0] == 0.0  # infinity times zero once nothing is due
    assert results.paths("e").distribution[0] == 150.0


@pytest.mark.parametrize("coupon", ["-1%", "SOFR + 1%"])
def test_interest_is_never_negative(coupon: str) -> None:
    rest = f"""
market: {{rates: {{SOFR: -2%}}}}
tranches: {{s: {{notional: 100, coupon: {coupon}}}, e: {{residual: {{}}}}}}
fees: {{f: {{amount: -1}}}}
waterfall: [{{pay: f}}, {{pay: s.interest}}, {{pay: s.principal}}, {{pay: e}}]
"""
    results = tranche.run(deal(rest), collections=np.full((1, 4), 100.0))
    assert results.paths("s").interest[0] == 0.0
    assert results.paths("f").paid[0] == results.paths("f").shortfall[0] == 0.0
    assert results.paths("s").shortfall[0] == 0.0


def test_a_swept_instalment_is_not_due_again() -> None:
    rest = """
tranches: {s: {notional: 100, coupon: 0%, amortisation: level}, e: {residual: {}}}
waterfall:
  - {pay: s.principal, limit: 10}
  - {sweep: s.principal, limit: 15}
"""
    flows = tranche.project(deal(rest), np.full(4, 100.0)).cashflows("s")
    assert flows.balance.tolist() == [75.0, 50.0, 25.0, 0.0]
    assert flows.due.tolist() == [25.0] * 4
    assert flows.shortfall.tolist() == [0.0] * 4


def test_amounts_too_large_to_be_summed_are_refused() -> None:
    rest = "tranches: {s: {notional: 1e308, coupon: 6%}, e: {residual: {}}}\nwaterfall: [{pay: s.interest}]\n"
    with pytest.raises(DealError, match="state the deal in thousands or millions"):
        tranche.compile(deal(rest))


def test_slices_of_different_deals_or_seeds_do_not_join() -> None:
    file = ROOT / "deals" / "gpu_ddtl_2024.yaml"
    first = tranche.run(file, paths=100, seed=1)
    other_seed = tranche.run(file, paths=100, seed=2, first_path=100)
    gpu = tranche.load(file)
    richer = tuple(attrs.evolve(t, notional=2e9) if t.name == "equity" else t for t in gpu.tranches)
    other_deal = tranche.run(attrs.evolve(gpu, tranches=richer), paths=100, seed=1, first_path=100)
    for parts in ([first, other_seed], [first, other_deal], []):
        with pytest.raises(UsageError):
            Results.join(parts)


def test_the_audit_names_the_period_and_results_travel() -> None:
    results = tranche.run(ROOT / "deals" / "benchmark.yaml")
    assert 1 <= results.audit.period <= 120
    copy = pickle.loads(pickle.dumps(results))
    assert copy.tranches().equals(results.tranches())
