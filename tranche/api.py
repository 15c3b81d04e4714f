"""Floor 6. The names that stay: load, check, compile, run, project, explain. `tranche` itself exports them."""

from __future__ import annotations

from collections.abc import Callable

from tranche import engine
from tranche.analysis import warnings_of
from tranche.compiler import compile_deal
from tranche.errors import DealWarning
from tranche.expectations import check_figures
from tranche.explanation import explain
from tranche.files import dump, load
from tranche.inputs import CollateralCash, DealOrPath, MarketOrPath, as_deal, prepare
from tranche.program import Program
from tranche.projection import project
from tranche.results import Results

__all__ = ["check", "compile", "dump", "explain", "load", "project", "run"]


def check(deal: DealOrPath) -> tuple[DealWarning, ...]:
    """What the deal may well not mean, though it runs, each with its place; empty when there is nothing to say.

    Raises DealError with every problem when it is no deal, does not compile, or expects figures that it cannot have."""
    found = as_deal(deal)
    if found.expect.figures:
        check_figures(found, compile_deal(found))
    return warnings_of(found)


def compile(deal: DealOrPath) -> Program:
    """The deal resolved to registers and instructions. Raises DealError with every problem and its place."""
    return compile_deal(as_deal(deal))


def run(
    deal: DealOrPath,
    paths: int | None = None,
    seed: int = 0,
    threads: int | None = None,
    collections: CollateralCash | None = None,
    market: MarketOrPath | None = None,
    *,
    width: int | None = None,
    first_path: int = 0,
    progress: Callable[[int], None] | None = None,
    keep_paths: engine.KeepPaths = "auto",
    sampling: str = "random",
) -> Results:
    """Simulate a deal over paths first_path ≤ p < first_path + paths: by default 10,000 of a simulated market, and all
    that there are of the user's own cash.

    `collections`: the user's own cash, an array [paths, T] in the deal's currency or a mapping of such arrays by
    component; by default what the deal's file names. Where it has fewer paths than `paths`, those there are are run.
    `market` replaces the deal's market; the name of a market file lays that file over it. `threads`: all processors by
    default; neither it nor `width` changes a bit.
    `progress` is called with the number of paths done since the last call. `keep_paths`: whether `Results.paths` can
    show every path (memory grows with them), or only what they add up to is kept (it does not); by default they are
    kept while their totals fit 128 MB, and every other figure has the same bits either way. `sampling` of the market:
    random, antithetic (pairs of paths turned round) or sobol (quasi-random); the paths of the last two are not
    independent, as standard errors take them to be: see `market.scenario.scenario` for what these say then.
    Raises DealError, DataError and UsageError.
    """
    inputs = prepare(deal, seed=seed, collections=collections, market=market, sampling=sampling)
    first_path = engine.whole_number("path number", first_path, 0, engine.LAST_PATH)
    count = engine.paths_to_run(inputs, paths, first_path)
    return engine.run_program(
        inputs,
        max(1, count),  # past the last path it is the first of them that is refused
        first_path=first_path,
        threads=threads,
        width=width,
        seed=seed,
        progress=progress,
        keep_paths=keep_paths,
    )
