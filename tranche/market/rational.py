"""Rational approximations of smooth functions, with coefficients that are the same on every machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Context, Decimal
from functools import lru_cache

import attrs

from .laws import ONE, ZERO, least, pi, precise

Function = Callable[[Decimal], Decimal]

DEGREE = 12  # of both polynomials in the kernel; lower ones have zeros in front
CLOSE = 5e-14
CHECKS = 29  # points at which a fit is compared with its function
CHECKED = 57  # digits there, three words of a decimal: of a tail of 1e-19 more than a float holds
# Digits of a value: fewer than are right, so that they are the same wherever its root was looked for. Where a law is
# nearly normal, poles and zeros nearly meet and the coefficients hang on the last of them.
KEPT = Context(prec=76)
SOLVED = 133  # digits of the equations' solution, seven words; 114 give the same coefficients
PLACES = Decimal("1e-50"), Decimal("1e-110")  # of a point, so that those below zero mirror those above


@attrs.frozen
class Rational:
    """P(x) / Q(x) with x held within [low, high]; coefficients with the highest power first, as many of each.

    `error`: the largest difference from the function, in units of max(1, its size), as found in float64 at CHECKS
    points.
    """

    low: float
    high: float
    top: tuple[float, ...]
    bottom: tuple[float, ...]
    error: float = 0.0

    def __call__(self, x: float) -> float:
        """As the kernel does it."""
        x = min(max(x, self.low), self.high)
        return _split(self.top, x) / _split(self.bottom, x)

    @property
    def constants(self) -> tuple[float, ...]:
        """As the steps of a tape hold it."""
        return (self.low, self.high, *self.top, *self.bottom)


def fit(function: Function, low: float, high: float, *, gather: int = 1, degree: int = DEGREE) -> Rational:
    """The rational function that equals `function` at Chebyshev's points of [low, high], of `degree` or
    a little less, whichever errs least; `gather` > 1 draws the points towards `low`. `function` is called inside
    `precise()`."""
    with precise():
        shares = [(Decimal(2 * k + 1) / (2 * CHECKS)).quantize(PLACES[0]) for k in range(CHECKS)]
        checks = [_stretched(low, high, share, gather) for share in shares]
        with precise(CHECKED):
            wanted = [(float(x), float(function(x))) for x in checks]
        best: Rational | None = None
        for trial in range(degree, degree - 3, -1):
            made = _interpolate(function, low, high, trial, gather, degree)
            error = max(abs(made(x) - value) / max(1.0, abs(value)) for x, value in wanted)
            if best is None or error < best.error:
                best = attrs.evolve(made, error=error)
            if best.error <= CLOSE:
                break
    assert best is not None
    return best


def _split(powers: Sequence[float], x: float) -> float:
    """A polynomial, highest power first: even and odd powers apart."""
    y, even, odd = x * x, 0.0, 0.0
    for k, power in enumerate(powers):
        if (len(powers) - 1 - k) % 2:
            odd = odd * y + power
        else:
            even = even * y + power
    return even + x * odd


def _interpolate(function: Function, low: float, high: float, degree: int, gather: int, most: int) -> Rational:
    """In barycentric form (Antoulas & Anderson 1986), Σ w_i f_i / (x − x_i) / Σ w_i / (x − x_i) equals f at every other
    point x_i whatever the weights, and at the points y_k between them when Σ w_i (f(y_k) − f_i) / (y_k − x_i) = 0: half
    as many unknowns as there are coefficients."""
    points = [_stretched(low, high, share, gather) for share in _shares(2 * degree + 1)]
    known = [(x, KEPT.plus(function(x))) for x in points]
    nodes = known[::2]
    with precise(SOLVED):
        rows = [[(f - value) / (y - x) for x, value in nodes] for y, f in known[1::2]]
        weights = [*_solve([[*row[:-1], -row[-1]] for row in rows]), ONE]
        product = [ONE]  # of all x − x_i, highest power first, as all polynomials here
        for x, _ in nodes:
            product = [a - x * b for a, b in zip([*product, ZERO], [ZERO, *product], strict=True)]
        top, bottom = [ZERO] * len(nodes), [ZERO] * len(nodes)
        for (x, value), weight in zip(nodes, weights, strict=True):
            coefficient = ZERO
            for j in range(len(nodes)):  # the product without x − x_i, by Horner's scheme
                coefficient = product[j] + x * coefficient
                bottom[j] += weight * coefficient
                top[j] += weight * value * coefficient
        top = [c / bottom[-1] for c in top]
        bottom = [c / bottom[-1] for c in bottom]
    zeros = (0.0,) * (most - degree)
    return Rational(low, high, (*zeros, *map(float, top)), (*zeros, *map(float, bottom)))


def _stretched(low: float, high: float, share: Decimal, gather: int) -> Decimal:
    return Decimal(low) + (Decimal(high) - Decimal(low)) * share**gather


@lru_cache(maxsize=16)
def _shares(count: int) -> list[Decimal]:
    """Chebyshev's points of [0, 1]."""
    below = [((1 - _cosine(pi() * (2 * k + 1) / (2 * count))) / 2).quantize(PLACES[1]) for k in range(count // 2)]
    return [*below, Decimal("0.5"), *(1 - share for share in reversed(below))]


def _cosine(x: Decimal) -> Decimal:
    term = total = ONE
    k = 0
    square = x * x
    while abs(term) > least():
        k += 2
        term = -term * square / (k * (k - 1))
        total += term
    return total


def _solve(rows: Sequence[list[Decimal]]) -> list[Decimal]:
    """Gaussian elimination with partial pivoting; the last column is the right-hand side."""
    rows = [row[:] for row in rows]
    size = len(rows)
    for k in range(size):
        pivot = max(range(k, size), key=lambda i: abs(rows[i][k]))
        rows[k], rows[pivot] = rows[pivot], rows[k]
        for i in range(k + 1, size):
            factor = rows[i][k] / rows[k][k]
            if factor:
                rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k], strict=True)]
    solution = [ZERO] * size
    for k in range(size - 1, -1, -1):
        known = sum((rows[k][j] * solution[j] for j in range(k + 1, size)), ZERO)
        solution[k] = (rows[k][size] - known) / rows[k][k]
    return solution
