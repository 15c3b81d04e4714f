"""The law of every factor against theory, by simulation within 3 standard errors, and identities exactly."""

from __future__ import annotations

import datetime as dt
import math

import attrs
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from tests.market.markets import START
from tranche.market.scenario import scenario
from tranche.market.terms import (
    Basis,
    Coin,
    Gaussian,
    Hashprice,
    Hashrate,
    Jump,
    Market,
    Power,
    Refinancing,
    Regime,
    Release,
    Rent,
    Resale,
    ShortRate,
    Student,
    Tenant,
    Tenants,
    Utilisation,
)

PATHS = 40_000
MONTHS = [k / 12 for k in range(61)]


def drawn(*factors: object, times: list[float] = MONTHS, paths: int = PATHS, **market: object) -> dict[str, NDArray]:
    """Column → [paths, periods]."""
    source = scenario(Market(factors=factors, **market), times, 17, start=START)
    rows = source.rows(0, paths)
    return {name.removeprefix("market."): rows[:, :, k] for k, name in enumerate(source.columns)}


def close(sample: NDArray, mean: float, deviation: float) -> None:
    """Mean and standard deviation of a normal sample."""
    n = len(sample)
    assert sample.mean() == pytest.approx(mean, abs=3 * deviation / math.sqrt(n))
    assert sample.std() == pytest.approx(deviation, abs=3 * deviation / math.sqrt(2 * n))


def test_rent_trend_half_life_and_deviation():
    rent = Rent(name="h100", initial=2.35, drift=-0.3, volatility=0.4, half_life=0.5, premium=0.2)
    level = np.log(drawn(rent)["h100"])
    kappa = math.log(2.0) / 0.5
    for t in (6, 12, 60):
        years = t / 12
        mean = math.log(2.35) - 0.3 * years + math.log(1.2) * (0.5 ** (years / 0.5) - 1.0)
        close(level[:, t - 1], mean, 0.4 * math.sqrt((1 - math.exp(-2 * kappa * years)) / (2 * kappa)))
    off = level - level.mean(axis=0)
    slope = (off[:, 30] * off[:, 36]).mean() / (off[:, 30] ** 2).mean()
    assert slope == pytest.approx(0.5, abs=3 / math.sqrt(PATHS))  # half a deviation is left after a half-life
    assert 0.1 < (level[:, 2] > math.log(2.35)).mean() < 0.5  # it can rise


def test_rent_without_a_half_life_never_comes_back():
    level = np.log(drawn(Rent(name="r", initial=1.0, volatility=0.3))["r"])
    close(level[:, 59], 0.0, 0.3 * math.sqrt(5.0))


def test_fat_tails_of_a_rent():
    moves = np.diff(np.log(drawn(Rent(name="r", initial=1.0, volatility=0.3, dof=4.0))["r"]), axis=1)[:, 0]
    unit = 0.3 * math.sqrt(1 / 12) * math.sqrt(2.0 / 4.0)
    assert stats.kstest(moves / unit, stats.t(4).cdf).pvalue > 1e-3


def test_a_release_on_a_known_date_moves_rents_down_for_good():
    rubin = Release(name="rubin", date=dt.date(2026, 9, 15))
    rent = Rent(name="r", initial=2.0, volatility=0.0, releases=(("rubin", Jump(jump=-0.15, deviation=0.1)),))
    rows = drawn(rent, rubin)
    assert (rows["rubin.now"].sum(axis=1) == 1).all() and (rows["rubin.now"][:, 8] == 1).all()
    assert np.array_equal(rows["rubin"], np.cumsum(rows["rubin.now"], axis=1))
    assert rows["r"][:, 7] == pytest.approx(2.0, rel=1e-14)
    close(np.log(rows["r"][:, 8] / 2.0), math.log(0.85), 0.1)
    assert np.array_equal(rows["r"][:, 8], rows["r"][:, 59])


