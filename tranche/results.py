"""Floor 4. Results: named views over what a run kept, and the audit that every run carries."""

from __future__ import annotations

from functools import cached_property

import attrs
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tranche.errors import Problem, UsageError, nearest
from tranche.program import Claim, Program

# what a class of the deal pays out of the collection account, by kind
OUTFLOWS = {"fee": ("paid",), "debt": ("interest", "principal", "prepaid"), "residual": ("distribution",)}


@attrs.frozen
class Audit:
    """Cash in − cash out − cash still held, over the whole life of each path. `relative` is to the path's cash in.

    `path` is where the absolute residual is largest; `Results.audit_period` finds the period.
    """

    absolute: float
    relative: float
    path: int


@attrs.frozen(eq=False)
class Results:
    """One run. `totals` [paths, records]: final value of every record; `sums` uint64 [2, T, records]: per-period sums
    over the paths, in quanta, as low and high limbs."""

    program: Program
    totals: NDArray[np.float64]
    sums: NDArray[np.uint64]
    first_path: int = 0
    seed: int | None = None

    @property
    def count(self) -> int:
        """Number of paths."""
        return int(self.totals.shape[0])

    @cached_property
    def means(self) -> NDArray[np.float64]:
        """Mean over the paths, [T, records]: what each record moved in a period (flow) or its level (stock)."""
        low, high = self.sums[0].astype(object), self.sums[1].view(np.int64).astype(object)
        quanta = high * 2**32 + low  # Python integers: exact
        return np.array(quanta / self.count, dtype=np.float64) * self.program.quantum

    def total(self, name: str) -> NDArray[np.float64]:
        """The record `owner.field` of every path; zeros when the deal never moves it."""
        try:
            return self.totals[:, self.program.record(name)]
        except KeyError:
            return np.zeros(self.count)

    def mean(self, name: str) -> NDArray[np.float64]:
        """The record `owner.field` by period, mean over the paths [T]; zeros when the deal never moves it."""
        try:
            return self.means[:, self.program.record(name)]
        except KeyError:
            return np.zeros(self.program.periods)

    def claim(self, name: str) -> Claim:
        """The class `name` of the deal. Raises UsageError with the nearest candidates."""
        for claim in self.program.claims:
            if claim.name == name:
                return claim
        known = [claim.name for claim in self.program.claims]
        raise UsageError(Problem(f"unknown tranche, fee or account {name!r}", nearest(name, known)))

    def cashflows(self, name: str) -> pd.DataFrame:
        """By payment date, means over the paths, in the deal's currency. Debt: interest, principal, shortfall,
        deferred, balance; residual: distribution; fee: paid, shortfall; account: funded, drawn, balance."""
        columns = {
            field: sum(self.mean(f"{name}.{part}") for part in parts)
            for field, parts in FIELDS[self.claim(name).kind].items()
        }
        return pd.DataFrame(columns, index=pd.Index(self.program.dates[1:], name="date"))

    def paths(self, name: str) -> pd.DataFrame:
        """A row per path, totals over its life. Debt: interest, principal, shortfall, deferred, loss, final_balance;
        residual: distribution; fee: paid, shortfall; test: the number of dates on which each level failed."""
        kind = self.claim(name).kind
        columns = {
            field: sum(self.total(f"{name}.{part}") for part in parts)
            for field, parts in FIELDS[kind].items()
            if field != "balance"
        }
        if kind in ("debt", "account"):
            final = self.total(f"{name}.balance")
            columns |= {"loss": final, "final_balance": final} if kind == "debt" else {"final_balance": final}
        index = pd.RangeIndex(self.first_path, self.first_path + self.count, name="path")
        return pd.DataFrame(columns, index=index)

    def tranches(self) -> pd.DataFrame:
        """By tranche: notional, expected_loss, default_probability, loss_given_default, wal, irr, … with standard
        errors. See `tranche.measures.credit`."""
        from tranche.measures.credit import tranche_table

        return tranche_table(self)

    @cached_property
    def audit(self) -> Audit:
        """The conservation residual of every path's life."""
        claims = self.program.claims
        cash_in = self.total("collateral.collections") + sum(c.notional for c in claims if c.kind == "account")
        out = np.zeros(self.count)
        for claim in claims:
            for field in OUTFLOWS.get(claim.kind, ("balance",) if claim.kind == "account" else ()):
                out = out + self.total(f"{claim.name}.{field}")
        residual = np.abs(cash_in - out)
        worst = int(np.argmax(residual))
        scale = np.maximum(cash_in, np.finfo(np.float64).tiny)
        return Audit(float(residual[worst]), float((residual / scale).max()), self.first_path + worst)

    @staticmethod
    def join(parts: list[Results]) -> Results:
        """One Results from slices of neighbouring paths: the same bits as one run over all of them."""
        ordered = sorted(parts, key=lambda part: part.first_path)
        expected = ordered[0].first_path
        for part in ordered:
            if part.program.hash != ordered[0].program.hash or part.first_path != expected:
                raise UsageError(Problem("slices do not fit together", "one Program, and paths without gaps"))
            expected += part.count
        return Results(
            program=ordered[0].program,
            totals=np.concatenate([part.totals for part in ordered]),
            sums=carried(np.sum([part.sums for part in ordered], axis=0, dtype=np.uint64)),
            first_path=ordered[0].first_path,
            seed=ordered[0].seed,
        )


def carried(sums: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The same sums with the low limbs below 2**32, so that equal sums have equal limbs."""
    low, high = sums
    return np.stack([low & np.uint64(0xFFFFFFFF), high + (low >> np.uint64(32))])


# kind → column → the record fields it adds up
FIELDS: dict[str, dict[str, tuple[str, ...]]] = {
    "debt": {
        "interest": ("interest",),
        "principal": ("principal", "prepaid"),
        "shortfall": ("shortfall",),
        "deferred": ("deferred",),
        "balance": ("balance",),
    },
    "residual": {"distribution": ("distribution",)},
    "fee": {"paid": ("paid",), "shortfall": ("shortfall",)},
    "account": {"funded": ("funded",), "drawn": ("drawn",), "balance": ("balance",)},
    "collateral": {"collections": ("collections",), "unfunded": ("unfunded",)},
    "test": {"breached": ("breached",), "lock_up": ("lock_up",), "default": ("default",)},
    "status": {"default": ("default",)},
}
