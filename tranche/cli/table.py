"""Tables as people read them, and the results of a run."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from tranche.terms.amount_unit import unit_of

from .output import console, safe, shown

if TYPE_CHECKING:
    import pandas as pd

    from tranche.deal import Deal
    from tranche.results import Results

# column of the tranche table → heading, and how its numbers are written
COLUMNS = {
    "notional": ("notional", "money"),
    "expected_loss": ("expected\nloss", "share"),
    "expected_loss_se": ("± one\nse", "share"),
    "default_probability": ("default\nprob.", "share"),
    "loss_given_default": ("loss given\ndefault", "share"),
    "wal": ("WAL\nyears", "years"),
    "irr": ("IRR", "share"),
    "interest": ("interest", "money"),
    "principal": ("principal", "money"),
    "distribution": ("distri-\nbution", "money"),
    "shortfall": ("shortfall", "money"),
    "final_balance": ("final\nbalance", "money"),
}


def print_results(file: str, deal: Deal, results: Results, seconds: float, threads: int) -> None:
    """Header, tranche table, tests, audit and timing of one run."""
    out, program, audit = console(), results.program, results.audit
    frame = results.tranches()
    unit, words = unit_in(frame[column].max() for column, (_, kind) in COLUMNS.items() if kind == "money")
    out.print(f"[bold]{safe(program.name)}[/bold]  {escape(shown(file))}")
    given, drawn = (any(name.startswith(p) for name in program.inputs_read) for p in ("collections.", "market."))
    sources = [" of the collections given"] * given + [f" of seed {results.seed}"] * drawn
    out.print(
        f"{results.count:,} path{'s' if results.count != 1 else ''}"
        + " and".join(sources)
        + f", {program.periods} payment dates from {program.dates[1]} to {program.dates[-1]}; "
        f"means in {words}{safe(program.currency)}"
    )
    out.print(tranche_table(frame, unit))
    for line in _tests(deal, results):
        out.print(line)
    out.print(
        f"audit: cash in less cash out and cash held is at most {audit.relative:.2g} of the cash in, "
        f"{audit.absolute:.2g} {safe(program.currency)} (path {audit.path}, date {audit.period})"
    )
    out.print(f"{seconds:.2f} s on {threads} thread{'s' if threads > 1 else ''}, from deal to results")
    for assumption in (*deal.assumptions, *deal.market.assumptions):
        out.print(f"assumed: {safe(assumption)}")
    out.print()


def unit_in(amounts: Iterable[float]) -> tuple[float, str]:
    """The unit in which the largest of the amounts reads well, and its name before a currency."""
    unit, words = unit_of(max((abs(amount) for amount in amounts if not math.isnan(amount)), default=0.0))
    return unit, f"{words} " if words else ""


def plain_table() -> Table:
    """A table with a line below its headings and no other."""
    return Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)


def tranche_table(frame: pd.DataFrame, unit: float) -> Table:
    """The tranche table, money in units of `unit`; `-` where a column says nothing of a class."""
    table = plain_table()
    table.add_column("tranche", no_wrap=True)
    for heading, _ in COLUMNS.values():
        table.add_column(heading, justify="right", no_wrap=True)
    for name in frame.index:
        cells = [cell(float(frame[column][name]), kind, unit) for column, (_, kind) in COLUMNS.items()]
        table.add_row(safe(str(name)), *cells)
    return table


def cell(value: float, kind: str, unit: float = 1.0) -> str:
    """A number of the table: money in units of `unit`, shares in percent, years."""
    if math.isnan(value):
        return "-"
    if kind == "money":
        return f"{value / unit:,.3f}"
    return f"{value:.2f}" if kind == "years" else f"{100 * value:.3f}%"


def _tests(deal: Deal, results: Results) -> list[str]:
    """What each coverage test's levels did, on how many of the dates and of the paths."""
    from tranche.deal.level_words import words
    from tranche.program import fails_above
    from tranche.records import FIELDS, LEVEL_WORDS

    lines = []
    levels = {test.name: {name: words(test, level) for name, level in test.levels.items()} for test in deal.tests}
    for claim in results.program.claims:
        if claim.kind != "test":
            continue
        known = {record.field for record in results.program.records if record.owner == claim.name}
        side = "above" if fails_above(results.program, claim.name) else "below"
        for field in (field for field in FIELDS["test"] if field in known):
            failed = results.spread(f"{claim.name}.{field}")
            if field == "equity_cure":
                lines.append(f"{safe(claim.name)}: cured by the sponsor on {100 * failed.positive:.2f}% of the paths")
                continue
            stated = levels[claim.name]["trigger" if field == "breached" else field]
            lines.append(
                f"{safe(claim.name)}: {side} its {LEVEL_WORDS[field]} ({stated}) on {failed.mean:.2f} dates a "
                f"path, ever on {100 * failed.positive:.2f}% of the paths"
            )
    return lines