def test_releases_before_the_closing_between_dates_and_at_random():
    early = Release(name="early", date=dt.date(2025, 1, 1))
    window = Release(name="window", earliest=dt.date(2026, 7, 1), latest=dt.date(2027, 7, 1))
    poisson = Release(name="poisson", intensity=0.6)
    rows = drawn(early, window, poisson)
    assert (rows["early"] == 1).all() and (rows["early.now"] == 0).all()
    years = (dt.date(2026, 7, 1) - START).days / 365
    for t in (6, 9, 12, 18, 24):
        share = min(1.0, max(0.0, (t / 12 - years) / ((dt.date(2027, 7, 1) - dt.date(2026, 7, 1)).days / 365)))
        assert rows["window"][:, t - 1].mean() == pytest.approx(share, abs=3 * 0.5 / math.sqrt(PATHS))
    p = 1 - math.exp(-0.05)
    wanted, deviation = 60 * p, math.sqrt(60 * p * (1 - p))
    assert rows["poisson"][:, -1].mean() == pytest.approx(wanted, abs=3 * deviation / math.sqrt(PATHS))


def test_coin_variance_and_turbulence():
    calm = Coin(name="c", initial=100.0, drift=0.1, volatility=0.5)
    close(np.log(drawn(calm)["c"][:, 11] / 100.0), 0.1 - 0.125, 0.5)
    wild = Coin(
        name="c", initial=100.0, volatility=0.4, dof=6.0, turbulent_volatility=1.2, turbulent_probability=0.25,
        turbulent_lasts=0.5,
    )  # fmt: skip
    moves = np.diff(np.log(drawn(wild)["c"]), axis=1)
    variance = (0.75 * 0.4**2 + 0.25 * 1.2**2) / 12
    assert (moves + 0.0).var() == pytest.approx(variance, rel=0.05)
    square = (moves - moves.mean()) ** 2
    assert np.corrcoef(square[:, 20], square[:, 21])[0, 1] > 0.05  # turbulence clusters


def test_a_ceiling_is_of_what_is_read_of_a_coin_and_not_of_the_process():
    free = Coin(name="btc", initial=100.0, volatility=0.8, dof=3.0)
    held = attrs.evolve(free, ceiling=150.0)
    network = Hashrate(name="net", initial=1e6, volatility=0.1, follows="btc", elasticity=0.4)
    price = Hashprice(name="hp", price="btc", hashrate="net", reward=3.125)
    before, after = (drawn(coin, network, price, paths=500) for coin in (free, held))
    assert (before["btc"] > 150.0).any() and (before["btc"][:, -1] < 150.0).any()
    assert after["btc"] == pytest.approx(np.minimum(before["btc"], 150.0), rel=1e-13)
    inside = before["btc"] < 150.0
    assert np.array_equal(after["btc"][inside], before["btc"][inside])
    assert after["hp"] == pytest.approx(144 * 3.125 * after["btc"] / after["net"], rel=1e-12)


def test_a_coin_can_follow_the_regimes_of_the_market():
    coin = Coin(name="c", initial=1.0, volatility=0.3, turbulent_volatility=1.5)
    rows = drawn(coin, dependence=Regime(probability=0.2, lasts=0.5, stress=Gaussian()))
    moves, stress = np.diff(np.log(rows["c"]), axis=1), rows["stress"][:, 1:]
    for state, volatility in ((1, 1.5), (0, 0.3)):
        close(moves[stress == state], -(volatility**2) / 24, volatility / math.sqrt(12))


def test_hashprice_is_the_identity_and_its_level_is_the_published_one():
    """3.125 BTC · 144 blocks · 91,000 USD / 1.1e6 PH/s = 37.2 USD before fees (published 38.2 with them)."""
    coin = Coin(name="btc", initial=91_000.0, volatility=0.6, dof=4.0)
    network = Hashrate(name="net", initial=1.1e6, growth=0.25, volatility=0.1, follows="btc", elasticity=0.4)
    halving = dt.date(2028, 4, 15)
    price = Hashprice(name="hp", price="btc", hashrate="net", reward=3.125, fees=0.08, halvings=(halving,))
    rows = drawn(price, coin, network, paths=500)
    years = (halving - START).days / 365
    halved = np.array([t >= years - 1e-9 for t in MONTHS[1:]])
    earned = np.where(halved, 3.125 / 2, 3.125) + 0.08
    assert rows["hp"] == pytest.approx(144 * earned * rows["btc"] / rows["net"], rel=1e-12)
    moves = np.diff(np.log(rows["hp"]), axis=1)
    identity = np.diff(np.log(rows["btc"]), axis=1) - np.diff(np.log(rows["net"]), axis=1) + np.diff(np.log(earned))
    assert moves == pytest.approx(identity, abs=1e-12)
    still = drawn(
        Coin(name="btc", initial=91_000.0, volatility=0.0), Hashrate(name="net", initial=1.1e6, volatility=0.0),
        Hashprice(name="hp", price="btc", hashrate="net", reward=3.125), paths=1,
    )  # fmt: skip
    assert still["hp"][0, 0] == pytest.approx(37.2, abs=0.05)


