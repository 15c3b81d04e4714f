"""Markets: random factors and every kind of dependence of their drivers, small and valid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import attrs
from hypothesis import strategies as st

from tranche.market.dependence.pair_copula import FAMILIES, INDEPENDENT, PARAMETERS, ROTATIONS, TURNED
from tranche.market.terms import (
    Basis,
    Clayton,
    Coin,
    Dependence,
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
    Reverting,
    ShortRate,
    StressLink,
    Student,
    Tenant,
    Tenants,
    Utilisation,
    Vine,
    VinePair,
)

START = dt.date(2026, 1, 1)  # the closing that dated releases and curves suppose
DOFS = (3.0, 5.0)  # a few: the maps of each law are worked out when a market is resolved
VOLATILITIES = st.sampled_from((0.0, 0.2, 0.6))
PRICES = (Lognormal, Coin, Rent, Power, Hashrate)


@st.composite
def markets(draw: st.DrawFn, most_factors: int = 6) -> Market:
    """1 to `most_factors` factors of any kind, those that read others after them, and any dependence. Factors whose
    own numbers hang on the market's regimes are left out, so that dependence moves nothing but dependence."""
    kinds = draw(st.lists(st.sampled_from(sorted(_KINDS)), min_size=1, max_size=most_factors))
    factors: list[Any] = []
    for k, kind in enumerate(kinds):
        factors += draw(_KINDS[kind](f"{kind}{k}"))
    names = tuple(factor.name for factor in factors if factor.drivers)
    prices = tuple(factor.name for factor in factors if isinstance(factor, PRICES))
    grades = (("BB", ((1.0, 0.02), (5.0, 0.14))),)
    return Market(factors=tuple(factors), dependence=draw(dependences(names, prices)), grades=grades)


def dependences(names: Sequence[str], prices: Sequence[str] = ()) -> st.SearchStrategy[Dependence]:
    """Any dependence of these drivers; `prices`: those that a stress link may follow by their drawdown."""
    static = static_copulas(names)
    kinds: list[st.SearchStrategy[Any]] = [static]
    if names:
        kinds.append(st.builds(
            Regime, probability=st.sampled_from((0.05, 0.3)), lasts=st.sampled_from((0.1, 2.0)),
            start=st.sampled_from(("calm", "stress", "long_run")), calm=static, stress=static,
        ))  # fmt: skip
        kinds.append(_links(tuple(names), tuple(prices)))
    return st.one_of(*kinds)


def static_copulas(names: Sequence[str]) -> st.SearchStrategy[Any]:
    """Any copula of these drivers that does not change in time."""
    matrices = correlations(names)
    found: list[st.SearchStrategy[Any]] = [
        st.just(Independent()),
        st.builds(Gaussian, correlations=matrices),
        st.builds(Student, correlations=matrices, dof=st.sampled_from(DOFS)),
    ]
    if len(names) > 1:
        of = st.one_of(st.just(()), st.permutations(names).map(lambda some: tuple(some[:2])))
        flag = st.booleans()
        found += [
            st.builds(Clayton, theta=st.sampled_from((0.05, 1.0, 8.0)), of=of, survival=flag),
            st.builds(Gumbel, theta=st.sampled_from((1.0, 1.4, 4.0)), of=of, survival=flag),
            st.builds(Frank, theta=st.sampled_from((0.5, 6.0)), of=of, survival=flag),
            vines(names),
        ]
    return st.one_of(*found)


@st.composite
def correlations(draw: st.DrawFn, names: Sequence[str]) -> tuple[tuple[str, str, float], ...]:
    """Those of drivers that load on one common factor, which hold together whatever the loadings."""
    loadings = {name: draw(st.sampled_from((-0.7, 0.0, 0.3, 0.9))) for name in names}
    return tuple((a, b, round(loadings[a] * loadings[b], 4)) for a, b in combinations(names, 2) if draw(st.booleans())
                 or len(names) > 2)  # fmt: skip


