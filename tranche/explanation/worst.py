"""The path on which a class fares worst."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tranche import engine
from tranche.errors import Problem, UsageError, nearest
from tranche.inputs import CollateralCash, DealOrPath, MarketOrPath, prepare
from tranche.results import Results

from .because import KINDS

SLICE = 65_536  # paths whose totals are kept at a time


def worst_path(
    deal: DealOrPath,
    name: str,
    paths: int | None = None,
    seed: int = 0,
    collections: CollateralCash | None = None,
    market: MarketOrPath | None = None,
) -> int:
    """The number of the path, of the first `paths`, on which the debt `name` loses most (of those that lose alike, is
    short of most), the residual receives least, the fee is short of most, or the test fails most often; the first of
    several. By default 10,000 paths of a simulated market and all of the user's own cash. Raises DealError, DataError
    and UsageError.
    """
    inputs = prepare(deal, seed=seed, collections=collections, market=market)
    paths = engine.paths_to_run(inputs, paths)
    claims = {claim.name: claim.kind for claim in inputs.program.claims}
    if claims.get(name) not in KINDS:
        known = [one for one, kind in claims.items() if kind in KINDS]
        raise UsageError(Problem(f"{name!r} is no tranche, fee or test", nearest(name, known)))
    best: tuple[tuple[float, ...], int] | None = None
    for first in range(0, paths, SLICE):
        count = min(SLICE, paths - first)
        run = engine.run_program(inputs, count, first_path=first, seed=seed, keep_paths=True)
        keys = _badness(run, name, claims[name])
        k = int(np.lexsort((np.arange(count), *(-key for key in reversed(keys))))[0])
        found = tuple(float(key[k]) for key in keys)
        if best is None or found > best[0]:
            best = (found, first + k)
    assert best is not None
    return best[1]


def _badness(run: Results, name: str, kind: str) -> list[NDArray[np.float64]]:
    """What to compare paths by, the first counts most, more is worse."""
    table = run.paths(name)
    match kind:
        case "debt":
            return [table["loss"].to_numpy(), table["shortfall"].to_numpy()]
        case "residual":
            return [-table["distribution"].to_numpy()]
        case "fee":
            return [table["shortfall"].to_numpy()]
    return [table.sum(axis=1).to_numpy(dtype=np.float64)]
