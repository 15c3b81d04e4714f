"""The deal file as JSON Schema (Draft 2020-12), for editors that complete and check it.

Made from the classes and readers that `load` uses, so that both know the same keys. A schema says which keys there are,
what kind of value each takes, its unit and its meaning; whether a formula parses, names exist and terms fit together,
only `tranche check` can say.
"""

from __future__ import annotations

import datetime as dt
import inspect
import typing
from collections.abc import Mapping
from functools import partial
from typing import Any

import attrs

from tranche.collateral.cohort import Cohort
from tranche.collateral.fleet import Fleet
from tranche.collateral.liquidation import SHAPES, Impact, Liquidation, Outlet
from tranche.collateral.terms import Collections
from tranche.deal import (
    VERBS,
    Account,
    Amortisation,
    Coupon,
    CoverageTest,
    Deal,
    Debt,
    Expect,
    Fee,
    Formula,
    Residual,
    Schedule,
    Series,
    Step,
)
from tranche.deal.amortisation import AMORTISATIONS
from tranche.deal.interest import AvailableFundsCap, LateInterest
from tranche.deal.level_schedule import LevelSchedule
from tranche.deal.names import LONGEST_DEAL_NAME
from tranche.deal.status import StatusRules
from tranche.deal.step import GROUPS, LISTS, SHARING
from tranche.market.dependence import NAMES, Gaussian, Independent, Student, Vine
from tranche.market.dependence.pair_copula import INDEPENDENT, PARAMETERS
from tranche.market.factors import KINDS, Jump
from tranche.terms import day, level, measured, money, percent, rate, ratio, tenor_days, tenor_years, unit_price
from tranche.terms.literal import literal

from . import descriptions
from .converter import deal_converter
from .descriptions import describe_amortisation, describe_class, describe_field, describe_list
from .fields import field_readers
from .keys import key_of
from .liabilities import SHORT, WORDS
from .plain import FORMAT
from .readers import Reader, flag, formula, integer, text
from .sections import HEDGES
from .steps import MODIFIERS
from .vine import own_keys

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]

NUMBER: Schema = {"type": ["number", "string"]}
TEXT: Schema = {"type": "string"}
FORMULA: Schema = {"type": ["string", "number"], "description": "A formula."}
DATE: Schema = {"type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}$"}
PAIR_PATTERN = "^[^~|]+~[^~|]+([|][^~|]+)?$"
ENDS = {"from": "The account that pays; `cash` when left out.", "to": "The account that receives."}
PERCENT: Schema = {**NUMBER, "examples": ["30%"]}
IMPACT = "How much selling a quantity in a month lowers the price."
IMPACTS = {
    "square_root": "The discount at the depth; that of other quantities goes by their square root.",
    "linear": "The discount at the depth; that of other quantities is in proportion.",
}
PER_ROOT = "Written per square root of a year."
# reader → (unit or form for the description, an example)
UNITS: dict[Any, tuple[str, str]] = {
    rate: ("a rate per annum", "6%"), percent: ("a share", "95%"), ratio: ("a ratio", "1.20x"),
    money: ("money", "70m"), level: ("a level in the user's unit", "2.35 USD/gpu-hour"),
    tenor_days: ("days", "45d"), tenor_years: ("years", "6y"), literal: ("a number", "0.5"),
}  # fmt: skip


def deal_schema() -> Schema:
    """The schema of a deal file."""
    return _Builder().deal()


def market_schema() -> Schema:
    """The schema of a market file."""
    return _Builder().market_file()


