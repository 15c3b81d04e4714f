"""Markets in files of their own: read alone, or included by a deal that lays its own market section over them.

A market file has `format: 1` and the keys of a deal's market section.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
from cattrs.errors import BaseValidationError

from tranche.deal import Source
from tranche.deal.check_market import market_problems
from tranche.errors import DealError, Invalid, Place, Problem
from tranche.market.dependence import NAMES, Vine
from tranche.market.overlay import laid_over
from tranche.market.terms import Independent, Market
from tranche.terms.number import describe

from .data_path import resolve_inside
from .gather import flatten
from .lines import plain_values
from .market_values import market_in
from .text_file import read_text
from .yaml_tree import yaml_tree

FORMAT = 1
SECTION = "market"
COPULAS = ("calm", "stress")  # keys of a dependence that hold one of a kind
Lines = dict[str, tuple[str, int]]


@attrs.frozen
class MarketFile:
    """A market as its file states it. What it lacks, such as the factors that its copula joins, may be another's."""

    stated: Market
    source: Source

    def alone(self) -> Market:
        """The market. Raises DealError for what is wrong with it, and for what it names and has not."""
        return self._sound(self.stated)

    def over(self, base: Market) -> Market:
        """The market laid over `base` (`laid_over`), whose factors and rates it may name. Raises DealError."""
        market = laid_over(base, self.stated)
        if self.stated.dependence == Independent() and f"{SECTION}.dependence" in self.source.included:
            market = attrs.evolve(market, dependence=Independent())  # it says so: nothing of the base's is left
        return self._sound(market) if market_problems(self.stated) else market

    @property
    def names(self) -> tuple[str, ...]:
        """The factors, rates and grades that it states."""
        return names_of_market(self.stated)

    def restates(self, base: Market) -> bool:
        """Whether a part of `base` is another under it: one of its factors, rates or grades, or how factors depend."""
        if base.factors and f"{SECTION}.dependence" in self.source.included:
            return True
        return not set(self.names).isdisjoint(names_of_market(base))

    def problems(self, market: Market) -> list[Problem]:
        """What is wrong with a market, at the places in this file."""
        return [Problem(one.what, one.fix, self.source.place(one.place.path)) for one in market_problems(market)]

    def _sound(self, market: Market) -> Market:
        found = self.problems(market)
        if found:
            raise DealError(found)
        return market


def names_of_market(market: Market) -> tuple[str, ...]:
    """Its factors, rates and grades."""
    factors, rates = (factor.name for factor in market.factors), (rate.name for rate in market.rates)
    return (*factors, *rates, *(grade for grade, _ in market.grades))


def load_market(path: str | Path, currency: str = "USD") -> Market:
    """The market in the file at `path`; `currency` is the one its prices must be in. Raises DealError."""
    return read_market_file(path, currency).alone()


def read_market_file(path: str | Path, currency: str = "USD") -> MarketFile:
    """The file at `path`, to be laid over a deal's market. Raises DealError for what cannot be read."""
    values, lines, problems = _read(path)
    source = Source(included=lines)
    if not isinstance(values, dict):
        raise DealError(problems)
    try:
        market = market_in(values, currency)
    except (Invalid, BaseValidationError) as error:
        found = [Problem(what, fix, source.place(where)) for where, what, fix in flatten(error, SECTION)]
        raise DealError([*problems, *found]) from None
    read = MarketFile(market, source)
    if problems:
        raise DealError([*problems, *read.problems(market)])
    return read


def include_market(values: Any, file: str) -> tuple[Any, Lines, list[Problem]]:
    """The plain `values` of the deal in `file` with its market file read in: `market: FILE`, or `market: {file: FILE}`
    with keys beside it that are laid over the file's. Also the lines of what came from there, and what was wrong.

    The file lies in the deal's folder or below it. What both state is the deal's, number by number; a factor or copula
    that the deal gives another kind, and a rate, is the deal's as a whole.
    """
    section = values.get(SECTION) if isinstance(values, dict) else None
    if isinstance(section, str):
        section = {"file": section}
    if not isinstance(section, dict) or "file" not in section:
        return values, {}, []
    own = {key: value for key, value in section.items() if key != "file"}
    try:
        if not isinstance(section["file"], str):
            what = f"{describe(section['file'])} is not the name of a file"
            raise Invalid(what, "write a path such as markets/base.yaml")
        found = resolve_inside(Path(file).parent, section["file"])
    except Invalid as invalid:
        place = Place(f"{SECTION}.file", file)
        return {**values, SECTION: own}, {}, [Problem(invalid.what, invalid.fix, place)]
    try:
        below, lines, problems = _read(Path(file).parent / section["file"], found)
    except DealError as error:
        return {**values, SECTION: own}, {}, list(error)
    return {**values, SECTION: _merged(below or {}, own)}, lines, problems


def _read(path: str | Path, at: Path | None = None) -> tuple[dict[str, Any] | None, Lines, list[Problem]]:
    """The section in a file, which is shown as `path`; None where it is no mapping. Raises DealError."""
    file = str(path)
    tree, problems = yaml_tree(read_text(at or path, "market").removeprefix("\ufeff"), file, "market")
    values, lines = plain_values(tree)
    if not isinstance(values, dict):
        place = Place(file=file, line=1)
        return None, {}, [*problems, Problem("the file holds no market", "write factors:, rates:, …", place)]
    stated = values.pop("format", None)
    if isinstance(stated, bool) or stated != FORMAT:
        what = "the format is missing" if stated is None else f"the format is {stated!r}"[:80]
        place = Place("format", file, lines.get("format", 1))
        problems.append(Problem(what, f"this version reads format {FORMAT}: write format: {FORMAT}", place))
    if "file" in values:
        place = Place("file", file, lines["file"])
        problems.append(Problem("a market file includes another", "write its factors here", place))
        del values["file"]
    named = {f"{SECTION}.{path}" if path else SECTION: (file, line) for path, line in lines.items()}
    return values, named, problems


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """The section of the file with the deal's laid over it."""
    found = {**below, **above}
    for key in below.keys() & above.keys():
        one, other = below[key], above[key]
        if not isinstance(one, dict) or not isinstance(other, dict):
            continue
        if key == "rates":
            found[key] = {**one, **other}
        elif key == "factors":
            found[key] = {**one, **other}
            found[key] |= {name: _kind(one[name], other[name]) for name in one.keys() & other.keys()}
        else:
            found[key] = _kind(one, other)
    return found


def _kind(below: Any, above: Any) -> Any:
    """Two `{kind: terms}`: merged where the kind is the same, else the one above. Pairs of two vines make no vine."""
    if isinstance(below, dict) and isinstance(above, dict) and below.keys() == above.keys() != {NAMES[Vine]}:
        return {kind: _deep(below[kind], above[kind]) for kind in below}
    return above


def _deep(below: Any, above: Any) -> Any:
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    found = {**below, **above}
    for key in below.keys() & above.keys():
        found[key] = (_kind if key in COPULAS else _deep)(below[key], above[key])
    return found
