"""Static copulas by maximum likelihood on ranks, side by side."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.closed_forms.kendall_tau import parameter_of_tau
from tranche.closed_forms.tail_dependence import tail_dependence
from tranche.market.dependence.pair_copula import INDEPENDENT

from . import density
from .correlation import correlations_of, likeliest, matrix_of, pairs
from .criteria import Criteria
from .estimate import Estimate, estimates, sandwich, scores

Array = NDArray[np.float64]
Density = Callable[[Array, Array], Array]
"""u [n, d], parameters [k] → log density [n]."""

ARCHIMEDEAN: dict[str, Callable[[Array, float], Array]] = {
    "clayton": density.clayton,
    "gumbel": density.gumbel,
    "frank": density.frank,
}
FAMILIES = (
    INDEPENDENT, "gaussian", "t", *ARCHIMEDEAN, *(f"survival_{name}" for name in ARCHIMEDEAN if name != "frank")
)  # fmt: skip
LOWEST_DOF, HIGHEST_DOF = 1.0, 200.0  # beyond it a t copula is a Gaussian one to any data
AT_EDGE = 0.95 * HIGHEST_DOF
HIGHEST_TAU = 0.98


@attrs.frozen(eq=False)
class CopulaFit(Criteria):
    """`parameters` by name: the pairs' correlations `a ~ b`, `dof`, or `theta`; `log_likelihood` of `n` rows.

    `matrix` [d, d] of a gaussian or t copula.
    """

    family: str
    names: tuple[str, ...]
    parameters: dict[str, Estimate]
    log_likelihood: float
    n: int
    matrix: Array | None = attrs.field(default=None, repr=False)

    def tails(self, first: int = 0, second: int = 1) -> tuple[float, float]:
        """Lower and upper tail dependence of a pair."""
        if self.family == INDEPENDENT:
            return 0.0, 0.0
        if self.matrix is None:
            return tail_dependence(self.family, self.parameters["theta"].value)
        dof = self.parameters["dof"].value if self.family == "t" else None
        return tail_dependence(self.family, float(self.matrix[first, second]), dof)


def fit_static(u: Array, names: Sequence[str], families: Iterable[str] = FAMILIES) -> tuple[CopulaFit, ...]:
    """Every family fitted to the pseudo-observations u [n, d], 2 ≤ d, best BIC first; independence, which has nothing
    to fit, is one of them, so that what it beats is not called dependence.

    An Archimedean copula has one parameter for all pairs, and none fits where Kendall's τ is negative on average, but
    Frank's of two; those are left out. Standard errors by the sandwich, with what the ranks add: Genest, Ghoudi &
    Rivest, Biometrika 82 (1995).
    """
    found = [fit for family in families if (fit := _fit(u, tuple(names), family)) is not None]
    return tuple(sorted(found, key=lambda fit: fit.bic))


def fit_gaussian(u: Array, names: Sequence[str]) -> CopulaFit:
    from scipy.special import ndtri

    size = u.shape[1]
    z = ndtri(u)
    matrix = likeliest(z.T @ z / len(z))

    def law(v: Array, p: Array) -> Array:
        return density.gaussian(np.asarray(ndtri(v)), matrix_of(p, size))

    return _finished("gaussian", u, names, correlations_of(matrix), law, matrix)


def fit_t(u: Array, names: Sequence[str]) -> CopulaFit:
    """The correlations by EM for each number of degrees of freedom, that number by search."""
    from scipy.optimize import minimize_scalar
    from scipy.special import stdtrit

    size = u.shape[1]

    def profile(log_dof: float) -> tuple[float, Array]:
        dof = math.exp(log_dof)
        x = np.asarray(stdtrit(dof, u), dtype=np.float64)
        matrix = likeliest(np.asarray(x.T @ x / len(x)))
        best = -math.inf
        for _ in range(200):
            weight = (dof + size) / (dof + np.einsum("ni,ij,nj->n", x, np.linalg.inv(matrix), x))
            matrix = likeliest((weight[:, None] * x).T @ x / len(x), matrix, steps=3)
            value = float(density.student_scores(x, matrix, dof).sum())
            if value - best < 1e-9 * abs(value):
                break
            best = value
        return value, matrix

    bounds = (math.log(LOWEST_DOF), math.log(HIGHEST_DOF))
    found = minimize_scalar(lambda x: -profile(x)[0], bounds=bounds, method="bounded", options={"xatol": 1e-5})
    _, matrix = profile(float(found.x))

    def law(v: Array, p: Array) -> Array:
        return density.student(v, matrix_of(p[:-1], size), float(p[-1]))

    return _finished("t", u, names, [*correlations_of(matrix), math.exp(float(found.x))], law, matrix)


def rank_effect(law: Density, u: Array, at: Array, steps: Array) -> Array:
    """[n, k]: what estimating the margins by ranks adds to the scores of each observation,
    Σ_j mean over m of (1{u_ij ≤ u_mj} − u_mj)·∂²ln c(u_m)/∂θ∂u_j."""
    n, size = u.shape
    total = np.zeros((n, len(at)))
    for j in range(size):
        h = 1e-3 * np.minimum(u[:, j], 1.0 - u[:, j])
        up, down = u.copy(), u.copy()
        up[:, j] += h
        down[:, j] -= h
        bent = (scores(partial(law, up), at, steps) - scores(partial(law, down), at, steps)) / (2.0 * h[:, None])
        order = np.argsort(u[:, j], kind="stable")
        later = np.cumsum(bent[order][::-1], axis=0)[::-1]  # over the m with u_mj ≥ u_ij
        effect = np.empty_like(later)
        effect[order] = later
        total += (effect - (u[:, j, None] * bent).sum(axis=0)) / n
    return total


def _fit(u: Array, names: tuple[str, ...], family: str) -> CopulaFit | None:
    if family == INDEPENDENT:
        return CopulaFit(family, names, {}, 0.0, len(u))
    if family == "gaussian":
        return fit_gaussian(u, names)
    if family == "t":
        return fit_t(u, names)
    return _archimedean(u, names, family)


def _archimedean(u: Array, names: Sequence[str], family: str) -> CopulaFit | None:
    from scipy.optimize import minimize_scalar
    from scipy.stats import kendalltau

    base = family.removeprefix("survival_")
    density_of = ARCHIMEDEAN[base]
    turned = 1.0 - u if family != base else u
    i, j = pairs(u.shape[1])
    tau = float(np.mean([kendalltau(u[:, a], u[:, b]).statistic for a, b in zip(i, j, strict=True)]))
    negative = base == "frank" and u.shape[1] == 2 and tau < 0.0
    if tau <= 1e-3 and not negative:
        return None
    low, high = (-HIGHEST_TAU, -1e-3) if negative else (1e-3, HIGHEST_TAU)
    found = minimize_scalar(
        lambda x: -float(density_of(turned, parameter_of_tau(base, x)).sum()), bounds=(low, high), method="bounded",
        options={"xatol": 1e-9},
    )  # fmt: skip
    theta = parameter_of_tau(base, float(found.x))

    def law(v: Array, p: Array) -> Array:
        return density_of(1.0 - v if family != base else v, float(p[0]))

    room = theta - 1.0 if base == "gumbel" else abs(theta)
    return _finished(family, u, names, [theta], law, None, room=[room])


def _finished(
    family: str,
    u: Array,
    names: Sequence[str],
    values: Sequence[float] | Array,
    law: Density,
    matrix: Array | None,
    room: Sequence[float] | None = None,
) -> CopulaFit:
    point = np.asarray(values, dtype=np.float64)
    if room is None:
        room = [1.0 - abs(float(value)) for value in point]
        if family == "t":
            room[-1] = float(point[-1])
    covariance = sandwich(
        lambda p: law(u, p), list(point), room=room, extra=lambda steps: rank_effect(law, u, point, steps)
    )
    labels = ["theta"] if matrix is None else pair_names(names) + (["dof"] if family == "t" else [])
    parameters = dict(zip(labels, estimates(list(point), covariance), strict=True))
    return CopulaFit(family, tuple(names), parameters, float(law(u, point).sum()), len(u), matrix)


def pair_names(names: Sequence[str]) -> list[str]:
    """`a ~ b` for every pair, as a market file writes them."""
    i, j = pairs(len(names))
    return [f"{names[a]} ~ {names[b]}" for a, b in zip(i, j, strict=True)]
