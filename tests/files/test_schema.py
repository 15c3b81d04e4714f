"""The JSON Schema: every living file passes, every mistake of a key does not, every key is described."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs
import jsonschema
import pytest
from hypothesis import given

import tranche
from tests.files.deal_texts import BENCHMARK, FLEET
from tranche.compiler.check_steps import SHARING as COMPILED
from tranche.deal import Debt, Step
from tranche.deal.draws import Draws
from tranche.errors import DealError
from tranche.files import dump_market
from tranche.files.converter import deal_converter
from tranche.files.descriptions import WORDS, describe_class, describe_field
from tranche.files.fields import field_readers
from tranche.files.keys import RENAMED, key_of
from tranche.files.lines import plain_values
from tranche.files.schema import SHARING, deal_schema, market_schema
from tranche.files.sections import KEYS
from tranche.files.yaml_tree import yaml_tree
from tranche.market.terms import Market
from tranche.testing.strategies import deals, markets

FOLDER = Path(__file__).parents[2] / "deals"
LIVING = sorted(path for path in FOLDER.rglob("*.yaml") if "markets" not in path.parts)
MARKETS = sorted((FOLDER / "markets").glob("*.yaml"))
CLASSES = field_readers("USD", deal_converter("USD"))

DEAL = jsonschema.Draft202012Validator(deal_schema())
MARKET = jsonschema.Draft202012Validator(market_schema())


def values(text: str) -> Any:
    return plain_values(yaml_tree(text, "")[0])[0]


def test_it_is_a_schema() -> None:
    for schema in (deal_schema(), market_schema()):
        jsonschema.Draft202012Validator.check_schema(schema)
        assert json.loads(json.dumps(schema)) == schema


@pytest.mark.parametrize("path", LIVING, ids=lambda path: path.stem)
def test_living_deals_pass(path: Path) -> None:
    assert [error.message[:300] for error in DEAL.iter_errors(values(path.read_text(encoding="utf-8")))] == []


@pytest.mark.parametrize("path", MARKETS, ids=lambda path: path.stem)
def test_living_markets_pass(path: Path) -> None:
    assert [error.message[:300] for error in MARKET.iter_errors(values(path.read_text(encoding="utf-8")))] == []


@given(market=markets())
def test_any_market_that_is_dumped_passes(market: Market) -> None:
    assert [error.message[:300] for error in MARKET.iter_errors(values(dump_market(market)))] == []


@pytest.mark.parametrize("regime", ["calm: independent, stress: {t: {dof: 4}}", "stress: independent"])
def test_a_regime_may_be_independent(regime: str) -> None:
    text = f"format: 1\ndependence: {{regime: {{probability: 5%, lasts: 1y, {regime}}}}}\n"
    assert list(MARKET.iter_errors(values(text))) == []


@pytest.mark.parametrize(
    "pair",
    ["{rent btc: {clayton: 2}}", "{a ~ b: {claytn: 2}}", "{a ~ b: {clayton: {thta: 2}}}", "{a ~ b: {t: {dof: 4}}}"],
)
def test_a_vine_that_is_none_does_not(pair: str) -> None:
    text = f"format: 1\ndependence: {{vine: {pair}}}\n"
    assert list(MARKET.iter_errors(values(text)))


@given(deal=deals())
def test_what_is_dumped_passes(deal: tranche.Deal) -> None:
    assert [error.message[:300] for error in DEAL.iter_errors(values(tranche.dump(deal)))] == []


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (BENCHMARK, "schedule:", "schedul:"),
        (BENCHMARK, "frequency:", "frequenzy:"),
        (BENCHMARK, "notional:", "notionl:"),
        (BENCHMARK, "waterfall:", "waterfall: 3\nx:"),
        (BENCHMARK, "format: 1", "format: 2"),
        (BENCHMARK, "- pay: senior.interest", "- pai: senior.interest"),
        (FLEET, "take_or_pay:", "take_or_play:"),
        (FLEET, "lognormal:", "lognorml:"),
    ],
)
def test_mistakes_do_not(text: str, old: str, new: str) -> None:
    assert not list(DEAL.iter_errors(values(text)))
    assert old in text
    assert list(DEAL.iter_errors(values(text.replace(old, new, 1))))


def test_it_has_every_section() -> None:
    assert set(deal_schema()["properties"]) == set(KEYS)


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_key_is_described(kind: type) -> None:
    assert describe_class(kind)
    undescribed = [
        field.name
        for field in attrs.fields(kind)
        if field.name not in ("name", "kind") and not describe_field(kind, field)
    ]
    assert undescribed == []


def test_no_words_are_left_over() -> None:
    known = {f"{kind.__name__}.{field.name}" for kind in (*CLASSES, Step) for field in attrs.fields(kind)}
    assert set(WORDS) <= known


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_no_description_names_a_field_that_files_call_otherwise(kind: type) -> None:
    names = set(RENAMED.get(kind, {})) - {key_of(kind, field.name) for field in attrs.fields(kind)}
    said = describe_class(kind) + "".join(describe_field(kind, field) for field in attrs.fields(kind))
    assert [name for name in names if f"`{name}`" in said] == []


def test_what_a_list_of_a_docstring_says_is_told_without_its_heading() -> None:
    said = {field.name: describe_field(Debt, field) for field in attrs.fields(Debt)}
    assert said["coupon"] == WORDS["Debt.coupon"]
    draws = attrs.fields(Draws)
    assert describe_field(Draws, draws.initial) == "Drawn at closing."
    assert describe_field(Draws, draws.first) == "Its first day; left out: closing."


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- pay: senior.interest", "- pay: {from: cash, to: senior.interest}"),
        ("- fund: reserve", "- fund: {pro_rata: [reserve, other]}"),
        ("amortisation: {level: {arrears: leave}}", "amortisation: schedule"),
        ("amortisation: {level: {arrears: leave}}", "amortisation: {level: [1m, 2m]}"),
    ],
)
def test_forms_that_the_loader_refuses_do_not_pass(old: str, new: str) -> None:
    assert old in BENCHMARK
    text = BENCHMARK.replace(old, new, 1)
    with pytest.raises(DealError):
        tranche.compile(tranche.load(text))
    assert list(DEAL.iter_errors(values(text)))


@pytest.mark.parametrize("impact", ["{}", "{square_root: 30%, linear: 10%}", "{most: 80%}", "{cubic: 30%}"])
def test_an_impact_has_one_shape(impact: str) -> None:
    schema = {"$defs": deal_schema()["$defs"], "$ref": "#/$defs/collateral.Impact"}
    validator = jsonschema.Draft202012Validator(schema)
    assert list(validator.iter_errors(values(impact)))
    assert not list(validator.iter_errors({"square_root": "30%", "most": "80%"}))


def test_the_verbs_that_share_are_those_of_the_compiler() -> None:
    assert SHARING == COMPILED


def test_kinds_lists_and_groups_are_described() -> None:
    schema = deal_schema()
    step = schema["$defs"]["Step"]["properties"]
    groups = [one["properties"] for one in step["pay"]["anyOf"] if one.get("type") == "object"]
    lists = schema["properties"]["waterfall"]["anyOf"][1]["properties"]
    kinds = [one["properties"] for one in schema["$defs"]["Amortisation"]["anyOf"] if "properties" in one]
    for key, one in [*lists.items(), *(pair for some in (*groups, *kinds) for pair in some.items())]:
        assert one["description"], key
