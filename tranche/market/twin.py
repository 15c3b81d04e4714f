"""The slow twin of the scenario kernel: the same path, bit for bit, in plain Python.

Every function does the floating-point operations of its namesake in `cyext/normals.pxd` and `cyext/scenario.pyx` in
the same order; integers and exponents are handled by other means (Python's integers, `math.frexp`, `math.ldexp`), so
that a slip in the kernel's bit patterns shows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from .coefficients import Coefficients

WORD = 0xFFFFFFFF
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10

# Wichura, Algorithm AS 241, Applied Statistics 37 (1988), PPND16: numerator and denominator, highest power first.
CENTRE = (
    (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
     1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0),
    (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
     5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0),
)  # fmt: skip
TAIL = (
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0,
     3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
     6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1.0),
)  # fmt: skip
FAR = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
     2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
     1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0),
)  # fmt: skip


def philox(counter: Sequence[int], key: Sequence[int]) -> tuple[int, int, int, int]:
    """Philox4x32-10: four 32-bit words from a counter of four and a key of two."""
    a, b, c, d = counter
    for k in range(10):
        p, q = a * 0xD2511F53, c * 0xCD9E8D57
        key_a, key_b = (key[0] + k * 0x9E3779B9) & WORD, (key[1] + k * 0xBB67AE85) & WORD
        a, b, c, d = (q >> 32) ^ b ^ key_a, q & WORD, (p >> 32) ^ d ^ key_b, p & WORD
    return a, b, c, d


def uniform(seed: int, path: int, period: int, driver: int) -> float:
    """The draw of a driver, strictly inside (0, 1); `period` counts from 0."""
    words = philox((path & WORD, path >> 32, period, driver // 2), (seed & WORD, seed >> 32))
    low, high = words[2 * (driver % 2) : 2 * (driver % 2) + 2]
    return math.ldexp(2 * ((high << 32 | low) >> 12) + 1, -53)


def inverse_normal(u: float) -> float:
    """The standard normal quantile of `u`, 2.3e-308 < u < 1; relative error below 1e-15."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * _horner(CENTRE[0], r) / _horner(CENTRE[1], r)
    r = math.sqrt(-log(u if u < 0.5 else 1.0 - u))
    top, bottom, origin = (*TAIL, 1.6) if r <= 5.0 else (*FAR, 5.0)
    z = _horner(top, r - origin) / _horner(bottom, r - origin)
    return -z if u < 0.5 else z


def log(x: float) -> float:
    """The natural logarithm, as exact as `inverse_normal` needs it below 0.075."""
    m, e = math.frexp(x)
    m, e = 2 * m, e - 1
    if m > 1.4142135623730951:
        m, e = 0.5 * m, e + 1
    s = (m - 1.0) / (m + 1.0)
    w = s * s
    series = _horner([1.0 / n for n in range(23, 2, -2)], w)
    return e * LN2_HIGH + (2.0 * s + 2.0 * s * (w * series) + e * LN2_LOW)


def exp(x: float) -> float:
    """e**x within one unit in the last place; x is held within ±708."""
    x = max(min(x, 708.0), -708.0)
    k = round(x * 1.4426950408889634)
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    series = _horner([1.0 / math.factorial(n) for n in range(13, 1, -1)], r)
    return math.ldexp(1.0 + (r + r * r * series), k)


def draw(model: Coefficients, seed: int, path: int) -> list[list[float]]:
    """One path: for each period the factors' values, in the order of `model.columns`."""
    factors = range(len(model.columns))
    y = [float(value) for value in model.start]
    rows = []
    for t in range(len(model.decay)):
        drivers = [inverse_normal(uniform(seed, path, t, j)) for j in factors]
        row = []
        for f in factors:
            z = float(model.mixing[f, f]) * drivers[f]
            for j in range(f):
                z += float(model.mixing[f, j]) * drivers[j]
            y[f] = float(model.decay[t, f]) * y[f] + (float(model.shift[t, f]) + float(model.scale[t, f]) * z)
            level = float(model.level[f])
            if model.is_exponential[f]:
                row.append(level * exp(y[f]))
            else:
                row.append(min(max(level + y[f], float(model.low[f])), float(model.high[f])))
        rows.append(row)
    return rows


def _horner(powers: Sequence[float], x: float) -> float:
    total = powers[0]
    for power in powers[1:]:
        total = total * x + power
    return total
