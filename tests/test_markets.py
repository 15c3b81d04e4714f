"""The markets that deals share: every number says where it comes from, and each market tells its own story."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import attrs
import numpy as np
import pytest

import tranche
from tranche.files import dump_market, load_market
from tranche.market.scenario import scenario

FOLDER = Path(__file__).parent.parent / "deals" / "markets"
FILES = {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}
NAMES = ("base_2026", "rent_deflation", "rubin_release", "crypto_winter_2022", "convergence_crisis", "soft_landing",
         "utility_like")  # fmt: skip
SAID = re.compile(r"assumption|\([^)]*\b[ABC]\b[^)]*\)")
TIMES = [k / 4 for k in range(13)]


def drawn(name, paths=4_000):
    source = scenario(load_market(FILES[name]), TIMES, 1, start=dt.date(2026, 6, 30))
    rows = source.rows(0, paths)
    return {column.removeprefix("market."): rows[:, :, k] for k, column in enumerate(source.columns)}


@pytest.fixture(scope="module")
def draws():
    return {name: drawn(name) for name in NAMES}


def test_all_are_there():
    assert sorted(FILES) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_number_says_its_source(name):
    market = load_market(FILES[name])
    assert market.description
    assert any("assumption" in line.lower() for line in market.assumptions)
    for item in (*market.factors, *market.rates):
        groups = [(group.partition(":")[0], group) for group in item.note.split("; ")]
        assert all(SAID.search(group) for _, group in groups), f"{item.name}: {item.note}"
        told = {word.strip() for fields, _ in groups for word in fields.split(",")}
        for field in attrs.fields(type(item)):
            value = getattr(item, field.name)
            is_number = isinstance(value, (float, dt.date)) or field.name == "halvings"
            if is_number and value != field.default:
                assert field.name in told, f"{name}: {item.name} does not say where its {field.name} comes from"


@pytest.mark.parametrize("name", NAMES)
def test_it_reads_back_and_draws_numbers(name, draws, tmp_path):
    market = load_market(FILES[name])
    (tmp_path / "market.yaml").write_text(dump_market(market))
    assert load_market(tmp_path / "market.yaml") == market
    assert all(np.isfinite(values).all() for values in draws[name].values())


def test_they_share_their_factors(draws):
    names = {name: set(found) - {"rubin", "rubin.now", "stress"} for name, found in draws.items()}
    assert all(one == names["base_2026"] for one in names.values())


def test_the_crisis_is_base_2026_but_for_its_dependence(draws):
    base, crisis = load_market(FILES["base_2026"]), load_market(FILES["convergence_crisis"])
    assert crisis.factors == base.factors
    assert crisis.rates == base.rates
    assert crisis.dependence != base.dependence
    assert np.array_equal(draws["base_2026"]["rent_h100"], draws["convergence_crisis"]["rent_h100"]), "the first driver"

    def together(found):
        changes = [np.diff(np.log(found[name]), axis=1).ravel() for name in ("rent_h100", "btc")]
        return np.corrcoef(*changes)[0, 1]

    assert together(draws["convergence_crisis"]) > together(draws["base_2026"]) + 0.15


def test_what_their_names_say(draws):
    def median(name, column, period=-1):
        return float(np.median(draws[name][column][:, period]))

    base = "base_2026"
    assert median("rent_deflation", "rent_h100") < median(base, "rent_h100") < median("soft_landing", "rent_h100")
    assert median("utility_like", "rent_h100") > median("soft_landing", "rent_h100")
    assert "rubin" not in draws["rent_deflation"]
    assert (draws["rubin_release"]["rubin"][:, 1:] == 1).all(), "1 October 2026 is in the second quarter from June"
    assert median("rubin_release", "rent_h100", 2) < 0.8 * median(base, "rent_h100", 0)
    assert median("crypto_winter_2022", "btc", 3) < 0.75 * 91_000
    assert median("crypto_winter_2022", "hashprice", 3) < median(base, "hashprice", 3)
    assert draws["crypto_winter_2022"]["refinancing"][:, 0].mean() < 0.5 < draws[base]["refinancing"][:, 0].mean()
    assert median("utility_like", "utilisation") > 0.95
    hashprice = draws[base]["hashprice"][:, 0] * draws[base]["hashrate"][:, 0] / draws[base]["btc"][:, 0]
    assert hashprice == pytest.approx((3.125 + 0.084) * 144)


@pytest.mark.parametrize("name", NAMES)
def test_a_deal_runs_in_it(name):
    deal = tranche.load(FOLDER.parent / "gpu_ddtl_2024.yaml")
    results = tranche.run(deal, 300, market=FILES[name])
    assert results.audit.relative < 1e-9
    table = results.tranches()
    if name == "utility_like":
        assert table.loc["senior", "expected_loss"] < tranche.run(deal, 300).tranches().loc["senior", "expected_loss"]
