# cython: cdivision=True
# Student's t on a market's tape: values from scores, and scores from values. Meaning: `tranche/market/twin.py`.
#
# (A) A score is x R(u), u = x^2 / (x^2 + dof), where x^2 <= 4 dof: two divisions and no logarithm. The few lanes beyond
#     are packed and take sqrt(v) R(v), v = ln(1 + x^2/dof). Which one a lane takes depends on the lane alone.
from libc.stdint cimport int32_t

from elementary cimport log_one_plus, ratio
from lanes cimport either_of, lane_void, lanes_ro, lanes_rw, lower
from normals cimport exponential, lane_double, sqrt
from packing cimport VECTOR, pack, unpack, whole_vectors
from steps cimport CHUNK

cdef enum:
    CENTRE = 21                 # three numbers (1 / dof or unit, half of the range, its end), nine coefficients twice
    LAW = 49                    # the numbers of a law: CENTRE and those of the tail's rational function
    MAP = 56                    # those of `positive`: two rational functions


cdef inline lane_void value_row(double* x, const double* z, const double* c, Py_ssize_t n) noexcept nogil:
    """The quantile of Student's t, times c[0], at the probability of the score z: z R(z^2 - h), and where z^2 > c[2], which
    few lanes are, z e**R(z^2). n is a multiple of VECTOR, at most CHUNK."""
    cdef int32_t where[CHUNK + VECTOR]
    cdef double far[CHUNK + VECTOR]
    cdef double found[CHUNK + VECTOR]
    cdef Py_ssize_t i, count = 0
    cdef int beyond = 0
    value_centre(x, z, c, n)
    for i in range(n):
        beyond |= z[i] * z[i] > c[2]
    if not beyond:
        return
    for i in range(n):
        where[count] = <int32_t>i
        count += z[i] * z[i] > c[2]
    pack(far, z, where, count)
    value_far(found, far, c, whole_vectors(count))
    unpack(x, found, where, count)


cdef inline lane_void value_centre(lanes_rw x, lanes_ro z, const double* c, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double q
    for i in range(n):
        q = lower(z[i] * z[i] - c[1], c[1])
        x[i] = c[0] * (z[i] * (polynomial_of_eight(c + 3, q) / polynomial_of_eight(c + 12, q)))


cdef inline lane_void value_far(lanes_rw x, lanes_ro z, const double* c, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        x[i] = c[0] * (z[i] * exponential(ratio(c + CENTRE, z[i] * z[i])))


cdef inline lane_void student_scores(double* z, const double* x, const double* c, Py_ssize_t rows) noexcept nogil:
    """The scores of rows of values, all of one law."""
    cdef Py_ssize_t j
    for j in range(rows):
        score_row(z + j * CHUNK, x + j * CHUNK, c, CHUNK)


cdef inline lane_void score_row(double* z, const double* x, const double* c, Py_ssize_t n) noexcept nogil:
    score_centre(z, x, c, n)
    score_tail(z, x, c, n)


cdef inline lane_void score_centre(lanes_rw z, lanes_ro x, const double* c, Py_ssize_t n) noexcept nogil:
    """n is a multiple of VECTOR; of no meaning beyond the largest u."""
    cdef Py_ssize_t i
    cdef double u
    for i in range(n):
        u = lower((1.0 - c[1]) - 1.0 / (1.0 + x[i] * x[i] * c[0]), c[1])
        z[i] = x[i] * (polynomial_of_eight(c + 3, u) / polynomial_of_eight(c + 12, u))


cdef inline lane_double polynomial_of_eight(const double* c, double x) noexcept nogil:
    """Even and odd powers apart: two short chains of operations keep a processor busier than one long one."""
    cdef double y = x * x
    return ((((c[0] * y + c[2]) * y + c[4]) * y + c[6]) * y + c[8]) + x * (((c[1] * y + c[3]) * y + c[5]) * y + c[7])


cdef inline lane_void score_tail(double* z, const double* x, const double* c, Py_ssize_t n) noexcept nogil:
    """The lanes beyond the centre, packed."""
    cdef int32_t where[CHUNK + VECTOR]
    cdef double far[CHUNK + VECTOR]
    cdef double found[CHUNK + VECTOR]
    cdef Py_ssize_t i, count = 0
    cdef int beyond = 0
    for i in range(n):
        beyond |= x[i] * x[i] * c[0] > c[2]
    if not beyond:
        return
    for i in range(n):
        where[count] = <int32_t>i
        count += x[i] * x[i] * c[0] > c[2]
    pack(far, x, where, count)
    score_far(found, far, c, whole_vectors(count))
    unpack(z, found, where, count)


cdef inline lane_void score_far(lanes_rw z, lanes_ro x, const double* c, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double v, size
    for i in range(n):
        v = lower(log_one_plus(x[i] * x[i] * c[0]), c[CENTRE + 1])
        size = sqrt(v) * ratio(c + CENTRE, v)
        z[i] = either_of(x[i] < 0.0, -size, size)
