"""`python -m benchmarks.scenario`: how fast paths of a market are drawn, as ratios in one run on one thread.

Times are of this process alone (others may be using the machine), the medians of interleaved rounds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import attrs
import numpy as np
from scipy import stats
from scipy.special import ndtr

from benchmarks import scenario_numpy
from benchmarks.scenario_market import DRIVERS, MONTHS, filler, source
from tranche.engine import run_program
from tranche.files import load
from tranche.inputs import prepare
from tranche.market.terms import Gaussian, Market, Reverting, Student

DEAL = Path(__file__).parents[1] / "deals" / "gpu_ddtl_2024.yaml"
LIMITS = {"normals": 2.0, "numpy": 0.25, "run": 2.0}


def medians(calls: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Seconds of each call."""
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for counted in range(-1, rounds):
        for name, call in calls.items():
            start = time.process_time()
            call()
            if counted >= 0:
                seconds[name].append(time.process_time() - start)
    return {name: statistics.median(each) for name, each in seconds.items()}


def drawing(paths: int, rounds: int) -> None:
    """The market of six drivers against numpy's normals and against numpy."""
    draw = filler(source())
    count = paths * MONTHS * len(DRIVERS)
    rng, room = np.random.default_rng(0), np.empty(count)
    found = medians(
        {
            "ours": lambda: draw(paths),
            "normals": lambda: rng.standard_normal(out=room),
            "numpy": lambda: scenario_numpy.run(paths),
        },
        rounds,
    )
    ns = {name: 1e9 * seconds / count for name, seconds in found.items()}
    print(f"six drivers, t copula in two regimes, recursions: {paths:,} paths × {MONTHS} months")
    print(f"  ours                     {ns['ours']:6.2f} ns per driver, path and month")
    for name, said in (("normals", "numpy's standard_normal"), ("numpy", "the same in numpy")):
        ratio = ns["ours"] / ns[name]
        print(f"  {said:24} {ns[name]:6.2f} ns: ours takes {ratio:.2f} of it, at most {LIMITS[name]:.2f} is asked")


def agreement(paths: int = 20_000) -> None:
    """Both versions draw the same market: medians of the last month within 5 standard errors."""
    ours = source().rows(0, paths)[:, -1, :6]
    theirs = scenario_numpy.run(paths)[-1].T
    for k, name in enumerate(DRIVERS):
        statistic = stats.ks_2samp(ours[:, k], theirs[:, k])
        assert statistic.pvalue > 1e-4, f"{name}: the versions differ, p = {statistic.pvalue:.1e}"
    print(f"  agreed with numpy's version on the law of the last month ({paths:,} paths, Kolmogorov–Smirnov)")


def plain(kind: str, size: int) -> Market:
    """`size` standard normal scores a path, joined at 0.5."""
    names = [f"x{k}" for k in range(size)]
    pairs = tuple((a, b, 0.5) for i, a in enumerate(names) for b in names[:i])
    copula = Gaussian(correlations=pairs) if kind == "gaussian" else Student(dof=4.0, correlations=pairs)
    unit = {"initial": 0.0, "mean": 0.0, "speed": 0.0, "volatility": 1.0, "low": -1e9, "high": 1e9}
    return Market(factors=tuple(Reverting(name=name, **unit) for name in names), dependence=copula)


def copulas(draws: int, rounds: int) -> None:
    """Plain sampling of Gaussian and t copulas against three libraries: as uniforms against two, and as scipy returns
    them, which are normals or Student's, against our scores. Medians of rounds, but of two that take up to a minute.
    """
    import pyvinecopulib as pv
    from statsmodels.distributions.copula.api import GaussianCopula, StudentTCopula

    print(f"{draws:,} draws of a copula [draws, d], seconds")
    for kind in ("gaussian", "t"):
        for size in (2, 10):
            made = source(plain(kind, size), [0.0, 1.0])
            matrix = np.full((size, size), 0.5) + 0.5 * np.eye(size)
            theirs = GaussianCopula(matrix, size) if kind == "gaussian" else StudentTCopula(matrix, 4, size)
            law = stats.multivariate_normal(cov=matrix) if kind == "gaussian" else stats.multivariate_t(shape=matrix,
            df=4)
            vine = vine_of(pv, kind, matrix)
            found = medians(
                {
                    "ours": lambda made=made: ndtr(made.rows(0, draws)[:, 0]),
                    "our scores": lambda made=made: made.rows(0, draws),
                    "scipy": lambda law=law: law.rvs(draws, random_state=1),
                },
                rounds,
            )
            slow: dict[str, Callable[[int], object]] = {
                "pyvinecopulib": lambda n, vine=vine: vine.sample(n, num_threads=1),
                "statsmodels": lambda n, theirs=theirs: theirs.rvs(n, rng=1),
            }
            for name, call in slow.items():
                call(1_000)
                start = time.process_time()
                call(draws)
                found[name] = time.process_time() - start
            shown = ", ".join(f"{name} {found[name]:.3f}" for name in ("ours", *slow))
            scores = ", ".join(f"{name} {found[name]:.3f}" for name in ("our scores", "scipy"))
            print(f"  {kind:8} d = {size:2}  uniforms: {shown};  as drawn: {scores}", flush=True)


def vine_of(pv: object, kind: str, matrix: np.ndarray) -> object:
    """A D-vine with the partial correlations of an equicorrelated matrix, which is the same copula."""
    size = len(matrix)
    family = pv.families.gaussian if kind == "gaussian" else pv.families.student
    pairs = []
    for tree in range(size - 1):
        partial = 0.5 / (1 + 0.5 * tree)
        parameters = [[partial]] if kind == "gaussian" else [[partial], [4.0 + tree]]
        pairs.append([pv.Bicop(family=family, parameters=np.array(parameters)) for _ in range(size - 1 - tree)])
    return pv.Vinecop.from_structure(structure=pv.DVineStructure(list(range(1, size + 1))), pair_copulas=pairs)


def whole_run(paths: int, rounds: int) -> None:
    """Scenario, fleet and waterfall of the GPU deal, paid monthly, against its scenario alone."""
    deal = load(DEAL)
    deal = attrs.evolve(deal, schedule=attrs.evolve(deal.schedule, frequency="monthly"))
    inputs = prepare(deal, seed=1)
    draw = filler(inputs.sources[0])
    found = medians({"run": lambda: run_program(inputs, paths, threads=1), "scenario": lambda: draw(paths)}, rounds)
    per = 1e9 / paths / inputs.program.periods
    ratio = found["run"] / found["scenario"]
    print(f"gpu_ddtl_2024, monthly: {paths:,} paths × {inputs.program.periods} months, one thread")
    print(f"  the whole run {found['run'] * per:.1f} ns per path and month, its scenario {found['scenario'] * per:.1f}")
    print(f"  {ratio:.2f} times, less than {LIMITS['run']:.2f} is asked")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paths", type=int, default=20_000)
    parser.add_argument("--draws", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    drawing(asked.paths // 128 * 128, asked.rounds)
    agreement()
    copulas(asked.draws, asked.rounds)
    whole_run(100_000 // 128 * 128, asked.rounds)


if __name__ == "__main__":
    main()
