"""Every version of the benchmark job gives the numbers of the reference paths and of the plain Python version."""

import json
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from benchmarks import machine, measure, ours, peer_c, scalar
from benchmarks.agree import disagreements
from benchmarks.job import SUMS, TOTALS, Arrays, Spec, collections
from benchmarks.versions import VERSIONS, Version

ORACLE = json.loads((Path(__file__).parents[1] / "oracles" / "benchmark_job.json").read_text())


def _runs() -> list:
    """Each version with each number of threads that it can use here."""
    return [
        pytest.param(
            version,
            threads,
            id=f"{version.name}, {threads} threads",
            marks=pytest.mark.skipif(version.run is None, reason=version.missing),
        )
        for version in VERSIONS
        for threads in ((1, 2) if version.threaded and machine.cores() > 1 else (1,))
    ]


every_run = pytest.mark.parametrize(("version", "threads"), _runs())


def test_the_spec_is_that_of_the_reference_paths() -> None:
    spec, terms = Spec(), ORACLE["spec"]
    assert (spec.months, spec.pool, spec.senior, spec.mezz) == (
        terms["T"],
        terms["pool"],
        terms["senior"],
        terms["mezz"],
    )
    assert (spec.senior_rate, spec.mezz_rate, spec.trap_below) == (terms["rs"], terms["rm"], terms["dscr_trap"])
    assert spec.fee_rate == pytest.approx(terms["fee_rate"], rel=1e-15)
    assert (spec.reserve_months, spec.reserve_open) == (terms["dsra_months"], terms["dsra_open"])


@pytest.mark.oracle
@every_run
@pytest.mark.parametrize("case", ORACLE["cases"], ids=[f"{k}-{c['T']}m" for k, c in enumerate(ORACLE["cases"])])
def test_reference_paths(version: Version, threads: int, case: dict) -> None:
    spec = Spec(months=case["T"])
    np.testing.assert_allclose(spec.pool_balance(), case["pool"], rtol=1e-12, atol=1e-6)

    out = version.run(np.array([case["cf"]]), spec, threads)

    expected = [case["totals"][name] for name in TOTALS]
    np.testing.assert_allclose(out.totals[0], expected, rtol=0, atol=1e-6)
    # The sums over one path are that path's flows.
    flow = {name: out.sums[:, k] for k, name in enumerate(SUMS)}
    flows = np.column_stack([flow["s_int"] + flow["s_prin"], flow["m_int"] + flow["m_prin"], flow["eq"]])
    np.testing.assert_allclose(flows, case["flows_senior_mezz_equity"], rtol=0, atol=1e-6 + 2 * out.grain)


@every_run
@pytest.mark.parametrize(("paths", "months"), [(1, 1), (15, 7), (64, 60), (333, 120)])
def test_every_version_agrees_with_plain_python(version: Version, threads: int, paths: int, months: int) -> None:
    spec = Spec(months=months)
    cf = collections(spec, paths, seed=paths)

    assert not disagreements(version.run(cf, spec, threads), scalar.run(cf, spec))


@every_run
def test_no_cash_and_plenty(version: Version, threads: int) -> None:
    spec = Spec(months=24)
    cf = np.zeros((40, 24))
    cf[20:] = 50e6

    out = version.run(cf, spec, threads)

    total = dict(zip(TOTALS, out.totals.T, strict=True))
    assert not disagreements(out, scalar.run(cf, spec))
    assert (total["s_end"][:20] == spec.senior).all() and (total["eq"][:20] == 0.0).all()
    assert (total["trap_periods"][:20] == 24).all() and (total["trap_periods"][20:] == 0).all()
    np.testing.assert_allclose(total["s_end"][20:], 0.0, atol=1e-6)
    np.testing.assert_allclose(total["m_pik"][20:], 0.0, atol=1e-6)


def test_cash_in_is_cash_out() -> None:
    spec = Spec()
    cf = collections(spec, 50)
    total = dict(zip(TOTALS, scalar.run(cf, spec).totals.T, strict=True))
    paid = sum(total[name] for name in ("fee", "s_int", "s_prin", "m_int", "m_prin", "eq"))
    np.testing.assert_allclose(paid, cf.sum(axis=1), rtol=1e-12)


def test_the_input_puts_the_deal_in_trouble() -> None:
    spec = Spec()
    cf = collections(spec, 300)
    total = dict(zip(TOTALS, scalar.run(cf, spec).totals.T, strict=True))
    assert cf.flags.c_contiguous and cf.dtype == np.float64
    assert 0.2 < total["trap_periods"].mean() / spec.months < 0.5
    assert 0.3 < (total["s_short"] > 1.0).mean() < 0.7
    assert (collections(spec, 300) == cf).all() and (collections(spec, 300, seed=1) != cf).any()


def test_disagreements_name_the_column_and_the_worst_place() -> None:
    right, wrong = Arrays.empty(3, 2), Arrays.empty(3, 2)
    wrong.totals[1, TOTALS.index("eq")] = 2e-7
    wrong.sums[0, SUMS.index("reserve")] = np.nan
    eq, reserve = disagreements(wrong, right)
    assert eq.startswith("totals.eq: 1 of 3 paths differ, most at path 1")
    assert reserve.startswith("sums.reserve: 1 of 2 months differ, most at month 0")
    assert disagreements(Arrays.empty(2, 2), right)[0].startswith("shapes")


def test_interleaved_rounds() -> None:
    called: list[str] = []
    seconds = measure.interleaved({"a": lambda: called.append("a"), "b": lambda: called.append("b")}, rounds=2)
    assert called == ["a", "b"] * 3
    assert {name: len(each) for name, each in seconds.items()} == {"a": 2, "b": 2}


def test_peak_memory_is_beyond_the_input() -> None:
    paths, months = 20_000, 24
    peak = measure.peak_memory("numpy over paths", paths, months)
    output = paths * len(TOTALS) * 8
    assert 0.9 * output < peak < 3 * output + 2e6


@pytest.mark.parametrize(("block", "sources"), [(16, peer_c.PLAIN), (16, peer_c.VECTORS), (64, peer_c.VECTORS)])
def test_the_c_peers_are_vectorised(block: int, sources: tuple[Path, ...]) -> None:
    if shutil.which("gcc") is None:
        pytest.skip("gcc missing")
    library = peer_c.library(Spec(), block, sources)
    counts = measure.packed_instructions(library, "run")
    if counts is None:
        pytest.skip("objdump missing")
    assert sum(sum(counter.values()) for counter in counts.values()) > 100
    assert measure.packed_instructions(library, "no such symbol") == {}


def test_our_kernel_is_vectorised() -> None:
    counts = measure.packed_instructions(ours.KERNEL, ours.SYMBOLS)
    if counts is None:
        pytest.skip("objdump missing")
    if "baseline only" in (ours.KERNEL.parents[2] / "build" / "kernels.txt").read_text():
        pytest.skip("built for the baseline processor")
    totals: Counter[str] = sum(counts.values(), Counter())
    assert totals["ymm"] > 500 and totals["zmm"] > 500


def test_packed_instructions_in_words() -> None:
    assert measure.describe_packed({}) == "NOT VECTORISED"
    assert measure.describe_packed(None) == "not checked"
    assert measure.describe_packed({"run": Counter(zmm=3), "walk": Counter(zmm=1, ymm=2)}) == (
        "4 on zmm and 2 on ymm registers"
    )
