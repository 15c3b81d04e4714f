# cython: cdivision=True
# Loops over the lanes of a block, one for each simple instruction. Meaning: `tranche/reference.py`, line by line.
#
# (A) Operands are `restrict`: a Program never names a register that an instruction writes a second time.
# (B) Every move is clamped at zero from below, so that a negative limit or due moves nothing (the fused ones of
#     `program.UNCLAMPED` aside). What holds money comes first in `lower(cash, due)`: a due, target or need that is
#     not a number then moves nothing; and `lower(limit, x)`: such a limit limits nothing.
# (C) What moved is summed as integers: adding `magic` = 1.5 * 2**52 * quantum leaves the amount, in quanta, in the low
#     bits of the double, and integer sums do not depend on the order of the paths. The sums of an
#     instruction start at `start` = -n * bits(magic), which takes the magic off again.
# (D) Choices are C functions and not Python's `a if … else b`: both sides are then loaded before the choice is made,
#     and the loop has no branch in it that the vectoriser must undo.
# (E) `zero` is 0.0 that the compiler cannot see (it comes out of the Plan): gcc makes a comparison and a masked move of
#     a maximum with a literal, and has only one port for comparisons.
from libc.stdint cimport uint64_t

cdef extern from *:
    """
    #include <math.h>
    #include <stdint.h>
    #include <string.h>
    #if defined(__GNUC__)
      #define LANES_INLINE __attribute__((always_inline))
    #else
      #define LANES_INLINE
    #endif
    typedef double* __restrict lanes_rw;
    typedef const double* __restrict lanes_ro;
    typedef uint64_t* __restrict sums_rw;
    static inline double lanes_lower(double a, double b) { return a < b ? a : b; }
    static inline double lanes_higher(double a, double b) { return a > b ? a : b; }
    static inline double lanes_either(int condition, double a, double b) { return condition ? a : b; }
    static inline uint64_t lanes_bits(double x) { uint64_t u; memcpy(&u, &x, 8); return u; }
    """
    ctypedef void lane_void "LANES_INLINE void"
    ctypedef int lane_int "LANES_INLINE int"
    ctypedef double* lanes_rw
    ctypedef const double* lanes_ro
    ctypedef uint64_t* sums_rw
    double lower "lanes_lower"(double a, double b) noexcept nogil
    double higher "lanes_higher"(double a, double b) noexcept nogil
    double either_of "lanes_either"(int condition, double a, double b) noexcept nogil
    uint64_t lanes_bits(double x) noexcept nogil
    double fabs(double x) noexcept nogil
    double sqrt(double x) noexcept nogil
    const double INFINITY

# ---- arithmetic --------------------------------------------------------------------------------------------------

