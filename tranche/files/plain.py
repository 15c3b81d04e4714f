"""Deal → the plain values that a file of it would hold: the inverse of the readers.

A class is a mapping of its keys without those that have their default, unless that is a figure of its own (a call at
75%); what a file writes in a form of its own (a step, a tagged kind, a named section) has a writer in `_FORMS`. Numbers
get the unit of their field where that reads back as the very same number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

import attrs
import numpy as np

from tranche.collateral.fleet import ALONE, Fleet
from tranche.collateral.liquidation import Impact, Liquidation, Outlet
from tranche.collateral.terms import Collections, Miner
from tranche.deal import (
    Amortisation,
    BorrowingBase,
    Cap,
    Coupon,
    CoverageTest,
    Deal,
    Debt,
    Formula,
    Lag,
    LateInterest,
    Residual,
    Step,
    Swap,
    Waterfalls,
    format_expr,
)
from tranche.deal.check import SUPPORT
from tranche.deal.expect import Expect
from tranche.deal.formula import Binary, Number
from tranche.deal.level_schedule import Level, LevelSchedule
from tranche.deal.series import Series
from tranche.deal.unsaid import default_of, goes_without_saying, is_default
from tranche.errors import Invalid
from tranche.market.dependence import NAMES
from tranche.market.quantity import quantities
from tranche.market.terms import KINDS, Gaussian, Independent, Market, ReferenceRate, Student, Vine
from tranche.terms import level, money, percent, rate

from .converter import deal_converter
from .coverage import read_level
from .fields import field_readers
from .keys import key_of
from .liabilities import SCULPTED, read_coupon
from .market import FLAT_FROM
from .market_fields import default_curve
from .number_text import LONG, bare, curve_key, grouped, inner_reader, number_text
from .readers import Reader
from .steps import MODIFIERS
from .vine import vine_keys

FORMAT = 1
MOST_DIGITS = 20  # before or behind the point; beyond them, a power of ten is written
NAMED = ("series", "fees", "tranches", "accounts", *SUPPORT, "tests")
MARKET_ORDER = ("format", "name", "description", "assumptions", "rates", "factors", "grades", "dependence")
ORDER = (
    "format", "name", "description", "currency", "assumptions", "accept", "schedule", "market", "collateral", "series",
    "definitions", "fees", "tranches", "accounts", *SUPPORT, "tests", "status",
    "borrowing_base", "clean_up", "waterfall", "expect",
)  # fmt: skip


def plain(deal: Deal) -> dict[str, Any]:
    """Dicts, lists, texts, numbers and dates that `load` reads as this deal again."""
    writer = _Writer(deal.currency)
    found: dict[str, Any] = {"format": FORMAT}
    for field in attrs.fields(Deal):
        value = getattr(deal, field.name)
        if field.name == "source" or is_default(default_of(field), value):
            continue
        if field.name in NAMED:
            found[field.name] = {item.name: writer.write(item) for item in value}
        else:
            found[field.name] = writer.write(value)
    found["currency"] = deal.currency
    return {key: found[key] for key in (*ORDER, *(key for key in found if key not in ORDER)) if key in found}


def plain_market(market: Market, currency: str) -> dict[str, Any]:
    """What the file of a market holds, in plain values."""
    body: dict[str, Any] = _Writer(currency).write(market)
    found = {"format": FORMAT, **body}
    return {key: found[key] for key in (*MARKET_ORDER, *found) if key in found}


class _Writer:
    def __init__(self, currency: str) -> None:
        self.currency = currency
        self.readers = field_readers(currency, deal_converter(currency))

    def write(self, value: Any, reader: Reader | None = None) -> Any:
        """`value` as a file writes it; `reader` is that of its field, which knows its unit."""
        form = _FORMS.get(type(value))
        if form is not None:
            return form(self, value)
        if attrs.has(type(value)):
            return self.fields(value)
        if isinstance(value, bool | dt.date | str) or value is None:
            return value
        if isinstance(value, int | float | np.number):
            return number_text(float(value), reader, self.currency)
        if isinstance(value, Mapping):
            return {key: self.write(item) for key, item in value.items()}
        if value and all(attrs.has(type(item)) and hasattr(item, "name") for item in value):
            return {item.name: self.write(item) for item in value}
        inner = percent if reader is default_curve else inner_reader(reader)
        if _is_pairs(value):
            return {curve_key(key): self.write(item, inner) for key, item in value}
        return [self.write(item, inner) for item in value]

    def fields(self, value: Any, *without: str) -> dict[str, Any]:
        """The keys of an object of the term sheet, without its name and what has its default."""
        kind = type(value)
        readers = self.readers.get(kind, {})
        return {
            key_of(kind, field.name): self.write(term, readers.get(field.name))
            for field, term in ((field, getattr(value, field.name)) for field in attrs.fields(kind))
            if field.name not in ("name", *without) and not goes_without_saying(default_of(field), term)
        }


def _is_pairs(value: tuple[Any, ...]) -> bool:
    return bool(value) and all(
        isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str | dt.date | float) for item in value
    )


# ---- forms of their own ----------------------------------------------------------------------------------------------


def _formula(_: _Writer, formula: Formula) -> Any:
    tree = formula.tree
    if isinstance(tree, Number):
        number = bare(tree.value)
        return grouped(tree.value) if isinstance(number, int) and abs(number) >= LONG else number
    return formula.text or format_expr(tree)


def _residual(writer: _Writer, residual: Residual) -> Any:
    return {"residual": writer.fields(residual)} if writer.fields(residual) else "residual"


def _debt(writer: _Writer, debt: Debt) -> dict[str, Any]:
    body = writer.fields(debt, "sculpted")
    return body | {"notional": SCULPTED} if debt.sculpted else body


def _lag(_: _Writer, lag: Lag) -> str:
    return f"{lag.days}{'bd' if lag.business else 'd'}"


def _late(writer: _Writer, late: LateInterest) -> Any:
    spread = number_text(abs(late.spread), rate, writer.currency)
    if not late.on_coupon:
        return f"-{spread}" if late.spread < 0 else spread
    return f"coupon {'-' if late.spread < 0 else '+'} {spread}" if late.spread else "coupon"


def _amortisation(writer: _Writer, terms: Amortisation) -> Any:
    body = writer.fields(terms, "kind")
    return {terms.kind: body} if body else terms.kind


def _coupon(writer: _Writer, coupon: Coupon) -> Any:
    """`SOFR + 600bp`, or the keys where there is more to say."""
    body = writer.fields(coupon)
    if set(body) == {"spread"}:
        return body["spread"]
    words = f"{coupon.index} {'-' if coupon.spread < 0 else '+'} {str(body['spread']).removeprefix('-')}"
    words += "".join(f" {bound} {body[bound]}" for bound in ("floor", "cap") if bound in body)
    try:
        return words if read_coupon(lambda raw: Coupon(**raw), words) == coupon else body
    except Invalid:  # there is more to say than the words can
        return body


def _test(writer: _Writer, test: CoverageTest) -> dict[str, Any]:
    body = writer.fields(test)
    ratio = format_expr(Binary("/", test.numerator.tree, test.denominator.tree))
    amount = isinstance(test.denominator.tree, Number) and test.denominator.tree.value == 1.0
    if test.unit == "%" or not amount:
        body |= {name: _level(at, test.unit) for name, at in test.levels.items()}
    if test.unit == "%" and test.levels:  # which they say
        del body["unit"]
    if amount:
        return {"value": body.pop("numerator"), **{k: v for k, v in body.items() if k != "denominator"}}
    body = {key: value for key, value in body.items() if key not in ("numerator", "denominator")}
    return {"ratio": ratio, **body}


def _level(at: Level, unit: str) -> Any:
    """`1.20x`, or `75%`, which is the very same number again whatever its digits."""
    if isinstance(at, LevelSchedule):
        return {date: _level(value, unit) for date, value in at.points}
    if unit == "%":
        percent = Decimal(repr(at)).scaleb(2).normalize()
        return f"{percent:f}%" if abs(percent.adjusted()) < MOST_DIGITS else f"{percent:E}%"
    text = f"{at:.2f}x"
    return text if read_level(text) == at else at


def _step(writer: _Writer, step: Step) -> dict[str, Any]:
    targets: Any = step.targets[0] if len(step.targets) == 1 else list(step.targets)
    if step.verb == "transfer":
        targets = {"from": step.source, "to": step.to}
    elif step.group != "sequential":
        targets = {step.group: list(step.targets)}
    found: dict[str, Any] = {step.verb: targets}
    fields = attrs.fields_dict(Step)
    for key, (name, reader) in MODIFIERS.items():
        value = getattr(step, name)
        if is_default(default_of(fields[name]), value) or (step.verb == "transfer" and key in ("from", "to")):
            continue
        found[key] = writer.write(value, reader)
    return found


def _waterfalls(writer: _Writer, lists: Waterfalls) -> Any:
    found = {field.name: writer.write(getattr(lists, field.name)) for field in attrs.fields(Waterfalls)}
    kept = {status: steps for status, steps in found.items() if steps}
    return kept["performing"] if set(kept) == {"performing"} else kept


def _series(writer: _Writer, series: Series) -> Any:
    reader = partial(money, currency=writer.currency) if series.unit == "money" else None
    unit = {} if series.unit == "money" else {"unit": series.unit}
    if series.values:
        values = [writer.write(value, reader) for value in series.values]
        return {"values": values, **unit} if unit else values
    form = "dated" if series.dated else "levels"
    return {form: {day: writer.write(value, reader) for day, value in getattr(series, form)}, **unit}


def _level_schedule(writer: _Writer, schedule: LevelSchedule) -> dict[Any, Any]:
    return {date: writer.write(value) for date, value in schedule.points}


def _borrowing_base(writer: _Writer, base: BorrowingBase) -> dict[str, Any]:
    named = {field: {item.name: writer.write(item) for item in getattr(base, field)} for field in _OF_A_BASE}
    return {**{field: items for field, items in named.items() if items}, **writer.fields(base, *_OF_A_BASE)}


def _expect(writer: _Writer, expect: Expect) -> dict[str, Any]:
    body = writer.fields(expect, "figures")
    if expect.figures:
        body["figures"] = {item.figure: f"{grouped(item.value)} ± {grouped(item.within)}" for item in expect.figures}
    return body


def _collections(writer: _Writer, collections: Collections) -> dict[str, Any]:
    body = writer.fields(collections)
    if collections.amounts:
        body.pop("components", None)
        body["amounts"] = {name: [writer.write(amount) for amount in amounts] for name, amounts in collections.amounts}
    return {"collections": body}


def _fleet(writer: _Writer, fleet: Fleet) -> dict[str, Any]:
    body = writer.fields(fleet, "cohorts")
    cohorts = {cohort.name: writer.fields(cohort) for cohort in fleet.cohorts}
    if list(cohorts) == [ALONE]:
        return {"fleet": {**cohorts[ALONE], **body}}
    return {"fleet": {"cohorts": cohorts, **body}}


def _miner(writer: _Writer, miner: Miner) -> dict[str, Any]:
    body = writer.fields(miner, "sites", "treasury", "fleet")
    for field in ("sites", "treasury"):
        if getattr(miner, field):
            body[field] = {item.name: writer.fields(item) for item in getattr(miner, field)}
    return {"miner": body if miner.fleet is None else {**body, **_fleet(writer, miner.fleet)}}


def _liquidation(writer: _Writer, terms: Liquidation) -> dict[str, Any]:
    body = writer.fields(terms, "generations")
    named = {name: writer.write(outlet) for name, outlet in terms.generations if name}
    common: dict[str, Any] = next((writer.write(outlet) for name, outlet in terms.generations if not name), {})
    return {**common, **({"generations": {n: {**o} for n, o in named.items()}} if named else {}), **body}


def _outlet(writer: _Writer, outlet: Outlet) -> dict[str, Any]:
    """Every term: what another outlet says as the common one must not shine through."""
    readers = writer.readers[Outlet]
    return {field.name: writer.write(getattr(outlet, field.name), readers.get(field.name))
            for field in attrs.fields(Outlet) if getattr(outlet, field.name) != ()}  # fmt: skip


def _impact(writer: _Writer, impact: Impact) -> dict[str, Any]:
    return {impact.shape: impact.discount, **writer.fields(impact, "shape", "discount")}


def _market(writer: _Writer, market: Market) -> dict[str, Any]:
    body = writer.fields(market, "factors", "rates", "dependence", "grades")
    if market.name:
        body["name"] = market.name
    if market.rates:
        body["rates"] = {item.name: writer.write(item) for item in market.rates}
    if market.factors:
        body["factors"] = {item.name: writer.write(item) for item in market.factors}
    if market.grades:
        body["grades"] = {grade: writer.write(curve) for grade, curve in market.grades}
    if market.dependence != Independent():
        body["dependence"] = writer.write(market.dependence)
    return body


def _tagged(tag: str) -> Callable[[_Writer, Any], dict[str, Any]]:
    return lambda writer, value: {tag: writer.fields(value)}


def _factor(tag: str) -> Callable[[_Writer, Any], dict[str, Any]]:
    """A factor of the market; its levels with their unit where each of its kind has the same."""
    unit = {"rent": "gpu-hour", "power": "kWh"}.get(tag)

    def write(writer: _Writer, value: Any) -> dict[str, Any]:
        body = writer.fields(value)
        levels = [name for name, one in quantities(type(value)).items() if one.kind == "level"] if unit else []
        for name in levels:
            number = getattr(value, name)
            text = f"{number:.10g} {writer.currency}/{unit}"
            if name in body and level(text, currency=writer.currency) == number:
                body[name] = text
        return {tag: body}

    return write


def _correlated(writer: _Writer, copula: Gaussian | Student) -> dict[str, Any]:
    pairs = {f"{first} ~ {second}": value for first, second, value in copula.correlations}
    return {NAMES[type(copula)]: {**writer.fields(copula, "correlations"), **pairs}}


def _reference_rate(writer: _Writer, reference: ReferenceRate) -> Any:
    points: Any = {day: number_text(value, rate, writer.currency) for day, value in reference.points}
    if list(points) == [FLAT_FROM]:
        points = points[FLAT_FROM]
    return {"points": points, "note": reference.note} if reference.note else points


_OF_A_BASE = ("classes", "concentrations")
_FORMS: dict[type, Callable[[_Writer, Any], Any]] = {
    Formula: _formula, Residual: _residual, Debt: _debt, Lag: _lag, LateInterest: _late, Amortisation: _amortisation,
    Coupon: _coupon, CoverageTest: _test, Step: _step, Waterfalls: _waterfalls, Series: _series,
    Swap: _tagged("swap"), Cap: _tagged("cap"), LevelSchedule: _level_schedule,
    BorrowingBase: _borrowing_base, Expect: _expect,
    Collections: _collections, Fleet: _fleet, Miner: _miner,
    Liquidation: _liquidation, Outlet: _outlet, Impact: _impact, Market: _market,
    ReferenceRate: _reference_rate, **{kind: _factor(tag) for tag, kind in KINDS.items()},
    **{kind: _tagged(tag) for kind, tag in NAMES.items()}, Gaussian: _correlated, Student: _correlated,
    Vine: lambda writer, value: {NAMES[Vine]: vine_keys(value)}, Independent: lambda writer, value: "independent",
}  # fmt: skip