class _Builder:
    def __init__(self) -> None:
        self.readers = field_readers("USD", deal_converter("USD"))
        self.defs: dict[str, Schema] = {}

    def deal(self) -> Schema:
        sections: dict[str, Schema] = {
            "format": {"const": FORMAT, "description": f"The version of the file format: {FORMAT}."},
            "name": {**TEXT, "minLength": 1, "maxLength": LONGEST_DEAL_NAME, "description": "What the deal is called."},
            "description": {**TEXT, "description": "What the deal is, in a few sentences."},
            "currency": {**TEXT, "pattern": "^[A-Z]{3}$", "description": "Of every amount: three capital letters."},
            "assumptions": {"type": "array", "items": TEXT, "description": "What the figures rest on, told with them."},
            "accept": _map(TEXT, "Warnings that the deal means, by their path, each with the reason."),
            "schedule": self.ref(Schedule),
            "market": {"anyOf": [self.market(), TEXT], "description": "The market, or the name of a market file."},
            "collateral": self.collateral(),
            "definitions": _map(FORMULA, "Names for formulas."),
            "series": _map(self.series(), "Named amounts by payment date."),
            "fees": _map(self.ref(Fee), "Fees, by name."),
            "tranches": _map(self.tranche(), "Debt and residual classes, by name, the most senior first."),
            "accounts": _map(self.ref(Account), "Accounts, by name. The collection account is `cash`."),
            "tests": _map(self.ref(CoverageTest), "Coverage tests, by name, in the order in which they are read."),
            "hedges": _map(self.hedge(), "Swaps and caps of interest rates, by name."),
            "status": self.ref(StatusRules),
            "waterfall": self.waterfall(),
            "expect": self.ref(Expect),
        }
        sections |= self.others(set(sections))
        required = ["format", "name", "schedule", "collateral", "tranches", "waterfall"]
        return self.document("A tranche deal file", sections, required)

    def others(self, known: set[str]) -> dict[str, Schema]:
        """Sections of a deal that have no form of their own: by name, of one class."""
        hints = typing.get_type_hints(Deal)
        found = {}
        for field in attrs.fields(Deal):
            kinds = [kind for kind in _classes(hints[field.name]) if kind in self.readers]
            if field.name not in known | {"source"} and kinds:
                one = self.ref(kinds[0])
                is_named = "name" in attrs.fields_dict(kinds[0])
                found[field.name] = _map(one, describe_class(kinds[0])) if is_named else one
        return found

    def market_file(self) -> Schema:
        version = {"const": FORMAT, "description": "The version of the file format."}
        return self.document("A tranche market file", {"format": version, **self.market()["properties"]}, ["format"])

    def document(self, title: str, sections: Mapping[str, Schema], required: list[str]) -> Schema:
        return {"$schema": DIALECT, "title": title, **_object(sections, required), "$defs": self.defs}

    # ---- classes -------------------------------------------------------------------------------------------------

    def ref(self, kind: type) -> Schema:
        """A reference to the schema of a class, made when it is first asked for."""
        home = kind.__module__.split(".")[1]
        name = kind.__name__ if home == "deal" else f"{home}.{kind.__name__}"
        if name not in self.defs:
            self.defs[name] = {}
            self.defs[name].update(self.form(kind))
        return {"$ref": f"#/$defs/{name}"}

    def form(self, kind: type) -> Schema:
        """The schema of a class as files write it."""
        if kind is Fleet:
            return self.fleet()
        own = self.body(kind)
        words = describe_class(kind)
        if kind is Coupon:
            own["properties"]["rate"] = {**NUMBER, "description": "6%, or SOFR + 600bp floor 0%, beside other terms."}
            own["required"] = []
            return {"anyOf": [NUMBER, own], "description": words, "examples": ["6%", "SOFR + 600bp floor 0%"]}
        if kind in (AvailableFundsCap, LateInterest):
            return {"anyOf": [FORMULA, own], "description": words}
        if kind is Amortisation:
            return {"anyOf": self.amortisations(own), "description": words}
        if kind is CoverageTest:
            own["properties"] |= {
                "ratio": {**FORMULA, "description": "numerator / denominator, as one formula."},
                "value": {**FORMULA, "description": "A numerator over 1."},
            }
            own["required"] = []
        if kind is Expect:
            own["properties"]["figures"] = _map({"type": ["string", "object"]}, "name: value ± tolerance")
        if kind is Liquidation:
            outlet = self.body(Outlet)
            one = _object(outlet["properties"], [])
            named = _map(one, "What a market for used machines needs, by generation.")
            own = self.body(Liquidation, "generations")
            own = _object({**outlet["properties"], **own["properties"], "generations": named}, [])
        if kind in (Gaussian, Student):
            return {"type": "object", "description": words}
        if kind is Vine:
            pair: Schema = {"anyOf": [{"const": INDEPENDENT}, *_pair_copulas()]}
            keys = {"patternProperties": {PAIR_PATTERN: pair}, "additionalProperties": False}
            return {"type": "object", **keys, "description": words, "examples": [{"rent ~ btc": {"clayton": 2}}]}
        if kind is Impact:
            own = _object(
                {shape: {**PERCENT, "description": IMPACTS[shape]} for shape in SHAPES} | own["properties"], []
            )
            del own["properties"]["shape"], own["properties"]["discount"]
            return {**own, "oneOf": [{"required": [shape]} for shape in SHAPES], "description": IMPACT}
        return {**own, "description": words}

    def body(self, kind: type, *without: str) -> Schema:
        """The keys of a class."""
        fields = [f for f in attrs.fields(kind) if f.name not in ("name", "kind", *without)]
        properties = {key_of(kind, field.name): self.field(kind, field) for field in fields}
        required = [key_of(kind, field.name) for field in fields if field.default is attrs.NOTHING]
        return _object(properties, required)

    def field(self, kind: type, field: attrs.Attribute[Any]) -> Schema:
        """A field: what its reader takes, and what it means."""
        made = dict(self.value(kind, field))
        said = made.pop("description", "")
        if field.name.endswith("volatility") or (kind is Jump and field.name == "deviation"):
            said, made["examples"] = ("Written as a number." if kind is Jump else PER_ROOT), ["60%"]
        words = [describe_field(kind, field), said]
        derived = words[0].endswith("by default as the levels are written.")  # which the description has said
        if isinstance(field.default, str | int | float) and field.default != "" and not derived:
            default = str(field.default).lower() if isinstance(field.default, bool) else field.default
            words.append(f"Default: {default}.")
        said = " ".join(word for word in words if word)
        return {**made, "description": said} if said else made

    def value(self, kind: type, field: attrs.Attribute[Any]) -> Schema:
        hint = typing.get_type_hints(kind).get(field.name)
        reader = self.readers.get(kind, {}).get(field.name)
        classes = [one for one in _classes(hint) if one in self.readers]
        if Independent in _classes(hint):  # a copula that is written as a word
            return {"anyOf": [{"const": "independent"}, *(self.tagged(one) for one in classes)]}
        if classes:
            return self.of_classes(hint, classes)
        if LevelSchedule in _classes(hint):
            return {"anyOf": [NUMBER, _map(NUMBER)], "description": "A level, or levels by date."}
        if Formula in _classes(hint):
            return _map(FORMULA) if _is_mapping(hint) else FORMULA
        return _scalar(reader, hint, field)

    def of_classes(self, hint: Any, classes: list[type]) -> Schema:
        """One of the classes; a mapping by name where several stand in a tuple."""
        one = self.ref(classes[0]) if len(classes) == 1 else {"anyOf": [self.tagged(kind) for kind in classes]}
        if typing.get_origin(hint) is tuple:
            return _map(one) if "name" in attrs.fields_dict(classes[0]) else {"type": ["object", "array"]}
        return one

    def tagged(self, kind: type) -> Schema:
        """A class below its tag, where files write one."""
        tag = NAMES.get(kind) or next((tag for tag, known in KINDS.items() if known is kind), None)
        return self.ref(kind) if tag is None else _object({tag: self.ref(kind)}, [tag])

    # ---- forms of their own --------------------------------------------------------------------------------------

    def amortisations(self, own: Schema) -> list[Schema]:
        """A word, or `{level: {…}}`; below some kinds the value of their main key may stand alone."""
        own = {**own, "properties": {key: terms for key, terms in own["properties"].items() if key != "amounts"}}
        amounts: Schema = {"type": "array", "items": NUMBER, "description": describe_amortisation("schedule")}
        made = []
        for kind in AMORTISATIONS:
            words = describe_amortisation(kind)
            if kind in WORDS:
                made.append({"const": kind, "description": words})
            if kind == "schedule":
                below = {"anyOf": [{**own, "properties": {"amounts": amounts, **own["properties"]}}, amounts]}
            else:
                below = {"anyOf": [own, FORMULA if kind in SHORT else {"type": "null"}]}
            made.append(_object({kind: {**below, "description": words}}, [kind]))
        return made

    def tranche(self) -> Schema:
        residual = {"anyOf": [self.ref(Residual), {"type": "null"}]}
        return {
            "anyOf": [
                self.ref(Debt), _object({"debt": self.ref(Debt)}, ["debt"]), {"const": "residual"},
                _object({"residual": residual}, ["residual"]),
                *(
                    _object({tag: self.ref(kind)}, [tag])
                    for tag, kind in self.tranche_kinds().items()
                ),
            ]
        }  # fmt: skip

    def tranche_kinds(self) -> dict[str, type]:
        """Further kinds of tranches that a deal may have, by their tag."""
        hints = _classes(typing.get_type_hints(Deal)["tranches"])
        return {kind.__name__.lower(): kind for kind in hints if kind not in (Debt, Residual) and kind in self.readers}

    def hedge(self) -> Schema:
        return {"anyOf": [_object({tag: self.ref(kind)}, [tag]) for tag, kind in HEDGES.items()]}

    def waterfall(self) -> Schema:
        steps = {"type": "array", "items": self.step()}
        lists = _object({status: {**steps, "description": describe_list(status)} for status in LISTS}, ["performing"])
        return {
            "anyOf": [steps, lists],
            "description": "The steps that spend the cash of a payment date, in order; or a list for each status.",
        }

    def step(self) -> Schema:
        if "Step" not in self.defs:
            several: Schema = {"type": "array", "items": TEXT}
            grouped = {group: {**several, "description": descriptions.GROUPS[group]} for group in GROUPS}
            ends = {end: {**TEXT, "description": words} for end, words in ENDS.items()}
            transfer: Schema = {"anyOf": [TEXT, _object(ends, ["to"])]}
            fields = attrs.fields_dict(Step)
            keys: dict[str, Schema] = {}
            for verb in VERBS:
                groups = [
                    _object({group: one}, [group])
                    for group, one in grouped.items()
                    if verb in SHARING or group == "sequential"
                ]
                takes = transfer if verb == "transfer" else {"anyOf": [TEXT, several, *groups]}
                keys[verb] = {**takes, "description": descriptions.VERBS[verb]}
            for key, (name, reader) in MODIFIERS.items():
                made = _scalar(reader, None, fields[name]) if key != "for" else {"type": ["string", "array"]}
                if reader is formula:
                    made = FORMULA
                keys[key] = {**made, "description": describe_field(Step, fields[name]) or key}
            one_verb = [{"required": [verb]} for verb in VERBS]
            self.defs["Step"] = {**_object(keys, []), "oneOf": one_verb, "description": descriptions.STEP}
        return {"$ref": "#/$defs/Step"}

    def series(self) -> Schema:
        own = self.body_of_series()
        dates = {"type": "object", "patternProperties": {"^\\d": NUMBER}, "additionalProperties": False}
        return {"anyOf": [{"type": "array", "items": NUMBER}, dates, own], "description": describe_class(Series)}

    def body_of_series(self) -> Schema:
        numbers: Schema = {"type": "array", "items": NUMBER}
        keys = {
            "values": {**numbers, "description": "One number a payment date."},
            "dated": _map(NUMBER, "Amounts on dates; each belongs to the first payment date on or after it."),
            "levels": _map(NUMBER, "Each holds from its date to the next."),
            "file": {**TEXT, "description": "A CSV file beside the deal."},
            "column": {**TEXT, "description": "The column of the file."},
            "unit": {"enum": ["money", "number"], "description": "What the numbers are."},
        }
        return _object(keys, [])

    def collateral(self) -> Schema:
        kinds: dict[str, Schema] = {"collections": self.collections(), "fleet": self.fleet()}
        for kind in _classes(typing.get_type_hints(Deal)["collateral"]):
            if kind not in (Collections, Fleet) and kind in self.readers:
                kinds[kind.__name__.lower()] = self.ref(kind)
        made = {"anyOf": [_object({tag: body}, [tag]) for tag, body in kinds.items()]}
        return {**made, "description": "What brings in the cash."}

    def collections(self) -> Schema:
        own = self.body(Collections)
        numbers: Schema = {"type": "array", "items": NUMBER}
        own["properties"]["amounts"] = {"anyOf": [numbers, _map(numbers)],
                                        "description": "The cash itself: an amount a payment date."}  # fmt: skip
        return {"anyOf": [own, {"type": "null"}], "description": describe_class(Collections)}

    def fleet(self) -> Schema:
        """Keys of a cohort may stand on the fleet, on a site, on a generation or on the cohort."""
        cohort = self.body(Cohort)
        cohort["required"] = []
        fleet = self.body(Fleet, "cohorts")
        self.defs["Cohort"] = {**cohort, "description": describe_class(Cohort)}
        below = _map({"$ref": "#/$defs/Cohort"})
        shared = {
            "cohorts": {**below, "description": "Machines bought together, by name."},
            "generations": {**below, "description": "Terms that cohorts of a generation share."},
            "sites": {**below, "description": "Terms that cohorts at a site share."},
        }
        properties = {**cohort["properties"], **fleet["properties"], **shared}
        return {**_object(properties, []), "description": describe_class(Fleet)}

    def market(self) -> Schema:
        factor = {"anyOf": [_object({tag: self.ref(kind)}, [tag]) for tag, kind in KINDS.items()]}
        copulas = {tag: self.ref(kind) for kind, tag in NAMES.items()}
        stated = [_object({tag: one}, [tag]) for tag, one in copulas.items()]
        dependence = {"anyOf": [{"const": "independent"}, *stated]}
        points = {"anyOf": [NUMBER, {"type": "object"}]}
        keys: dict[str, Schema] = {
            "file": {**TEXT, "description": "A market file that this section is laid over."},
            "name": {**TEXT, "description": "What the market is called."},
            "description": {**TEXT, "description": "What the market is like."},
            "assumptions": {"type": "array", "items": TEXT, "description": "What it rests on."},
            "factors": _map(factor, "Simulated factors by name; formulas read market.NAME."),
            "dependence": {**dependence, "description": "How the drivers of a period hang together."},
            "grades": _map({"type": ["string", "number", "object"]}, "Default curves by grade."),
            "rates": _map(points, "Reference rates by name: 5.3%, or levels by date."),
        }
        return _object(keys, [])


