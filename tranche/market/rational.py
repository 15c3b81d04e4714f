"""Rational approximations of smooth functions, with coefficients that are the same on every machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

import attrs

from .laws import pi, precise

Function = Callable[[Decimal], Decimal]

DEGREE = 12  # of both polynomials in the kernel; lower ones have zeros in front
CLOSE = 5e-14
CHECKS = 29  # points at which a fit is compared with its function


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
        checks = [_stretched(low, high, Decimal(2 * k + 1) / (2 * CHECKS), gather) for k in range(CHECKS)]
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
    count = 2 * degree + 1
    rows = []
    for k in range(count):
        x = _stretched(low, high, (1 - _cosine(pi() * (2 * k + 1) / (2 * count))) / 2, gather)
        value = function(x)
        powers = [x**power for power in range(degree + 1)]
        rows.append([*powers, *(-value * power for power in powers[1:]), value])
    solution = _solve(rows)
    top, bottom = solution[: degree + 1], [Decimal(1), *solution[degree + 1 :]]
    zeros = (0.0,) * (most - degree)
    return Rational(
        low, high, (*zeros, *(float(c) for c in reversed(top))), (*zeros, *(float(c) for c in reversed(bottom)))
    )


def _stretched(low: float, high: float, share: Decimal, gather: int) -> Decimal:
    return Decimal(low) + (Decimal(high) - Decimal(low)) * share**gather


def _cosine(x: Decimal) -> Decimal:
    term = total = Decimal(1)
    k = 0
    while abs(term) > Decimal(10) ** -78:
        k += 2
        term = -term * x * x / (k * (k - 1))
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
    solution = [Decimal(0)] * size
    for k in range(size - 1, -1, -1):
        known = sum((rows[k][j] * solution[j] for j in range(k + 1, size)), Decimal(0))
        solution[k] = (rows[k][size] - known) / rows[k][k]
    return solution
