"""What a market may not say: everything at once, each with its place and what would be right."""

from __future__ import annotations

import attrs
import pytest

from tests.files.deal_texts import BENCHMARK
from tranche.errors import DealError
from tranche.files import dump, loads


def told(market: str) -> list[str]:
    """`path: what; fix` of each problem of a deal with this market section."""
    text = "\n".join([BENCHMARK, "market:", *(f"  {line}" for line in market.strip("\n").splitlines())])
    with pytest.raises(DealError) as caught:
        loads(text)
    return [f"{one.place.path}: {one.what}; {one.fix}" for one in caught.value]


FACTORS = """
factors:
  rent: {rent: {initial: 2.35 USD/gpu-hour, volatility: 35%}}
  btc: {coin: {initial: 90k USD, volatility: 50%, dof: 4}}
  use: {utilisation: {initial: 90%, typical: 82%, half_life: 6m, deviation: 0.4}}
"""


@pytest.mark.parametrize(
    ("section", "path", "said"),
    [
        ("dependence: {gaussian: {rent ~ btc: 1.2}}", "dependence.gaussian.rent ~ btc", "is 1.2; write -1 to 1"),
        ("dependence: {t: {rent ~ btc: 0.5}}", "dependence.t.dof", "is missing"),
        ("dependence: {t: {dof: 0.5}}", "dependence.t.dof", "dof is 0.5; write 1 to 1000"),
        ("dependence: {clayton: {theta: -1}}", "dependence.clayton.theta", "theta is -1; write 0.01 to 50"),
        ("dependence: {clayton: {theta: 2, of: [rent, btcc]}}", "dependence.clayton", "'btcc'; did you mean 'btc'"),
        ("dependence: {gumbel: {theta: 0.5}}", "dependence.gumbel.theta", "theta is 0.5; write 1 to 50"),
        ("dependence: {copulla: {}}", "dependence.copulla", "unknown kind of dependence 'copulla'"),
        (
            "dependence: {gaussian: {matrix: {of: [rent, btc], rows: [[1, 0.3, 0], [0.3, 1, 0]]}}}",
            "dependence.gaussian.matrix", "2 rows of 3 numbers; 2 rows of 2 for rent, btc",
        ),
        (
            "dependence: {gaussian: {matrix: {of: [rent, btc], rows: [[1, 0.3], [0.4, 1]]}}}",
            "dependence.gaussian.matrix", "0.4 below the diagonal and 0.3 above it",
        ),
        (
            "dependence: {gaussian: {rent ~ btc: 0.9, btc ~ use: 0.9, rent ~ use: -0.5}}",
            "dependence.gaussian", "rent ~ btc: 0.9, rent ~ use: -0.5, btc ~ use: 0.9 cannot hold together",
        ),
        (
            "dependence: {regime: {probability: 0%, lasts: 6m, stress: {clayton: {theta: 2}}}}",
            "dependence.regime.probability", "probability is 0; write more than 0% and less than 100%",
        ),
        (
            "dependence: {regime: {probability: 10%, lasts: 0m, stress: {clayton: {theta: 2}}}}",
            "dependence.regime.lasts", "lasts is 0; write more than 0",
        ),
        ("dependence: {regime: {probability: 10%, lasts: 6m}}", "dependence.regime.stress", "is missing"),
        (
            "dependence: {stress_link: {on: btcc, calm: {gaussian: {}}, stress: {gaussian: {rent ~ btc: 0.9}}}}",
            "dependence.stress_link.on", "'btcc'; did you mean 'btc'",
        ),
        (
            "dependence: {stress_link: {on: btc, calm: {gaussian: {}}, stress: {t: {dof: 4}}}}",
            "dependence.stress_link.stress", "different copulas",
        ),
    ],
)  # fmt: skip
def test_a_dependence(section, path, said):
    [line] = told(FACTORS + section)
    assert line.startswith(f"market.{path}: ") and said in line, line