cdef inline lane_void copy(lanes_rw d, lanes_ro a, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = a[i]

cdef inline lane_void add(lanes_rw d, lanes_ro a, lanes_ro b, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = a[i] + b[i]

cdef inline lane_void sub(lanes_rw d, lanes_ro a, lanes_ro b, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = a[i] - b[i]

cdef inline lane_void mul(lanes_rw d, lanes_ro a, lanes_ro b, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = a[i] * b[i]

cdef inline lane_void div(lanes_rw d, lanes_ro a, lanes_ro b, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double zero_case
    for i in range(n):
        zero_case = either_of(a[i] > 0, INFINITY, either_of(a[i] < 0, -INFINITY, 0.0))
        d[i] = either_of(b[i] != 0, a[i] / b[i], zero_case)

cdef inline lane_void minimum(lanes_rw d, lanes_ro a, lanes_ro b, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = lower(a[i], b[i])

cdef inline lane_void maximum(lanes_rw d, lanes_ro a, lanes_ro b, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = higher(a[i], b[i])

cdef inline lane_void absolute(lanes_rw d, lanes_ro a, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = fabs(a[i])

cdef inline lane_void root(lanes_rw d, lanes_ro a, Py_ssize_t n) noexcept nogil:
    # Exact to the last bit by IEEE 754; of what is not above zero, 0.
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = sqrt(higher(a[i], 0.0))

cdef inline lane_void less(lanes_rw d, lanes_ro a, lanes_ro b, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = either_of(a[i] < b[i], 1.0, 0.0)

cdef inline lane_void at_most(lanes_rw d, lanes_ro a, lanes_ro b, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = either_of(a[i] <= b[i], 1.0, 0.0)

cdef inline lane_void equal(lanes_rw d, lanes_ro a, lanes_ro b, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = either_of(a[i] == b[i], 1.0, 0.0)

cdef inline lane_void both(lanes_rw d, lanes_ro a, lanes_ro b, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = either_of((a[i] != 0) & (b[i] != 0), 1.0, 0.0)

cdef inline lane_void either(lanes_rw d, lanes_ro a, lanes_ro b, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = either_of((a[i] != 0) | (b[i] != 0), 1.0, 0.0)

cdef inline lane_void negate(lanes_rw d, lanes_ro a, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = either_of(a[i] != 0, 0.0, 1.0)

cdef inline lane_void select(lanes_rw d, lanes_ro condition, lanes_ro a, lanes_ro b, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = either_of(condition[i] != 0, a[i], b[i])

cdef inline lane_void window(lanes_rw d, lanes_ro a, lanes_rw ring, Py_ssize_t length, Py_ssize_t t,
                        Py_ssize_t step, Py_ssize_t n) noexcept nogil:
    # The ring's registers are summed in register order, which is the same for every path and width.
    cdef Py_ssize_t i, k
    copy(ring + (t % length) * step, a, n)
    for i in range(n):
        d[i] = 0.0
    for k in range(length):
        for i in range(n):
            d[i] += ring[k * step + i]

cdef inline lane_int anywhere(lanes_ro condition, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef int found = 0
    for i in range(n):
        found |= condition[i] != 0
    return found

# ---- payments ----------------------------------------------------------------------------------------------------

cdef inline lane_void receive(lanes_rw cash, lanes_ro amount, lanes_rw total, double magic, double zero,
                              uint64_t start, sums_rw sums, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    cdef uint64_t summed = start
    for i in range(n):
        x = amount[i]
        cash[i] += x
        total[i] += x
        summed += lanes_bits(x + magic)
    sums[0] += summed

cdef inline lane_void accrue(lanes_rw due, lanes_ro balance, lanes_ro rate, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        due[i] += balance[i] * rate[i]

cdef inline lane_void pay(lanes_rw cash, lanes_rw due, lanes_ro limit, lanes_rw total, double magic, double zero,
                          uint64_t start, sums_rw sums, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    cdef uint64_t summed = start
    for i in range(n):
        x = lower(cash[i], due[i])
        x = lower(limit[i], x)
        x = higher(x, zero)
        cash[i] -= x
        due[i] -= x
        total[i] += x
        summed += lanes_bits(x + magic)
    sums[0] += summed

cdef inline lane_void repay(lanes_rw cash, lanes_rw due, lanes_ro limit, lanes_rw balance, lanes_rw total,
                            double magic, double zero, uint64_t start, sums_rw sums, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    cdef uint64_t summed = start
    for i in range(n):
        x = lower(cash[i], due[i])
        x = lower(balance[i], x)
        x = lower(limit[i], x)
        x = higher(x, zero)
        cash[i] -= x
        due[i] -= x
        balance[i] -= x
        total[i] += x
        summed += lanes_bits(x + magic)
    sums[0] += summed

cdef inline lane_void sweep(lanes_rw cash, lanes_ro limit, lanes_rw balance, lanes_rw total, double magic,
                            double zero, uint64_t start, sums_rw sums, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    cdef uint64_t summed = start
    for i in range(n):
        x = lower(balance[i], cash[i])
        x = lower(limit[i], x)
        x = higher(x, zero)
        cash[i] -= x
        balance[i] -= x
        total[i] += x
        summed += lanes_bits(x + magic)
    sums[0] += summed

cdef inline lane_void take(lanes_rw cash, lanes_ro limit, lanes_rw total, double magic, double zero, uint64_t start,
                           sums_rw sums, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    cdef uint64_t summed = start
    for i in range(n):
        x = lower(limit[i], cash[i])
        x = higher(x, zero)
        cash[i] -= x
        total[i] += x
        summed += lanes_bits(x + magic)
    sums[0] += summed

cdef inline lane_void fund(lanes_rw cash, lanes_rw account, lanes_ro target, lanes_ro limit, lanes_rw total,
                           double magic, double zero, uint64_t start, sums_rw sums, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x, lack
    cdef uint64_t summed = start
    for i in range(n):
        lack = target[i] - account[i]
        x = lower(cash[i], lack)
        x = lower(limit[i], x)
        x = higher(x, zero)
        cash[i] -= x
        account[i] += x
        total[i] += x
        summed += lanes_bits(x + magic)
    sums[0] += summed

cdef inline lane_void release(lanes_rw account, lanes_rw cash, lanes_ro target, lanes_ro limit, lanes_rw total,
                              double magic, double zero, uint64_t start, sums_rw sums, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x, excess
    cdef uint64_t summed = start
    for i in range(n):
        excess = account[i] - target[i]
        x = lower(account[i], excess)
        x = lower(limit[i], x)
        x = higher(x, zero)
        account[i] -= x
        cash[i] += x
        total[i] += x
        summed += lanes_bits(x + magic)
    sums[0] += summed

cdef inline lane_void draw(lanes_rw account, lanes_rw cash, lanes_ro need, lanes_ro limit, lanes_rw total,
                           double magic, double zero, uint64_t start, sums_rw sums, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x, lack
    cdef uint64_t summed = start
    for i in range(n):
        lack = need[i] - cash[i]
        x = lower(account[i], lack)
        x = lower(limit[i], x)
        x = higher(x, zero)
        account[i] -= x
        cash[i] += x
        total[i] += x
        summed += lanes_bits(x + magic)
    sums[0] += summed

cdef inline lane_void borrow(lanes_rw cash, lanes_rw drawn, lanes_ro ceiling, lanes_ro need, lanes_ro limit,
                             lanes_rw total, double magic, double zero, uint64_t start, sums_rw sums,
                             Py_ssize_t n) noexcept nogil:
    # Two operands can be no number, so the lack decides once more: what lacks nothing, or no number, borrows nothing.
    cdef Py_ssize_t i
    cdef double x, lack
    cdef uint64_t summed = start
    for i in range(n):
        lack = need[i] - cash[i]
        x = lower(lack, ceiling[i] - drawn[i])
        x = lower(limit[i], x)
        x = either_of(lack > 0, x, zero)
        x = higher(x, zero)
        cash[i] += x
        drawn[i] += x
        total[i] += x
        summed += lanes_bits(x + magic)
    sums[0] += summed

cdef inline lane_void move(lanes_rw source, lanes_rw to, lanes_ro limit, lanes_rw total, double magic, double zero,
                           uint64_t start, sums_rw sums, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    cdef uint64_t summed = start
    for i in range(n):
        x = lower(limit[i], source[i])
        x = higher(x, zero)
        source[i] -= x
        to[i] += x
        total[i] += x
        summed += lanes_bits(x + magic)
    sums[0] += summed

cdef inline lane_void capitalise(lanes_rw due, lanes_rw balance, lanes_ro limit, lanes_rw total, double magic,
                                 double zero, uint64_t start, sums_rw sums, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    cdef uint64_t summed = start
    for i in range(n):
        x = lower(limit[i], due[i])
        x = higher(x, zero)
        due[i] -= x
        balance[i] += x
        total[i] += x
        summed += lanes_bits(x + magic)
    sums[0] += summed


# ---- tests, shares, records --------------------------------------------------------------------------------------

cdef inline lane_void coverage_test(lanes_rw breached, lanes_ro numerator, lanes_ro denominator, lanes_ro level,
                                    lanes_rw total, double magic, double zero, uint64_t start, sums_rw sums,
                                    Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    cdef uint64_t summed = start
    for i in range(n):
        x = either_of((denominator[i] > 0) & (numerator[i] < level[i] * denominator[i]), 1.0, zero)
        breached[i] = x
        total[i] += x
        summed += lanes_bits(x + magic)
    sums[0] += summed

cdef inline lane_void test_above(lanes_rw breached, lanes_ro numerator, lanes_ro denominator, lanes_ro level,
                                 lanes_rw total, double magic, double zero, uint64_t start, sums_rw sums,
                                 Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    cdef uint64_t summed = start
    for i in range(n):
        x = either_of(numerator[i] > level[i] * higher(denominator[i], zero), 1.0, zero)
        breached[i] = x
        total[i] += x
        summed += lanes_bits(x + magic)
    sums[0] += summed

cdef inline lane_void prorata(lanes_rw d, lanes_ro pot, lanes_ro due, lanes_ro claims, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = either_of(claims[i] > 0, pot[i] * (due[i] / claims[i]), 0.0)

cdef inline lane_void shortfall(lanes_rw total, lanes_ro a, lanes_ro b, double magic, double zero, uint64_t start,
                                sums_rw sums, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    cdef uint64_t summed = start
    for i in range(n):
        x = a[i] + b[i]
        total[i] += x
        summed += lanes_bits(x + magic)
    sums[0] += summed

cdef inline lane_void record(lanes_ro a, double magic, double zero, uint64_t start, sums_rw sums, sums_rw strange,
                             Py_ssize_t n) noexcept nogil:
    # (F) A level that is not a number, or 2**51 quanta or more, changes the exponent of `magic`: `strange` then has one
    #     of its upper 12 bits set. A flow needs no such look: what it adds up to shows it at the end.
    cdef Py_ssize_t i
    cdef uint64_t summed = start, bits, odd = 0, expected = lanes_bits(magic)
    for i in range(n):
        bits = lanes_bits(a[i] + magic)
        summed += bits
        odd |= bits ^ expected
    sums[0] += summed
    strange[0] |= odd
