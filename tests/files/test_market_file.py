"""Market files: alone, included by a deal, and laid over a deal's market by a run."""

from __future__ import annotations

import numpy as np
import pytest

import tranche
from tests.small_deals import FLEET
from tranche.errors import DealError
from tranche.files import load, load_market
from tranche.inputs import as_deal
from tranche.market.overlay import laid_over
from tranche.market.terms import Gaussian, Independent, Lognormal, Market, ReferenceRate, Reverting, Student

BASE = """\
format: 1
name: base
assumptions: [nobody measured these]
rates: {SOFR: {2024-01-01: 5%, 2026-01-01: 4%}}
factors:
  rent: {lognormal: {initial: 2.35 USD/gpu-hour, drift: -20%, volatility: 35%}}
  use: {reverting: {initial: 90%, mean: 82%, speed: 2, volatility: 12%}}
dependence: {gaussian: {rent ~ use: 0.5}}
"""
DEAL = """\
format: 1
name: A deal
schedule: {closing: 2025-01-01, maturity: 2026-01-01, frequency: quarterly, calendar: none}
MARKET
collateral: {collections: {amounts: [30, 30, 30, 30]}}
tranches:
  senior: {notional: 100, coupon: SOFR + 1%, amortisation: level}
waterfall: [pay: senior.interest, pay: senior.principal]
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "markets").mkdir()
    (tmp_path / "markets" / "base.yaml").write_text(BASE)
    return tmp_path


@pytest.fixture
def deal(folder):
    def write(market):
        (folder / "deal.yaml").write_text(DEAL.replace("MARKET", market))
        return folder / "deal.yaml"

    return write


def told(call, *arguments):
    with pytest.raises(DealError) as caught:
        call(*arguments)
    return [str(one) for one in caught.value]


def test_a_market_alone(folder):
    market = load_market(folder / "markets" / "base.yaml")
    assert market.name == "base"
    assert market.assumptions == ("nobody measured these",)
    assert market.factors[0] == Lognormal(name="rent", initial=2.35, drift=-0.2, volatility=0.35)
    assert market.dependence.correlations == (("rent", "use", 0.5),)


@pytest.mark.parametrize("text", ["market: markets/base.yaml", "market: {file: markets/base.yaml}"])
def test_a_deal_includes_it(folder, deal, text):
    assert load(deal(text)).market == load_market(folder / "markets" / "base.yaml")


def test_the_deal_lays_its_own_numbers_over(deal):
    market = load(
        deal(
            """\
market:
  file: markets/base.yaml
  factors:
    rent: {lognormal: {volatility: 50%}}
    use: {lognormal: {initial: 1, volatility: 0}}
    btc: {lognormal: {initial: 65k, volatility: 55%}}
  rates: {SOFR: 3%}
  dependence: {gaussian: {rent ~ btc: 0.3}}
