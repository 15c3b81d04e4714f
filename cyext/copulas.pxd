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

    Every lane takes Newton's steps until its own d stands, and keeps it while others go on.
    """
    cdef double start[CHUNK]
    cdef double target[CHUNK]
    cdef double low[CHUNK]
    cdef double high[CHUNK]
    cdef double d[CHUNK]
    cdef double going[CHUNK]
    cdef double now[CHUNK]
    cdef double q[CHUNK]
    cdef double slope[CHUNK]
    cdef Py_ssize_t step
    polynomial(start, c, total, j)
    gumbel_begin(target, low, high, d, going, v, total, 1.0 / theta, <double>j)
    for step in range(MOST_STEPS):
        gumbel_now(now, total, d, 1.0 / theta)
        polynomial(q, c, now, j)
        polynomial_slope(slope, c, now, j)
        if not gumbel_step(d, low, high, going, total, target, start, now, q, slope, 1.0 / theta, <double>j):
            break
    gumbel_end(u, total, d, 1.0 / theta)


cdef inline lane_void gumbel_begin(lanes_rw target, lanes_rw low, lanes_rw high, lanes_rw d, lanes_rw going,
                                   lanes_ro v, lanes_ro y, double alpha, double j) noexcept nogil:
    cdef Py_ssize_t i
    cdef double a, b, least = either_of(alpha < 1.0, j * (1.0 - alpha), 1e-300)
    for i in range(CHUNK):
        target[i] = -logarithm(v[i])
        a = log_one_plus(target[i] / y[i]) / alpha
        b = target[i] / least
        high[i] = either_of(b < a, b, a)
        d[i] = high[i]
        low[i] = 0.0
        going[i] = 1.0


cdef inline lane_void gumbel_now(lanes_rw now, lanes_ro y, lanes_ro d, double alpha) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        now[i] = y[i] + y[i] * exponential_less_one(alpha * d[i])


cdef inline bint gumbel_step(lanes_rw d, lanes_rw low, lanes_rw high, lanes_rw going, lanes_ro y, lanes_ro target,
                             lanes_ro start, lanes_ro now, lanes_ro q, lanes_ro slope, double alpha,
                             double j) noexcept nogil:
    """A step of Newton's method, or half of the bracket, until f is what its rounding errors add up to; whether a lane
    goes on. For j > 1 the logarithm alone has some (j - 1) 2**-52 of them."""
    cdef Py_ssize_t i
    cdef double f, t, size, growth, fixed = 2.220446049250313e-16 * (j - 1.0)
    cdef int any_goes = 0
    for i in range(CHUNK):
        growth = exponential_less_one(alpha * d[i])
        f = y[i] * growth + (j - alpha) * d[i] - logarithm(q[i] / start[i]) - target[i]
        high[i] = either_of(f > 0.0, d[i], high[i])
        low[i] = either_of(f > 0.0, low[i], d[i])
        t = d[i] - f / (alpha * now[i] + (j - alpha) - alpha * (now[i] * slope[i] / q[i]))
        t = either_of(low[i] < t, either_of(t < high[i], t, 0.5 * (low[i] + high[i])), 0.5 * (low[i] + high[i]))
        size = 4.440892098500626e-16 * (y[i] * growth + (j - alpha) * d[i] + target[i]) + fixed
        t = either_of(either_of(f < 0.0, -f, f) <= size, d[i], t)
        size = either_of(t > d[i], t - d[i], d[i] - t)
        t = either_of(going[i] > 0.5, t, d[i])
        going[i] = either_of(size <= 2.3e-16 * d[i], 0.0, going[i])
        d[i] = t
    for i in range(CHUNK):
        any_goes |= going[i] > 0.5
    return any_goes


cdef inline lane_void gumbel_end(lanes_rw u, lanes_rw y, lanes_ro d, double alpha) noexcept nogil:
    cdef Py_ssize_t i
    cdef double t
    for i in range(CHUNK):
        t = either_of(d[i] > 30.0, d[i], logarithm(exponential_less_one(lower(d[i], 30.0))))
        u[i] = exponential(-(y[i] * exponential(alpha * t)))
        y[i] = y[i] + y[i] * exponential_less_one(alpha * d[i])


cdef inline lane_void polynomial(lanes_rw d, const double* c, lanes_ro y, Py_ssize_t n) noexcept nogil:
    """c[0] + c[1] y + ... + c[n-1] y**(n-1)."""
    cdef Py_ssize_t i, k
    for i in range(CHUNK):
        d[i] = c[n - 1]
    for k in range(n - 2, -1, -1):
        horner(d, y, c[k])


cdef inline lane_void polynomial_slope(lanes_rw d, const double* c, lanes_ro y, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i, k
    for i in range(CHUNK):
        d[i] = 0.0
    for k in range(n - 1, 0, -1):
        horner(d, y, k * c[k])


cdef inline lane_void horner(lanes_rw d, lanes_ro y, double c) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        d[i] = d[i] * y[i] + c
