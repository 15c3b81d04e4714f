# cython: cdivision=True
# Steps of a market's tape that make drivers depend on one another. Meaning: `tranche/market/twin.py`, line by line.
#
# Each is a conditional construction: driver j is drawn given the drivers before it, so that the first keeps its bits
# under every copula, and a driver added at the end moves none before it.
from libc.stdint cimport int32_t

from elementary cimport exponential_less_one, log_one_plus, logarithm, soft_plus
from lanes cimport either_of, higher, lane_void, lanes_ro, lanes_rw, lower
from normals cimport exponential, lane_double, sqrt
from steps cimport CHUNK

cdef extern from "<math.h>" nogil:
    double floor(double x)

cdef enum:
    MOST_STEPS = 100            # of Newton's method, bisecting where it would leave the bracket


cdef inline lane_void link(double* z, const double* e, const double* w, double* root, const double* calm,
                           const double* change, Py_ssize_t n) noexcept nogil:
    """z <- L e with L L' = calm + w change, worked out lane by lane; `root`: room for n (n + 1) / 2 rows.

    `calm`, `change`: lower triangles, row by row. A pivot of 1e-12 or less is a driver that hangs on those before it.
    """
    cdef Py_ssize_t i, j, k, at = 0, row = 0, other
    for i in range(n):
        other = 0
        for j in range(i):
            entry(root + (row + j) * CHUNK, w, calm[row + j], change[row + j])
            for k in range(j):
                take_off(root + (row + j) * CHUNK, root + (row + k) * CHUNK, root + (other + k) * CHUNK)
            divide(root + (row + j) * CHUNK, root + (other + j) * CHUNK)
            other += j + 1
        entry(root + (row + i) * CHUNK, w, calm[row + i], change[row + i])
        for k in range(i):
            take_off_square(root + (row + i) * CHUNK, root + (row + k) * CHUNK)
        pivot(root + (row + i) * CHUNK)
        weigh(z + i * CHUNK, root + (row + i) * CHUNK, e + i * CHUNK)
        for j in range(i):
            add_weighed(z + i * CHUNK, root + (row + j) * CHUNK, e + j * CHUNK)
        row += i + 1


cdef inline lane_void entry(lanes_rw d, lanes_ro w, double calm, double change) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        d[i] = calm + w[i] * change


cdef inline lane_void take_off(lanes_rw d, lanes_ro a, lanes_ro b) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        d[i] = d[i] - a[i] * b[i]


cdef inline lane_void take_off_square(lanes_rw d, lanes_ro a) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        d[i] = d[i] - a[i] * a[i]


cdef inline lane_void divide(lanes_rw d, lanes_ro by) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        d[i] = either_of(by[i] > 0.0, d[i] / by[i], 0.0)


cdef inline lane_void pivot(lanes_rw d) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        d[i] = either_of(d[i] > 1e-12, sqrt(d[i]), 0.0)


cdef inline lane_void weigh(lanes_rw z, lanes_ro a, lanes_ro e) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        z[i] = a[i] * e[i]


cdef inline lane_void add_weighed(lanes_rw z, lanes_ro a, lanes_ro e) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        z[i] = z[i] + a[i] * e[i]


cdef inline lane_void clayton(lanes_rw u, lanes_ro v, lanes_rw total, double theta, double j) noexcept nogil:
    """Uniform j >= 1 of a Clayton copula given those before it. `total` is ln(1 + t_0 + ... ), t = u**-theta - 1.

    1 + t_0 + ... + t_j = (1 + t_0 + ... + t_j-1) v**(-theta / (1 + j theta)).
    """
    cdef Py_ssize_t i
    cdef double growth, t
    for i in range(CHUNK):
        growth = -(theta / (1.0 + j * theta)) * logarithm(v[i])
        t = total[i] + logarithm(exponential_less_one(growth))
        total[i] = total[i] + growth
        u[i] = exponential(-soft_plus(t) / theta)


cdef inline lane_void frank_frailty(lanes_rw frailty, lanes_ro first, lanes_ro q, double theta) noexcept nogil:
    """The frailty of a Frank copula given its first uniform: geometric, P(V > k) = (1 - e**(-theta u))**k."""
    cdef Py_ssize_t i
    for i in range(CHUNK):
        frailty[i] = 1.0 + floor(-logarithm(q[i]) / log_one_plus(1.0 / exponential_less_one(theta * first[i])))


cdef inline lane_void frank(lanes_rw u, lanes_ro v, lanes_ro frailty, double theta) noexcept nogil:
    """Another uniform given the frailty: -ln(1 - p a) / theta, a = v**(1 / V), p = 1 - e**-theta."""
    cdef Py_ssize_t i
    cdef double p = -exponential_less_one(-theta), rest = exponential(-theta), x, a, below
    for i in range(CHUNK):
        x = logarithm(v[i]) / frailty[i]
        a = p * exponential(x)
        below = rest - p * exponential_less_one(x)
        u[i] = log_one_plus(a / below) / theta


