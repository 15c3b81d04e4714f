"""The grid of a batch: deals × markets × overrides, each cell a case."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import attrs

from tranche.errors import DealError, Place, Problem, UsageError, nearest
from tranche.files import read_values

Overrides = tuple[tuple[str, str], ...]  # (dotted path, what a file would write there)
MOST_CASES = 1_000_000
FORMAT = 1
KEYS = ("format", "axes", "cases")


@attrs.frozen
class Case:
    """One cell: a deal file, a market file laid over it ("" for the deal's own market), overrides; and the contents
    that the files had when the grid was made, as SHA-256 ("" where a file cannot be read)."""

    deal: str
    market: str
    overrides: Overrides
    deal_hash: str
    market_hash: str

    @property
    def said(self) -> str:
        """The overrides in one line."""
        return "; ".join(f"{path} = {value}" for path, value in self.overrides)

    @property
    def folder(self) -> Path:
        """Where the files lie that the deal names: beside the name it was given by, which may be a link to the deal."""
        return Path(self.deal).parent.resolve()


def grid(deals: Sequence[Path], markets: Sequence[Path] = (), overrides: Sequence[Overrides] = ((),)) -> list[Case]:
    """Every deal in every market (its own where none is given) under every set of overrides, in that order.

    Raises UsageError: more cases than anybody wants, or what no table can hold.
    """
    check_texts([*map(str, deals), *map(str, markets), *(word for one in overrides for pair in one for word in pair)])
    count = len(deals) * max(1, len(markets)) * len(overrides)
    if count > MOST_CASES:
        raise UsageError(Problem(f"the grid has {count:,} cases", f"at most {MOST_CASES:,}"))
    contents = {path: file_hash(path) for path in {*deals, *markets}}
    return [
        Case(str(deal), str(market or ""), terms, contents[deal], contents[market] if market else "")
        for deal, market, terms in product(deals, markets or (None,), overrides)
    ]


def check_texts(texts: Iterable[str]) -> None:
    """Raises UsageError for names and values that are not UTF-8: tables and manifest hold nothing else."""
    wrong = [ascii(text) for text in dict.fromkeys(texts) if any("\ud800" <= char <= "\udfff" for char in text)]
    if wrong:
        raise UsageError(Problem(f"{text} is not UTF-8", "name it in UTF-8") for text in wrong)


def file_hash(path: Path) -> str:
    """SHA-256 of a file; "" when it cannot be read, which whoever loads it will say."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def crossed(settings: Iterable[tuple[str, str]]) -> list[Overrides]:
    """`--set` options: several paths hold together, several values of one path are an axis of the grid."""
    axes: dict[str, list[str]] = {}
    for path, value in settings:
        axes.setdefault(path, []).append(value)
    return [tuple(zip(axes, values, strict=True)) for values in product(*axes.values())]


def read_grid(path: Path) -> list[Overrides]:
    """The sets of overrides in a grid file (YAML):

        format: 1
        axes:                                   # every combination
          senior.coupon: [SOFR + 500bp, SOFR + 600bp]
          schedule.maturity: [2029-05-16, 2030-05-16]
        cases:                                  # each of these with every combination; {} changes nothing
          - {}
          - {dscr.lock_up: 1.30x, dsra.target: 6 * senior.interest.due}

    Raises DealError.
    """
    values, lines = read_values(path, "grid")
    problems: list[Problem] = []

    def tell(where: str, what: str, fix: str) -> None:
        problems.append(Problem(what, fix, Place(where, str(path), lines.get(where, 0))))

    if not isinstance(values, dict):
        raise DealError(Problem("the file holds no grid", "write format: 1, axes:, cases:", Place("", str(path), 1)))
    for key in values:
        if key not in KEYS:
            tell(key, f"unknown key {key!r}", nearest(key, KEYS))
    if values.get("format") != FORMAT or isinstance(values.get("format"), bool):
        tell("format", f"the format is {values.get('format')!r}"[:80], f"write format: {FORMAT}")
    axes, cases = values.get("axes", {}), values.get("cases", [{}])
    if not isinstance(axes, dict) or not all(isinstance(choices, list) and choices for choices in axes.values()):
        tell("axes", "axes are a path and a list of values each", "write senior.coupon: [6%, 7%]")
    if not isinstance(cases, list) or not cases or not all(isinstance(case, dict) for case in cases):
        tell("cases", "cases are a list of mappings", "write - {senior.coupon: 6%}")
    if not problems:
        axis = ((f"axes.{key}[{k}]", value) for key, values in axes.items() for k, value in enumerate(values))
        case = ((f"cases[{k}].{key}", value) for k, one in enumerate(cases) for key, value in one.items())
        for where, value in (*axis, *case):
            if value is None:
                tell(where, "nothing is written here", "write a value")
        for k, key in ((k, key) for k, one in enumerate(cases) for key in one if key in axes):
            tell(f"cases[{k}].{key}", f"{key} is an axis too", "leave it out of the axes, or of the cases")
    if problems:
        raise DealError(problems)
    return [
        tuple((key, _text(value)) for key, value in {**dict(zip(axes, chosen, strict=True)), **case}.items())
        for case in cases
        for chosen in product(*axes.values())
    ]


def _text(value: Any) -> str:
    """A value of a grid file as the text that an override is; lists and mappings as YAML in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_text(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_text, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)
