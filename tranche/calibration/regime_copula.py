"""A Markov chain of a calm and a stress Gaussian copula, by EM on the Hamilton filter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.closed_forms.regimes import TwoRegimes
from tranche.errors import Invalid

from .correlation import correlations_of, likeliest, matrix_of
from .criteria import Criteria
from .estimate import Estimate, estimates, sandwich
from .scores import Scores
from .static_copula import pair_names

Array = NDArray[np.float64]
ROUNDS = 300
GAIN = 1e-5  # of the log-likelihood; a smaller one ends the rounds
LEAST_STAY, MOST_STAY = 0.02, 0.9995  # a chain at its edge is one copula, or a draw of two without memory


@attrs.frozen(eq=False)
class RegimeFit(Criteria):
    """`calm` and `stress` correlations [d, d], stress the one with the smaller determinant, which is more dependence;
    `dof` of the t copula of calm and of stress, None of a Gaussian one; `probabilities` [n] of stress given all data
    (Kim's smoother), `filtered` given the data up to each step."""

    names: tuple[str, ...]
    chain: TwoRegimes
    parameters: dict[str, Estimate]
    log_likelihood: float
    n: int
    calm: Array = attrs.field(repr=False)
    stress: Array = attrs.field(repr=False)
    probabilities: Array = attrs.field(repr=False)
    filtered: Array = attrs.field(repr=False)
    covariance: Array = attrs.field(repr=False)
    dof: tuple[float | None, float | None] = (None, None)

    @property
    def label(self) -> str:
        """What tables call it."""
        calm, stress = self.dof
        if calm is None and stress is None:
            return "regime"
        if calm is None or stress is None:
            return f"regime, t in {'stress' if calm is None else 'calm'}"
        return "regime of t, one dof" if calm == stress else "regime of t"

    @property
    def lasts(self) -> bool:
        """Whether each regime is likelier after itself than after the other, so that a market can state them."""
        return self.chain.autocorrelation > 1e-6

    def in_time(self, dt: float) -> tuple[Estimate, Estimate]:
        """The long-run share of time in stress, and the years that a stress lasts on average, of the chain in
        continuous time that has these probabilities over steps of `dt` years; errors by the delta method.

        lasts = −dt/((1 − share)·ln(p + q − 1)): a chain that is more likely to alternate than to stay (p + q ≤ 1) is
        none in continuous time. Raises Invalid.
        """
        p, q = self.chain.stay_calm, self.chain.stay_stress
        if not self.lasts:
            what = f"calm stays with probability {p:.3f} and stress with {q:.3f}: the regimes do not last"
            raise Invalid(what, "a static copula, or a history of a finer frequency")

        def both(a: float, b: float) -> tuple[float, float]:
            chain = TwoRegimes(a, b)  # MOST_STAY leaves room for a step
            return chain.share_stress, -dt / ((1.0 - chain.share_stress) * math.log(chain.autocorrelation))

        step = 1e-6
        by_calm = np.subtract(both(p + step, q), both(p - step, q))
        by_stress = np.subtract(both(p, q + step), both(p, q - step))
        slope = np.column_stack([by_calm, by_stress]) / (2.0 * step)
        spread = np.sqrt(np.diag(slope @ self.covariance[:2, :2] @ slope.T))
        share, lasts = both(p, q)
        return Estimate(share, float(spread[0])), Estimate(lasts, float(spread[1]))


@attrs.frozen(eq=False)
class Chains:
    """Many fits at once, one a row: stay [B, 2], matrices [B, 2, d, d], log-likelihood [B], P(stress) [B, n]."""

    stay: Array
    matrices: Array
    log_likelihood: Array
    smoothed: Array
    filtered: Array


def fit_regimes(z: Array, names: Sequence[str]) -> RegimeFit:
    """The two copulas and their chain from normal scores z [n, d]; Hamilton, Econometrica 57 (1989), Rodriguez,
    J. Empirical Finance 14 (2007).

    Standard errors by the sandwich, the margins taken as known: with ranks they are somewhat too small.
    """
    found = run_em(z[None])
    return finished(z, names, found.stay[0], found.matrices[0], (None, None))


def finished(
    z: Array,
    names: Sequence[str],
    stay: Array,
    matrices: Array,
    dof: tuple[float | None, float | None],
    *,
    shared: bool = False,
) -> RegimeFit:
    """The fit at a maximum: `stay` [2], `matrices` [2, d, d] and `dof` of calm and stress, in either order; `shared`:
    one number of degrees of freedom that both have."""
    if np.linalg.slogdet(matrices[0])[1] < np.linalg.slogdet(matrices[1])[1]:
        stay, matrices, dof = stay[::-1], matrices[::-1], dof[::-1]
    size = z.shape[1]
    count = size * (size - 1) // 2
    free = [x for x in dof if x is not None][: 1 if shared else 2]
    scores = Scores(z)

    def densities(p: Array) -> Array:
        both = matrix_of(p[2 : 2 + 2 * count].reshape(2, count), size)
        left = iter(np.resize(p[2 + 2 * count :], 2) if shared else p[2 + 2 * count :])
        each = [
            scores.log_density(matrix, math.inf if one is None else float(next(left)))
            for matrix, one in zip(both, dof, strict=True)
        ]
        return np.stack(each, axis=1)[None]

    def observed(p: Array) -> Array:
        return np.asarray(forward(densities(p), p[None, :2])[1][0])

    values = np.concatenate([stay, correlations_of(matrices).ravel(), free])
    inside = np.where(np.arange(len(values)) < 2, np.minimum(values, 1.0 - values), 1.0 - np.abs(values))
    room = np.where(np.arange(len(values)) < 2 + 2 * count, inside, values - 0.5)
    covariance = sandwich(observed, list(values), room=list(room))
    value, filtered, smoothed, _ = smooth(densities(values), stay[None])
    pair = pair_names(names)
    labels = ["stay calm", "stay stress", *(f"calm {p}" for p in pair), *(f"stress {p}" for p in pair)]
    labels += ["dof"] if shared else [f"{of} dof" for of, one in zip(("calm", "stress"), dof, strict=True) if one]
    return RegimeFit(
        names=tuple(names),
        chain=TwoRegimes(float(stay[0]), float(stay[1])),
        parameters=dict(zip(labels, estimates(list(values), covariance), strict=True)),
        log_likelihood=float(value[0]),
        n=len(z),
        calm=matrices[0],
        stress=matrices[1],
        probabilities=smoothed[0],
        filtered=filtered[0],
        covariance=covariance,
        dof=dof,
    )


def run_em(z: Array) -> Chains:
    """Fits B histories [B, n, d] at once, each from two starts of which the better is kept; the same rule for data and
    for every bootstrap draw, or their likelihood ratios could not be compared.

    Starts: weights by how far the cross products of a step stand out, and the probabilities of a stress that is short
    and near to perfect dependence beside a calm that is a little less dependent than the whole. From the first alone
    the rounds often end at one copula where regimes are weak; from the second where those of stress turn signs.
    """
    batch = len(z)
    products = np.abs(z.sum(axis=2) ** 2 - (z * z).sum(axis=2))
    both = [_em(z, start) for start in (_ranked(products), _short_stress(z))]
    better = both[1].log_likelihood > both[0].log_likelihood
    joined = {}
    for name in ("stay", "matrices", "log_likelihood", "smoothed", "filtered"):
        one, other = getattr(both[0], name), getattr(both[1], name)
        joined[name] = np.where(better.reshape(batch, *[1] * (one.ndim - 1)), other, one)
    return Chains(**joined)


def _ranked(x: Array) -> Array:
    """[B, n]: 0.1 to 0.9 by rank, steeply rising: the first guess of the probability of stress."""
    ranks = np.argsort(np.argsort(x, axis=1), axis=1) / x.shape[1]
    return np.asarray(0.1 + 0.8 * ranks**3)


def _short_stress(z: Array) -> Array:
    """[B, n]: P(stress) given all data where each history's stress goes to s·sᵀ, s the signs of the leading eigenvector
    of its correlations."""
    size = z.shape[2]
    whole = likeliest(np.swapaxes(z, 1, 2) @ z / z.shape[1])
    signs = np.where(np.linalg.eigh(whole)[1][..., -1] < 0.0, -1.0, 1.0)
    perfect, none = signs[:, :, None] * signs[:, None, :], np.eye(size)
    stress = 0.1 * whole + 0.9 * (0.98 * perfect + 0.02 * none)
    matrices = np.stack([0.8 * whole + 0.2 * none, stress], axis=1)
    return _expect(z, np.tile([0.9, 0.3], (len(z), 1)), matrices)[2]


def _em(z: Array, stress: Array) -> Chains:
    """Rounds until none of the histories gains; one that has stopped gaining is left alone."""
    batch, _, size = z.shape
    stay = np.tile([0.95, 0.85], (batch, 1))
    matrices = np.tile(np.eye(size), (batch, 2, 1, 1))
    smoothed = stress.copy()
    best = np.full(batch, -np.inf)
    active = np.arange(batch)
    for turn in range(ROUNDS):
        some = z[active]
        moments = _moments(some, smoothed[active])
        start = matrices[active] if turn else None
        matrices[active] = likeliest(moments, start, steps=2 if turn else 20)
        value, _, smoothed[active], jumps = _expect(some, stay[active], matrices[active])
        gains = value - best[active] > GAIN
        best[active] = value
        stay[active] = np.clip(jumps, LEAST_STAY, MOST_STAY)
        active = active[gains]
        if not len(active):
            break
    value, filtered, smoothed, _ = _expect(z, stay, matrices)
    swap = np.linalg.slogdet(matrices[:, 0])[1] < np.linalg.slogdet(matrices[:, 1])[1]
    return Chains(
        stay=np.where(swap[:, None], stay[:, ::-1], stay),
        matrices=np.where(swap[:, None, None, None], matrices[:, ::-1], matrices),
        log_likelihood=value,
        smoothed=np.where(swap[:, None], 1.0 - smoothed, smoothed),
        filtered=np.where(swap[:, None], 1.0 - filtered, filtered),
    )


def _moments(z: Array, stress: Array) -> Array:
    """[B, 2, d, d]: the second moments of z [B, n, d] under the weights of calm and of stress [B, n]."""
    found = [
        np.swapaxes(z * weight[:, :, None], 1, 2) @ z / weight.sum(axis=1)[:, None, None]
        for weight in (1.0 - stress, stress)
    ]
    return np.stack(found, axis=1)


def _expect(z: Array, stay: Array, matrices: Array) -> tuple[Array, Array, Array, Array]:
    """Log-likelihood [B], filtered and smoothed P(stress) [B, n], and the expected shares of staying [B, 2]."""
    _, log_det = np.linalg.slogdet(matrices)
    excess = np.linalg.inv(matrices) - np.eye(z.shape[2])
    densities = [-0.5 * (log_det[:, k, None] + ((z @ excess[:, k]) * z).sum(axis=2)) for k in (0, 1)]
    return smooth(np.stack(densities, axis=2), stay)


def smooth(densities: Array, stay: Array) -> tuple[Array, Array, Array, Array]:
    """Of log densities [B, n, 2]: log-likelihood [B], filtered and smoothed P(stress) [B, n], and the expected shares
    of staying [B, 2]."""
    filtered, each, predicted = forward(densities, stay)
    found, jumps = _backward(filtered, predicted, stay)
    return each.sum(axis=1), filtered, found, jumps


def forward(densities: Array, stay: Array) -> tuple[Array, Array, Array]:
    """The Hamilton filter over log densities [B, n, 2] with stay [B, 2], begun at the chain's long-run shares:
    P(stress | data so far) [B, n], the log-likelihood of each step [B, n], P(stress | data before) [B, n]."""
    batch, n, _ = densities.shape
    top = densities.max(axis=2)
    calm, stress = (_by_step(np.exp(densities[:, :, k] - top).T) for k in (0, 1))
    leave, keep = _by_step(np.stack([1.0 - stay[:, 0], stay[:, 1]]))
    pull = keep - leave
    filtered, predicted, total = [], [], []
    p = leave / (leave + 1.0 - keep)
    for t in range(n):
        predicted.append(p)
        bad = p * stress[t]
        both = bad + (1.0 - p) * calm[t]
        total.append(both)
        q = bad / both
        filtered.append(q)
        p = leave + pull * q
    so_far, each, before = (np.array(rows).reshape(n, batch).T for rows in (filtered, total, predicted))
    return so_far, np.log(each) + top, before


def _by_step(x: Array) -> Any:
    """[n, B] to be read step by step: plain numbers where B is 1, with which a loop takes a tenth of the time and has
    the same bits."""
    return x[:, 0].tolist() if x.shape[1] == 1 else np.ascontiguousarray(x)


def _backward(filtered: Array, predicted: Array, stay: Array) -> tuple[Array, Array]:
    """Kim's smoother, and the expected shares of the steps in a regime after which it stays."""
    batch, n = filtered.shape
    f, p = _by_step(filtered.T), _by_step(predicted.T)
    [keep] = _by_step(stay[None, :, 1])
    after = f[n - 1]
    rows = [after]
    for t in range(n - 2, -1, -1):
        up, down = after / p[t + 1], (1.0 - after) / (1.0 - p[t + 1])
        after = f[t] * (keep * up + (1.0 - keep) * down)
        rows.append(after)
    found = np.array(rows[::-1]).reshape(n, batch)
    ahead = found[1:] / predicted.T[1:]
    behind = (1.0 - found[1:]) / (1.0 - predicted.T[1:])
    stress_stress = (filtered.T[:-1] * keep * ahead).sum(axis=0)
    calm_calm = ((1.0 - filtered.T[:-1]) * stay[:, 0] * behind).sum(axis=0)
    stress_total, calm_total = found[:-1].sum(axis=0), (1.0 - found[:-1]).sum(axis=0)
    return found.T, np.stack([calm_calm / calm_total, stress_stress / stress_total], axis=1)


def static_log_likelihood(z: Array) -> Array:
    """[B]: the largest log-likelihood of one Gaussian copula over z [B, n, d]: the null that calm equals stress."""
    moments = np.swapaxes(z, 1, 2) @ z / z.shape[1]
    matrices = likeliest(moments)
    _, log_det = np.linalg.slogdet(matrices)
    form = np.einsum("bij,bji->b", np.linalg.inv(matrices) - np.eye(z.shape[2]), moments, optimize=True)
    return np.asarray(-0.5 * z.shape[1] * (log_det + form))