def test_hashrate_follows_the_coin_a_period_later():
    rows = drawn(
        Coin(name="btc", initial=1.0, volatility=0.6),
        Hashrate(name="net", initial=1.0, growth=0.2, volatility=0.0, follows="btc", elasticity=0.5), paths=100,
    )  # fmt: skip
    coin, net = (np.diff(np.log(rows[name]), axis=1) for name in ("btc", "net"))
    assert net[:, 1:] == pytest.approx(0.2 / 12 + 0.5 * coin[:, :-1], abs=1e-12)


FOLLOWED = [
    Basis(name="s", of="btc", initial=-0.4, mean=0.1, half_life=0.5, volatility=0.3),
    Power(name="s", initial=60.0, level=120.0, half_life=0.5, volatility=0.4, growth=0.1),
    Hashprice(name="s", price="btc", hashrate="old", reward=3.125, fees=0.1, halvings=(dt.date(2026, 1, 20),)),
    Basis(name="s", of="pool", initial=0.2, mean=-0.1, half_life=0.5, volatility=0.3),
    Rent(name="s", initial=3.0, volatility=0.3, premium=0.5, half_life=0.5),
]


@pytest.mark.parametrize("followed", FOLLOWED, ids=lambda factor: type(factor).__name__)
def test_hashrate_follows_a_price_from_its_value_at_closing(followed):
    """By the formula, from the price's own column: the way from a level to the value at closing is no move."""
    rows = drawn(
        Coin(name="btc", initial=100.0, volatility=0.6), Hashrate(name="old", initial=50.0, volatility=0.2),
        Hashprice(name="pool", price="btc", hashrate="old", reward=6.25), followed,
        Hashrate(name="net", initial=1e6, growth=0.2, volatility=0.0, follows="s", elasticity=0.5), paths=50,
    )  # fmt: skip
    hashprice = 144 * 100.0 / 50.0
    closing = {"btc": 100.0, "pool": 6.25 * hashprice, "old": 50.0}
    if isinstance(followed, Basis):
        start = closing[followed.of] * (1.0 + followed.initial)
    elif isinstance(followed, Hashprice):
        start = (3.125 + 0.1) * hashprice
    else:
        start = followed.initial
    price = np.log(np.column_stack((np.full(50, start), rows["s"])))
    wanted = math.log(1e6) + 0.2 * np.array(MONTHS[1:]) + 0.5 * (price[:, :-1] - price[:, :1])
    assert np.log(rows["net"]) == pytest.approx(wanted, abs=1e-11)


def test_utilisation_has_its_stationary_law():
    use = Utilisation(name="u", initial=0.95, typical=0.82, half_life=0.25, deviation=0.4)
    level = drawn(use)["u"]
    assert ((level > 0) & (level < 1)).all()
    odds = np.log(level / (1 - level))
    close(odds[:, 59], math.log(0.82 / 0.18), 0.4)
    assert stats.kstest((odds[:, 59] - math.log(0.82 / 0.18)) / 0.4, "norm").pvalue > 1e-3
    start = math.log(0.95 / 0.05) - math.log(0.82 / 0.18)
    assert (odds[:, 2] - math.log(0.82 / 0.18)).mean() == pytest.approx(start / 2, abs=3 * 0.4 / math.sqrt(PATHS))


def test_power_returns_to_a_growing_level():
    power = Power(name="p", initial=0.12, level=0.08, half_life=0.25, volatility=0.6, growth=0.03)
    level = np.log(drawn(power)["p"])
    kappa = math.log(2.0) / 0.25
    close(level[:, 59], math.log(0.08) + 0.15, 0.6 / math.sqrt(2 * kappa))
    error = 0.6 * math.sqrt((1 - math.exp(-kappa / 2)) / (2 * kappa) / PATHS)
    assert level[:, 2].mean() == pytest.approx(math.log(0.08) + 0.0075 + math.log(1.5) / 2, abs=3 * error)


