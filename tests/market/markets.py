"""Markets with every factor and every dependence there is."""

from __future__ import annotations

import datetime as dt

from tranche.market.terms import (
    Basis,
    Clayton,
    Coin,
    Frank,
    Gaussian,
    Gumbel,
    Hashprice,
    Hashrate,
    Independent,
    Jump,
    Lognormal,
    Market,
    PairCopula,
    Power,
    Refinancing,
    Regime,
    Release,
    Rent,
    Resale,
    ShortRate,
    StressLink,
    Student,
    Tenant,
    Tenants,
    Utilisation,
    Vine,
    VinePair,
)

START = dt.date(2026, 1, 1)
PAIRS = (("a", "b", 0.5), ("b", "c", -0.3), ("a", "c", 0.4), ("c", "d", 0.7))
STRESS = (("a", "b", 0.9), ("b", "c", 0.75), ("a", "c", 0.8), ("c", "d", 0.3))



def vine_pair(label: str, family: str, parameter: float = 0.0, **more: float) -> VinePair:
    """The pair `a ~ d | b, c`, as a market file names it."""
    ends, _, given = label.partition(" | ")
    first, second = ends.split(" ~ ")
    copula = PairCopula(family=family, parameter=parameter, **more)
    return VinePair(first=first, second=second, given=tuple(given.split(", ")) if given else (), copula=copula)


D_VINE = Vine(
    pairs=(
        vine_pair("a ~ b", "clayton", 2.0, rotation=90), vine_pair("b ~ c", "gumbel", 1.7, rotation=180),
        vine_pair("c ~ d", "t", 0.6, dof=4.0), vine_pair("a ~ c | b", "frank", -3.0),
        vine_pair("d ~ b | c", "gumbel", 1.3, rotation=270), vine_pair("a ~ d | b, c", "gaussian", 0.4),
    )
)  # fmt: skip
C_VINE = Vine(
    pairs=(
        vine_pair("b ~ a", "clayton", 1.5), vine_pair("b ~ c", "frank", 4.0), vine_pair("b ~ d", "gumbel", 2.0),
        vine_pair("c ~ a | b", "t", -0.5, dof=3.0), vine_pair("c ~ d | b", "clayton", 0.8, rotation=180),
        vine_pair("a ~ d | b, c", "independent"),
    )
)  # fmt: skip
DEPENDENCES = {
    "independent": Independent(),
    "gaussian": Gaussian(correlations=PAIRS),
    "t": Student(correlations=PAIRS, dof=4.0),
    "t with a heavy tail": Student(correlations=PAIRS, dof=1.5),
    "clayton": Clayton(theta=2.0),
    "clayton of some": Clayton(theta=0.5, of=("b", "d")),
    "survival clayton": Clayton(theta=2.0, survival=True),
    "gumbel": Gumbel(theta=2.0),
    "survival gumbel": Gumbel(theta=1.25, survival=True),
    "gumbel at its limit": Gumbel(theta=1.0),
    "frank": Frank(theta=5.0),
    "regime": Regime(
        probability=0.2, lasts=0.5, calm=Gaussian(correlations=PAIRS), stress=Student(correlations=STRESS, dof=3.0)
    ),
    "regime of t": Regime(
        probability=0.2, lasts=0.5,
        calm=Student(correlations=PAIRS, dof=8.0),
        stress=Student(correlations=STRESS, dof=3.0),
    ),
    "regime of t, mostly stress": Regime(
        probability=0.8, lasts=0.5,
        calm=Student(correlations=PAIRS, dof=3.0),
        stress=Student(correlations=STRESS, dof=9.0),
    ),
    "regime of t of one law": Regime(
        probability=0.3, lasts=0.5,
        calm=Student(correlations=PAIRS, dof=4.0),
        stress=Student(correlations=STRESS, dof=4.0),
    ),
    "regime with clayton": Regime(probability=0.3, lasts=0.25, start="calm", stress=Clayton(theta=3.0)),
    "d-vine": D_VINE,
    "c-vine": C_VINE,
    "truncated vine": Vine(pairs=D_VINE.pairs[:3]),
    "regime of a vine": Regime(probability=0.3, lasts=0.25, calm=Student(correlations=PAIRS, dof=6.0), stress=C_VINE),
    "stress link": StressLink(on="a", calm=Gaussian(), stress=Gaussian(correlations=STRESS)),
    "stress link of t": StressLink(
        on="b", measure="volatility", calm=Student(dof=5.0), stress=Student(dof=5.0, correlations=STRESS)
    ),
}