"""
        )
    ).market
    assert market.factors == (
        Lognormal(name="rent", initial=2.35, drift=-0.2, volatility=0.5),
        Lognormal(name="use", initial=1.0, volatility=0.0),
        Lognormal(name="btc", initial=65_000.0, volatility=0.55),
    )
    assert [(point[1]) for point in market.rates[0].points] == [0.03]
    assert market.dependence.correlations == (("rent", "use", 0.5), ("rent", "btc", 0.3))


def test_mistakes_are_placed_in_the_file_that_makes_them(folder, deal):
    base = folder / "markets" / "base.yaml"
    base.write_text(BASE.replace("volatility: 35%", "volatility: -35%").replace("speed: 2", "sped: 2"))
    path = deal("market:\n  file: markets/base.yaml\n  factors:\n    rent: {lognormal: {drift: 3000%}}\n")
    assert told(load, path) == [
        f"{path}:7 market.factors.rent.lognormal.drift: drift is 30; "
        "write -1000% to 1000% a year, with the % sign (-25% is -0.25)",
        f"{base}:6 market.factors.rent.lognormal.volatility: volatility is -0.35; "
        "write 0% to 2000% a year, with the % sign (55% is 0.55)",
        f"{base}:7 market.factors.use.reverting.sped: unknown key 'sped'; did you mean 'speed'?",
        f"{base}:7 market.factors.use.reverting.speed: is missing; add `speed:`",
    ]
    assert [line.split(" ")[0] for line in told(load_market, base)] == [f"{base}:6", f"{base}:7", f"{base}:7"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../secret.yaml", "leaves the folder"),
        ("/etc/hosts", "an absolute path"),
        ("markets/link.yaml", "is a link that leaves the folder"),
        ("markets/none.yaml", "there is no file"),
        ("markets", "is not a file"),
        ("3", "is not the name of a file"),
    ],
)
def test_files_elsewhere_are_refused(folder, deal, name, said):
    secret = folder.parent / f"secret-{folder.name}.yaml"
    secret.write_text(BASE)
    (folder / "markets" / "link.yaml").symlink_to(secret)
    path = deal(f"market: {{file: {name}}}")
    lines = told(load, path)
    assert lines[0].startswith(f"{path}:4 market.file: ")
    assert said in lines[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a\n", "the file holds no market"),
        (BASE.replace("format: 1\n", ""), "the format is missing"),
        (BASE.replace("format: 1", "format: 2"), "the format is 2"),
        (BASE + "file: other.yaml\n", "includes another"),
        (BASE + "bonds: 1\n", "unknown key 'bonds'"),
        (BASE.replace("rent ~ use: 0.5", "rent ~ use: 1.5"), "correlation"),
        (BASE.replace("rent ~ use", "rnt ~ use"), "unknown factor 'rnt'; did you mean 'rent'"),
        ("factors: [", "not valid YAML"),
    ],
)
def test_what_is_no_market_file(folder, deal, text, said):
    base = folder / "markets" / "base.yaml"
    base.write_text(text)
    for call, path in ((load_market, base), (load, deal("market: markets/base.yaml"))):
        lines = told(call, path)
        assert any(said in line and line.startswith(str(base)) for line in lines), lines


def test_prices_in_another_currency(folder):
    assert "EUR" in told(load_market, folder / "markets" / "base.yaml", "EUR")[0]


def test_a_file_of_a_copula_joins_the_factors_of_the_deal(folder, deal):
    path, above = deal("market: markets/base.yaml"), folder / "above.yaml"
    above.write_text("format: 1\ndependence: {t: {dof: 4, rent ~ use: 0.7}}\n")
    found = as_deal(path, above).market
    assert found.dependence == Student(dof=4.0, correlations=(("rent", "use", 0.7),))
    assert found.factors == load(path).market.factors


def test_a_file_that_says_independent_is_heard(folder, deal):
    path, above = deal("market: markets/base.yaml"), folder / "above.yaml"
    above.write_text("format: 1\ndependence: independent\n")
    assert as_deal(path, above).market.dependence == Independent()
    above.write_text("format: 1\nname: it says nothing of it\n")
    assert as_deal(path, above).market.dependence == load(path).market.dependence


def test_what_neither_the_file_nor_the_deal_has_is_told_at_its_line(folder, deal):
    path, above = deal("market: markets/base.yaml"), folder / "above.yaml"
    above.write_text(
        "format: 1\nfactors:\n  btc: {lognormal: {initial: 60k USD, drift: 0%, volatility: 50%}}\n"
        "dependence:\n  gaussian:\n    rent ~ btc: 0.2\n    rent ~ uses: 0.5\n    btc ~ eth: 0.2\n"
    )
    said = told(as_deal, path, above)
    assert [line.split(" ")[0] for line in said] == [f"{above}:7", f"{above}:8"]
    assert "unknown factor 'uses'; did you mean 'use'" in said[0]


def joined(*pairs):
    return Gaussian(correlations=pairs)


def test_laid_over_keeps_drivers_and_what_the_file_does_not_state():
    rent, rich, btc = (Lognormal(name=n, initial=x, volatility=0.1) for n, x in (("rent", 1), ("rent", 9), ("btc", 5)))
    use = Reverting(name="use", initial=0.9, mean=0.8, speed=1.0, volatility=0.1)
    sofr = ReferenceRate(name="SOFR", points=())
    base = Market(factors=(use, rent), rates=(sofr,), dependence=joined(("rent", "use", 0.4)), assumptions=("a",))
    top = Market(factors=(rich, btc), dependence=joined(("rent", "btc", 0.7)), assumptions=("a", "b"))
    found = laid_over(base, top)
    assert found.factors == (use, rich, btc)
    assert found.rates == (sofr,)
    assert found.dependence == joined(("rent", "use", 0.4), ("rent", "btc", 0.7))
    assert found.assumptions == ("a", "b")


def test_what_the_upper_market_does_not_name_between_its_own_factors_is_zero():
    rent, btc, use = (Lognormal(name=name, initial=1.0, volatility=0.1) for name in ("rent", "btc", "use"))
    base = Market(factors=(rent, btc), dependence=joined(("rent", "btc", 0.4)))
    top = Market(factors=(rent, btc, use), dependence=joined(("rent", "use", 0.1)))
    assert laid_over(base, top).dependence == joined(("rent", "use", 0.1))
    assert laid_over(base, Market(factors=(rent, btc))).dependence == base.dependence


def test_a_run_under_a_market_file(tmp_path):
    file = tmp_path / "deal.yaml"
    file.write_text(FLEET)
    deal = load(file)
    dear = tmp_path / "dear.yaml"
    dear.write_text("format: 1\nfactors: {rent_h100: {lognormal: {initial: 9, volatility: 1%}}}\n")
    under = tranche.run(file, 200, market=dear)
    assert under.tranches().expected_loss.iloc[0] < tranche.run(file, 200).tranches().expected_loss.iloc[0]
    same = tranche.run(deal, 200, market=as_deal(deal, str(dear)).market)
    assert np.array_equal(under.totals, same.totals)
