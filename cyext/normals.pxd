# cython: cdivision=True
# Random numbers and elementary functions over lanes. Twin in plain Python, operation by operation: `tranche/market/twin.py`.
#
# Only IEEE add, subtract, multiply, divide and square root of doubles, and integer operations: no C library function
# whose last bit depends on its version or on the machine, so that the same path has the same bits everywhere.
from libc.stdint cimport int32_t, uint64_t

from lanes cimport either_of, fabs, higher, lane_void, lanes_bits, lanes_ro, lanes_rw, lower

cdef extern from *:
    """
    #include <math.h>
    #include <stdint.h>
    #include <string.h>
    typedef uint64_t* __restrict words_rw;
    typedef const uint64_t* __restrict words_ro;
    typedef int32_t* __restrict indices_rw;
    static inline double double_of(uint64_t u) { double x; memcpy(&x, &u, 8); return x; }
    """
    ctypedef double lane_double "LANES_INLINE double"
    ctypedef uint64_t* words_rw
    ctypedef const uint64_t* words_ro
    ctypedef int32_t* indices_rw
    double double_of(uint64_t u) noexcept nogil
    double copysign(double size, double sign) noexcept nogil
    double sqrt(double x) noexcept nogil

# ---- uniforms -----------------------------------------------------------------------------------------------------

cdef inline lane_void uniform(words_ro word, lanes_rw u, Py_ssize_t n) noexcept nogil:
    """Odd multiples of 2**-53, hence strictly inside (0, 1) and 1 - u is one too: the upper 52 bits k give (2k+1)/2**53."""
    cdef Py_ssize_t i
    for i in range(n):
        u[i] = (double_of((word[i] >> 12) | <uint64_t>0x3FF0000000000000) - 1.0) + 1.1102230246251565e-16

# ---- the inverse of the normal distribution function -------------------------------------------------------------

cdef inline lane_void normal_centre(lanes_ro u, lanes_rw z, lanes_rw p, lanes_rw away, Py_ssize_t n) noexcept nogil:
    """Wichura's AS 241 (Applied Statistics 37, 1988), PPND16, for away = |u - 0.5| <= 0.425; of no meaning elsewhere.
    p: the probability of the nearer tail."""
    cdef Py_ssize_t i
    cdef double q, r, w, top, bottom, odd
    for i in range(n):
        q = u[i] - 0.5
        r = 0.180625 - q * q
        w = r * r
        top = (((3.3430575583588128105e4 * w + 4.5921953931549871457e4) * w + 1.9715909503065514427e3) * w
               + 3.3871328727963666080e0)
        odd = (((2.5090809287301226727e3 * w + 6.7265770927008700853e4) * w + 1.3731693765509461125e4) * w
               + 1.3314166789178437745e2)
        top = top + r * odd
        bottom = ((2.8729085735721942674e4 * w + 2.1213794301586595867e4) * w + 6.8718700749205790830e2) * w + 1.0
        odd = (((5.2264952788528545610e3 * w + 3.9307895800092710610e4) * w + 5.3941960214247511077e3) * w
               + 4.2313330701600911252e1)
        bottom = bottom + r * odd
        z[i] = q * top / bottom
        p[i] = lower(u[i], 1.0 - u[i])
        away[i] = fabs(q)