cdef inline lane_void clayton_h(lanes_rw h, lanes_ro u, lanes_ro v, double theta) noexcept nogil:
    """P(U <= u | v) = (1 + v**theta (u**-theta - 1))**(-1 - 1/theta)."""
    cdef Py_ssize_t i
    cdef double a, t
    for i in range(CHUNK):
        a = -theta * logarithm(u[i])
        t = either_of(a > 40.0, a, logarithm(exponential_less_one(lower(a, 40.0)))) + theta * logarithm(v[i])
        h[i] = exponential(-(1.0 + 1.0 / theta) * soft_plus(t))


cdef inline lane_void gumbel_h(lanes_rw h, lanes_ro u, lanes_ro v, double theta) noexcept nogil:
    """P(U <= u | v): with y = -ln v and d = ln(1 + (ln u / ln v)**theta),
    -ln P = y (e**(d/theta) - 1) + (1 - 1/theta) d, as `gumbel` solves it for d."""
    cdef Py_ssize_t i
    cdef double alpha = 1.0 / theta, y, d
    for i in range(CHUNK):
        y = -logarithm(v[i])
        d = soft_plus(theta * (logarithm(-logarithm(u[i])) - logarithm(y)))
        h[i] = exponential(-(y * exponential_less_one(alpha * d) + (1.0 - alpha) * d))


cdef inline lane_void frank_h(lanes_rw h, lanes_ro u, lanes_ro v, double theta) noexcept nogil:
    """P(U <= u | v) = a e**(-theta v) / (p - a b), a = 1 - e**(-theta u), b = 1 - e**(-theta v), p = 1 - e**-theta."""
    cdef Py_ssize_t i
    cdef double p = -exponential_less_one(-theta), a, b, rest, beyond
    for i in range(CHUNK):
        a = -exponential_less_one(-theta * u[i])
        b = -exponential_less_one(-theta * v[i])
        rest = exponential(-theta * v[i])
        beyond = -exponential_less_one(-theta * (1.0 - u[i]))
        h[i] = a * rest / (p * rest + b * (exponential(-theta * u[i]) * beyond))


cdef inline lane_void frank_h_inverse(lanes_rw u, lanes_ro w, lanes_ro v, double theta) noexcept nogil:
    """The u with P(U <= u | v) = w: ln(1 + p w / (e**(-theta v) (1 - w) + w e**-theta)) / theta."""
    cdef Py_ssize_t i
    cdef double p = -exponential_less_one(-theta), least = exponential(-theta), below
    for i in range(CHUNK):
        below = exponential(-theta * v[i]) * (1.0 - w[i]) + w[i] * least
        u[i] = log_one_plus(p * w[i] / below) / theta


cdef inline lane_void gumbel(double* u, const double* v, double* total, double theta, const double* c,
                             Py_ssize_t j) noexcept nogil:
    """Uniform j >= 1 of a Gumbel copula given those before it. `total` is y = T**(1/theta), T = t_0 + t_1 + ...,
    t = (-ln u)**theta.

    With P(y) = sum a_k y**k (c: a_1 ... a_j) derivative j of the generator is e**-y T**-j P(y) up to its sign; d, the
    growth of ln T, solves  y (e**(d/theta) - 1) + (j - 1/theta) d - ln(Q(y e**(d/theta)) / Q(y)) = -ln v,  Q = P / y.
    """
    cdef Py_ssize_t i
    for i in range(CHUNK):
        gumbel_lane(u + i, v[i], total + i, 1.0 / theta, c, j)


cdef inline lane_void gumbel_lane(double* u, double v, double* total, double alpha, const double* c,
                                  Py_ssize_t j) noexcept nogil:
    cdef double y = total[0], target = -logarithm(v), low = 0.0, d, high, growth, q, slope, f, now, t, start
    cdef Py_ssize_t k, step
    start = polynomial(c, y, j)
    high = log_one_plus(target / y) / alpha
    if alpha < 1.0 and target / (j * (1.0 - alpha)) < high:
        high = target / (j * (1.0 - alpha))
    d = high
    for step in range(MOST_STEPS):
        growth = exponential_less_one(alpha * d)
        now = y + y * growth
        q = polynomial(c, now, j)
        f = y * growth + (j - alpha) * d - logarithm(q / start) - target
        slope = alpha * now + (j - alpha) - alpha * (now * polynomial_slope(c, now, j) / q)
        if f > 0.0:
            high = d
        else:
            low = d
        t = d - f / slope
        if not low < t < high:
            t = 0.5 * (low + high)
        if t == d or (t - d if t > d else d - t) <= 2.3e-16 * d:
            d = t
            break
        d = t
    t = d if d > 30.0 else logarithm(exponential_less_one(d))
    u[0] = exponential(-(y * exponential(alpha * t)))
    total[0] = y + y * exponential_less_one(alpha * d)


cdef inline lane_double polynomial(const double* c, double y, Py_ssize_t n) noexcept nogil:
    """c[0] + c[1] y + ... + c[n-1] y**(n-1)."""
    cdef double total = c[n - 1]
    cdef Py_ssize_t k
    for k in range(n - 2, -1, -1):
        total = total * y + c[k]
    return total


cdef inline lane_double polynomial_slope(const double* c, double y, Py_ssize_t n) noexcept nogil:
    cdef double total = 0.0
    cdef Py_ssize_t k
    for k in range(n - 1, 0, -1):
        total = total * y + k * c[k]
    return total