def walks(dependence: object, count: int = 4) -> Market:
    """Driftless factors a, b, … of volatility 40%."""
    factors = tuple(Lognormal(name=name, initial=2.0, volatility=0.4) for name in "abcdefgh"[:count])
    return Market(factors=factors, dependence=dependence)


EVERY_FACTOR = Market(
    factors=(
        Rent(
            name="h100", initial=2.35, drift=-0.25, volatility=0.35, half_life=0.5, dof=4.0, premium=0.1,
            releases=(("rubin", Jump(jump=-0.15, deviation=0.1)), ("random", Jump(jump=-0.1))),
        ),
        Release(name="rubin", earliest=dt.date(2026, 6, 1), latest=dt.date(2027, 1, 1)),
        Release(name="random", intensity=0.5),
        Release(name="known", date=dt.date(2026, 9, 15)),
        Basis(name="contract", of="h100", initial=-0.1, mean=-0.05, half_life=1.0, volatility=0.1),
        Resale(
            name="used", rent="h100", cost=0.6, utilisation=0.8, life=5.0, drift=-0.3, discount=0.15, scrap=1_000.0,
            obsolescence=(("known", 0.25),), market="open", haircut=0.3,
        ),
        Coin(
            name="btc", initial=9e4, drift=0.05, volatility=0.5, dof=4.0, turbulent_volatility=1.1,
            turbulent_probability=0.2, turbulent_lasts=0.25,
        ),
        Hashrate(name="net", initial=1.1e6, growth=0.3, volatility=0.1, follows="btc", elasticity=0.5),
        Hashprice(
            name="hashprice", price="btc", hashrate="net", reward=3.125, fees=0.06, halvings=(dt.date(2027, 4, 1),)
        ),
        Utilisation(name="use", initial=0.9, typical=0.8, half_life=0.5, deviation=0.4),
        Power(name="power", initial=0.08, level=0.07, half_life=0.2, volatility=0.6, growth=0.02, dof=5.0),
        ShortRate(name="SOFR", initial=0.04, mean=0.035, speed=0.5, volatility=0.01),
        ShortRate(name="CIR", model="cir", initial=0.04, mean=0.035, speed=0.5, volatility=0.05),
        ShortRate(
            name="fitted", speed=0.5, volatility=0.01,
            curve=((dt.date(2027, 1, 1), 0.04), (dt.date(2028, 1, 1), 0.035), (dt.date(2031, 1, 1), 0.037)),
        ),
        Tenant(name="lab", pd=((1.0, 0.02), (5.0, 0.2))),
        Tenant(name="cloud", grade="BBB"),
        Tenants(name="pool", count=10, pd=((1.0, 0.05),), loading=0.5),
        Tenants(name="lives", count=10, pd=((1.0, 0.05),), loading=0.4, stress_loading=0.8, latent="life"),
        Tenants(name="shaky", count=10, pd=((1.0, 0.05),), loading=0.4, stress_loading=0.8),
        Refinancing(name="open", closed=0.2, lasts=0.5),
    ),
    grades=(("BBB", ((1.0, 0.01),)),),
    dependence=Student(
        dof=5.0, correlations=(("h100", "btc", 0.4), ("btc", "net", 0.3), ("lab", "btc", 0.3), ("open", "btc", 0.5))
    ),
)  # fmt: skip
