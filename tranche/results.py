"""Floor 4. Results: named views over what a run kept, and the audit that every run carries."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Protocol

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.errors import Problem, UsageError, nearest
from tranche.losses import Losses, Spread
from tranche.program import Claim, Program
from tranche.records import FIELDS, OPTIONAL, Layout, columns_of, layout, record_of
from tranche.reduction import OWED, Reduction
from tranche.reference import Number, PathResult, run_path

__all__ = ["FIELDS", "OPTIONAL", "Audit", "Inputs", "Results", "columns_of", "residuals"]

if TYPE_CHECKING:
    import pandas as pd  # imported where a table is made: a run needs none


@attrs.frozen
class Audit:
    """Cash in − cash out − cash still held, over the whole life of each path. `relative` is to the path's cash in.

    `path` is where the absolute residual is largest, and `period` (1..T) when: the date on which that path's own
    residual is largest; 0 where the run's inputs are no longer at hand.
    """

    absolute: float
    relative: float
    path: int
    period: int = 0

    def __repr__(self) -> str:
        when = f", date {self.period}" if self.period else ""
        return f"Audit(at most {self.relative:.2g} of the cash in, {self.absolute:.2g}: path {self.path}{when})"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>"


class Inputs(Protocol):
    """What a run read: `rows` [count, T, inputs] of paths first ≤ p < first + count."""

    def rows(self, first: int, count: int) -> NDArray[np.float64]: ...


@attrs.frozen(eq=False, slots=False)
class Results:
    """One run: what it keeps of all its paths together, and `totals` [paths, records], the final value of every record
    on every path, where they were kept (None otherwise)."""

    program: Program
    reduction: Reduction
    totals: NDArray[np.float64] | None = None
    first_path: int = 0
    seed: int | None = None
    inputs: Inputs | None = attrs.field(default=None, repr=False)

    def __getstate__(self) -> dict[str, object]:
        """Pickled without the inputs, which may be large or tied to this process, and without views of its arrays."""
        dropped = ("inputs", "_losses", "_rows")
        return {name: value for name, value in self.__dict__.items() if name not in dropped} | {"inputs": None}

    @property
    def count(self) -> int:
        """Number of paths."""
        return self.reduction.count

    @property
    def sums(self) -> NDArray[np.uint64]:
        """See `Reduction`."""
        return self.reduction.sums

    @cached_property
    def means(self) -> NDArray[np.float64]:
        """Mean over the paths, [T, records]: what each record moved in a period (flow) or its level (stock)."""
        return self.reduction.means(self.program)

    @property
    def kept(self) -> NDArray[np.float64]:
        """`totals`. Raises UsageError when the paths were not kept."""
        if self.totals is None:
            what = f"the {self.count:,} paths of {self.program.name!r} were not kept, only what they add up to"
            raise UsageError(Problem(what, "ask for them: run(…, keep_paths=True); or run fewer paths, or one slice"))
        return self.totals

    def total(self, name: str) -> NDArray[np.float64]:
        """The record `owner.field` of every path; zeros when the deal never moves it. Raises UsageError: no class of
        the deal can have it, or the paths were not kept."""
        kept, number = self.kept, record_of(self.program, name)
        return np.zeros(self.count) if number is None else kept[:, number]

    def spread(self, name: str) -> Spread:
        """The record `owner.field` over the paths, each path's final value: mean, standard error, least, most. Zeros
        when the deal never moves it. Raises UsageError: no class of the deal can have it."""
        number = record_of(self.program, name)
        if number is None:
            return Spread(self.count, 0.0, 0.0 if self.count > 1 else math.nan, 0.0, 0.0, 0.0)
        return self.reduction.spread(self.program, number)

    def final_mean(self, name: str) -> float:
        """The mean of `spread` alone: of a record's final value over the paths. Raises UsageError as it does."""
        number = record_of(self.program, name)
        return 0.0 if number is None else self.reduction.mean(self.program, number)

    def losses(self, name: str) -> Losses:
        """What the debt `name` loses: moments, quantiles, the worst paths. Raises UsageError."""
        found = self._losses.get(name)
        if found is None:
            if self.claim(name).kind != "debt":
                raise UsageError(Problem(f"{name!r} is no debt: it has no losses", nearest(name, self._debts)))
            found = self._losses[name] = self.reduction.losses(self.program, name)
        return found

    @cached_property
    def _losses(self) -> dict[str, Losses]:
        """Those that were asked for: every measure of a debt reads them."""
        return {}

    @property
    def _debts(self) -> list[str]:
        return [debt.name for debt in self.program.debts]

    def mean(self, *names: str) -> NDArray[np.float64]:
        """The record `owner.field` by period, mean over the paths [T], or the sum of several; zeros when the deal never
        moves it. Raises UsageError: no class of the deal can have it."""
        rows, program = self._rows, self.program
        moved = [rows[number] for name in names if (number := record_of(program, name)) is not None]
        return sum(moved[1:], moved[0]) if moved else np.zeros(program.periods)

    @cached_property
    def _rows(self) -> NDArray[np.float64]:
        """`means` by record, [records + 1, T]; the last, zeros, is that of a record which the deal never moves."""
        rows = np.zeros((self.means.shape[1] + 1, self.program.periods))
        rows[:-1] = self.means.T
        return rows

    def columns(self) -> tuple[Layout, NDArray[np.float64]]:
        """The columns of `cashflows` of all classes, one behind the other, and their figures [columns, T]."""
        found = layout(self.program)
        first, *others = found.numbers
        figures = self._rows.take(first, axis=0)
        for numbers in others:
            figures += self._rows.take(numbers, axis=0)
        return found, figures

    def claim(self, name: str) -> Claim:
        """The class `name` of the deal. Raises UsageError with the nearest candidates."""
        for claim in self.program.claims:
            if claim.name == name:
                return claim
        known = [claim.name for claim in self.program.claims]
        raise UsageError(Problem(f"unknown tranche, fee or account {name!r}", nearest(name, known)))

    def cashflows(self, name: str) -> pd.DataFrame:
        """By payment date, means over the paths, in the deal's currency. Debt: interest, principal, shortfall,
        deferred, balance, then those of `OPTIONAL` that the deal has; residual: distribution; fee: paid, excess,
        shortfall; account: funded, earned, drawn, balance."""
        import pandas as pd

        columns = {
            field: self.mean(*(f"{name}.{part}" for part in parts))
            for field, parts in columns_of(self.program, self.claim(name)).items()
        }
        return pd.DataFrame(columns, index=pd.Index(self.program.dates[1:], name="date"))

    def paths(self, name: str) -> pd.DataFrame:
        """A row per path, totals over its life. Debt: interest, principal, shortfall, deferred, those of `OPTIONAL`
        that the deal has, loss, final_balance; residual: distribution; fee: paid, excess, shortfall; test: the number
        of dates on which each level failed, and equity_cure. Raises UsageError when the paths were not kept."""
        import pandas as pd

        kind = self.claim(name).kind
        columns = {
            field: sum(self.total(f"{name}.{part}") for part in parts)
            for field, parts in columns_of(self.program, self.claim(name)).items()
            if field != "balance"
        }
        if kind in ("debt", "account"):
            final = self.total(f"{name}.balance")
            if kind == "debt":
                columns["loss"] = sum((self.total(f"{name}.{part}") for part in OWED), np.zeros(self.count))
            columns["final_balance"] = final
        index = pd.RangeIndex(self.first_path, self.first_path + self.count, name="path")
        return pd.DataFrame(columns, index=index)

    def tranches(self) -> pd.DataFrame:
        """By tranche: notional, expected_loss, default_probability, loss_given_default, wal, irr, … with standard
        errors. See `tranche.measures.credit`."""
        from tranche.measures.credit import tranche_table

        return tranche_table(self)

    def _repr_html_(self) -> str:
        """The tranche table and the audit, for notebooks."""
        from tranche.measures.table_html import table_html

        said = f"<p><b>{escape(self.program.name)}</b>: {escape(self._said)}</p>"
        audit = f"<p>Audit: at most {self.audit.relative:.2g} of the cash in, path {self.audit.path}.</p>"
        return said + table_html(self.tranches()) + audit

    def __repr__(self) -> str:
        return f"Results({self.program.name!r}: {self._said})"

    @property
    def _said(self) -> str:
        paths = f"{self.count:,} path{'' if self.count == 1 else 's'}"
        paths += f" of seed {self.seed}" if self.program.is_drawn and self.seed is not None else ""
        return f"{paths}, {self.program.periods} payment dates, {self.program.currency}"

    @cached_property
    def audit(self) -> Audit:
        """The conservation residual of every path's life."""
        absolute, relative, path = self.reduction.residual
        return Audit(absolute, relative, path, self._worst_period(path))

    def _worst_period(self, path: int) -> int:
        """The period in which the path's cash in, cash out and change of cash held differ most: by the slow twin."""
        if self.inputs is None:
            return 0
        twin = run_path(self.program, self.inputs.rows(path, 1)[0])
        return int(np.argmax(np.abs(residuals(self.program, twin)))) + 1

    @staticmethod
    def join(parts: list[Results]) -> Results:
        """One Results from slices of neighbouring paths: the same bits as one run over all of them. Paths are kept when
        every slice kept its own. Raises UsageError: no slices, or some that do not fit together."""
        if not parts:
            raise UsageError(Problem("there are no slices to join", "one or more Results"))
        ordered = sorted(parts, key=lambda part: part.first_path)
        expected = ordered[0].first_path
        for part in ordered:
            same = part.program.hash == ordered[0].program.hash and part.seed == ordered[0].seed
            if not same or part.first_path != expected:
                raise UsageError(Problem("slices do not fit together", "one Program and seed, and paths without gaps"))
            expected += part.count
        kept = [part.totals for part in ordered if part.totals is not None]
        return Results(
            program=ordered[0].program,
            reduction=Reduction.join([part.reduction for part in ordered]),
            totals=np.concatenate(kept) if len(kept) == len(ordered) else None,
            first_path=ordered[0].first_path,
            seed=ordered[0].seed,
        )


def residuals(program: Program, path: PathResult, number: Callable[[float], Number] = float) -> list[Number]:
    """Cash in less cash out less the change of cash held, by period. `number` is that of `run_path`: with `exact`,
    every one of them is 0."""
    before, found = sum((number(program.registers[k].initial) for k in program.cash), number(0.0)), []
    for moved in path.movements:
        flows = now = number(0.0)
        for record, amount in zip(program.records, moved, strict=True):
            if record.side:
                flows += record.side * amount
            elif record.register in program.cash:
                now += amount
        found.append(before + flows - now)
        before = now
    return found