def test_basis_beside_its_price():
    rent = Rent(name="spot", initial=2.0, volatility=0.5)
    basis = Basis(name="contract", of="spot", initial=-0.1, mean=-0.2, half_life=0.5, volatility=0.1)
    rows = drawn(basis, rent)
    b = np.log(rows["contract"] / rows["spot"])
    kappa = math.log(2.0) / 0.5
    mean = math.log(0.8) + (math.log(0.9) - math.log(0.8)) * 0.5
    close(b[:, 5], mean, 0.1 * math.sqrt((1 - math.exp(-kappa)) / (2 * kappa)))


def test_vasicek_is_normal_with_its_stationary_law():
    rows = drawn(ShortRate(name="r", initial=0.05, mean=0.03, speed=1.2, volatility=0.01))
    close(rows["r"][:, 59], 0.03 + 0.02 * math.exp(-6.0), 0.01 / math.sqrt(2.4) * math.sqrt(1 - math.exp(-12.0)))
    assert np.array_equal(rows["r.fixing"][:, 1:], rows["r"][:, :-1])
    assert rows["r.fixing"][:, 0] == pytest.approx(0.05, abs=1e-16)


def test_cir_has_its_transition_and_its_stationary_law():
    speed, mean, sigma = 1.5, 0.04, 0.1
    rows = drawn(ShortRate(name="r", model="cir", initial=0.06, mean=mean, speed=speed, volatility=sigma))["r"]
    assert (rows > 0).all()
    degrees = 4 * speed * mean / sigma**2
    for t in (1, 6):
        decay = math.exp(-speed * t / 12)
        c = sigma**2 * (1 - decay) / (4 * speed)
        law = stats.ncx2(degrees, 0.06 * decay / c)
        assert stats.kstest(rows[:5_000, t - 1] / c, law.cdf).pvalue > 1e-3
    shape = 2 * speed * mean / sigma**2
    assert stats.kstest(rows[:, 59], stats.gamma(shape, scale=sigma**2 / (2 * speed)).cdf).pvalue > 1e-3


@pytest.mark.parametrize("model", ["vasicek", "cir"])
def test_a_fitted_rate_prices_the_curve_back(model):
    """E[exp(−∫ r)] by simulation against the discount factors of the curve (daily steps, trapezium rule)."""
    curve = ((dt.date(2027, 1, 1), 0.05), (dt.date(2028, 1, 1), 0.04), (dt.date(2031, 1, 1), 0.035))
    terms = {"initial": 0.02, "mean": 0.02, "volatility": 0.05} if model == "cir" else {"volatility": 0.012}
    rate = ShortRate(name="r", model=model, speed=0.6, curve=curve, **terms)
    days = [k / 50 for k in range(101)]
    rows = drawn(rate, times=days)
    path = (rows["r"] + rows["r.fixing"]) / 2 / 50
    for t, zero in ((50, 0.05), (100, 0.04)):
        discount = np.exp(-path[:, :t].sum(axis=1))
        error = discount.std() / math.sqrt(PATHS)
        assert discount.mean() == pytest.approx(math.exp(-zero * t / 50), abs=3 * error + 2e-5)


def test_tenants_default_by_their_curve_whatever_the_copula():
    curve = ((1.0, 0.03), (3.0, 0.12), (5.0, 0.25))
    tenant, coin = Tenant(name="lab", pd=curve), Coin(name="btc", initial=1.0, volatility=0.6)
    for copula in (Gaussian(), Student(dof=3.0, correlations=(("lab", "btc", 0.6),))):
        rows = drawn(coin, tenant, dependence=copula)
        for years, probability in curve:
            gone = 1 - rows["lab"][:, round(12 * years) - 1].mean()
            assert gone == pytest.approx(probability, abs=3 * math.sqrt(probability / PATHS))
        assert np.array_equal(np.cumsum(rows["lab.defaulted"], axis=1), 1 - rows["lab"])
    default, fall = rows["lab.defaulted"][:, 1:] == 1, np.diff(np.log(rows["btc"]), axis=1)
    assert fall[default].mean() < -0.05  # it defaults as the coin falls
    graded = Market(factors=(Tenant(name="lab", grade="BB"),), grades=(("BB", ((1.0, 0.1),)),))
    alive = scenario(graded, MONTHS, 1).rows(0, PATHS)[:, 59, 0].mean()
    assert alive == pytest.approx(0.9**5, abs=3 * 0.5 / math.sqrt(PATHS))


