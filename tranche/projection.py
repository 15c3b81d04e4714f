"""Floor 5. One path of a deal with every flow kept: what a spreadsheet would show."""

from __future__ import annotations

import attrs
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tranche import engine
from tranche.errors import Problem, UsageError, nearest
from tranche.inputs import CollateralCash, DealOrPath, MarketOrPath, prepare
from tranche.program import Claim, Op, Program, ratio_of
from tranche.reference import Number, run_path
from tranche.results import columns_of

# kind → what a date's due is made of: what was paid of it and what was not
DUES = {
    "debt": ("interest", "principal", "call_premium", "shortfall", "deferred"),
    "fee": ("paid", "excess", "shortfall"),
}


@attrs.frozen(eq=False)
class Projection:
    """One path. `flows` [T, records]: what each record moved on a date (flow) or its level at the close (stock);
    `ratios`: every coverage test's ratio by date [T], infinite where nothing is due."""

    program: Program
    path: int
    flows: NDArray[np.float64]
    ratios: dict[str, NDArray[np.float64]]

    @property
    def names(self) -> tuple[str, ...]:
        """What `cashflows` can show."""
        return tuple(claim.name for claim in self.program.claims)

    def cashflows(self, name: str) -> pd.DataFrame:
        """By payment date, in the deal's currency.

        Debt: due, interest, principal, shortfall, deferred, balance (closing), and those of `results.OPTIONAL` that the
        deal has. `due` is interest, scheduled principal and call premiums that fell due, arrears included; `principal`
        also holds what was swept beyond it. Fee: due, paid, excess, shortfall. Residual: distribution. Account: funded,
        earned, drawn, balance. Collateral: collections, unfunded. Test: ratio, then 1 where a level failed, and
        equity_cure. Raises UsageError with the nearest candidates.
        """
        claim = self._claim(name)
        kind = claim.kind
        columns = {}
        if kind in DUES:
            columns["due"] = self._sum(name, DUES[kind])
        if name in self.ratios:
            columns["ratio"] = self.ratios[name]
        columns |= {column: self._sum(name, fields) for column, fields in columns_of(self.program, claim).items()}
        return pd.DataFrame(columns, index=pd.Index(self.program.dates[1:], name="date"))

    def _sum(self, name: str, fields: tuple[str, ...]) -> NDArray[np.float64]:
        total = np.zeros(self.program.periods)
        for k, record in enumerate(self.program.records):
            if record.owner == name and record.field in fields:
                total = total + self.flows[:, k]
        return total

    def _claim(self, name: str) -> Claim:
        for claim in self.program.claims:
            if claim.name == name:
                return claim
        raise UsageError(Problem(f"unknown tranche, fee, account or test {name!r}", nearest(name, self.names)))


def project(
    deal: DealOrPath,
    collections: CollateralCash | None = None,
    path: int = 0,
    seed: int = 0,
    market: MarketOrPath | None = None,
) -> Projection:
    """Run one path of a deal and keep everything. Raises DealError, DataError and UsageError."""
    inputs = prepare(deal, seed=seed, collections=collections, market=market)
    flows = engine.path_flows(inputs, path, 1)[0]
    return Projection(inputs.program, path, flows, _ratios(inputs, path))


def _ratios(inputs: engine.Scenario, path: int) -> dict[str, NDArray[np.float64]]:
    """Coverage ratios as the slow twin meets them."""
    program = inputs.program
    found: dict[str, NDArray[np.float64]] = {}

    def watch(
        t: int, at: int, op: Op, before: dict[str, Number], after: dict[str, Number], amount: Number
    ) -> None:
        if program.code[at].is_test:
            owner = program.records[program.code[at].record].owner
            ratio = ratio_of(float(before["numerator"]), float(before["denominator"]), op is Op.TEST_ABOVE)
            found.setdefault(owner, np.full(program.periods, np.nan))[t] = ratio

    run_path(program, inputs.rows(path, 1)[0], watch=watch)
    return found