cdef inline lane_void normal_tail(lanes_rw p, lanes_rw z, Py_ssize_t n) noexcept nogil:
    """-Phi^-1(p) for 2.3e-308 < p < 0.075, AS 241's middle rational; leaves r = sqrt(-ln p) in p; good where r <= 5.

    ln p = e ln 2 + ln m with m in (0.707, 1.415) and ln m = 2s (1 + s^2/3 + s^4/5 + ...), s = (m-1) / (m+1).
    """
    cdef Py_ssize_t i
    cdef uint64_t word
    cdef double m, e, s, w, w2, r, even, top, bottom
    cdef bint upper
    for i in range(n):
        word = lanes_bits(p[i])
        m = double_of((word & <uint64_t>0x000FFFFFFFFFFFFF) | <uint64_t>0x3FF0000000000000)
        e = double_of((word >> 52) | <uint64_t>0x4330000000000000) - 4503599627371519.0     # 2**52 + 1023
        upper = m > 1.4142135623730951
        m = either_of(upper, 0.5 * m, m)
        e = either_of(upper, e + 1.0, e)
        s = (m - 1.0) / (m + 1.0)
        w = s * s
        w2 = w * w
        r = 1.0 / 23.0
        even = 1.0 / 21.0
        r = r * w2 + 1.0 / 19.0
        even = even * w2 + 1.0 / 17.0
        r = r * w2 + 1.0 / 15.0
        even = even * w2 + 1.0 / 13.0
        r = r * w2 + 1.0 / 11.0
        even = even * w2 + 1.0 / 9.0
        r = r * w2 + 1.0 / 7.0
        even = even * w2 + 1.0 / 5.0
        r = r * w2 + 1.0 / 3.0
        r = r + w * even
        r = 2.0 * s + 2.0 * s * (w * r)
        r = sqrt(-(e * 6.93147180369123816490e-01 + (r + e * 1.90821492927058770002e-10)))
        p[i] = r
        r = r - 1.6
        w = r * r
        top = (((2.27238449892691845833e-2 * w + 1.27045825245236838258e0) * w + 5.76949722146069140550e0) * w
               + 1.42343711074968357734e0)
        even = (((7.74545014278341407640e-4 * w + 2.41780725177450611770e-1) * w + 3.64784832476320460504e0) * w
               + 4.63033784615654529590e0)
        top = top + r * even
        bottom = ((5.47593808499534494600e-4 * w + 1.48103976427480074590e-1) * w + 1.67638483018380384940e0) * w + 1.0
        even = (((1.05075007164441684324e-9 * w + 1.51986665636164571966e-2) * w + 6.89767334985100004550e-1) * w
               + 2.05319162663775882187e0)
        bottom = bottom + r * even
        z[i] = top / bottom


cdef inline lane_double normal_far(double r) noexcept nogil:
    """AS 241 beyond r = sqrt(-ln p) = 5, where one draw in 4e10 falls."""
    cdef double top, bottom
    r = r - 5.0
    top = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 1.24266094738807843860e-3) * r
               + 2.65321895265761230930e-2) * r + 2.96560571828504891230e-1) * r + 1.78482653991729133580e0) * r
            + 5.46378491116411436990e0) * r + 6.65790464350110377720e0)
    bottom = (((((((2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r + 1.84631831751005468180e-5) * r
                  + 7.86869131145613259100e-4) * r + 1.48753612908506148525e-2) * r + 1.36929880922735805310e-1) * r
               + 5.99832206555887937690e-1) * r + 1.0)
    return top / bottom


cdef inline lane_void normal(lanes_ro u, lanes_rw z, lanes_rw p, lanes_rw tail, indices_rw where,
                             Py_ssize_t n) noexcept nogil:
    """z = Phi^-1(u); p, tail, where: room for n + 8. All lanes take the centre, then the 15% in the tails, packed."""
    cdef Py_ssize_t i, j, count = 0, full
    normal_centre(u, z, p, tail, n)
    for i in range(n):                                  # no branch, as a guess would fail for every lane packed, and the
        where[count] = <int32_t>i                       # bits of positive doubles compared, which is an addition less
        p[count] = p[i]
        count += lanes_bits(tail[i]) > lanes_bits(0.425)
    full = (count + 7) // 8 * 8
    for j in range(count, full):
        p[j] = 0.0625
    normal_tail(p, tail, full)
    for j in range(count):
        i = where[j]
        if p[j] > 5.0:
            tail[j] = normal_far(p[j])
        z[i] = copysign(tail[j], u[i] - 0.5)

# ---- the exponential ---------------------------------------------------------------------------------------------

cdef inline lane_double exponential(double x) noexcept nogil:
    """e**x within one unit in the last place for |x| <= 708; beyond, the value at the bound.

    x = k ln 2 + r, |r| <= 0.35; Taylor's series of e**r to r**13, odd and even powers apart; 2**k is added to the exponent.
    """
    cdef double k, r, s, w, odd
    cdef uint64_t word
    x = higher(lower(x, 708.0), -708.0)
    k = x * 1.4426950408889634 + 6755399441055744.0     # 1.5 * 2**52: the sum's low bits are the nearest integer
    word = lanes_bits(k)
    k = k - 6755399441055744.0
    r = (x - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10
    w = r * r
    odd = 1.0 / 6227020800.0
    s = 1.0 / 479001600.0
    odd = odd * w + 1.0 / 39916800.0
    s = s * w + 1.0 / 3628800.0
    odd = odd * w + 1.0 / 362880.0
    s = s * w + 1.0 / 40320.0
    odd = odd * w + 1.0 / 5040.0
    s = s * w + 1.0 / 720.0
    odd = odd * w + 1.0 / 120.0
    s = s * w + 1.0 / 24.0
    odd = odd * w + 1.0 / 6.0
    s = s * w + 0.5
    s = s + r * odd
    s = 1.0 + (r + w * s)
    return s * double_of((word + 1023) << 52)
