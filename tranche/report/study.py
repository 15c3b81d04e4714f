"""Everything that a report of a deal shows, run once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche import engine
from tranche.deal import Deal
from tranche.explanation import Explanation, explain
from tranche.files import dump
from tranche.inputs import CollateralCash, DealOrPath, as_deal, ingredients, prepare
from tranche.program import Program
from tranche.results import Results
from tranche.studies.convergence import Convergence, can_converge, converge

SAMPLE = 2_000  # paths whose every date is kept for the fans
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
VALUES = ("fleet.book", "fleet.appraised", "fleet.economic", "fleet.orderly", "fleet.forced")


@attrs.frozen(eq=False, slots=False)
class Study:
    """A deal and its run. `flows` float64 [sampled paths, T, records] of `watched`, whose records `watch.NAME` hold the
    tests before anything is paid."""

    deal: Deal
    results: Results
    watched: Program
    flows: NDArray[np.float64]
    seed: int
    collections: CollateralCash | None = None

    @property
    def program(self) -> Program:
        return self.results.program

    @property
    def drawn(self) -> bool:
        """Whether the paths are drawn from a market, so that there is an error of sampling."""
        return self.program.is_drawn

    @property
    def sampled(self) -> int:
        """How many paths the fans are drawn from."""
        return len(self.flows)

    @property
    def debts(self) -> list[str]:
        """The debts, the most senior first."""
        return [debt.name for debt in self.deal.debts_by_rank]

    def sample(self, name: str) -> NDArray[np.float64]:
        """A record of the sampled paths by date [sampled, T]; zeros when the deal has no such record."""
        names = [record.name for record in self.watched.records]
        return self.flows[:, :, names.index(name)] if name in names else np.zeros(self.flows.shape[:2])

    def has(self, name: str) -> bool:
        return any(record.name == name for record in self.watched.records)

    def ratio(self, test: str) -> NDArray[np.float64]:
        """A coverage test of the sampled paths by date [sampled, T]; NaN where its denominator is not above 0. The
        ratio is watched and not its numerator, for what is watched is cut at the deal's notional."""
        return np.where(self.sample(f"watch.{test}.denominator") > 0, self.sample(f"watch.{test}"), np.nan)

    @cached_property
    def text(self) -> str:
        """The term sheet as it was understood, as a deal file."""
        return dump(self.deal)

    @cached_property
    def convergence(self) -> Convergence | None:
        """The deal as its market's correlations converge, on the sampled paths; None where nothing can converge."""
        if self.sampled < 2 or not self.debts or not can_converge(self.deal):
            return None
        return converge(self.deal, self.sampled, self.seed, collections=self.collections)

    @cached_property
    def worst(self) -> tuple[str, Explanation] | None:
        """The debt that loses most in expectation and its worst path, explained; None where no debt ever loses."""
        losses = {name: self.results.losses(name) for name in self.debts}
        losing = [name for name in self.debts if losses[name].worst and losses[name].worst[0][1] > 0]
        if not losing:
            return None
        name = max(losing, key=lambda debt: losses[debt].spread.mean)
        return name, explain(self.deal, losses[name].worst[0][0], self.seed, self.collections)


def study(
    deal: DealOrPath,
    paths: int | None = None,
    seed: int = 0,
    *,
    threads: int | None = None,
    collections: CollateralCash | None = None,
    progress: Callable[[int], None] | None = None,
) -> Study:
    """Run a deal for a report: by default 10,000 paths of a simulated market and all of the user's own cash.

    Raises DealError, DataError and UsageError.
    """
    deal = as_deal(deal)
    parts = ingredients(deal, seed=seed, collections=collections)
    inputs = parts.scenario()
    count = engine.paths_to_run(inputs, paths)
    results = engine.run_program(inputs, count, threads=threads, seed=seed, progress=progress, keep_paths=False)
    watch = [name for test in deal.tests for name in (test.name, f"{test.name}.denominator")]
    watched = prepare(deal, seed=seed, collections=parts.cash, watch=watch)
    flows = engine.path_flows(watched, 0, min(count, SAMPLE))
    return Study(deal, results, watched.program, flows, seed, collections)
