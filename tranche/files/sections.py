"""The sections of a deal file: whatever can be read is read, so that all errors are told at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import attrs
from cattrs import Converter
from cattrs.errors import BaseValidationError

from tranche.collateral.names import names_of
from tranche.collateral.terms import Collateral
from tranche.deal import (
    Account,
    BorrowingBase,
    Cap,
    CleanUpCall,
    CoverageTest,
    Deal,
    Debt,
    Expect,
    Facility,
    Fee,
    Guarantee,
    Hedge,
    Ledger,
    Residual,
    Schedule,
    Series,
    Source,
    StatusRules,
    Swap,
    Waterfalls,
)
from tranche.deal.check import SUPPORT, Parts, name_problems, part_problems
from tranche.deal.names import check_deal_name, check_name
from tranche.errors import DealError, Invalid, Problem, nearest
from tranche.market.terms import Market
from tranche.terms.money import currency_code

from .converter import deal_converter
from .gather import MOST_UNKNOWN, Gather, flatten
from .liabilities import read_tranche
from .market_values import market_in
from .readers import formula, listing, mapping, structure_named, text
from .series import read_series
from .unions import tagged
from .unread import further_problems

FORMAT = 1
Tranche = Debt | Residual
HEDGES: dict[str, Any] = {"swap": Swap, "cap": Cap}
REQUIRED = ("format", "name", "schedule", "collateral", "tranches", "waterfall")
# section → what each of its items is
NAMED: dict[str, Any] = {
    "fees": Fee, "tranches": Tranche, "accounts": Account, "facilities": Facility, "guarantees": Guarantee,
    "hedges": Hedge, "ledgers": Ledger, "tests": CoverageTest,
}  # fmt: skip
SINGLE: dict[str, Any] = {
    "schedule": Schedule, "collateral": Collateral, "market": Market, "waterfall": Waterfalls, "status": StatusRules,
    "borrowing_base": BorrowingBase, "clean_up": CleanUpCall, "expect": Expect,
}  # fmt: skip
OPTIONAL = (
    "currency", "description", "assumptions", "market", "definitions", "series", "fees", "accounts", *SUPPORT,
    "tests", "status", "borrowing_base", "clean_up", "expect", "accept",
)  # fmt: skip
KEYS = (*REQUIRED, *OPTIONAL)
MOST_PROBLEMS = 100
STAND_IN = "unnamed"


def read_deal(values: Any, source: Source, problems: list[Problem]) -> Deal:
    """The deal in the plain `values` of a file. Raises DealError with `problems` and everything else that is wrong."""
    if not isinstance(values, dict):
        what = "the file holds no deal"
        raise DealError([*problems, Problem(what, "write format: 1, name:, schedule:, …", source.place(""))])
    reading = _Reading(values, source, problems)
    fields = reading.fields()
    refused: list[Problem] = []
    if not reading.problems and not reading.misnamed:
        try:
            return Deal(**fields, source=source)  # which makes the checks between fields
        except DealError as error:
            refused += error
        except Invalid as invalid:  # a field of Deal itself, such as thousands of tranches
            refused.append(Problem(invalid.what, invalid.fix, source.place("")))
    reading.cross_checks(fields)
    if not reading.problems:
        raise DealError(refused)
    steps = partial(deal_converter(fields["currency"]).structure, cl=Waterfalls)
    more = further_problems(fields, source, values, reading.problems, steps)
    raise DealError(_first([*reading.problems, *more]))


class _Reading:
    def __init__(self, values: dict[str, Any], source: Source, problems: list[Problem]) -> None:
        self.values, self.source, self.problems = values, source, list(problems)
        self.misnamed = False  # whether an item was left out whose name cannot be one

    def fields(self) -> dict[str, Any]:
        """The fields of the deal that could be read; the rest is in `problems`."""
        self._keys()
        self._format()
        currency = self._read("currency", currency_code, "USD")
        fields: dict[str, Any] = {
            "name": self._read("name", _title, "unnamed"),
            "currency": currency or "USD",
            "description": self._read("description", text, ""),
            "assumptions": self._read("assumptions", listing(text), []),
            "accept": self._read("accept", _reasons, {}) or {},
        }
        converter = deal_converter(currency or "USD")
        for section, kind in SINGLE.items():
            if section in self.values:
                read = partial(market_in, currency=currency or "USD") if kind is Market else None
                fields[section] = self._read(section, read or partial(converter.structure, cl=kind))
        for section, kind in NAMED.items():
            fields[section] = self._items(section, kind, converter)
        fields["definitions"] = self._definitions()
        fields["series"] = self._series(currency or "USD")
        return fields

    def cross_checks(self, fields: dict[str, Any]) -> None:
        """What must hold between fields, as far as they could be read; names are checked as the file writes them."""
        names = {
            section: list(self.values[section])
            for section in ("series", "tranches", "fees", "accounts", *SUPPORT, "tests", "definitions")
            if isinstance(self.values.get(section), dict)
        }
        names |= names_of(fields.get("collateral"))
        wanted: dict[str, Any] = {field.name: fields.get(field.name, field.default) for field in attrs.fields(Parts)}
        for found in [*name_problems(names), *part_problems(Parts(**wanted))]:
            place = self.source.place(found.place.path)
            if not any(known.place == place and known.what == found.what for known in self.problems):
                self.problems.append(attrs.evolve(found, place=place))

    def _tell(self, path: str, what: str, fix: str = "") -> None:
        self.problems.append(Problem(what, fix, self.source.place(path)))

    def _read(self, path: str, reader: Callable[[Any], Any], default: Any = None) -> Any:
        """`reader` on the value at the top-level key `path`; None when it is wrong."""
        return self._value(path, reader, self.values.get(path, default))

    def _value(self, path: str, reader: Callable[[Any], Any], value: Any) -> Any:
        try:
            return reader(value)
        except (Invalid, BaseValidationError) as error:
            for place, what, fix in flatten(error, path):
                self._tell(place, what, fix)
            return None

    def _keys(self) -> None:
        unknown = [key for key in self.values if key not in KEYS]
        for key in unknown[:MOST_UNKNOWN]:
            self._tell(key, f"unknown key {key!r}", nearest(key, KEYS))
        if len(unknown) > MOST_UNKNOWN:
            self._tell("", f"{len(unknown) - MOST_UNKNOWN} more unknown keys", f"known: {', '.join(KEYS)}")
        for key in REQUIRED:
            if key not in self.values:
                self._tell(key, "is missing", f"add `{key}:{' 1' if key == 'format' else ''}`")

    def _format(self) -> None:
        value = self.values.get("format", FORMAT)
        if isinstance(value, bool) or value != FORMAT:
            fix = f"this version reads format {FORMAT}: write format: {FORMAT}"
            self._tell("format", f"the format is {value!r}"[:80], fix)

    def _items(self, section: str, kind: Any, converter: Converter) -> tuple[Any, ...]:
        raw = self._value(section, partial(mapping, example="name: {…}"), self.values.get(section))
        items = []
        for name, value in (raw or {}).items():
            # a name that cannot be one is told among the names; until then another stands for it
            good = self._can_be_name(name)
            item = self._value(f"{section}.{name}", partial(_item, converter, kind, name if good else STAND_IN), value)
            if item is not None and good:
                items.append(item)
        if section == "tranches" and raw == {} and section in self.values:
            fix = "write at least one, such as senior: {notional: 70m, coupon: 6%}"
            self._tell(section, "there are no tranches", fix)
        return tuple(items)

    def _can_be_name(self, name: str) -> bool:
        try:
            check_name(name)
        except Invalid:
            self.misnamed = True
            return False
        return True

    def _definitions(self) -> dict[str, Any]:
        raw = self._value("definitions", partial(mapping, example="pool: 100m * 2%"), self.values.get("definitions"))
        made = {name: self._value(f"definitions.{name}", formula, value) for name, value in (raw or {}).items()}
        return {name: tree for name, tree in made.items() if tree is not None}

    def _series(self, currency: str) -> tuple[Series, ...]:
        raw = self._value("series", partial(mapping, example="cfads: [100k, …]"), self.values.get("series"))
        read, items = partial(read_series, currency, Path(self.source.file).parent), []
        for name, value in (raw or {}).items():
            good = self._can_be_name(name)
            item = self._value(f"series.{name}", partial(read, name if good else STAND_IN), value)
            if item is not None and good:
                items.append(item)
        return tuple(items)


def _item(converter: Converter, kind: Any, name: str, raw: Any) -> Any:
    """One item of a named section."""
    if kind is Tranche:
        debt = partial(structure_named, converter, Debt, name)
        return read_tranche(raw, debt, partial(structure_named, converter, Residual, name))
    if kind is Hedge:
        kinds = {word: partial(structure_named, converter, hedge, name) for word, hedge in HEDGES.items()}
        return tagged(raw, "hedge", kinds)
    return structure_named(converter, kind, name, raw)


def _reasons(value: Any) -> dict[str, str]:
    """Path of a warning → why the deal means what it is warned of."""
    with Gather() as gather:
        read = {path: gather.read(path, _reason, said) for path, said in mapping(value, "PATH: reason").items()}
    return {path: said for path, said in read.items() if said is not None}


def _reason(value: Any) -> str:
    if not text(value).strip():
        raise Invalid("the reason is empty", "say why the deal means it")
    return str(value)


def _title(value: Any) -> str:
    if not text(value).strip():
        raise Invalid("the name is empty", "give the deal a name")
    return check_deal_name(value)


def _first(problems: list[Problem]) -> list[Problem]:
    """In the order of the file; the first MOST_PROBLEMS when there are more."""
    ordered = sorted(problems, key=lambda one: (one.place.file, one.place.line, one.place.path, one.what))
    if len(ordered) <= MOST_PROBLEMS:
        return ordered
    next_place = attrs.evolve(ordered[MOST_PROBLEMS].place, path="")
    more = Problem(f"{len(ordered) - MOST_PROBLEMS} more problems", "mend the ones above first", next_place)
    return [*ordered[:MOST_PROBLEMS], more]
