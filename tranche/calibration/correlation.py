"""Correlation matrices: the likelihood's own, and the form in which an optimiser may move them freely."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
HALVINGS = 30


def pairs(size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of the pairs i < j, in the order (0, 1), (0, 2), …"""
    i, j = np.triu_indices(size, 1)
    return i.astype(np.int64), j.astype(np.int64)


def matrix_of(correlations: Array, size: int) -> Array:
    """[…, d, d] from the correlations of the pairs […, d(d−1)/2]."""
    correlations = np.asarray(correlations, dtype=np.float64)
    found = np.zeros((*correlations.shape[:-1], size, size))
    i, j = pairs(size)
    found[..., i, j] = found[..., j, i] = correlations
    k = np.arange(size)
    found[..., k, k] = 1.0
    return found


def correlations_of(matrix: Array) -> Array:
    """[…, d(d−1)/2]: the correlations of the pairs."""
    i, j = pairs(matrix.shape[-1])
    return np.asarray(matrix[..., i, j])


def normalised(moment: Array) -> Array:
    """A second moment […, d, d] divided by its diagonal."""
    root = np.sqrt(np.einsum("...ii->...i", moment))
    return np.asarray(moment / (root[..., :, None] * root[..., None, :]))


def likeliest(moment: Array, start: Array | None = None, steps: int = 200, tolerance: float = 1e-10) -> Array:
    """The correlation matrices R […, d, d] that maximise −ln|R| − tr(R⁻¹·M), M second moments […, d, d]: the maximum
    likelihood of a Gaussian copula whose normal scores have M, whose diagonal need not be 1.

    By Fisher scoring: information of the pairs (ij), (kl) is R⁻¹ᵢₖ·R⁻¹ⱼₗ + R⁻¹ᵢₗ·R⁻¹ⱼₖ. A step that does not gain is
    halved, so that even one step never loses.
    """
    size = moment.shape[-1]
    i, j = pairs(size)
    found = normalised(moment) if start is None else start
    value = _value(found, moment)
    for _ in range(steps):
        inverse = np.linalg.inv(found)
        gradient = (inverse @ moment @ inverse - inverse)[..., i, j]
        information = (
            inverse[..., i[:, None], i[None, :]] * inverse[..., j[:, None], j[None, :]]
            + inverse[..., i[:, None], j[None, :]] * inverse[..., j[:, None], i[None, :]]
        )
        step = np.linalg.solve(information, gradient[..., None])[..., 0]
        share = np.ones(step.shape[:-1])
        waiting = np.ones(step.shape[:-1], dtype=bool)
        old = correlations_of(found)
        for _ in range(HALVINGS):
            trial = matrix_of(old + share[..., None] * step, size)
            gained = waiting & (_value(trial, moment) >= value)
            found = np.where(gained[..., None, None], trial, found)
            waiting &= ~gained
            if not waiting.any():
                break
            share = np.where(waiting, share / 2.0, share)
        value = _value(found, moment)
        if float(np.abs(correlations_of(found) - old).max()) < tolerance:
            break
    return found


def _value(matrix: Array, moment: Array) -> Array:
    """−ln|R| − tr(R⁻¹·M), −∞ where R is not positive definite."""
    lowest = np.linalg.eigvalsh(matrix)[..., 0]
    good = lowest > 1e-9
    safe = np.where(good[..., None, None], matrix, np.eye(matrix.shape[-1]))
    _, log_det = np.linalg.slogdet(safe)
    value = -log_det - np.einsum("...ij,...ji->...", np.linalg.inv(safe), moment)
    return np.where(good, value, -np.inf)


def free_of(matrix: Array) -> Array:
    """[d(d−1)/2]: the Cholesky root's rows over their last elements, below the diagonal: any reals are a matrix."""
    root = np.linalg.cholesky(matrix)
    rows = root / np.diag(root)[:, None]
    return np.asarray(rows[np.tril_indices(len(matrix), -1)])


def from_free(free: Array, size: int) -> Array:
    """The correlation matrix whose `free_of` these are."""
    root = np.eye(size)
    root[np.tril_indices(size, -1)] = free
    root /= np.sqrt((root * root).sum(axis=1, keepdims=True))
    return np.asarray(root @ root.T)
