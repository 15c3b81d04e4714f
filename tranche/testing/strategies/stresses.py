"""Stresses of one deal: a level of cash, or a simulated path, and a few dates on which something happens.

Made to shrink to what a person can read: the level that just pays, path 0, and as few dates as still break the rule.
"""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from tranche.collateral.terms import Collections
from tranche.compiler import compile_deal, dates_of
from tranche.deal import Deal
from tranche.inputs import cash_on_file, prepare
from tranche.testing.observed import Observed, observe_rows

LEVELS = (1.0, 0.9, 0.5, 0.0, 1.1, 1.5, 3.0)  # of what pays every debt back evenly
SHOCKS = (0.0, 0.5, 0.9, 1.1, 2.0, 10.0)  # times what the date would have brought
MOST_SHOCKS = 6
MOST_PATH = 1_000  # simulated paths to start from


@attrs.frozen(eq=False)
class Stress:
    """One path of everything that a deal reads: `rows` [T, inputs], in the order of `program.inputs`."""

    deal: Deal
    rows: NDArray[np.float64]
    said: str = ""

    def observe(self) -> Observed:
        """The deal on this path alone."""
        return observe_rows(self.deal, self.rows[None])

    def __repr__(self) -> str:
        return self.said


@st.composite
def stresses(draw: st.DrawFn, deal: Deal) -> Stress:
    """A path for `deal`: its own cash, or an even level of cash, or a path of its market; shocked on a few dates."""
    if isinstance(deal.collateral, Collections) and not deal.market.factors:
        rows, said = _cash(draw, deal)
    else:
        rows, said = _simulated(draw, deal)
    names = compile_deal(deal).inputs
    dates = dates_of(deal).dates
    for k, t, factor in draw(_shocks(len(names), len(dates))):
        rows[t, k] *= factor
        said += f"; {names[k]} {'is 0' if factor == 0 else f'times {factor:g}'} on {dates[t]}"
    return Stress(deal, rows, said)


def _shocks(columns: int, dates: int) -> st.SearchStrategy[list[tuple[int, int, float]]]:
    if not columns:
        return st.just([])
    one = st.tuples(st.integers(0, columns - 1), st.integers(0, dates - 1), st.sampled_from(SHOCKS))
    return st.lists(one, max_size=MOST_SHOCKS, unique_by=lambda shock: shock[:2])


def _cash(draw: st.DrawFn, deal: Deal) -> tuple[NDArray[np.float64], str]:
    assert isinstance(deal.collateral, Collections)
    components = deal.collateral.components
    if (deal.collateral.file or deal.collateral.amounts) and draw(st.booleans()):
        cash = cash_on_file(deal)
        path = draw(st.integers(0, len(cash[components[0]]) - 1))
        return np.stack([cash[name][path] for name in components], axis=1), f"the deal's own cash, path {path}"
    owed = sum(tranche.notional for tranche in deal.tranches)
    periods = dates_of(deal).periods
    level = draw(st.sampled_from(LEVELS)) * round(1.25 * owed / periods, 2)
    rows = np.full((periods, len(components)), level / len(components))
    return rows, f"{level:,.2f} on every date" + (f", over {len(components)} components" if len(components) > 1 else "")


def _simulated(draw: st.DrawFn, deal: Deal) -> tuple[NDArray[np.float64], str]:
    path = draw(st.integers(0, MOST_PATH))
    given: dict[str, Any] = {}
    if isinstance(deal.collateral, Collections):
        cash, _ = _cash(draw, deal)
        given = {name: np.tile(cash[:, k], (path + 1, 1)) for k, name in enumerate(deal.collateral.components)}
    inputs = prepare(deal, seed=0, collections=given or None)
    return inputs.rows(path, 1)[0].copy(), f"path {path} of seed 0"