@st.composite
def vines(draw: st.DrawFn, names: Sequence[str]) -> Vine:
    """A regular vine of two or more of the drivers, cut after any tree: nodes are (members, ends), and a pair joins two
    that share all but one of their members."""
    some = draw(st.permutations(names))[: draw(st.integers(2, len(names)))]
    nodes = [(frozenset((name,)), frozenset((name,))) for name in some]
    pairs: list[VinePair] = []
    trees = draw(st.integers(1, len(some) - 1))
    for _ in range(trees):
        part = {node: k for k, node in enumerate(nodes)}
        made = []
        for one, other in draw(st.permutations(list(combinations(nodes, 2)))):
            given = one[0] & other[0]
            fits = len(one[0] ^ other[0]) == 2 and one[0] - given <= one[1] and other[0] - given <= other[1]
            if fits and part[one] != part[other]:
                part = {node: part[one] if k == part[other] else k for node, k in part.items()}
                first, second = draw(st.permutations(sorted(one[0] ^ other[0])))
                copula = draw(pair_copulas())
                pairs.append(VinePair(first=first, second=second, given=tuple(sorted(given)), copula=copula))
                made.append((one[0] | other[0], one[0] ^ other[0]))
        nodes = made
    return Vine(pairs=tuple(pairs))


@st.composite
def pair_copulas(draw: st.DrawFn) -> PairCopula:
    """The copula of one pair of a vine."""
    family = draw(st.sampled_from(FAMILIES))
    if family == INDEPENDENT:
        return PairCopula(family=family)
    _, low, high = PARAMETERS[family]
    values = {"clayton": (0.05, 2.0), "gumbel": (1.0, 1.6), "frank": (-7.0, 3.0)}.get(family, (-0.6, 0.0, 0.8))
    return PairCopula(
        family=family,
        parameter=draw(st.sampled_from((low if family in TURNED else values[0], *values, high / 2.0))),
        dof=draw(st.sampled_from(DOFS)) if family == "t" else None,
        rotation=draw(st.sampled_from(ROTATIONS)) if family in TURNED else 0,
    )


@st.composite
def _links(draw: st.DrawFn, names: tuple[str, ...], prices: tuple[str, ...]) -> StressLink:
    measure = draw(st.sampled_from(("drawdown", "volatility") if prices else ("volatility",)))
    dof = draw(st.sampled_from((None, *DOFS)))
    matrices = correlations(names)
    both: st.SearchStrategy[Gaussian | Student] = st.builds(Gaussian, correlations=matrices)
    if dof is not None:
        both = st.builds(Student, correlations=matrices, dof=st.just(dof))
    return StressLink(
        on=draw(st.sampled_from(prices if measure == "drawdown" else names)), measure=measure, calm=draw(both),
        stress=draw(both), steepness=draw(st.sampled_from((0.5, 6.0))), threshold=draw(st.sampled_from((0.0, 1.0))),
    )  # fmt: skip


# ---- factors: name → strategy of the factor with those that it reads -------------------------------------------------


def _one(kind: type, **terms: st.SearchStrategy[Any]) -> Any:
    return lambda name: st.builds(kind, name=st.just(name), **terms).map(lambda made: (made,))


