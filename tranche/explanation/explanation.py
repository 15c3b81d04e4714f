"""What happened on one path of a deal: as a table, as text, as data."""

from __future__ import annotations

from functools import cached_property
from html import escape
from typing import Any

import attrs
import pandas as pd

from tranche.errors import Problem, UsageError, nearest
from tranche.json_text import finite
from tranche.program import Program
from tranche.results import Results

from .alternatives import Alternatives
from .because import root
from .cause import Why
from .course import Course
from .lines import Day, Line
from .options import Call
from .setting import Setting
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
    alternatives: Alternatives = attrs.field(repr=False)
    setting: Setting = attrs.field(default=Setting(), repr=False)
    part: tuple[Day, ...] | None = attrs.field(default=None, repr=False)  # what is shown of the days; see `only`

    @property
    def shown(self) -> tuple[Day, ...]:
        """The days of `frame`, `text` and `json`: all of them, or those that `only` asked for."""
        return self.days if self.part is None else self.part

    def why(self, name: str) -> Why:
        """Why the tranche or fee `name` lost what it lost, or the test `name` failed: the causal chain, back to the
        tests, steps and inputs behind it. Raises UsageError for a name of nothing that can lose."""
        course = Course(self.program, self.days, self.alternatives)
        return Why(self.program, self.path, name, root(course, self.setting, name))

    def only(self, period: int | None = None, step: str | None = None) -> Explanation:
        """The same path, with the lines of one payment date (1 … T), of one step (its path in the deal, such as
        `waterfall.performing[3]` or `tests.dscr`), or both. Raises UsageError, naming the steps that there are."""
        if period is None and step is None:
            return self
        days = self.days
        if period is not None:
            if not 1 <= period <= len(days):
                raise UsageError(Problem(f"there is no period {period}", f"a number from 1 to {len(days)}"))
            days = (days[period - 1],)
        if step is not None:
            known = list(dict.fromkeys(one.path for one in self.program.steps))
            path = step if step in known else step.replace("waterfall[", "waterfall.performing[", 1)
            if path not in known:
                raise UsageError(Problem(f"unknown step {step!r}", nearest(step, known)))
            days = tuple(
                attrs.evolve(day, lines=tuple(line for line in day.lines if line.step == path)) for day in days
            )
            days = tuple(day for day in days if day.lines)
        return attrs.evolve(self, part=days)

    @cached_property
    def story(self) -> tuple[str, ...]:
        """What happened, in sentences."""
        return story(self.program, self.days, self.setting)

    def frame(self) -> pd.DataFrame:
        """A row for each payment and each test of each date; see `lines.Line` for the columns.

        The sum of `paid` by `record`, in this order, is the kernel's total of the path, bit for bit; for the records
        of shortfalls it is the sum of `short`.
        """
        rows = [
            (day.date, day.number, day.status, line.step, line.text, line.record, line.available, line.due, line.paid,
             line.short, line.why)
            for day in self.shown
            for line in day.lines
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(COLUMNS))

    @property
    def head(self) -> str:
        """Which path of which deal."""
        of = f" of seed {self.seed}" if self.program.is_drawn else " of the collections"
        return f"{self.program.name}, path {self.path}{of}"

    def __repr__(self) -> str:
        return f"Explanation({self.head})"

    def _repr_html_(self) -> str:
        """The story, for notebooks; `text()` has every date."""
        sentences = "".join(f"<li>{escape(sentence)}</li>" for sentence in self.story)
        return f"<p><b>{escape(self.program.name)}</b>, path {self.path}</p><ul>{sentences}</ul>"

    def text(self, every: bool = False) -> str:
        """The story, then date by date: dates on which something begins in full (with `every`, all dates), dates on
        which it goes on in a line each, ordinary dates folded together."""
        program, audit = self.program, self.results.audit
        span = f"{program.periods} payment dates from {program.dates[1]} to {program.dates[-1]}"
        if self.part is not None:
            told = list(day_by_day(program, self.part, every=True)) or ["No step of that name ran."]
            return "\n".join([self.head, f"amounts in {program.currency}", "", *told]).rstrip() + "\n"
        lines = [
            self.head,
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
            "dates": [_day(day) for day in self.shown],
        }


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
        "calls": [_data(call) for call in day.calls],
        "lines": [_data(line) for line in day.lines],
    }  # fmt: skip


def _data(said: Line | Call) -> dict[str, Any]:
    return {
        field: finite(value) if isinstance(value, float) else value
        for field, value in attrs.asdict(said).items()
    }
