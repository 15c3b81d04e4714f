"""Deal → text → the same deal."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tranche
from tests.files.deal_texts import BENCHMARK, FLEET
from tests.market.markets import DEPENDENCES, EVERY_FACTOR, walks
from tranche.files import loads
from tranche.market.terms import Dependence
from tranche.testing.strategies import deals

FOLDER = Path(__file__).parents[2] / "deals"
LIVING = sorted([*FOLDER.glob("*.yaml"), *(FOLDER / "features").glob("*.yaml")])


@pytest.mark.parametrize("path", LIVING, ids=lambda path: path.stem)
def test_a_living_deal_comes_back(path: Path) -> None:
    deal = tranche.load(path)
    assert tranche.load(tranche.dump(deal)) == deal


@given(deal=deals())
def test_a_random_deal_comes_back(deal: tranche.Deal) -> None:
    assert tranche.load(tranche.dump(deal)) == deal


@pytest.mark.parametrize("text", [BENCHMARK, FLEET])
def test_what_is_dumped_is_stable(text: str) -> None:
    once = tranche.dump(loads(text))
    assert tranche.dump(loads(once)) == once


def test_it_reads_as_people_write() -> None:
    text = tranche.dump(loads(BENCHMARK))
    assert text.startswith("format: 1\nname: ")
    assert "  - pay: senior.interest\n" in text
    assert "&" not in text  # no anchors
    assert "!" not in text  # no tags


@given(value=st.floats(0.0, 1.0), name=st.text(min_size=1, max_size=30))
def test_no_bit_and_no_letter_is_lost(value: float, name: str) -> None:
    deal = loads(BENCHMARK)
    changed = deal.with_({"senior.coupon": repr(value)})
    assert tranche.load(tranche.dump(changed)) == changed
    if name.isprintable() and name.strip():
        titled = tranche.Deal(**{**_fields(deal), "name": name, "description": name})
        assert tranche.load(tranche.dump(titled)) == titled


def _fields(deal: tranche.Deal) -> dict[str, object]:
    import attrs

    return {field.name: getattr(deal, field.name) for field in attrs.fields(type(deal))}


@pytest.mark.parametrize("dependence", DEPENDENCES.values(), ids=DEPENDENCES)
def test_every_factor_and_dependence(dependence: Dependence) -> None:
    factors = (*walks(dependence).factors, *EVERY_FACTOR.factors)
    market = attrs.evolve(EVERY_FACTOR, factors=factors, dependence=dependence)
    deal = attrs.evolve(loads(BENCHMARK), market=market)
    assert tranche.load(tranche.dump(deal)).market == market


def test_a_term_that_is_a_figure_by_default_is_written() -> None:
    """The ladder of a pledge decides when a lender sells: nobody should have to look its defaults up."""
    text = tranche.dump(tranche.load(FOLDER / "btc_miner_loan.yaml"))
    for line in ("call: 75%", "liquidation: 85%", "restore: 60%", "life_years: 4y"):
        assert line in text
    assert "price: 100%" not in text  # of a debt, all: that goes without saying


def test_a_number_with_a_fraction_stands_bare() -> None:
    text = tranche.dump(loads(BENCHMARK).with_({"senior.notional": 123456.789, "agent.amount": "98765.4321"}))
    assert "notional: 123456.789," in text
    assert "amount: 98765.4321" in text
    assert "'" not in "".join(line for line in text.splitlines() if "notional" in line or "98765" in line)


def test_numbers_have_the_unit_of_their_field() -> None:
    text = tranche.dump(tranche.load(FOLDER / "gpu_lease_abs.yaml"))
    for line in ("initial: 2.35 USD/gpu-hour", "power_price: 0.08 USD/kWh", "[100%, 78%,", "pd: {1y: 2%}"):
        assert line in text
    text = tranche.dump(tranche.load(FOLDER / "gpu_ddtl_2024.yaml"))
    for line in ("notional: 7.6bn", "gpus: 200_000\n", "lock_up: 1.20x", "219_665_333.33 ± 0.01"):
        assert line in text
