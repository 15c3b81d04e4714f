"""What a deal loses as the correlations of its market converge, marginal laws held fixed."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from itertools import pairwise

import attrs
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tranche import engine
from tranche.api import run
from tranche.deal import Deal
from tranche.errors import Invalid, Problem, UsageError
from tranche.inputs import CollateralCash, DealOrPath, MarketOrPath, as_deal
from tranche.market.dependence import Dependence
from tranche.market.dependence.convergence import converged
from tranche.results import Results

POINTS = (0.0, 0.25, 0.5, 0.75, 1.0)
WORST = 0.01  # the share of the paths that the tail is the mean of


@attrs.frozen(eq=False)
class Convergence:
    """`tranches`: a row for each degree of convergence and class: expected_loss and default_probability with standard
    errors, the change of expected_loss from the first degree with its own error (the draws are the same at every
    degree, so it is that of a difference by path), and expected_yield, the IRR of the mean cash flows; residual classes
    have the yield alone. `deal`: a row a degree: collateral_shortfall, what the collateral fails to bring in to repay
    all debts (the sum of their losses), mean over the paths with its error, and over the worst 1% of them
    (tail_shortfall); in the deal's currency. `stated`: the same two tables of the market as its file has it.
    """

    name: str
    currency: str
    tranches: pd.DataFrame
    deal: pd.DataFrame
    stated: tuple[pd.DataFrame, pd.DataFrame]
    points: tuple[float, ...]
    paths: int
    seed: int


def converge(
    deal: DealOrPath,
    paths: int = engine.DEFAULT_PATHS,
    seed: int = 0,
    points: Sequence[float] = POINTS,
    *,
    market: MarketOrPath | None = None,
    rising: Collection[str] | None = None,
    collections: CollateralCash | None = None,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Convergence:
    """Run the deal at each degree of convergence in `points`, on the same draws.

    The degree turns the market's copula, and nothing else: see `market.dependence.convergence.converged`, which also
    says what `rising` is. Raises DealError, DataError and UsageError (a market of fewer than two drivers, a dependence
    without a way to converge, points that do not rise from 0 to 1).
    """
    found = as_deal(deal, market)
    degrees = _degrees(points)
    steps = _dependences(found, degrees, rising)
    paths = engine.whole_number("paths", paths, 2, engine.MOST_PATHS)

    def under(dependence: Dependence) -> tuple[Results, NDArray[np.float64]]:
        there = attrs.evolve(found, market=attrs.evolve(found.market, dependence=dependence))
        results = run(there, paths, seed, threads, collections, progress=progress, keep_paths=True)
        return results, _losses(results)

    base: NDArray[np.float64] | None = None
    rows: list[pd.DataFrame] = []
    whole: list[dict[str, float]] = []
    for dependence in steps:
        results, losses = under(dependence)
        base = losses if base is None else base
        rows.append(_rows(results, losses, base))
        whole.append(_whole(losses))
    assert base is not None
    results, losses = under(found.market.dependence)
    index = pd.Index(degrees, name="convergence")
    return Convergence(
        name=found.name,
        currency=found.currency,
        tranches=pd.concat(rows, keys=degrees, names=["convergence", "tranche"]),
        deal=pd.DataFrame(whole, index=index),
        stated=(_rows(results, losses, base), pd.DataFrame([_whole(losses)], index=["stated"])),
        points=degrees,
        paths=results.count,
        seed=seed,
    )


def can_converge(deal: DealOrPath) -> bool:
    """Whether the deal's market has two drivers or more, and a dependence with a way from calm to stress. Raises
    DealError."""
    try:
        _dependences(as_deal(deal), POINTS, None)
    except UsageError:
        return False
    return True


def _dependences(deal: Deal, degrees: Sequence[float], rising: Collection[str] | None) -> list[Dependence]:
    """What joins the market's drivers at each degree. Raises UsageError."""
    drivers = deal.market.drivers
    if len(drivers) < 2:
        what = f"{deal.name!r} lives in a market of {len(drivers)} factors with a driver: nothing can converge"
        raise UsageError(Problem(what, "a deal whose collateral depends on two factors or more"))
    try:
        return [converged(deal.market.dependence, drivers, degree, rising) for degree in degrees]
    except Invalid as invalid:
        raise UsageError(Problem(invalid.what, invalid.fix)) from None


def _degrees(points: Sequence[float]) -> tuple[float, ...]:
    degrees = tuple(float(point) for point in points)
    rise = all(a < b for a, b in pairwise(degrees))
    if not degrees or not rise or not all(0.0 <= degree <= 1.0 for degree in degrees) or len(degrees) > 101:
        said = ", ".join(f"{degree:g}" for degree in degrees[:8])
        raise UsageError(Problem(f"degrees of convergence {said or 'none'}", "rising numbers from 0 to 1, at most 101"))
    return degrees


def _debts(results: Results) -> list[str]:
    return [debt.name for debt in results.program.debts]


def _losses(results: Results) -> NDArray[np.float64]:
    """[paths, debts]: money that each debt loses."""
    columns = [results.paths(name)["loss"].to_numpy() for name in _debts(results)]
    return np.column_stack(columns) if columns else np.zeros((results.count, 0))


def _rows(results: Results, losses: NDArray[np.float64], base: NDArray[np.float64]) -> pd.DataFrame:
    table = results.tranches()
    frame = table[["expected_loss", "expected_loss_se", "default_probability", "default_probability_se"]].copy()
    frame["change"], frame["change_se"] = math.nan, math.nan
    for k, name in enumerate(_debts(results)):
        moved = (losses[:, k] - base[:, k]) / results.claim(name).notional
        frame.loc[name, "change"] = float(moved.mean())
        frame.loc[name, "change_se"] = _error(moved)
    frame["expected_yield"] = table["irr"]
    return frame


def _whole(losses: NDArray[np.float64]) -> dict[str, float]:
    total = losses.sum(axis=1)
    worst = max(1, round(WORST * len(total)))
    return {
        "collateral_shortfall": float(total.mean()),
        "collateral_shortfall_se": _error(total),
        "tail_shortfall": float(np.sort(total)[-worst:].mean()),
    }


def _error(values: NDArray[np.float64]) -> float:
    return float(values.std(ddof=1) / math.sqrt(len(values)))
