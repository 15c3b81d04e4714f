"""One market laid over another."""

from __future__ import annotations

import attrs

from .terms import Dependence, Gaussian, Independent, Market, Student


def laid_over(base: Market, top: Market) -> Market:
    """`base` with everything that `top` states in its place: factors, rates and grades by name, the dependence.

    The factors of `base` come first, in their order, and so keep their drivers: the same deal under two markets is
    compared on the same draws. A pair's correlation in `base` stays where `top` has not both of its factors; where it
    has them and does not name the pair, it says 0. A dependence of another kind takes the place of the base's; factors
    that are independent are what a market has that states none, so that this says nothing (a market file that writes
    `dependence: independent` is heard: `MarketFile.over`).
    """
    return attrs.evolve(
        base,
        factors=_by_name(base.factors, top.factors),
        rates=_by_name(base.rates, top.rates),
        dependence=_dependence(base, top),
        grades=tuple({**dict(base.grades), **dict(top.grades)}.items()),
        name=top.name or base.name,
        description=top.description or base.description,
        assumptions=base.assumptions + tuple(one for one in top.assumptions if one not in base.assumptions),
    )


def _by_name(base: tuple, top: tuple) -> tuple:  # type: ignore[type-arg]
    above = {item.name: item for item in top}
    return tuple(above.pop(item.name, item) for item in base) + tuple(above.values())


def _dependence(base: Market, top: Market) -> Dependence:
    below, above = base.dependence, top.dependence
    if above == Independent():
        return below
    if not isinstance(above, Gaussian | Student) or type(above) is not type(below):
        return above
    known = {factor.name for factor in top.factors}
    stated = {frozenset(pair[:2]) for pair in above.correlations}
    kept = (pair for pair in below.correlations if not known.issuperset(pair[:2]))
    pairs = tuple(pair for pair in kept if frozenset(pair[:2]) not in stated)
    return attrs.evolve(above, correlations=pairs + above.correlations)