@pytest.mark.parametrize(
    ("factor", "path", "said"),
    [
        ("{rent: {initial: 2, volatility: -35%}}", "rent.volatility", "volatility is -0.35; write 0% to 2000%"),
        ("{rent: {initial: 0, volatility: 35%}}", "rent.initial", "initial is 0; write more than 0"),
        ("{rent: {initial: 2, volatility: 35%, half_live: 1y}}", "rent.half_live", "did you mean 'half_life'"),
        ("{rent: {initial: 2, volatility: 35%, releases: {rubn: -15%}}}", "rent", "unknown factor 'rubn'"),
        ("{coin: {initial: 2, volatility: 35%, dof: 1}}", "coin.dof", "dof is 1; write 2.1 to 1000"),
        ("{coin: {initial: 2, volatility: 35%, turbulent_lasts: 3m}}", "coin.turbulent_volatility", "no volatility"),
        ("{coin: {initial: 2, volatility: 35%, ceiling: 1}}", "coin.ceiling", "below the 2 of the closing"),
        ("{rent: {initial: 2, volatility: 35%, premium: 15%}}", "rent.premium", "`premium` without `half_life`; add"),
        ("{rent: {initial: 2, volatility: 35%, premium: -15%}}", "rent.premium", "without `half_life`"),
        ("{hashrate: {initial: 2, volatility: 35%, elasticity: 0}}", "hashrate.elasticity", "without `follows`"),
        ("{hashrate: {initial: 2, volatility: 35%, follows: btc}}", "hashrate.follows", "without `elasticity`"),
        ("{resale: {rent: rent, life: 5y, discount: 10%, haircut: 30%}}", "resale.haircut", "without `market`"),
        ("{tenants: {count: 5, pd: 2%, loading: 30%, threshold: -2}}", "tenants.threshold", "without `stress_loading`"),
        ("{release: {}}", "release", "it is not said when it is"),
        ("{release: {date: 2026-01-01, intensity: 1}}", "release", "said twice"),
        ("{release: {earliest: 2027-01-01, latest: 2026-01-01}}", "release.latest", "span no time"),
        ("{tenant: {}}", "tenant.pd", "a default curve or a grade"),
        ("{tenant: {grade: BBB}}", "tenant.grade", "unknown grade 'BBB'; state it: market.grades"),
        ("{tenant: {pd: {5y: 10%, 1y: 2%}}}", "tenant.pd", "1 years follow 5"),
        ("{tenant: {pd: {1y: 10%, 5y: 2%}}}", "tenant.pd", "0.02 by year 5 follows 0.1"),
        ("{tenants: {count: 0, pd: 2%, loading: 30%}}", "tenants.count", "count is 0"),
        ("{short_rate: {model: cirr, speed: 1, volatility: 1%}}", "short_rate.model", "did you mean 'cir'"),
        (
            "{short_rate: {model: cir, initial: 3%, mean: 3%, speed: 1, volatility: 60%}}",
            "short_rate.volatility", "the rate would reach zero",
        ),
        ("{hashprice: {price: btc, hashrate: nett, reward: 3.125}}", "hashprice", "unknown factor 'nett'"),
        ("{resale: {rent: rent, life: 5y, discount: 10%, obsolescence: {btc: 10%}}}", "resale", "btc is not a release"),
        ("{refinancing: {closed: 100%, lasts: 6m}}", "refinancing.closed", "less than 100%"),
        ("{rrent: {}}", "rrent", "did you mean 'rent'"),
    ],
)  # fmt: skip
def test_a_factor(factor, path, said):
    [line] = told(FACTORS + f"  x: {factor}")
    assert line.startswith("market.factors.x") and path in line.split(": ")[0] + "x" and said in line, line


@pytest.mark.parametrize(
    "factor",
    [
        "rent: {initial: 2, volatility: 35%, premium: 0%}", "rent: {initial: 2, volatility: 35%, half_life: 1y}",
        "hashrate: {initial: 2, volatility: 35%}",
        "hashrate: {initial: 2, volatility: 35%, follows: btc, elasticity: 0}",
        "resale: {rent: rent, life: 5y, discount: 10%, haircut: 0%}",
        "tenants: {count: 5, pd: 2%, loading: 30%, threshold: -1}",
        "tenants: {count: 5, pd: 2%, loading: 30%, stress_loading: 60%, threshold: -2}",
    ],
)  # fmt: skip
def test_a_term_at_the_value_that_does_nothing_is_one(factor):
    """A sweep over an elasticity begins at 0; what is said at its default is not known from what is left out."""
    text = "\n".join([BENCHMARK, "market:", *(f"  {line}" for line in (FACTORS + f"  x: {{{factor}}}").splitlines())])
    deal = loads(text)
    assert loads(dump(deal)) == deal


@pytest.mark.parametrize(
    "dependence",
    [
        "{gaussian: {rent ~ x: 30%}}", "{t: {dof: 4, x ~ rent: 30%}}", "{vine: {rent ~ x: {clayton: 1}}}",
        "{regime: {probability: 20%, lasts: 1y, stress: {gaussian: {btc ~ x: 30%}}}}",
    ],
)  # fmt: skip
def test_a_factor_without_a_driver_has_no_correlation(dependence):
    for factor, fix in (
        ("{tenants: {count: 3, pd: 2%, loading: 30%, latent: life}}", "`latent: period`, or leave it out"),
        ("{resale: {rent: rent, life: 5y, discount: 10%}}", "leave it out: it moves with rent"),
        ("{release: {intensity: 1}}", "leave it out"),
    ):
        [line] = told(FACTORS + f"  x: {factor}\ndependence: {dependence}")
        assert line.startswith("market.dependence.")
        assert line.endswith((f" ~ x: 'x' has no driver; {fix}", f".x ~ rent: 'x' has no driver; {fix}"))


def test_everything_at_once():
    found = told(
        "factors:\n  rent: {rent: {initial: -1, volatility: -1}}\n  rent2: {tenant: {pd: 200%}}\n"
        "dependence: {gaussian: {rent ~ rant: 1.5}}"
    )
    assert len(found) == 4


def test_the_nearest_matrix_on_request():
    text = FACTORS + "dependence: {gaussian: {rent ~ btc: 0.9, btc ~ use: 0.9, rent ~ use: -0.5, repair: nearest}}"
    lines = "\n".join(f"  {line}" for line in text.strip("\n").splitlines())
    market = loads(f"{BENCHMARK}\nmarket:\n{lines}").market
    assert attrs.asdict(market.dependence)["repair"] == "nearest"