def _pair_copulas() -> list[Schema]:
    """`{clayton: 2}` or `{clayton: {theta: 2, rotation: 180}}`, for each family of a pair."""
    words = {
        "correlation": "Of the pair's scores.", "theta": "The strength of dependence.",
        "dof": "Degrees of freedom.", "rotation": "In degrees: 180 turns both round, 90 the first, 270 the second.",
    }  # fmt: skip
    made = []
    for family in PARAMETERS:
        called, *others = own_keys(family)
        keys = {key: {**NUMBER, "description": words[key]} for key in (called, *others)}
        required = [called, *(key for key in others if key == "dof")]
        both: Schema = {"anyOf": [NUMBER, _object(keys, required)]}
        made.append(_object({family: both}, [family]))
    return made


def _object(properties: Mapping[str, Schema], required: list[str]) -> Schema:
    made: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return {**made, "required": required} if required else made


def _map(value: Schema, description: str = "") -> Schema:
    made: Schema = {"type": "object", "additionalProperties": value}
    return {**made, "description": description} if description else made


def _classes(hint: Any) -> list[type]:
    """The attrs classes in a type, however deep."""
    if isinstance(hint, type) and attrs.has(hint):
        return [hint]
    return [kind for part in typing.get_args(hint) for kind in _classes(part)]


