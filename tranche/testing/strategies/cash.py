"""Collections: paths of the kinds that break waterfalls."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from tranche.collateral.terms import Collections
from tranche.compiler import dates_of
from tranche.deal import Deal

SHAPES = ("none", "dust", "scarce", "steady", "plenty", "lumpy", "drying up", "late")


@st.composite
def cash_paths(draw: st.DrawFn, periods: int, size: float, least: int = 1, most: int = 8) -> NDArray[np.float64]:
    """[paths, T] of non-negative amounts; `size` is the order of what the deal owes over its life."""
    shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=least, max_size=most))
    seed = draw(st.integers(0, 2**32 - 1))
    noise = np.random.default_rng(seed)
    return np.stack([_path(shape, noise, periods, size) for shape in shapes])


def _path(shape: str, noise: np.random.Generator, periods: int, size: float) -> NDArray[np.float64]:
    share = noise.uniform(0.0, 2.0, periods) / periods
    match shape:
        case "none":
            return np.zeros(periods)
        case "dust":
            return noise.uniform(0.0, 1e-6, periods)
        case "scarce":
            return share * size * 0.1
        case "steady":
            return np.full(periods, round(size / periods, 2))
        case "plenty":
            return share * size * 3.0
        case "lumpy":
            return np.where(noise.random(periods) < 0.3, share * size * 4.0, 0.0)
        case "drying up":
            return np.asarray(share * size * 1.5 * (np.arange(periods) < periods // 2), dtype=np.float64)
    return np.asarray(share * size * 1.5 * (np.arange(periods) >= periods // 2), dtype=np.float64)  # late


@st.composite
def collections_for(draw: st.DrawFn, deal: Deal, least: int = 1, most: int = 8) -> dict[str, NDArray[np.float64]]:
    """A mapping by component of arrays [paths, T] that fit `deal`, which takes its collections from outside."""
    assert isinstance(deal.collateral, Collections)
    periods = dates_of(deal).periods
    size = sum(tranche.notional for tranche in deal.tranches) or 1_000.0
    names = deal.collateral.components
    first = draw(cash_paths(periods, size, least, most))
    rest = [draw(cash_paths(periods, size, len(first), len(first))) for _ in names[1:]]
    return dict(zip(names, [first, *rest], strict=True))
