# Loops over the lanes of a block, one for each instruction. Meaning: `tranche/reference.py`, line by line.
#
# (A) Operands are `restrict`: a Program never names a register that an instruction writes a second time.
# (B) Every move is clamped at zero from below, so that a negative limit or due moves nothing, and written
#     `limit if limit < x else x`, so that a NaN limit limits nothing and can never become money.
# (C) What moved is summed as integers: adding `magic` = 1.5 * 2**52 * quantum leaves the amount, in quanta, in the low
#     bits of the double, and integer sums do not depend on the order of the paths. The caller takes n * bits(magic) off.
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
    static inline uint64_t lanes_bits(double x) { uint64_t u; memcpy(&u, &x, 8); return u; }
    """
    ctypedef void lane_void "LANES_INLINE void"
    ctypedef uint64_t lane_sum "LANES_INLINE uint64_t"
    ctypedef int lane_int "LANES_INLINE int"
    ctypedef double* lanes_rw
    ctypedef const double* lanes_ro
    uint64_t lanes_bits(double x) noexcept nogil
    double fabs(double x) noexcept nogil
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
        zero_case = INFINITY if a[i] > 0 else (-INFINITY if a[i] < 0 else 0.0)
        d[i] = a[i] / b[i] if b[i] != 0 else zero_case

cdef inline lane_void minimum(lanes_rw d, lanes_ro a, lanes_ro b, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = a[i] if a[i] < b[i] else b[i]

cdef inline lane_void maximum(lanes_rw d, lanes_ro a, lanes_ro b, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = a[i] if a[i] > b[i] else b[i]

cdef inline lane_void absolute(lanes_rw d, lanes_ro a, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = fabs(a[i])

cdef inline lane_void less(lanes_rw d, lanes_ro a, lanes_ro b, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = 1.0 if a[i] < b[i] else 0.0

cdef inline lane_void at_most(lanes_rw d, lanes_ro a, lanes_ro b, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = 1.0 if a[i] <= b[i] else 0.0

cdef inline lane_void equal(lanes_rw d, lanes_ro a, lanes_ro b, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = 1.0 if a[i] == b[i] else 0.0

cdef inline lane_void both(lanes_rw d, lanes_ro a, lanes_ro b, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = 1.0 if (a[i] != 0) & (b[i] != 0) else 0.0

cdef inline lane_void either(lanes_rw d, lanes_ro a, lanes_ro b, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = 1.0 if (a[i] != 0) | (b[i] != 0) else 0.0

cdef inline lane_void negate(lanes_rw d, lanes_ro a, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = 0.0 if a[i] != 0 else 1.0

cdef inline lane_void select(lanes_rw d, lanes_ro condition, lanes_ro a, lanes_ro b, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = a[i] if condition[i] != 0 else b[i]

cdef inline lane_void window(lanes_rw d, lanes_ro a, lanes_rw ring, Py_ssize_t length, Py_ssize_t t,
                        Py_ssize_t n) noexcept nogil:
    # The ring's registers are summed in register order, which is the same for every path and width.
    cdef Py_ssize_t i, k
    copy(ring + (t % length) * n, a, n)
    for i in range(n):
        d[i] = 0.0
    for k in range(length):
        for i in range(n):
            d[i] += ring[k * n + i]

cdef inline lane_int anywhere(lanes_ro condition, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef int found = 0
    for i in range(n):
        found |= condition[i] != 0
    return found

# ---- payments ----------------------------------------------------------------------------------------------------

cdef inline lane_sum receive(lanes_rw cash, lanes_ro amount, lanes_rw total, double magic, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    cdef uint64_t moved = 0
    for i in range(n):
        x = amount[i]
        cash[i] += x
        total[i] += x
        moved += lanes_bits(x + magic)
    return moved

cdef inline lane_void accrue(lanes_rw due, lanes_ro balance, lanes_ro rate, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        due[i] += balance[i] * rate[i]

cdef inline lane_sum pay(lanes_rw cash, lanes_rw due, lanes_ro limit, lanes_rw total, double magic,
                    Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    cdef uint64_t moved = 0
    for i in range(n):
        x = due[i] if due[i] < cash[i] else cash[i]
        x = limit[i] if limit[i] < x else x
        x = x if x > 0 else 0.0
        cash[i] -= x
        due[i] -= x
        total[i] += x
        moved += lanes_bits(x + magic)
    return moved

cdef inline lane_sum repay(lanes_rw cash, lanes_rw due, lanes_ro limit, lanes_rw balance, lanes_rw total, double magic,
                      Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    cdef uint64_t moved = 0
    for i in range(n):
        x = due[i] if due[i] < cash[i] else cash[i]
        x = balance[i] if balance[i] < x else x
        x = limit[i] if limit[i] < x else x
        x = x if x > 0 else 0.0
        cash[i] -= x
        due[i] -= x
        balance[i] -= x
        total[i] += x
        moved += lanes_bits(x + magic)
    return moved

cdef inline lane_sum sweep(lanes_rw cash, lanes_ro limit, lanes_rw balance, lanes_rw total, double magic,
                      Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    cdef uint64_t moved = 0
    for i in range(n):
        x = balance[i] if balance[i] < cash[i] else cash[i]
        x = limit[i] if limit[i] < x else x
        x = x if x > 0 else 0.0
        cash[i] -= x
        balance[i] -= x
        total[i] += x
        moved += lanes_bits(x + magic)
    return moved

cdef inline lane_sum take(lanes_rw cash, lanes_ro limit, lanes_rw total, double magic, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    cdef uint64_t moved = 0
    for i in range(n):
        x = limit[i] if limit[i] < cash[i] else cash[i]
        x = x if x > 0 else 0.0
        cash[i] -= x
        total[i] += x
        moved += lanes_bits(x + magic)
    return moved

cdef inline lane_sum fund(lanes_rw cash, lanes_rw account, lanes_ro target, lanes_ro limit, lanes_rw total, double magic,
                     Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x, lack
    cdef uint64_t moved = 0
    for i in range(n):
        lack = target[i] - account[i]
        x = lack if lack < cash[i] else cash[i]
        x = limit[i] if limit[i] < x else x
        x = x if x > 0 else 0.0
        cash[i] -= x
        account[i] += x
        total[i] += x
        moved += lanes_bits(x + magic)
    return moved

cdef inline lane_sum release(lanes_rw account, lanes_rw cash, lanes_ro target, lanes_ro limit, lanes_rw total,
                        double magic, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x, excess
    cdef uint64_t moved = 0
    for i in range(n):
        excess = account[i] - target[i]
        x = excess if excess < account[i] else account[i]
        x = limit[i] if limit[i] < x else x
        x = x if x > 0 else 0.0
        account[i] -= x
        cash[i] += x
        total[i] += x
        moved += lanes_bits(x + magic)
    return moved

cdef inline lane_sum draw(lanes_rw account, lanes_rw cash, lanes_ro need, lanes_ro limit, lanes_rw total, double magic,
                     Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x, lack
    cdef uint64_t moved = 0
    for i in range(n):
        lack = need[i] - cash[i]
        x = lack if lack < account[i] else account[i]
        x = limit[i] if limit[i] < x else x
        x = x if x > 0 else 0.0
        account[i] -= x
        cash[i] += x
        total[i] += x
        moved += lanes_bits(x + magic)
    return moved

cdef inline lane_sum move(lanes_rw source, lanes_rw to, lanes_ro limit, lanes_rw total, double magic,
                     Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    cdef uint64_t moved = 0
    for i in range(n):
        x = limit[i] if limit[i] < source[i] else source[i]
        x = x if x > 0 else 0.0
        source[i] -= x
        to[i] += x
        total[i] += x
        moved += lanes_bits(x + magic)
    return moved

cdef inline lane_sum capitalise(lanes_rw due, lanes_rw balance, lanes_ro limit, lanes_rw total, double magic,
                           Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    cdef uint64_t moved = 0
    for i in range(n):
        x = limit[i] if limit[i] < due[i] else due[i]
        x = x if x > 0 else 0.0
        due[i] -= x
        balance[i] += x
        total[i] += x
        moved += lanes_bits(x + magic)
    return moved

# ---- tests, shares, records --------------------------------------------------------------------------------------

cdef inline lane_sum coverage_test(lanes_rw breached, lanes_ro numerator, lanes_ro denominator, lanes_ro level,
                              lanes_rw total, double magic, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    cdef uint64_t moved = 0
    for i in range(n):
        x = 1.0 if (denominator[i] > 0) & (numerator[i] < level[i] * denominator[i]) else 0.0
        breached[i] = x
        total[i] += x
        moved += lanes_bits(x + magic)
    return moved

cdef inline lane_void prorata(lanes_rw d, lanes_ro pot, lanes_ro due, lanes_ro claims, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = pot[i] * (due[i] / claims[i]) if claims[i] > 0 else 0.0

cdef inline lane_sum shortfall(lanes_rw total, lanes_ro a, lanes_ro b, double magic, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    cdef uint64_t moved = 0
    for i in range(n):
        x = a[i] + b[i]
        total[i] += x
        moved += lanes_bits(x + magic)
    return moved

cdef inline lane_sum record(lanes_ro a, double magic, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef uint64_t level = 0
    for i in range(n):
        level += lanes_bits(a[i] + magic)
    return level
