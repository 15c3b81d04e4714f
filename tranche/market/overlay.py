"""One market laid over another."""

from __future__ import annotations

import attrs

from .terms import GaussianCopula, Market


def laid_over(base: Market, top: Market) -> Market:
    """`base` with everything that `top` states in its place: factors and rates by name, the copula.

    The factors of `base` come first, in their order, and so keep their drivers: the same deal under two markets is
    compared on the same draws. A pair's correlation in `base` stays where `top` has not both of its factors; where it
    has them and does not name the pair, it says 0.
    """
    return attrs.evolve(
        base,
        factors=_by_name(base.factors, top.factors),
        rates=_by_name(base.rates, top.rates),
        copula=_copula(base, top),
        name=top.name or base.name,
        description=top.description or base.description,
        assumptions=base.assumptions + tuple(one for one in top.assumptions if one not in base.assumptions),
    )


def _by_name(base: tuple, top: tuple) -> tuple:  # type: ignore[type-arg]
    above = {item.name: item for item in top}
    return tuple(above.pop(item.name, item) for item in base) + tuple(above.values())


def _copula(base: Market, top: Market) -> GaussianCopula:
    if top.copula == GaussianCopula():
        return base.copula
    known = {factor.name for factor in top.factors}
    kept = tuple(pair for pair in base.copula.correlations if not known.issuperset(pair[:2]))
    stated = {frozenset(pair[:2]) for pair in top.copula.correlations}
    kept = tuple(pair for pair in kept if frozenset(pair[:2]) not in stated)
    return GaussianCopula(correlations=kept + top.copula.correlations)
