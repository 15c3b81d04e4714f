"""Floor 5. The figures that a deal file states about itself, held against a run."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator

import attrs
import pandas as pd

from tranche.deal import Deal
from tranche.deal.expect import figure_name
from tranche.errors import DealError, Place, Problem, nearest
from tranche.measures.credit import COLUMNS
from tranche.program import Program
from tranche.results import FIELDS, Results, columns_of

AUDIT = ("audit.relative", "audit.absolute")


@attrs.frozen
class Finding:
    """One figure of a deal: what it is, what the deal says, within what. `holds` is False for NaN too."""

    figure: str
    value: float
    expected: float
    within: float

    @property
    def holds(self) -> bool:
        return abs(self.value - self.expected) <= self.within


def findings(deal: Deal, results: Results) -> list[Finding]:
    """Every figure of the deal's `expect:` block. Raises DealError for figures that nobody knows, with their places."""
    check_figures(deal, results.program)
    table = results.tranches()
    return [
        Finding(item.figure, figure(results, item.figure, table), item.value, item.within)
        for item in deal.expect.figures
    ]


def check_figures(deal: Deal, program: Program) -> None:
    """Raises DealError: figures of the `expect:` block that nobody knows, dates that are no payment date."""
    unknown = [problem for item in deal.expect.figures for problem in _unknown(deal, program, item.figure)]
    if unknown:
        raise DealError(unknown)


def misses(deal: Deal, found: list[Finding]) -> list[Problem]:
    """The findings that do not hold, as problems with their places."""
    return [
        Problem(
            f"{one.figure} is {one.value:.10g}",
            f"the file expects {one.expected:.10g} ± {one.within:.10g}",
            _place(deal, one.figure),
        )
        for one in found
        if not one.holds
    ]


def known_figures(program: Program) -> list[str]:
    """The names that `figure` knows: columns of the tranche table, mean totals of every other class, the audit."""
    names = list(AUDIT)
    recorded = {record.name for record in program.records}
    for claim in program.claims:
        fields = COLUMNS if claim.kind in ("debt", "residual") else tuple(FIELDS[claim.kind])
        found = [f"{claim.name}.{field}" for field in fields]
        names += [name for name in found if claim.kind != "test" or name in recorded]  # the levels that it states
    return names


def _unknown(deal: Deal, program: Program, name: str) -> Iterator[Problem]:
    figure, at, date = (part.strip() for part in name.partition("@"))
    known = known_by_date(program) if at else known_figures(program)
    if figure not in known:
        yield Problem(f"unknown figure {figure!r}", nearest(figure, known), _place(deal, name))
    if at and date not in map(str, program.dates[1:]):
        dates = [str(day) for day in program.dates[1:]]
        yield Problem(f"{date!r} is no payment date", nearest(date, dates), _place(deal, name))


def known_by_date(program: Program) -> list[str]:
    """The names that `figure` knows with a date: the columns of `Results.cashflows` of every class."""
    return [f"{claim.name}.{field}" for claim in program.claims for field in columns_of(program, claim)]


def figure(results: Results, name: str, table: pd.DataFrame | None = None) -> float:
    """One figure of a run, such as `senior.expected_loss`, `servicing.paid`, `dscr.breached`, `audit.relative`.

    A column of the tranche table; for other classes the mean over the paths of each path's total (an account's
    `balance`: of its final level). `name` is one of `known_figures`; `table`: `results.tranches()`, when at hand.
    `senior.balance @ 2026-03-01`: the mean over the paths of one payment date, a column of `Results.cashflows`.
    """
    if "@" in name:
        column, date = (part.strip() for part in name.split("@"))
        owner, _, field = column.rpartition(".")
        return float(results.cashflows(owner)[field][dt.date.fromisoformat(date)])
    owner, _, field = name.rpartition(".")
    if name in AUDIT:
        return float(getattr(results.audit, field))
    kind = results.claim(owner).kind
    if kind in ("debt", "residual"):
        return float((results.tranches() if table is None else table)[field][owner])
    return math.fsum(results.spread(f"{owner}.{part}").mean for part in FIELDS[kind][field])


def _place(deal: Deal, name: str) -> Place:
    prefix = "expect.figures."
    for path in deal.source.lines:  # the key as it is written
        if path.startswith(prefix) and figure_name(path.removeprefix(prefix)) == name:
            return deal.source.place(path)
    return deal.source.place(prefix + name)