def _is_mapping(hint: Any) -> bool:
    origin = typing.get_origin(hint)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _words(validator: Any) -> list[str]:
    """The words that a validator `one_of(words)` allows, alone or inside `optional`."""
    if validator is None or not inspect.isfunction(validator):
        return []
    inside = inspect.getclosurevars(validator).nonlocals
    return list(inside["words"]) if "words" in inside else _words(inside.get("inner"))


def _scalar(reader: Reader | None, hint: Any, field: attrs.Attribute[Any]) -> Schema:
    """What a reader of single values takes."""
    base: Any = reader.func if isinstance(reader, partial) else reader
    if base in (unit_price, measured):
        unit = reader.keywords["unit"]  # type: ignore[union-attr]
        return {**NUMBER, "description": f"Unit: {'money per ' if base is unit_price else ''}{unit}."}
    if base in UNITS:
        words, example = UNITS[base]
        return {**NUMBER, "description": f"Written as {words}.", "examples": [example]}
    if base is flag:
        return {"type": "boolean"}
    if base is integer:
        return {"type": ["integer", "string"]}
    if base is day:
        return DATE
    if base is formula:
        return FORMULA
    if base is text:
        known = _words(field.validator)
        return {"enum": list(known)} if known else TEXT
    if typing.get_origin(hint) is tuple:
        pairs = any(typing.get_origin(part) is tuple for part in typing.get_args(hint))
        dated = any(dt.date in typing.get_args(part) for part in typing.get_args(hint))
        return {"type": ["object", "array"]} if pairs or dated else {"type": ["array", "object", "string", "number"]}
    return {}