def _rents(name: str) -> st.SearchStrategy[Any]:
    release = st.builds(Release, name=st.just(f"{name}_next"), date=st.just(dt.date(2026, 8, 1))) | st.builds(
        Release, name=st.just(f"{name}_next"), intensity=st.sampled_from((0.0, 1.5))
    )
    jumps = st.builds(Jump, jump=st.sampled_from((-0.3, 0.05)), deviation=st.sampled_from((0.0, 0.2)))
    walking = st.builds(
        Rent, name=st.just(name), initial=st.just(2.0), drift=st.sampled_from((-0.4, 0.1)), volatility=VOLATILITIES,
        dof=st.sampled_from((None, *DOFS)), releases=jumps.map(lambda jump: ((f"{name}_next", jump),)),
    )  # fmt: skip
    back = st.sampled_from(({}, {"half_life": 0.5}, {"half_life": 0.5, "premium": 0.2}))  # a premium needs a way back
    rent = st.builds(lambda made, terms: attrs.evolve(made, **terms), walking, back)
    used = st.builds(
        Resale, name=st.just(f"{name}_used"), rent=st.just(name), cost=st.just(0.5), life=st.sampled_from((1.0, 5.0)),
        discount=st.just(0.1), scrap=st.just(400.0), obsolescence=st.just(((f"{name}_next", 0.3),)),
    )  # fmt: skip
    basis = st.builds(
        Basis, name=st.just(f"{name}_contract"), of=st.just(name), initial=st.just(-0.1), mean=st.just(0.05),
        volatility=VOLATILITIES,
    )  # fmt: skip
    return st.tuples(rent, release, used, basis)


def _miners(name: str) -> st.SearchStrategy[Any]:
    coin = st.builds(
        Coin, name=st.just(name), initial=st.just(9e4), volatility=VOLATILITIES, dof=st.sampled_from((None, *DOFS)),
        turbulent_volatility=st.just(1.0), turbulent_probability=st.just(0.2), turbulent_lasts=st.just(0.3),
        ceiling=st.sampled_from((None, 1e5)),
    )  # fmt: skip
    network = st.builds(
        Hashrate, name=st.just(f"{name}_net"), initial=st.just(1e6), growth=st.just(0.3), volatility=VOLATILITIES,
        follows=st.just(name), elasticity=st.sampled_from((0.0, 0.5)),
    )  # fmt: skip
    price = st.builds(
        Hashprice, name=st.just(f"{name}_hashprice"), price=st.just(name), hashrate=st.just(f"{name}_net"),
        reward=st.just(3.125), halvings=st.sampled_from(((), (dt.date(2026, 9, 1),))),
    )  # fmt: skip
    return st.tuples(coin, network, price)


_CURVES = st.sampled_from((((1.0, 0.02),), ((0.5, 0.0), (2.0, 0.3))))
_KINDS: dict[str, Any] = {
    "lognormal": _one(Lognormal, initial=st.just(3.0), drift=st.sampled_from((-0.2, 0.1)), volatility=VOLATILITIES),
    "reverting": _one(
        Reverting, initial=st.just(0.5), mean=st.just(0.6), speed=st.sampled_from((0.0, 2.0)), volatility=VOLATILITIES,
        low=st.just(0.0), high=st.just(1.0),
    ),
    "rent": _rents,
    "coin": _miners,
    "use": _one(
        Utilisation, initial=st.sampled_from((0.1, 0.9)), typical=st.just(0.8), half_life=st.just(0.5),
        deviation=st.sampled_from((0.0, 0.4, 3.0)),
    ),
    "power": _one(
        Power, initial=st.just(0.09), level=st.just(0.07), half_life=st.just(0.3), volatility=VOLATILITIES,
        dof=st.sampled_from((None, *DOFS)),
    ),
    "rate": _one(
        ShortRate, model=st.sampled_from(("vasicek", "cir")), initial=st.just(0.04), mean=st.just(0.03),
        speed=st.just(0.8), volatility=st.sampled_from((0.005, 0.03)),
    ),
    "tenant": _one(Tenant, pd=_CURVES),
    "graded": _one(Tenant, grade=st.just("BB")),
    "tenants": _one(
        Tenants, count=st.sampled_from((1, 7)), pd=_CURVES, loading=st.sampled_from((0.0, 0.5)),
        stress_loading=st.sampled_from((None, 0.8)), latent=st.sampled_from(("period", "life")),
    ),
    "open": _one(Refinancing, closed=st.just(0.2), lasts=st.just(0.5), start=st.sampled_from(("open", "long_run"))),
}  # fmt: skip
