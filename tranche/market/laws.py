"""Distribution functions to 50 digits in decimal arithmetic: what the kernel's approximations are fitted to.

`decimal` rounds correctly everywhere, so that the fitted coefficients, and with them every path, have the same bits on
every machine; the library functions of C have not. Slow (some tenths of a millisecond a value), and called when a
market is resolved, never while paths are drawn.

Every function wants to run inside `with precise():`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

DIGITS = 80  # tails of 1e-19 are differences from one; 50 digits are left
ENOUGH = Decimal(10) ** -72
SHIFT = 60  # Stirling's series is used beyond this argument
HALF, ONE = Decimal("0.5"), Decimal(1)


@contextmanager
def precise() -> Iterator[None]:
    """A decimal context of DIGITS digits, whatever the caller's is."""
    with localcontext() as context:
        context.prec = DIGITS
        context.Emin, context.Emax = -999_999, 999_999
        context.clear_traps()
        yield


@lru_cache(maxsize=1)
def pi() -> Decimal:
    """π by Machin's formula, 16 arctan(1/5) − 4 arctan(1/239)."""

    def arctan_of_inverse(n: int) -> Decimal:
        term, total, k = ONE / n, Decimal(0), 1
        while abs(term) > ENOUGH / 1000:
            total += term / k
            term, k = -term / (n * n), k + 2
        return total

    with precise():
        return 16 * arctan_of_inverse(5) - 4 * arctan_of_inverse(239)


@lru_cache(maxsize=1)
def log_two_pi() -> Decimal:
    """ln 2π."""
    with precise():
        return (2 * pi()).ln()


@lru_cache(maxsize=1)
def _bernoulli() -> list[Decimal]:
    """B_2k / (2k (2k − 1)) for k = 1, 2, …: the coefficients of Stirling's series."""
    count = 80
    numbers: list[Fraction] = []
    row = [Fraction(0)] * (count + 1)
    for m in range(count + 1):
        row[m] = Fraction(1, m + 1)
        for j in range(m, 0, -1):
            row[j - 1] = j * (row[j - 1] - row[j])
        numbers.append(row[0])
    with precise():
        return [
            Decimal(numbers[n].numerator) / numbers[n].denominator / (n * (n - 1)) for n in range(2, count + 1, 2)
        ]


@lru_cache(maxsize=1_024)  # every value of a density or a distribution asks for the same few
def log_gamma(x: Decimal) -> Decimal:
    """ln Γ(x) for x > 0."""
    product = ONE
    while x < SHIFT:
        product *= x
        x += 1
    total = (x - HALF) * x.ln() - x + log_two_pi() / 2
    power = x
    for coefficient in _bernoulli():
        term = coefficient / power
        total += term
        power *= x * x
        if abs(term) < ENOUGH:
            break
    return total - product.ln()


def normal_density(z: Decimal) -> Decimal:
    """φ(z)."""
    return ((-z * z - log_two_pi()) / 2).exp()


def normal_upper(z: Decimal) -> Decimal:
    """1 − Φ(z) for 0 ≤ z ≤ 10, by φ(z)·(z + z³/3 + z⁵/15 + …), which is Φ(z) − ½."""
    term = total = z
    k = 1
    while term > ENOUGH:
        k += 2
        term = term * z * z / k
        total += term
    return HALF - normal_density(z) * total


def student_density(x: Decimal, dof: Decimal) -> Decimal:
    """Density of Student's t at x."""
    return (_student_constant(dof) - (dof + 1) / 2 * (1 + x * x / dof).ln()).exp()


@lru_cache(maxsize=256)
def _student_constant(dof: Decimal) -> Decimal:
    return log_gamma((dof + 1) / 2) - log_gamma(dof / 2) - (dof * pi()).ln() / 2


def student_upper(x: Decimal, dof: Decimal) -> Decimal:
    """1 − T(x) for x ≥ 0: half the regularised incomplete beta function of dof / (dof + x²) with (dof/2, 1/2)."""
    a, b = dof / 2, HALF
    y = dof / (dof + x * x)
    if y < HALF:
        return _incomplete_beta(y, a, b) / 2
    return HALF - _incomplete_beta(x * x / (dof + x * x), b, a) / 2


def _incomplete_beta(y: Decimal, a: Decimal, b: Decimal) -> Decimal:
    """I_y(a, b) = y^a (1−y)^b / (a B(a, b)) · (1 + Σ Π (a+b+k) y / (a+1+k))."""
    if y == 0:
        return Decimal(0)
    front = (a * y.ln() + b * (1 - y).ln() + log_gamma(a + b) - log_gamma(a) - log_gamma(b)).exp() / a
    term = total = ONE
    k = 0
    while True:
        term = term * (a + b + k) * y / (a + 1 + k)
        total += term
        k += 1
        if term < ENOUGH * total and (a + b + k) * y < a + 1 + k:
            return front * total


def gamma_lower(x: Decimal, shape: Decimal) -> Decimal:
    """P(shape, x), the distribution function of a gamma variable with scale 1."""
    if x <= 0:
        return Decimal(0)
    term = total = ONE
    k = 0
    while True:
        k += 1
        term = term * x / (shape + k)
        total += term
        if term < ENOUGH * total and x < shape + k:
            break
    return total * (shape * x.ln() - x - log_gamma(shape + 1)).exp()


def gamma_density(x: Decimal, shape: Decimal) -> Decimal:
    """Density of a gamma variable with scale 1."""
    return ((shape - 1) * x.ln() - x - log_gamma(shape)).exp()


def solve(function: Callable[[Decimal], Decimal], slope: Callable[[Decimal], Decimal], start: float) -> Decimal:
    """The root near `start` by Newton's method, to some 50 digits. Raises ArithmeticError when there is none."""
    x = Decimal(start)
    for _ in range(60):
        step = function(x) / slope(x)
        x -= step
        if abs(step) < Decimal(10) ** -30 * max(abs(x), Decimal("1e-20")):
            return x
    raise ArithmeticError(f"Newton's method does not settle from {start}")
