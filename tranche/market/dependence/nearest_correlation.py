"""The correlation matrix nearest to a symmetric one in the Frobenius norm: Higham (2002), IMA J. Numer. Anal. 22,
329–343.

Alternating projections with Dykstra's correction, on Jacobi's eigenvalues: the same bits on every machine.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

ROUNDS = 2_000
CLOSE = 1e-13
LEAST = 1e-10  # eigenvalues are held above it, so that the root exists in floating point


def nearest_correlation(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Symmetric, unit diagonal, positive definite with eigenvalues of LEAST or more (but for rounding)."""
    y, correction = matrix.copy(), np.zeros_like(matrix)
    for _ in range(ROUNDS):
        shifted = y - correction
        x = _positive_part(shifted)
        correction = x - shifted
        before, y = y, x.copy()
        np.fill_diagonal(y, 1.0)
        if float(np.abs(y - before).max()) < CLOSE:
            break
    # the last step left the diagonal one and an eigenvalue slightly below: pull the rest a little towards zero
    lowest = min(_eigen(y)[0])
    if lowest < LEAST:
        y = y * (1.0 - (LEAST - lowest) / (1.0 - lowest))
        np.fill_diagonal(y, 1.0)
    return np.asarray(np.clip((y + y.T) / 2.0, -1.0, 1.0))


def _positive_part(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    values, vectors = _eigen(matrix)
    size = len(matrix)
    made = np.zeros_like(matrix)
    for k in range(size):
        if values[k] > 0.0:
            column = vectors[:, k]
            made += values[k] * (column[:, None] * column[None, :])
    return made


def _eigen(matrix: NDArray[np.float64]) -> tuple[list[float], NDArray[np.float64]]:
    """Eigenvalues and eigenvectors by Jacobi's rotations, in cyclic order."""
    a, size = matrix.copy(), len(matrix)
    vectors = np.eye(size)
    for _ in range(60):
        if max((abs(float(a[i, j])) for i in range(size) for j in range(i)), default=0.0) < 1e-15:
            break
        for i in range(size - 1):
            for j in range(i + 1, size):
                _rotate(a, vectors, i, j)
    return [float(a[k, k]) for k in range(size)], vectors


def _rotate(a: NDArray[np.float64], vectors: NDArray[np.float64], i: int, j: int) -> None:
    off = float(a[i, j])
    if off == 0.0:
        return
    ratio = (float(a[j, j]) - float(a[i, i])) / (2.0 * off)
    t = math.copysign(1.0, ratio) / (abs(ratio) + math.sqrt(ratio * ratio + 1.0))
    c = 1.0 / math.sqrt(t * t + 1.0)
    s = t * c
    for m in (a, vectors):
        left, right = m[:, i].copy(), m[:, j].copy()
        m[:, i], m[:, j] = c * left - s * right, s * left + c * right
    top, bottom = a[i].copy(), a[j].copy()
    a[i], a[j] = c * top - s * bottom, s * top + c * bottom
