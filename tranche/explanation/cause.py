"""A causal chain: what happened to a class of the deal on one path, and what that came from, down to the factors."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from html import escape
from typing import Any

import attrs
import pandas as pd

from tranche.json_text import finite
from tranche.program import Program

COLUMNS = ("depth", "kind", "name", "date", "last", "step", "amount", "what")
WIDTH = 120


@attrs.frozen
class Cause:
    """One link. `kind`: loss, made_of, schedule, shortfall, cash, taken, support, hedge, drawn, called, not_called,
    limit, condition, unlisted, status, test, collateral, factor, alternative. `name`: the record, test, factor or class
    that it is about; `first` and `last`: the dates 1..T (0: the whole life); `step`: its path in the deal; `amount`: in
    the deal's currency (a test: its ratio; a factor: its level), NaN without one. `because`: what it came from."""

    kind: str
    what: str
    name: str = ""
    first: int = 0
    last: int = 0
    step: str = ""
    amount: float = float("nan")
    because: tuple[Cause, ...] = ()

    def walk(self, depth: int = 0) -> Iterator[tuple[int, Cause]]:
        """This link and all below, each with its depth."""
        yield depth, self
        for cause in self.because:
            yield from cause.walk(depth + 1)


@attrs.frozen(eq=False)
class Why:
    """Why the class `name` fared on path `path` as it did. Every figure is the twin's own, of this path or of the path
    run again with an input on its mean path; nothing is inferred from averages."""

    program: Program
    path: int
    name: str
    root: Cause

    def __repr__(self) -> str:
        return f"Why({self.name} on path {self.path} of {self.program.name!r}: {self.root.what})"

    def _repr_html_(self) -> str:
        """The chain as nested lists, for notebooks."""
        found, level = f"<p><b>{escape(self.name)}</b>, path {self.path} of {escape(self.program.name)}</p>", -1
        for depth, cause in self.root.walk():
            found += "<ul>" * (depth - level) + "</ul>" * (level - depth) + f"<li>{escape(cause.what)}</li>"
            level = depth
        return found + "</ul>" * (level + 1)

    def text(self) -> str:
        """The chain as an indented list."""
        lines = []
        for depth, cause in self.root.walk():
            lead = "  " * depth + ("- " if depth else "")
            lines += textwrap.wrap(
                cause.what, WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead), break_on_hyphens=False
            )
        return "\n".join(lines) + "\n"

    def frame(self) -> pd.DataFrame:
        """A row for each link, depth first; `date` and `last` are payment dates (None: the whole life)."""
        dates = self.program.dates
        rows = [
            (depth, cause.kind, cause.name, dates[cause.first] if cause.first else None,
             dates[cause.last] if cause.last else None, cause.step, cause.amount, cause.what)
            for depth, cause in self.root.walk()
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def json(self) -> dict[str, Any]:
        """Plain data for `json.dumps`: the chain nested, dates as ISO texts, numbers finite or None."""
        return {"deal": self.program.name, "path": self.path, "name": self.name, "cause": self._data(self.root)}

    def _data(self, cause: Cause) -> dict[str, Any]:
        dates = self.program.dates
        return {
            "kind": cause.kind,
            "what": cause.what,
            "name": cause.name,
            "date": dates[cause.first].isoformat() if cause.first else None,
            "last": dates[cause.last].isoformat() if cause.last else None,
            "step": cause.step,
            "amount": finite(cause.amount),
            "because": [self._data(inner) for inner in cause.because],
        }
