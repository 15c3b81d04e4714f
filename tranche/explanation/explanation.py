"""What happened on one path of a deal: as a table, as text, as data."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import attrs
import pandas as pd

from tranche.program import Program
from tranche.results import Results

from .lines import Day, Line
from .story import story
from .text import day_by_day

COLUMNS = ("date", "period", "status", "step", "text", "record", "available", "due", "paid", "short", "why")


@attrs.frozen(eq=False)
class Explanation:
    """One path. `days`: every payment date with its lines; `results`: the kernel's own run of this path alone."""

    program: Program
    path: int
    seed: int
    days: tuple[Day, ...]
    results: Results

    @cached_property
    def story(self) -> tuple[str, ...]:
        """What happened, in sentences."""
        return story(self.program, self.days)

    def frame(self) -> pd.DataFrame:
        """A row for each payment and each test of each date; see `lines.Line` for the columns.

        The sum of `paid` by `record`, in this order, is the kernel's total of the path, bit for bit; for the records
        of shortfalls it is the sum of `short`.
        """
        rows = [
            (day.date, day.number, day.status, line.step, line.text, line.record, line.available, line.due, line.paid,
             line.short, line.why)
            for day in self.days
            for line in day.lines
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def text(self, every: bool = False) -> str:
        """The story, then date by date: dates on which something begins in full (with `every`, all dates), dates on
        which it goes on in a line each, ordinary dates folded together."""
        program, audit = self.program, self.results.audit
        drawn = any(name.startswith("market.") for name in program.inputs)
        head = f"{program.name}, path {self.path}" + (f" of seed {self.seed}" if drawn else " of the collections")
        span = f"{program.periods} payment dates from {program.dates[1]} to {program.dates[-1]}"
        lines = [
            head,
            f"{span}; amounts in {program.currency}",
            f"cash in less cash out and cash held: {audit.absolute:.3g} ({audit.relative:.3g} of the cash in)",
            "",
            "What happened",
            *(f"  {sentence}" for sentence in self.story),
            "",
            "Date by date",
            *day_by_day(program, self.days, every),
        ]
        return "\n".join(lines).rstrip() + "\n"

    def json(self) -> dict[str, Any]:
        """Plain data for `json.dumps`: dates are ISO texts, numbers finite or None."""
        audit = self.results.audit
        totals = {record.name: self.results.kept[0, k] for k, record in enumerate(self.program.records)}
        return {
            "deal": self.program.name,
            "currency": self.program.currency,
            "path": self.path,
            "seed": self.seed,
            "story": list(self.story),
            "audit": {"absolute": finite(audit.absolute), "relative": finite(audit.relative)},
            "totals": {name: finite(value) for name, value in totals.items()},
            "dates": [_day(day) for day in self.days],
        }


def finite(value: float) -> float | None:
    """`value`, or None where JSON has no number for it."""
    return float(value) if math.isfinite(value) else None


def _day(day: Day) -> dict[str, Any]:
    return {
        "date": day.date.isoformat(),
        "period": day.number,
        "status": day.status,
        "inputs": {name: finite(value) for name, value in day.inputs.items()},
        "balances": {name: finite(value) for name, value in day.balances.items()},
        "tests": [
            {"test": r.test, "level_name": r.level_name, "ratio": finite(r.ratio), "level": finite(r.level),
             "failed": r.failed}
            for r in day.readings
        ],
        "lines": [_line(line) for line in day.lines],
    }  # fmt: skip


def _line(line: Line) -> dict[str, Any]:
    return {
        field: finite(value) if isinstance(value, float) else value
        for field, value in attrs.asdict(line).items()
    }
