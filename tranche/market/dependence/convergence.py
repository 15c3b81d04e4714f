"""The dial of correlation convergence: a market's dependence, turned from none of it to all."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.closed_forms.kendall_tau import kendall_tau, parameter_of_tau
from tranche.errors import Invalid, nearest

from . import (
    Clayton,
    Dependence,
    Frank,
    Gaussian,
    Gumbel,
    Independent,
    PairCopula,
    Regime,
    Static,
    StressLink,
    Student,
    Vine,
    VinePair,
)
from .correlation import Pairs, correlation_matrix
from .leaning import leaning_signs
from .pair_copula import LEAST_FRANK, TURNED

Elliptical = Gaussian | Student
LEAST_TAU = 0.01  # of an Archimedean copula; below it there is none
HIGHEST_TAU = 0.95  # of an Archimedean copula at the end of the dial: θ 38 of Clayton, 20 of Gumbel


def converged(
    dependence: Dependence, drivers: Sequence[str], degree: float, rising: Collection[str] | None = None
) -> Dependence:
    """`dependence` at the `degree` of convergence, 0 (none) to 1 (full). Marginal laws have no part in it.

    R(x) = (1 − x)·R_0 + x·s·sᵀ, s = −1 for drivers that rise in stress (`rising`), +1 for the others:

        gaussian, t             R_0 is the market's own matrix, and R(x) holds always
        independent             the same, from the identity
        regime, stress_link     R_0 is the calm matrix, and R(x) is that of stress, which is as frequent as before
        clayton, gumbel, frank  Kendall's τ goes from the market's own to HIGHEST_TAU in the same way
        vine                    so does that of every pair of tree 1, to s_i·s_j·HIGHEST_TAU; later trees stay as they
                                are

    A convex mix of correlation matrices is one. Without `rising`, s is what agrees best with the signs of the market's
    own correlations, those of stress if it has one (`leaning_signs`): power at −50% with two rents rises, of two
    drivers at −60% the second does, and every pair of a vine goes where it leans. s and −s are the same dial. Raises
    Invalid: what has no way from calm to stress, an unknown driver.
    """
    if not 0.0 <= degree <= 1.0:
        raise Invalid(f"the degree of convergence is {degree:g}", "a number from 0 to 1")
    for name in rising or ():
        if name not in drivers:
            raise Invalid(f"no factor with a driver is called {name!r}", nearest(name, drivers))
    names = tuple(drivers)
    if isinstance(dependence, Regime):
        calm = dependence.calm
        signs = _signs(dependence.stress, names, rising)
        if isinstance(dependence.stress, Vine) and isinstance(calm, Vine | Independent):
            begin = 0.0 if isinstance(calm, Independent) else None
            way = dependence.stress if isinstance(calm, Independent) else calm
            return attrs.evolve(dependence, stress=_vine(way, names, degree, signs, begin))
        return attrs.evolve(dependence, stress=_stress(calm, dependence.stress, names, degree, signs))
    if isinstance(dependence, StressLink):
        signs = _signs(dependence.stress, names, rising)
        stress = _mixed(dependence.stress, _matrix(dependence.calm, names), names, degree, signs)
        return attrs.evolve(dependence, stress=stress)
    if isinstance(dependence, Gaussian | Student | Independent):
        shape = Gaussian() if isinstance(dependence, Independent) else dependence
        return _mixed(shape, _matrix(dependence, names), names, degree, _signs(dependence, names, rising))
    if isinstance(dependence, Vine):
        return _vine(dependence, names, degree, _signs(dependence, names, rising))
    return _archimedean(dependence, degree)


def _vine(
    vine: Vine, names: tuple[str, ...], degree: float, signs: NDArray[np.float64], begin: float | None = None
) -> Static:
    """Every pair of tree 1 on its way."""
    sign_of = dict(zip(names, signs.tolist(), strict=True))

    def moved(pair: VinePair) -> VinePair:
        if pair.given:
            return pair
        own = _tau(pair.copula)
        aim = sign_of[pair.first] * sign_of[pair.second]
        start = own if begin is None else begin
        tau = (1.0 - degree) * start + degree * aim * max(HIGHEST_TAU, abs(own))
        return attrs.evolve(pair, copula=_of_tau(pair.copula, tau))

    return attrs.evolve(vine, pairs=tuple(moved(pair) for pair in vine.pairs))


def _tau(copula: PairCopula) -> float:
    family, parameter, _, sign = copula.closed_form
    return sign * kendall_tau(family, parameter)


def _of_tau(copula: PairCopula, tau: float) -> PairCopula:
    """The copula of the same family that has Kendall's `tau`, its first turned round where the sign changes."""
    family = "gaussian" if copula.family == "independent" else copula.family
    if family not in TURNED:
        near_zero = family == "frank" and abs(parameter_of_tau(family, tau)) < LEAST_FRANK
        if near_zero:
            return PairCopula(family="independent")
        return attrs.evolve(copula, family=family, parameter=parameter_of_tau(family, tau))
    if abs(tau) < LEAST_TAU:
        return PairCopula(family="independent")
    rotation = copula.rotation
    if (rotation in (90, 270)) != (tau < 0.0):
        rotation = {0: 90, 90: 0, 180: 270, 270: 180}[rotation]
    return attrs.evolve(copula, parameter=parameter_of_tau(family, abs(tau)), rotation=rotation)


