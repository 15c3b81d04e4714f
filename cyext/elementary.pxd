# cython: cdivision=True
# Elementary functions over lanes. Twin in plain Python, operation by operation: `tranche/market/elementary.py`.
#
# As in normals.pxd: only IEEE add, subtract, multiply, divide and square root, and integer operations.
from libc.stdint cimport int32_t, uint64_t

from lanes cimport either_of, higher, lane_void, lanes_bits, lanes_ro, lanes_rw, lower
from normals cimport double_of, exponential, lane_double, sqrt

cdef enum:
    DEGREE = 12                 # of the rational functions of `market/rational.py`
    RATIONAL = 28               # low, high, and DEGREE + 1 coefficients twice


cdef inline lane_double log_one_plus(double x) noexcept nogil:
    """ln(1 + x) for x >= 0: 1 + x = 2**e m, m in (0.707, 1.415), ln m = 2s (1 + s^2/3 + s^4/5 + ...), s = (m-1)/(m+1)."""
    cdef uint64_t word = lanes_bits(1.0 + x)
    cdef double m = double_of((word & <uint64_t>0x000FFFFFFFFFFFFF) | <uint64_t>0x3FF0000000000000)
    cdef double e = double_of((word >> 52) | <uint64_t>0x4330000000000000) - 4503599627371519.0     # 2**52 + 1023
    cdef double f, s
    cdef bint upper = m > 1.4142135623730951
    m = either_of(upper, 0.5 * m, m)
    e = either_of(upper, e + 1.0, e)
    f = either_of(e == 0.0, x, m - 1.0)             # 1 + x has lost digits of a small x, and m - 1 with it
    s = f / (2.0 + f)
    return log_of(e, s)


cdef inline lane_double logarithm(double x) noexcept nogil:
    """ln x for a positive normal x."""
    cdef uint64_t word = lanes_bits(x)
    cdef double m = double_of((word & <uint64_t>0x000FFFFFFFFFFFFF) | <uint64_t>0x3FF0000000000000)
    cdef double e = double_of((word >> 52) | <uint64_t>0x4330000000000000) - 4503599627371519.0
    cdef bint upper = m > 1.4142135623730951
    m = either_of(upper, 0.5 * m, m)
    e = either_of(upper, e + 1.0, e)
    return log_of(e, (m - 1.0) / (m + 1.0))


cdef inline lane_double log_of(double e, double s) noexcept nogil:
    """e ln 2 + 2s (1 + s^2/3 + ... + s^22/23), even and odd powers of s^2 apart."""
    cdef double w = s * s, w2 = w * w, even, odd
    even = 1.0 / 23.0
    odd = 1.0 / 21.0
    even = even * w2 + 1.0 / 19.0
    odd = odd * w2 + 1.0 / 17.0
    even = even * w2 + 1.0 / 15.0
    odd = odd * w2 + 1.0 / 13.0
    even = even * w2 + 1.0 / 11.0
    odd = odd * w2 + 1.0 / 9.0
    even = even * w2 + 1.0 / 7.0
    odd = odd * w2 + 1.0 / 5.0
    even = even * w2 + 1.0 / 3.0
    even = even + w * odd
    even = 2.0 * s + 2.0 * s * (w * even)
    return e * 6.93147180369123816490e-01 + (even + e * 1.90821492927058770002e-10)


cdef inline lane_double exponential_less_one(double x) noexcept nogil:
    """e**x - 1 by Taylor's series for |x| <= 0.35, else by the difference."""
    cdef double s
    s = 1.0 / 1307674368000.0
    s = s * x + 1.0 / 87178291200.0
    s = s * x + 1.0 / 6227020800.0
    s = s * x + 1.0 / 479001600.0
    s = s * x + 1.0 / 39916800.0
    s = s * x + 1.0 / 3628800.0
    s = s * x + 1.0 / 362880.0
    s = s * x + 1.0 / 40320.0
    s = s * x + 1.0 / 5040.0
    s = s * x + 1.0 / 720.0
    s = s * x + 1.0 / 120.0
    s = s * x + 1.0 / 24.0
    s = s * x + 1.0 / 6.0
    s = s * x + 0.5
    s = x + x * x * s
    return either_of(x > 0.35, exponential(x) - 1.0, either_of(x < -0.35, exponential(x) - 1.0, s))


cdef inline lane_double soft_plus(double x) noexcept nogil:
    """ln(1 + e**x)."""
    cdef double size = either_of(x > 0.0, x, -x)
    return either_of(x > 0.0, x, 0.0) + log_one_plus(exponential(-size))


cdef inline lane_double ratio(const double* c, double x) noexcept nogil:
    """P(x) / Q(x) with x held within [c[0], c[1]]; then the coefficients of P and of Q, highest power first."""
    x = lower(higher(x, c[0]), c[1])
    return polynomial_of_twelve(c + 2, x) / polynomial_of_twelve(c + 15, x)


cdef inline lane_double polynomial_of_twelve(const double* c, double x) noexcept nogil:
    """Even and odd powers apart: two short chains of operations keep a processor busier than one long one."""
    cdef double y = x * x, even, odd
    even = (((((c[0] * y + c[2]) * y + c[4]) * y + c[6]) * y + c[8]) * y + c[10]) * y + c[12]
    odd = ((((c[1] * y + c[3]) * y + c[5]) * y + c[7]) * y + c[9]) * y + c[11]
    return even + x * odd
