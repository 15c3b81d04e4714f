"""Stresses of one deal: a level of cash, or a simulated path, and a few dates on which something happens.

Made to shrink to what a person can read: the level that just pays, path 0, and as few dates as still break the rule.
"""

from __future__ import annotations

import math
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from tranche.collateral.terms import Collections
from tranche.compiler import compile_deal, dates_of
from tranche.deal import Deal
from tranche.inputs import cash_on_file, prepare
from tranche.program import Op, Program
from tranche.reference import run_path
from tranche.testing.observed import Observed, observe_rows

AMPLE = 1.25  # an even level of cash is this times the notionals over the dates, times a level
FINE = 20  # a level or a shock is 1 plus a whole number of twentieths: it shrinks to 1, which changes nothing
PARTS = (0.5, 0.02, 0.98)  # of a step's payment, at which the cash of a date runs out
MOST_SHOCKS = 4
MOST_PATH = 1_000  # simulated paths to start from


@attrs.frozen(eq=False)
class Stress:
    """One path of everything that a deal reads: `rows` [T, inputs], in the order of `program.inputs`. `said`: what it
    is, in words; `date` (0-based): where `edges` cut its cash."""

    deal: Deal
    rows: NDArray[np.float64]
    program: Program  # the deal compiled, its instructions not fused
    said: str = ""
    date: int = 0

    def observe(self) -> Observed:
        """The deal on this path alone."""
        return observe_rows(self.deal, self.rows[None])

    def edges(self) -> list[Stress]:
        """This path, and for each step that pays something on `date` the paths on which the cash of the date pays a
        part of it, one of PARTS, and nothing beyond (in deals on given collections)."""
        if not isinstance(self.deal.collateral, Collections):
            return [self]
        columns = [k for k, name in enumerate(self.program.inputs) if name.startswith("collections.")]
        day, cash = self.program.dates[self.date + 1], self.rows[self.date, columns].sum()
        found, before = [self], 0.0
        for text, amount in self._payments():
            for part in PARTS:
                enough = before + part * amount
                if 0 < enough < cash:
                    rows = self.rows.copy()
                    rows[self.date, columns] *= enough / cash
                    said = f"{self.said}; {enough:,.2f} on {day}, enough for {part:.0%} of '{text}'"
                    found.append(attrs.evolve(self, rows=rows, said=said))
            before += amount
        return found

    def _payments(self) -> list[tuple[str, float]]:
        """What each step takes out of the cash on `date`, in order, in words and in money."""
        program = self.program
        spent: list[tuple[str, float]] = []

        def watch(t: int, at: int, op: Op, before: dict[str, Any], after: dict[str, Any], amount: Any) -> None:
            if t == self.date and after.get("cash", math.inf) < before.get("cash", math.inf):
                text = next(step.text for step in program.steps if step.first <= at < step.last)
                spent.append((text, float(before["cash"] - after["cash"])))

        run_path(program, self.rows, watch=watch)
        return spent

    def __repr__(self) -> str:
        return self.said


def stresses(deal: Deal) -> st.SearchStrategy[Stress]:
    """A path for `deal`: its own cash, or an even level of cash, or a path of its market; shocked on a few dates."""
    return _stresses(deal, compile_deal(deal, fuse=False))


@st.composite
def _stresses(draw: st.DrawFn, deal: Deal, program: Program) -> Stress:
    if isinstance(deal.collateral, Collections) and not deal.market.factors:
        rows, said = _cash(draw, deal)
    else:
        rows, said = _simulated(draw, deal)
    names = program.inputs
    dates = dates_of(deal).dates
    for k, t, factor in draw(_shocks(len(names), len(dates))):
        rows[t, k] *= factor
        said += f"; {names[k]} {'is 0' if factor == 0 else f'times {factor:g}'} on {dates[t]}"
    return Stress(deal, rows, program, said, draw(st.integers(0, len(dates) - 1)))


def _shocks(columns: int, dates: int) -> st.SearchStrategy[list[tuple[int, int, float]]]:
    if not columns:
        return st.just([])
    one = st.tuples(st.integers(0, columns - 1), st.integers(0, dates - 1), _factors())
    return st.lists(one, max_size=MOST_SHOCKS, unique_by=lambda shock: shock[:2])


def _factors() -> st.SearchStrategy[float]:
    """0 to 3 in twentieths."""
    return st.integers(-FINE, 2 * FINE).map(lambda twentieths: (FINE + twentieths) / FINE)


def _cash(draw: st.DrawFn, deal: Deal) -> tuple[NDArray[np.float64], str]:
    assert isinstance(deal.collateral, Collections)
    components = deal.collateral.components
    if (deal.collateral.file or deal.collateral.amounts) and draw(st.booleans()):
        cash = cash_on_file(deal)
        path = draw(st.integers(0, len(cash[components[0]]) - 1))
        return np.stack([cash[name][path] for name in components], axis=1), f"the deal's own cash, path {path}"
    owed = sum(tranche.notional for tranche in deal.tranches)
    periods = dates_of(deal).periods
    level = round(draw(_factors()) * AMPLE * owed / periods, 2)
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
