"""Quantiles in floats, to some 15 digits: where the decimal ones are looked for.

Each is that of the logarithm y of a positive variable (|Z|, |T|, a gamma variable), whose density is log-concave: then
so are both tails, and Newton's method for the logarithm of a tail converges from wherever it begins. The smaller of the
two probabilities `below` and `above` is the one that is met.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from .series import gauss, kummer

LEAST = 1e-17
SETTLED = 1e-9  # a step so small leaves its square
EQUAL = 1e-15
LOG_TWO, LOG_PI = math.log(2.0), math.log(math.pi)

# of y, and whether the tail below is asked for: logarithms of the tail and of the density of y
Tail = Callable[[float, bool], tuple[float, float]]


def normal_start(below: float, above: float) -> float:
    """z with P(|Z| < z) = `below`, P(|Z| > z) = `above`."""

    def tail(y: float, low: bool) -> tuple[float, float]:
        z = math.exp(y)
        chance = math.erf(z / math.sqrt(2.0)) if low else math.erfc(z / math.sqrt(2.0))
        return math.log(chance), y + (LOG_TWO - LOG_PI - z * z) / 2.0

    first = below if below < above else math.sqrt(-2.0 * math.log(above))  # beyond: P(|Z| > z) < e**(−z²/2)
    return math.exp(_newton(tail, below, above, math.log(first)))


def student_start(below: float, above: float, dof: float, score: float) -> float:
    """x with P(|T| < x) = `below`, P(|T| > x) = `above`; `score`: that of Z."""
    mode = math.lgamma((dof + 1.0) / 2.0) - math.lgamma(dof / 2.0) - (math.log(dof) + LOG_PI) / 2.0

    def tail(y: float, low: bool) -> tuple[float, float]:
        x = math.exp(y)
        s = dof + x * x
        density = LOG_TWO + mode - (dof + 1.0) / 2.0 * math.log1p(x * x / dof) + y
        if low and x * x < dof:
            return density + math.log(gauss((dof + 1.0) / 2.0, 1.5, x * x / s, LEAST)), density
        root = math.sqrt(s)
        rest = gauss(dof, dof / 2.0 + 1.0, dof / (root * (root + x)) / 2.0, LEAST)
        upper = density - y + math.log(root / dof * rest)
        return math.log1p(-math.exp(upper)) if low else upper, density

    return math.exp(_newton(tail, below, above, math.log(score) + (score * score + 1.0) / (4.0 * dof)))


def log_of_gamma_start(below: float, above: float, shape: float, score: float) -> float:
    """y with P(shape, e**y) = `below`, Q(shape, e**y) = `above`; `score`: that of Z (not of |Z|)."""
    whole = math.lgamma(shape + 1.0)

    def tail(y: float, low: bool) -> tuple[float, float]:
        x = math.exp(y)
        front = shape * y - x - whole
        density = front + math.log(shape)
        if low or x < shape + 1.0:
            lower = front + math.log(kummer(shape + 1.0, x, LEAST))
            return lower if low else math.log1p(-math.exp(lower)), density
        return density - math.log(_legendre(x, shape)), density

    # Wilson & Hilferty's cube, or the first term of the series, which is less than the quantile
    cube = 1.0 + (score - 1.0 / (3.0 * math.sqrt(shape))) / (3.0 * math.sqrt(shape))
    first = math.log(shape) + 3.0 * math.log(cube) if cube > 0.5 else (math.log(below) + whole) / shape
    return _newton(tail, below, above, first)


def _legendre(x: float, shape: float) -> float:
    """x**a e**−x / Γ(a, x) for x ≥ a + 1, by Lentz's method from Legendre's continued fraction (DLMF 8.9.2 contracted),
    x + 1 − a − 1 (1 − a)/(x + 3 − a − 2 (2 − a)/(x + 5 − a − …))."""
    middle = x + 1.0 - shape
    found = ahead = middle
    behind = 0.0
    k = 0
    while abs(ahead * behind - 1.0) > EQUAL:
        k += 1
        part = -k * (k - shape)
        middle += 2.0
        ahead = middle + part / ahead
        behind = 1.0 / (middle + part * behind)
        found *= ahead * behind
    return found


def _newton(tail: Tail, below: float, above: float, y: float) -> float:
    low = below < above
    wanted = math.log(below if low else above)
    for _ in range(100):
        log_tail, log_density = tail(y, low)
        step = (wanted - log_tail) * math.exp(log_tail - log_density)
        y += step if low else -step
        if abs(step) < SETTLED * max(1.0, abs(y)):
            break
    return y
