"""The slow twin of the scenario kernel: the same path, bit for bit, in plain Python.

Every function does the floating-point operations of its namesake in `cyext/` (`normals`, `elementary`, `steps`,
`copulas`) in the same order; integers and exponents are handled by other means (Python's integers, `math.frexp`,
`math.ldexp`), so that a slip in the kernel's bit patterns shows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from .rational import DEGREE
from .sobol import BITS, SobolPlan
from .tape import Op, Tape
from .writer import OWNER

RATIONAL = 2 * DEGREE + 4
BEYOND, LAW = 21, 21 + RATIONAL  # where the tail of a law of Student's t begins, and how many numbers it has
MOST_CONSTANTS = 4_096  # of one step
MOST_STEPS = 100
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
        return q * _split(CENTRE[0], r) / _split(CENTRE[1], r)
    r = math.sqrt(-log(u if u < 0.5 else 1.0 - u))
    top, bottom, origin = (*TAIL, 1.6) if r <= 5.0 else (*FAR, 5.0)
    evaluate = _split if r <= 5.0 else _horner
    z = evaluate(top, r - origin) / evaluate(bottom, r - origin)
    return -z if u < 0.5 else z


def log(x: float) -> float:
    """The natural logarithm of a positive normal number."""
    m, e = math.frexp(x)
    m, e = 2 * m, e - 1
    if m > 1.4142135623730951:
        m, e = 0.5 * m, e + 1
    return _log_of(e, (m - 1.0) / (m + 1.0))


def _log_of(e: int, s: float) -> float:
    w = s * s
    series = _split([1.0 / n for n in range(23, 2, -2)], w)
    return e * LN2_HIGH + (2.0 * s + 2.0 * s * (w * series) + e * LN2_LOW)


def exp(x: float) -> float:
    """e**x within one unit in the last place; x is held within ±708."""
    x = max(min(x, 708.0), -708.0)
    k = round(x * 1.4426950408889634)
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    series = _split([1.0 / math.factorial(n) for n in range(13, 1, -1)], r)
    return math.ldexp(1.0 + (r + r * r * series), k)


def draw(
    tape: Tape, seed: int, path: int, *, antithetic: bool = False, sobol: SobolPlan | None = None
) -> list[list[float]]:
    """One path: for each period the values of the columns, in the order of `tape.columns`."""
    eps = [] if sobol is None else _bridge_draws(sobol, tape.periods, path)
    x = [float(value) for value in tape.initial]
    rows = []
    for t in range(tape.periods):
        params = tape.params[t].tolist()
        after = 0
        for k, (op, begin, end, param, constant, *r) in enumerate(tape.steps.tolist()):
            if k < after or not begin <= t < end:
                continue
            if op == Op.SKIP:
                after = k + 1 + r[2] if (x[r[0]] > 0.5) != bool(r[1]) else 0
            elif op in (Op.NORMALS, Op.UNIFORMS):
                for j in range(r[1]):
                    if sobol is not None and r[2] < OWNER:
                        z = _bridged(sobol, eps, t, j)
                        x[r[0] + j] = z if op == Op.NORMALS else normal_cdf(sobol.mills.tolist(), z)
                        continue
                    dimension = -1 if sobol is None else int(sobol.table[t, r[3] + j])
                    if sobol is not None and dimension >= 0:
                        u = sobol_uniform(sobol, dimension, path)
                        x[r[0] + j] = inverse_normal(u) if op == Op.NORMALS else u
                        continue
                    u = uniform(seed, path >> antithetic, t, r[2] + j)
                    u = 1.0 - u if antithetic and path & 1 else u
                    x[r[0] + j] = inverse_normal(u) if op == Op.NORMALS else u
            else:
                STEPS[Op(op)](x, r, params[param:], tape.constants[constant : constant + MOST_CONSTANTS].tolist())
        rows.append(x[: len(tape.columns)])
    return rows


def sobol_uniform(plan: SobolPlan, dimension: int, path: int) -> float:
    """Coordinate `dimension` of point `path`."""
    word = int(plan.shift[dimension])
    for b in range(BITS):
        if path >> b & 1:
            word ^= int(plan.direction[dimension, b])
    return math.ldexp(2 * word + 1, -53)


def _bridge_draws(plan: SobolPlan, periods: int, path: int) -> list[list[float]]:
    return [
        [inverse_normal(sobol_uniform(plan, m * plan.drivers + k, path)) for k in range(plan.drivers)]
        for m in range(periods)
    ]


def _bridged(plan: SobolPlan, eps: list[list[float]], t: int, k: int) -> float:
    row = plan.bridge[t].tolist()
    total: float = row[0] * eps[0][k]
    for m in range(1, len(row)):
        if row[m] != 0:
            total += row[m] * eps[m][k]
    return total


Registers = list[float]
Numbers = list[float]
Step = Callable[[Registers, Sequence[int], Numbers, Numbers], None]


def _scores(x: Registers, r: Sequence[int], p: Numbers, c: Numbers) -> None:
    for j in range(r[2]):
        x[r[0] + j] = inverse_normal(x[r[1] + j])


def _mix(x: Registers, r: Sequence[int], p: Numbers, c: Numbers) -> None:
    last = r[2] - 1
    total = c[last] * x[r[1] + last]
    for j in range(last):
        if c[j] != 0:
            total += c[j] * x[r[1] + j]
    x[r[0]] = total


def _switch(x: Registers, r: Sequence[int], p: Numbers, c: Numbers) -> None:
    x[r[0]] = float(x[r[1]] < (p[1] if x[r[0]] > 0.5 else p[0]))


def _advance(x: Registers, r: Sequence[int], p: Numbers, c: Numbers) -> None:
    x[r[0]] = p[0] * x[r[0]] + (p[1] + p[2] * x[r[1]])


def _student_scores(x: Registers, r: Sequence[int], p: Numbers, c: Numbers) -> None:
    law = c[LAW:] if r[3] >= 0 and x[r[3]] > 0.5 else c
    for j in range(r[2]):
        x[r[0] + j] = student_score(law, x[r[1] + j])


def _link(x: Registers, r: Sequence[int], p: Numbers, c: Numbers) -> None:
    n, w = r[4], x[r[2]]
    size = n * (n + 1) // 2
    root: list[list[float]] = []
    for i in range(n):
        row: list[float] = []
        for j in range(i + 1):
            at = i * (i + 1) // 2 + j
            left = c[at] + w * c[size + at]
            for k in range(j):
                left -= row[k] * (row[k] if j == i else root[j][k])
            if j < i:
                row.append(left / root[j][j] if root[j][j] > 0 else 0.0)
            else:
                row.append(math.sqrt(left) if left > 1e-12 else 0.0)
        root.append(row)
        total = row[i] * x[r[1] + i]
        for j in range(i):
            total += row[j] * x[r[1] + j]
        x[r[0] + i] = total


def _clayton(x: Registers, r: Sequence[int], p: Numbers, c: Numbers) -> None:
    theta = c[0]
    growth = -(theta / (1.0 + r[3] * theta)) * log(x[r[1]])
    t = x[r[2]] + log(exp_less_one(growth))
    x[r[2]] += growth
    x[r[0]] = exp(-soft_plus(t) / theta)


def _frank(x: Registers, r: Sequence[int], p: Numbers, c: Numbers) -> None:
    theta = c[0]
    if r[3] == 0:
        x[r[0]] = 1.0 + float(math.floor(-log(x[r[2]]) / log_one_plus(1.0 / exp_less_one(theta * x[r[1]]))))
        return
    share, rest = -exp_less_one(-theta), exp(-theta)
    power = log(x[r[1]]) / x[r[2]]
    x[r[0]] = log_one_plus(share * exp(power) / (rest - share * exp_less_one(power))) / theta


def _gumbel(x: Registers, r: Sequence[int], p: Numbers, c: Numbers) -> None:
    alpha, coefficients, j = 1.0 / c[0], c[1 : 1 + r[3]], r[3]
    y, target = x[r[2]], -log(x[r[1]])
    start = _horner(coefficients[::-1], y)
    low, high = 0.0, log_one_plus(target / y) / alpha
    if alpha < 1.0:
        high = min(high, target / (j * (1.0 - alpha)))
    d = high
    for _ in range(MOST_STEPS):
        growth = exp_less_one(alpha * d)
        now = y + y * growth
        q = _horner(coefficients[::-1], now)
        f = y * growth + (j - alpha) * d - log(q / start) - target
        q_slope = 0.0
        for k in range(j - 1, 0, -1):
            q_slope = q_slope * now + k * coefficients[k]
        slope = alpha * now + (j - alpha) - alpha * (now * q_slope / q)
        low, high = (low, d) if f > 0.0 else (d, high)
        last, d = d, d - f / slope
        if not low < d < high:
            d = 0.5 * (low + high)
        rounding = 4.440892098500626e-16 * (y * growth + (j - alpha) * last + target) + 2.220446049250313e-16 * (j - 1)
        if abs(f) <= rounding:
            d = last
        if abs(d - last) <= 2.3e-16 * last:
            break
    t = d if d > 30.0 else log(exp_less_one(d))
    x[r[0]] = exp(-(y * exp(alpha * t)))
    x[r[2]] = y + y * exp_less_one(alpha * d)


def _to(function: Callable[[Registers, Sequence[int], Numbers, Numbers], float]) -> Step:
    """A step that writes one register."""

    def step(x: Registers, r: Sequence[int], p: Numbers, c: Numbers) -> None:
        x[r[0]] = function(x, r, p, c)

    return step


STEPS: dict[Op, Step] = {
    Op.SCORES: _scores,
    Op.MIX: _mix,
    Op.AFFINE: _to(lambda x, r, p, c: p[0] + p[1] * x[r[1]]),
    Op.SUM: _to(lambda x, r, p, c: p[0] + (p[1] * x[r[1]] + p[2] * x[r[2]])),
    Op.PRODUCT: _to(lambda x, r, p, c: x[r[1]] * x[r[2]]),
    Op.QUOTIENT: _to(lambda x, r, p, c: x[r[1]] / x[r[2]] if x[r[2]] != 0 else 0.0),
    Op.HIGHER: _to(lambda x, r, p, c: x[r[1]] if x[r[1]] > x[r[2]] else x[r[2]]),
    Op.LOWER: _to(lambda x, r, p, c: x[r[1]] if x[r[1]] < x[r[2]] else x[r[2]]),
    Op.SELECT: _to(lambda x, r, p, c: x[r[2]] if x[r[1]] > 0.5 else x[r[3]]),
    Op.BELOW: _to(lambda x, r, p, c: float(x[r[1]] < p[0])),
    Op.SWITCH: _switch,
    Op.ADVANCE: _advance,
    Op.EXP: _to(lambda x, r, p, c: p[0] * exp(x[r[1]])),
    Op.CLIP: _to(lambda x, r, p, c: min(max(p[0] + x[r[1]], p[1]), p[2])),
    Op.LOG: _to(lambda x, r, p, c: log(x[r[1]])),
    Op.SQRT: _to(lambda x, r, p, c: math.sqrt(x[r[1]])),
    Op.LOGISTIC: _to(lambda x, r, p, c: 1.0 / (1.0 + exp(-x[r[1]]))),
    Op.CDF: _to(lambda x, r, p, c: normal_cdf(c, x[r[1]])),
    Op.POSITIVE: _to(lambda x, r, p, c: positive(c, x[r[1]])),
    Op.POSITIVE_BY_STATE: _to(lambda x, r, p, c: positive(c[2 * RATIONAL :] if x[r[2]] > 0.5 else c, x[r[1]])),
    Op.T_VALUE: _to(lambda x, r, p, c: student_value(c, x[r[1]])),
    Op.T_VALUE_BY_STATE: _to(lambda x, r, p, c: student_value(c[LAW:] if x[r[2]] > 0.5 else c, x[r[1]])),
    Op.T_SCORE: _student_scores,
    Op.LINK: _link,
    Op.CLAYTON: _clayton,
    Op.FRANK: _frank,
    Op.GUMBEL: _gumbel,
    Op.CLAYTON_H: _to(lambda x, r, p, c: clayton_h(x[r[1]], x[r[2]], c[0])),
    Op.GUMBEL_H: _to(lambda x, r, p, c: gumbel_h(x[r[1]], x[r[2]], c[0])),
    Op.FRANK_H: _to(lambda x, r, p, c: frank_h(x[r[1]], x[r[2]], c[0])),
    Op.FRANK_H_INVERSE: _to(lambda x, r, p, c: frank_h_inverse(x[r[1]], x[r[2]], c[0])),
    Op.COUNT: _to(lambda x, r, p, c: float(sum(x[r[1] + j] < p[0] for j in range(r[2])))),
}


def positive(c: Numbers, score: float) -> float:
    """e to a rational function of a score: one for the scores below zero, one for the others."""
    return exp(ratio(c if score < 0 else c[RATIONAL:], score))


def clayton_h(u: float, v: float, theta: float) -> float:
    """The distribution function of u given v."""
    a = -theta * log(u)
    t = (a if a > 40.0 else log(exp_less_one(a))) + theta * log(v)
    return exp(-(1.0 + 1.0 / theta) * soft_plus(t))


def gumbel_h(u: float, v: float, theta: float) -> float:
    """The distribution function of u given v."""
    alpha, y = 1.0 / theta, -log(v)
    d = soft_plus(theta * (log(-log(u)) - log(y)))
    return exp(-(y * exp_less_one(alpha * d) + (1.0 - alpha) * d))


def frank_h(u: float, v: float, theta: float) -> float:
    """The distribution function of u given v."""
    a, b, rest = -exp_less_one(-theta * u), -exp_less_one(-theta * v), exp(-theta * v)
    beyond = -exp_less_one(-theta * (1.0 - u))
    return a * rest / (-exp_less_one(-theta) * rest + b * (exp(-theta * u) * beyond))


def frank_h_inverse(w: float, v: float, theta: float) -> float:
    """The u whose distribution function given v is w."""
    below = exp(-theta * v) * (1.0 - w) + w * exp(-theta)
    return log_one_plus(-exp_less_one(-theta) * w / below) / theta


def student_value(c: Sequence[float], z: float) -> float:
    """c[0] times the quantile of Student's t at the probability of the score z."""
    if z * z <= c[2]:
        q = min(z * z - c[1], c[1])
        return c[0] * (z * (_split(c[3:12], q) / _split(c[12:BEYOND], q)))
    return c[0] * (z * exp(ratio(c[BEYOND:], z * z)))


