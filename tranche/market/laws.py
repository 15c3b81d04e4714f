"""Distribution functions to 90 digits and more in decimal arithmetic: what the kernel's approximations are fitted to.

`decimal` rounds correctly everywhere, so that the fitted coefficients, and with them every path, have the same bits on
every machine; the library functions of C have not, and only say where a root is looked for. Slow (some tenths of a
millisecond a value), and called when a market is resolved, never while paths are drawn.

Every function wants to run inside `with precise():`; a distribution function errs by 1e-(digits) or little more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal, getcontext, localcontext
from functools import lru_cache

from .series import gauss, kummer

DIGITS = 114  # six words of a decimal; tails of 1e-19 are differences from one, 95 digits are left
SHIFT = 96  # Stirling's series is used beyond this argument
TERMS = 50  # of it: the last is less than 1e-120 there
HALF, ONE, ZERO = Decimal("0.5"), Decimal(1), Decimal(0)

# At a point: how much the distribution function is short of what is wanted, its density f, and g = −f'/f with three
# derivatives.
Near = tuple[Decimal, Decimal, tuple[Decimal, Decimal, Decimal, Decimal]]


@contextmanager
def precise(digits: int = DIGITS) -> Iterator[None]:
    """A decimal context of that many digits, whatever the caller's is."""
    with localcontext() as context:
        context.prec = digits
        context.Emin, context.Emax = -999_999, 999_999
        context.clear_traps()
        yield


def least() -> Decimal:
    """What no longer counts beside one."""
    return ONE.scaleb(-getcontext().prec)


@lru_cache(maxsize=1)
def pi() -> Decimal:
    """π by Machin's formula, 16 arctan(1/5) − 4 arctan(1/239)."""

    def arctan_of_inverse(n: int) -> Decimal:
        term, total, k = ONE / n, ZERO, 1
        while abs(term) > least() / 1000:
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
def stirling() -> list[Decimal]:
    """B_2k / (2k (2k − 1)) for k = 1, 2, …: the coefficients of Stirling's series. B_2k = ±2k T_k / (4^k (4^k − 1)) of
    the tangent numbers T_k, which are integers (Brent & Harvey 2013, algorithm TangentNumbers)."""
    tangents = [1]
    for k in range(1, TERMS):
        tangents.append(k * tangents[-1])
    for k in range(1, TERMS):
        for j in range(k, TERMS):
            tangents[j] = (j - k) * tangents[j - 1] + (j - k + 2) * tangents[j]
    with precise():
        return [
            Decimal((-1) ** (k - 1) * tangent) / ((2 * k - 1) * 4**k * (4**k - 1))
            for k, tangent in enumerate(tangents, 1)
        ]


@lru_cache(maxsize=1_024)  # every value of a density or a distribution asks for the same few
def log_gamma(x: Decimal) -> Decimal:
    """ln Γ(x) for x > 0, to DIGITS digits in any context."""
    with precise():
        product = ONE
        while x < SHIFT:
            product *= x
            x += 1
        total = (x - HALF) * x.ln() - x + log_two_pi() / 2
        power, square = x, x * x
        for coefficient in stirling():
            term = coefficient / power
            total += term
            power *= square
            if abs(term) < least():
                break
        return total - product.ln()


def normal(z: Decimal) -> tuple[Decimal, Decimal]:
    """1 − Φ(z) and φ(z) for 0 ≤ z ≤ 10, by Φ(z) − ½ = φ(z)·(z + z³/3 + z⁵/15 + …)."""
    return _normal(z, getcontext().prec)


@lru_cache(maxsize=1_024)  # the maps of all laws are fitted at the same scores
def _normal(z: Decimal, digits: int) -> tuple[Decimal, Decimal]:
    half_square = z * z / 2
    density = (-half_square - log_two_pi() / 2).exp()
    return HALF - density * z * kummer(HALF + 1, half_square, least() / density), density


def student(x: Decimal, dof: Decimal) -> tuple[Decimal, Decimal]:
    """1 − T(x) and the density t(x). For x ≥ 0, with s = dof + x²,

        T(x) − ½ = x t(x) F((dof+1)/2, 1; 3/2; x²/s)
        1 − T(x) = t(x) √s / dof · F(dof, 1; dof/2 + 1; (1 − x/√s)/2)

    the incomplete beta function's series (DLMF 8.17.8) of (1/2, dof/2), and of (dof/2, 1/2) after the quadratic
    transformation DLMF 15.8.18. Both arguments are 1/4 where the one takes over from the other."""
    if x < 0:  # where a step of Newton's has gone too far
        lower, density = student(-x, dof)
        return 1 - lower, density
    square = x * x
    s = dof + square
    root = s.sqrt()
    density = _student_mode(dof) / _power(root / dof.sqrt(), dof + 1)
    if 4 * square < s:
        front = x * density
        return HALF - front * gauss((dof + 1) / 2, HALF + 1, square / s, least() / front), density
    front = density * root / dof
    return front * gauss(dof, dof / 2 + 1, dof / (root * (root + x)) / 2, least() / front), density


def _power(x: Decimal, exponent: Decimal) -> Decimal:
    """x**exponent. By products where it is an integer; elsewhere `decimal` takes three times as long for it itself."""
    return x**exponent if exponent == exponent.to_integral_value() else (exponent * x.ln()).exp()


@lru_cache(maxsize=256)
def _student_mode(dof: Decimal) -> Decimal:
    """The density at 0, Γ((dof+1)/2) / (Γ(dof/2) √(dof π))."""
    with precise():
        return (log_gamma((dof + 1) / 2) - log_gamma(dof / 2)).exp() / (dof * pi()).sqrt()


def log_of_gamma(y: Decimal, x: Decimal, shape: Decimal) -> tuple[Decimal, Decimal]:
    """P(shape, x) and x p(x) at x = e**y: distribution function and density of the logarithm of a gamma variable with
    scale 1. P(a, x) = x**a e**−x / Γ(a+1) · M(1, a+1, x)."""
    front = (shape * y - x - log_gamma(shape + 1)).exp()
    return front * kummer(shape + 1, x, least() / front), front * shape


def solve(law: Callable[[Decimal], Near], start: float) -> Decimal:
    """The quantile near `start`. Raises ArithmeticError when there is none.

    By five terms of its Taylor series (Steinbrecher & Shaw 2008), Σ d_n wⁿ/n! with w = (wanted − F)/f, d_1 = 1 and
    d_{n+1} = d_n' + n g d_n: from a start of 15 digits one step gives 80. By Newton's step, which is the first
    term, where the series is of no use yet.
    """
    x = Decimal(start)
    # of the first term, and of the last; the next is smaller by its fifth root
    near, small = ONE.scaleb(-getcontext().prec // 9), ONE.scaleb(-getcontext().prec * 3 // 5)
    for _ in range(60):
        short, density, (g, g1, g2, g3) = law(x)
        w = short / density
        square = g * g
        third = 2 * square + g1
        fourth = g * (6 * square + 7 * g1) + g2
        fifth = square * (24 * square + 46 * g1) + g1 * 7 * g1 + 11 * g * g2 + g3
        last = fifth * w**5 / 120
        if abs(last) > abs(w) / 100:
            x += w
            continue
        x += w * (1 + w / 2 * (g + w / 3 * (third + w / 4 * fourth))) + last
        size = max(abs(x), Decimal("1e-20"))
        if abs(w) <= near * size and abs(last) <= small * size:
            return x
    raise ArithmeticError(f"no quantile is found from {start}")
