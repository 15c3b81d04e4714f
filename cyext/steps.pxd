# cython: cdivision=True
# Loops over the lanes of a chunk, one for each step of a market's tape. Meaning: `tranche/market/twin.py`, line by line.
from elementary cimport RATIONAL, logarithm, ratio
from lanes cimport either_of, higher, lane_void, lanes_ro, lanes_rw, lower
from normals cimport exponential, lane_double, sqrt

cdef enum:
    CHUNK = 64                  # lanes drawn together, whatever the block's width


cdef inline lane_void mix(lanes_rw d, const double* x, const double* weight, Py_ssize_t n) noexcept nogil:
    """d <- the weighted sum of n rows of x, the last one first."""
    cdef Py_ssize_t j = 0
    scale(d, x + (n - 1) * CHUNK, weight[n - 1])
    while j < n - 1:
        if j + 3 < n and weight[j] != 0 and weight[j + 1] != 0 and weight[j + 2] != 0:
            add_three(d, x + j * CHUNK, weight[j], weight[j + 1], weight[j + 2])
            j += 3
            continue
        if weight[j] != 0:
            add_scaled(d, x + j * CHUNK, weight[j])
        j += 1


cdef inline lane_void scale(lanes_rw d, lanes_ro x, double weight) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        d[i] = weight * x[i]


cdef inline lane_void add_scaled(lanes_rw d, lanes_ro x, double weight) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        d[i] = d[i] + weight * x[i]


cdef inline lane_void add_three(lanes_rw d, lanes_ro x, double first, double second, double third) noexcept nogil:
    """Three rows one after the other, and d read and written once."""
    cdef Py_ssize_t i
    for i in range(CHUNK):
        d[i] = ((d[i] + first * x[i]) + second * x[CHUNK + i]) + third * x[2 * CHUNK + i]


cdef inline lane_void affine(double* d, const double* a, const double* p) noexcept nogil:
    cdef Py_ssize_t i
    cdef double origin = p[0], weight = p[1]
    for i in range(CHUNK):
        d[i] = origin + weight * a[i]


cdef inline lane_void weighted_sum(double* d, const double* a, const double* b, const double* p) noexcept nogil:
    cdef Py_ssize_t i
    cdef double origin = p[0], of_a = p[1], of_b = p[2]
    for i in range(CHUNK):
        d[i] = origin + (of_a * a[i] + of_b * b[i])


cdef inline lane_void product(double* d, const double* a, const double* b) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        d[i] = a[i] * b[i]


cdef inline lane_void quotient(double* d, const double* a, const double* b) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        d[i] = either_of(b[i] != 0.0, a[i] / b[i], 0.0)


cdef inline lane_void at_least(double* d, const double* a, const double* b) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        d[i] = higher(a[i], b[i])


cdef inline lane_void at_most(double* d, const double* a, const double* b) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        d[i] = lower(a[i], b[i])


cdef inline lane_void select(double* d, const double* mask, const double* a, const double* b) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        d[i] = either_of(mask[i] > 0.5, a[i], b[i])


cdef inline lane_void below(double* d, const double* a, double limit) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        d[i] = either_of(a[i] < limit, 1.0, 0.0)


cdef inline lane_void switch(double* s, const double* a, double enter, double stay) noexcept nogil:
    """A state of 0 or 1: 1 where a is below the limit of the state before."""
    cdef Py_ssize_t i
    for i in range(CHUNK):
        s[i] = either_of(a[i] < either_of(s[i] > 0.5, stay, enter), 1.0, 0.0)


cdef inline lane_void advance(lanes_rw y, lanes_ro z, double decay, double shift, double scale) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        y[i] = decay * y[i] + (shift + scale * z[i])


cdef inline lane_void exponential_level(lanes_rw d, lanes_ro y, double level) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        d[i] = level * exponential(y[i])


cdef inline lane_void clipped(double* d, const double* y, double level, double low, double high) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        d[i] = lower(higher(level + y[i], low), high)


cdef inline lane_void logarithms(double* d, const double* a) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        d[i] = logarithm(a[i])


cdef inline lane_void roots(double* d, const double* a) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        d[i] = sqrt(a[i])


cdef inline lane_void logistic(double* d, const double* a) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        d[i] = 1.0 / (1.0 + exponential(-a[i]))


cdef inline lane_void normal_cdf(lanes_rw d, lanes_ro z, const double* c) noexcept nogil:
    """Phi(z): exp(-z^2/2) times Mills' ratio over sqrt(2 pi), a rational function of |z|."""
    cdef Py_ssize_t i
    cdef double size, p
    for i in range(CHUNK):
        size = either_of(z[i] < 0.0, -z[i], z[i])
        p = exponential(-0.5 * (size * size)) * ratio(c, size)
        d[i] = either_of(z[i] < 0.0, p, 1.0 - p)


cdef inline lane_void positive(lanes_rw d, lanes_ro z, const double* c, Py_ssize_t n) noexcept nogil:
    """e to a rational function of a score: one for the scores below zero, one for the others."""
    cdef Py_ssize_t i
    cdef double below_zero, above
    for i in range(n):
        below_zero = ratio(c, z[i])
        above = ratio(c + RATIONAL, z[i])
        d[i] = exponential(either_of(z[i] < 0.0, below_zero, above))


cdef inline lane_void count_below(lanes_rw d, const double* x, double limit, Py_ssize_t n) noexcept nogil:
    """How many of n rows are below the limit."""
    cdef Py_ssize_t i, j
    for i in range(CHUNK):
        d[i] = 0.0
    for j in range(n):
        add_below(d, x + j * CHUNK, limit)


cdef inline lane_void add_below(lanes_rw d, lanes_ro x, double limit) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        d[i] = d[i] + either_of(x[i] < limit, 1.0, 0.0)


cdef inline bint anywhere(const double* mask, bint wanted) noexcept nogil:
    """Whether a lane of the chunk is in the state `wanted`."""
    cdef Py_ssize_t i
    cdef int found = 0
    for i in range(CHUNK):
        found |= (mask[i] > 0.5) == wanted
    return found