def student_score(c: Sequence[float], x: float) -> float:
    """The score of a value of Student's t with 1 / c[0] degrees of freedom."""
    if x * x * c[0] <= c[2]:
        u = min((1.0 - c[1]) - 1.0 / (1.0 + x * x * c[0]), c[1])
        return x * (_split(c[3:12], u) / _split(c[12:BEYOND], u))
    v = min(log_one_plus(x * x * c[0]), c[BEYOND + 1])
    size = math.sqrt(v) * ratio(c[BEYOND:], v)
    return -size if x < 0 else size


def normal_cdf(c: Sequence[float], z: float) -> float:
    """Φ(z), from Mills' ratio."""
    p = exp(-0.5 * (abs(z) * abs(z))) * ratio(c, abs(z))
    return p if z < 0 else 1.0 - p


def ratio(c: Sequence[float], x: float) -> float:
    """P(x) / Q(x) with x held within [c[0], c[1]]; then the coefficients of P and of Q."""
    x = min(max(x, c[0]), c[1])
    return _split(c[2 : 3 + DEGREE], x) / _split(c[3 + DEGREE : RATIONAL], x)


def log_one_plus(x: float) -> float:
    """ln(1 + x) for x ≥ 0."""
    m, e = math.frexp(1.0 + x)
    m, e = 2 * m, e - 1
    if m > 1.4142135623730951:
        m, e = 0.5 * m, e + 1
    f = x if e == 0 else m - 1.0
    return _log_of(e, f / (2.0 + f))


def exp_less_one(x: float) -> float:
    """e**x − 1."""
    if abs(x) > 0.35:
        return exp(x) - 1.0
    return x + x * x * _horner([1.0 / math.factorial(n) for n in range(15, 1, -1)], x)


def soft_plus(x: float) -> float:
    """ln(1 + e**x)."""
    return (x if x > 0 else 0.0) + log_one_plus(exp(-abs(x)))


def _horner(powers: Sequence[float], x: float) -> float:
    total = powers[0]
    for power in powers[1:]:
        total = total * x + power
    return total


def _split(powers: Sequence[float], x: float) -> float:
    """A polynomial, highest power first: even and odd powers apart."""
    y = x * x
    return _horner(powers[::-1][::2][::-1], y) + x * _horner(powers[::-1][1::2][::-1], y)
