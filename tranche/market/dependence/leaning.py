"""Which drivers rise in stress, as far as correlations tell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MOST_TRIED = 16  # drivers of which every choice of signs is tried: 32,768 of them
DECIMALS = 9  # sums that are as close are equal: their last bits are the machine's


def leaning_signs(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The signs s [drivers], ±1, whose s·sᵀ agrees best with the correlations of a symmetric `matrix`: Σ s_i·s_j·ρ_ij
    is greatest. Among equals, as of groups that nothing joins, the earlier drivers are +1.

    Beyond MOST_TRIED drivers strong correlations go before weak ones, and then drivers turn one by one as long as that
    raises the sum: every sign agrees where all can at once, else the sum may be short of the greatest.
    """
    rho = np.where(np.eye(len(matrix), dtype=bool), 0.0, matrix)
    return _best(rho) if len(rho) <= MOST_TRIED else _by_strength(rho)


def _best(rho: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of every choice in which the first driver is +1, in the order that has + before − of the earlier drivers."""
    if not len(rho):
        return np.ones(0)
    turned = np.arange(2 ** (len(rho) - 1))[:, None] >> np.arange(len(rho) - 1)[::-1] & 1
    signs = np.hstack((np.ones((len(turned), 1)), 1.0 - 2.0 * turned))
    best: NDArray[np.float64] = signs[np.argmax(((signs @ rho) * signs).sum(axis=1).round(DECIMALS))]
    return best


def _by_strength(rho: NDArray[np.float64]) -> NDArray[np.float64]:
    """Groups of drivers grow together, each turned as a whole to agree with the other by the pair that joins them."""
    sign, group = np.ones(len(rho)), np.arange(len(rho))
    pairs = [(i, j) for j in range(len(rho)) for i in range(j) if rho[i, j] != 0.0]
    for i, j in sorted(pairs, key=lambda pair: -abs(rho[pair])):
        if group[i] != group[j]:
            joining = group == group[j]
            if sign[i] * sign[j] * rho[i, j] < 0.0:
                sign[joining] *= -1.0
            group[joining] = group[i]
    while True:
        agreement = sign * (rho @ sign)
        worst = int(np.argmin(agreement))
        if agreement[worst] > -(10.0**-DECIMALS):
            break
        sign[worst] *= -1.0
    firsts = {int(one): int(np.argmax(group == one)) for one in group}
    found: NDArray[np.float64] = sign * np.array([sign[firsts[int(one)]] for one in group])
    return found