def _stress(calm: Static, stress: Static, names: tuple[str, ...], degree: float, signs: NDArray[np.float64]) -> Static:
    """The copula of stress, on the way from that of calm."""
    flat = isinstance(calm, Gaussian | Student | Independent)
    if flat and isinstance(stress, Gaussian | Student):
        return _mixed(stress, _matrix(calm, names), names, degree, signs)
    if type(calm) is type(stress) and isinstance(calm, Clayton | Gumbel | Frank):
        return _archimedean(calm, degree)
    if isinstance(calm, Independent) and isinstance(stress, Clayton | Gumbel | Frank):
        return _archimedean(stress, degree, begin=0.0)
    what = f"there is no way from a {type(calm).__name__} copula in calm to a {type(stress).__name__} in stress"
    raise Invalid(what, "two gaussian or t copulas, two of one Archimedean kind, or independent in calm")


def _mixed(
    shape: Elliptical, matrix: NDArray[np.float64], names: tuple[str, ...], degree: float, signs: NDArray[np.float64]
) -> Elliptical:
    """`shape` with the matrix on its way to comonotone."""
    found = (1.0 - degree) * matrix + degree * np.outer(signs, signs)
    pairs: Pairs = tuple(
        (names[i], names[j], float(found[i, j])) for i in range(len(names)) for j in range(i + 1, len(names))
    )
    return attrs.evolve(shape, correlations=pairs)


def _archimedean(copula: Clayton | Gumbel | Frank, degree: float, begin: float | None = None) -> Static:
    family = type(copula).__name__.lower()
    own = kendall_tau(family, copula.theta) if begin is None else begin
    tau = (1.0 - degree) * own + degree * max(HIGHEST_TAU, own)
    return Independent() if tau < LEAST_TAU else attrs.evolve(copula, theta=parameter_of_tau(family, tau))


def _matrix(copula: Static, names: tuple[str, ...]) -> NDArray[np.float64]:
    if isinstance(copula, Gaussian | Student):
        return correlation_matrix(copula.correlations, names, copula.repair)
    return np.eye(len(names))


def _signs(copula: Static, names: tuple[str, ...], rising: Collection[str] | None) -> NDArray[np.float64]:
    if rising is not None:
        return np.array([-1.0 if name in rising else 1.0 for name in names])
    if not isinstance(copula, Vine):
        return leaning_signs(_matrix(copula, names))
    # A tree has no circle, so that all of its pairs can have their way at once, however strong they are.
    leaning, place = np.eye(len(names)), {name: k for k, name in enumerate(names)}
    for pair in copula.pairs:
        if not pair.given:
            i, j = place[pair.first], place[pair.second]
            leaning[i, j] = leaning[j, i] = -1.0 if _tau(pair.copula) < 0.0 else 1.0
    return leaning_signs(leaning)
