"""Floor 4. What a run reads: a deal, and what the caller gives to it, resolved to the Scenario of its Program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs
import numpy as np
from numpy.typing import ArrayLike, NDArray

from tranche import engine
from tranche.collateral.terms import Collections
from tranche.compiler import compile_deal, dates_of
from tranche.deal import Deal
from tranche.errors import DataError, DealError, Problem, UsageError, nearest
from tranche.files import MarketFile, collections_path, load, read_collections, read_market_file
from tranche.files.market_file import names_of_market
from tranche.market.scenario import scenario as market_scenario
from tranche.market.terms import Market
from tranche.program import Program

DealOrPath = Deal | str | Path
MarketOrPath = Market | str | Path
CollateralCash = ArrayLike | Mapping[str, ArrayLike]


def as_deal(deal: DealOrPath, market: MarketOrPath | None = None) -> Deal:
    """A deal, or the deal in a file; in another market when one is given: a Market takes the place of the deal's own,
    a market file is laid over it (`in_market`). Raises DealError and UsageError."""
    found = deal if isinstance(deal, Deal) else load(deal)
    if market is None:
        return found
    if isinstance(market, Market):
        return attrs.evolve(found, market=market)
    return in_market(found, read_market_file(market, found.currency), market)


def in_market(deal: Deal, file: MarketFile, name: str | Path) -> Deal:
    """The deal with a market file laid over its market, which may name what that has. Raises DealError, and UsageError
    for a file of which a deal with factors reads nothing: a name in it is misspelt. A deal without factors, whose cash
    is given, is the same in every market, so that a grid of deals and markets can hold it."""
    above = file.over(deal.market)
    if deal.market.factors and file.names and not reads_market_file(deal, file):
        fix = nearest(file.names[0], names_of_market(deal.market))
        raise UsageError(Problem(f"{name}: the deal reads nothing of this market file", fix))
    return attrs.evolve(deal, market=above)


def reads_market_file(deal: Deal, file: MarketFile) -> bool:
    """Whether anything in a market file is another part of the deal's market, or one that it lacks."""
    if file.restates(deal.market):
        return True
    try:
        compile_deal(deal)
    except DealError:  # it lacks what the file states
        return True
    return False


def prepare(
    deal: DealOrPath,
    *,
    seed: int = 0,
    collections: CollateralCash | None = None,
    market: MarketOrPath | None = None,
    fuse: bool = True,
    watch: Sequence[str] = (),
    sampling: str = "random",
) -> engine.Scenario:
    """The deal's Program and the sources of its inputs: the user's cash, then the market's factors.

    `collections`: see `engine.cash_flows`; without it, the file that the deal names is read. `market`: see `as_deal`.
    `fuse`, `watch`: see `compile_deal`; `sampling`: `market.scenario`. Raises DealError, DataError and UsageError.
    """
    return ingredients(
        deal, seed=seed, collections=collections, market=market, fuse=fuse, watch=watch, sampling=sampling
    ).scenario()


@attrs.frozen(eq=False)
class Ingredients:
    """What `prepare` puts together, as data that can be sent to another process. `cash`: None when the market makes
    it."""

    program: Program
    cash: CollateralCash | None
    market: Market
    seed: int
    sampling: str = "random"

    def scenario(self) -> engine.Scenario:
        """The Program and its sources. Raises DataError and UsageError."""
        sources: list[engine.Source] = []
        if self.cash is not None:
            sources.append(engine.cash_flows(self.program, self.cash))
        if self.market.factors:
            times, closing = self.program.times, self.program.dates[0]
            sources.append(market_scenario(self.market, times, self.seed, start=closing, sampling=self.sampling))
        return engine.scenario(self.program, sources)


def ingredients(
    deal: DealOrPath,
    *,
    seed: int = 0,
    collections: CollateralCash | None = None,
    market: MarketOrPath | None = None,
    fuse: bool = True,
    watch: Sequence[str] = (),
    sampling: str = "random",
) -> Ingredients:
    """See `prepare`."""
    seed = engine.whole_number("seed", seed, 0, 2**64 - 1)
    deal = as_deal(deal, market)
    program = compile_deal(deal, fuse=fuse, watch=watch)
    if collections is None and isinstance(deal.collateral, Collections):
        collections = cash_on_file(deal)
    return Ingredients(program, collections, deal.market, seed, sampling)


def cash_on_file(deal: Deal, path: Path | None = None) -> dict[str, NDArray[np.float64]]:
    """Collections [paths, T] by component from the table at `path`, or from the file or the amounts in the deal.

    Raises DataError: no file is named, or what is in it is unusable.
    """
    assert isinstance(deal.collateral, Collections)
    components = deal.collateral.components
    if path is None and deal.collateral.amounts:
        return {name: np.array([amounts], dtype=np.float64) for name, amounts in deal.collateral.amounts}
    path = path or collections_path(deal)
    if path is None:
        what = "the deal names no file with its collections"
        fix = "give them to the run (collections=, --collections FILE), or write {file: …} or {amounts: […]}"
        raise DataError(Problem(what, fix, deal.source.place("collateral.collections")))
    cash = read_collections(path, dates_of(deal), components)
    return {name: cash[:, :, k] for k, name in enumerate(components)}
