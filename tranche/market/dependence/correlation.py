"""How the drivers of the factors hang together: the correlation matrix and its lower triangular root.

The root is computed here and not by LAPACK, whose last bits depend on the machine and would move every path.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tranche.errors import Invalid, nearest

from .nearest_correlation import nearest_correlation

Pairs = tuple[tuple[str, str, float], ...]

ZERO_PIVOT = 1e-12  # a pivot this small is a factor that hangs on the earlier ones entirely, as with correlation 1
ZERO_REST = 1e-6  # what may be left below such a pivot


def correlation_matrix(pairs: Pairs, names: Sequence[str], repair: str = "refuse") -> NDArray[np.float64]:
    """[drivers, drivers] in the order of `names`; pairs that are not named are 0; positive semi-definite.

    `repair`: see `Gaussian`. Raises Invalid, naming the smallest set of entries that cannot hold together.
    """
    matrix = stated_matrix(pairs, names)
    if _root(matrix) is not None:
        return matrix
    if repair == "nearest":
        return nearest_correlation(matrix)
    raise _contradiction(matrix, names)


def stated_matrix(pairs: Pairs, names: Sequence[str]) -> NDArray[np.float64]:
    """The matrix as it is stated, positive semi-definite or not. Raises Invalid for what means nothing."""
    matrix = np.eye(len(names))
    place = {name: k for k, name in enumerate(names)}
    named: set[frozenset[str]] = set()
    for first, second, value in pairs:
        for name in (first, second):
            if name not in place:
                raise Invalid(
                    f"correlation of {first} ~ {second}: no factor with a driver is called {name!r}",
                    nearest(name, names),
                )
        if first == second:
            raise Invalid(f"correlation of {first} with itself", "two different factors")
        if frozenset((first, second)) in named:
            raise Invalid(f"correlation of {first} ~ {second} is stated twice", "each pair once")
        if not -1.0 <= value <= 1.0:
            raise Invalid(f"correlation of {first} ~ {second} is {value:g}", "a number from -1 to 1")
        named.add(frozenset((first, second)))
        matrix[place[first], place[second]] = matrix[place[second], place[first]] = value
    return matrix


def mixing_matrix(pairs: Pairs, names: Sequence[str], repair: str = "refuse") -> NDArray[np.float64]:
    """Lower triangular L, [drivers, drivers], whose rows mix independent drivers into correlated ones: L Lᵀ = R.

    Row 0 is (1, 0, …): the first driver does not depend on the others. Raises Invalid as `correlation_matrix`.
    """
    matrix = correlation_matrix(pairs, names, repair)
    root = _root(matrix)
    assert root is not None
    return root


def _root(matrix: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The Cholesky root of a positive semi-definite matrix; None when it is not one."""
    size = len(matrix)
    root = np.zeros((size, size))
    for j in range(size):
        rest = [float(matrix[i, j]) - sum(float(root[i, k] * root[j, k]) for k in range(j)) for i in range(j, size)]
        if rest[0] > ZERO_PIVOT:
            root[j, j] = math.sqrt(rest[0])
            for i in range(j + 1, size):
                root[i, j] = rest[i - j] / root[j, j]
        elif rest[0] < -ZERO_PIVOT or any(abs(value) > ZERO_REST for value in rest[1:]):
            return None
    return root


def _contradiction(matrix: NDArray[np.float64], names: Sequence[str]) -> Invalid:
    """Drops factors as long as the rest still contradicts itself; what stays is to blame."""
    blamed = list(range(len(names)))
    for k in range(len(names)):
        fewer = [other for other in blamed if other != k]
        if _root(matrix[np.ix_(fewer, fewer)]) is None:
            blamed = fewer
    part = matrix[np.ix_(blamed, blamed)]
    entries = ", ".join(f"{names[i]} ~ {names[j]}: {matrix[i, j]:g}" for i in blamed for j in blamed if i < j)
    lowest = float(np.linalg.eigvalsh(part)[0])
    # I + s (R - I) is positive semi-definite exactly for s <= 1 / (1 - lowest eigenvalue of R).
    share = math.floor(100.0 / (1.0 - lowest)) / 100.0
    return Invalid(
        f"the correlations {entries} cannot hold together (lowest eigenvalue {lowest:.3g})",
        f"a positive semi-definite matrix; each of them times {share:g} would be one, or write repair: nearest",
    )