def test_a_pool_of_tenants_for_life_has_the_large_pool_loss():
    """Vasicek (2002): the probability that a share of a large pool is lost; PD 5%, ρ 30%."""
    pool = Tenants(name="pool", count=200, pd=((1.0, 0.05),), loading=math.sqrt(0.3), latent="life")
    lost = 1 - drawn(pool, times=[0.0, 1.0], paths=20_000)["pool"][:, 0]
    assert lost.mean() == pytest.approx(0.05, abs=3 * lost.std() / math.sqrt(20_000))
    quantile = stats.norm.cdf((stats.norm.ppf(0.05) + math.sqrt(0.3) * stats.norm.ppf(0.95)) / math.sqrt(0.7))
    assert np.quantile(lost, 0.95) == pytest.approx(quantile, rel=0.05)


@pytest.mark.parametrize("stress", [None, 0.8])
@pytest.mark.parametrize("latent", ["life", "period"])
def test_pools_default_by_their_curve(stress, latent):
    pool = Tenants(
        name="p", count=20, pd=((1.0, 0.05),), loading=0.4, stress_loading=stress, latent=latent, threshold=-1.0
    )
    rows = drawn(pool, times=[0.0, 0.25, 0.5, 1.0], paths=20_000)
    for t, years in enumerate((0.25, 0.5, 1.0)):
        lost = 1 - rows["p"][:, t]
        assert lost.mean() == pytest.approx(1 - 0.95**years, abs=3 * lost.std() / math.sqrt(20_000))
    assert np.allclose(np.cumsum(rows["p.defaulted"], axis=1), 1 - rows["p"])


def test_refinancing_closes_by_its_chain_and_with_the_coins():
    market = Refinancing(name="open", closed=0.25, lasts=0.5, start="long_run")
    coin = Coin(name="btc", initial=1.0, volatility=0.6)
    rows = drawn(coin, market, dependence=Gaussian(correlations=(("open", "btc", 0.7),)))
    for t in (0, 30, 59):
        assert 1 - rows["open"][:, t].mean() == pytest.approx(0.25, abs=3 * 0.43 / math.sqrt(PATHS))
    shut = rows["open"] == 0
    stays, wanted = shut[:, 1:][shut[:, :-1]].mean(), 0.25 + 0.75 * math.exp(-1 / 12 / (0.5 * 0.75))
    assert stays == pytest.approx(wanted, abs=3 * math.sqrt(wanted * (1 - wanted) / shut[:, :-1].sum()))
    falls = np.diff(np.log(rows["btc"]), axis=1)
    closing = shut[:, 1:] & ~shut[:, :-1]
    assert falls[closing].mean() < falls.mean() - 0.1


def test_resale_is_worth_the_rent_that_is_left():
    """One GPU at 2 USD/h for 3 more years after the first, no growth, 10% discount, cost 0.5: by hand."""
    rubin = Release(name="rubin", date=dt.date(2027, 6, 1))
    rent = Rent(name="rent", initial=2.0, volatility=0.0)
    used = Resale(
        name="used", rent="rent", cost=0.5, utilisation=0.8, life=4.0, discount=0.1, scrap=500.0,
        obsolescence=(("rubin", 0.3),),
    )  # fmt: skip
    value = drawn(rent, rubin, used, paths=1)["used"][0]
    annuity = (1 - math.exp(-0.3)) / 0.1
    assert value[11] == pytest.approx(8_760 * (0.8 * 2.0 - 0.5) * annuity, rel=1e-12)
    annuity = (1 - math.exp(-0.2)) / 0.1
    assert value[23] == pytest.approx(0.7 * 8_760 * (0.8 * 2.0 - 0.5) * annuity, rel=1e-12)
    assert value[59] == 500.0
