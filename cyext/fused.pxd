# cython: cdivision=True
# Loops over the lanes for the fused instructions: each does what its parts in `program.FUSED` do, in that order, to the
# last bit, without clamps where `program.UNCLAMPED` says so. The notes of `lanes.pxd` hold here too.
from libc.stdint cimport uint64_t

from lanes cimport either_of, higher, lane_void, lanes_bits, lanes_ro, lanes_rw, lower, sums_rw

cdef inline lane_void service(lanes_rw cash, lanes_rw interest, lanes_rw principal, lanes_rw balance,
                              lanes_rw interest_total, lanes_rw principal_total, double magic, double zero,
                              uint64_t start, sums_rw sums, sums_rw more, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x, y, left
    cdef uint64_t summed = start, also = start
    for i in range(n):
        x = lower(cash[i], interest[i])
        left = cash[i] - x
        y = lower(left, principal[i])
        y = lower(balance[i], y)
        cash[i] = left - y
        interest[i] -= x
        principal[i] -= y
        balance[i] -= y
        interest_total[i] += x
        principal_total[i] += y
        summed += lanes_bits(x + magic)
        also += lanes_bits(y + magic)
    sums[0] += summed
    more[0] += also

cdef inline lane_void top_up(lanes_rw cash, lanes_rw account, lanes_ro target, lanes_rw funded, lanes_rw drawn,
                             double magic, double zero, uint64_t start, sums_rw sums, sums_rw more,
                             Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x, y, held, lack, excess
    cdef uint64_t summed = start, also = start
    for i in range(n):
        lack = target[i] - account[i]
        x = lower(cash[i], lack)
        x = higher(x, zero)
        held = account[i] + x
        excess = held - target[i]
        y = lower(held, excess)
        y = higher(y, zero)
        cash[i] = (cash[i] - x) + y
        account[i] = held - y
        funded[i] += x
        drawn[i] += y
        summed += lanes_bits(x + magic)
        also += lanes_bits(y + magic)
    sums[0] += summed
    more[0] += also

cdef inline lane_void pay_capitalise(lanes_rw cash, lanes_rw due, lanes_rw balance, lanes_rw total, lanes_rw deferred,
                                     double magic, double zero, uint64_t start, sums_rw sums, sums_rw more,
                                     Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x, y
    cdef uint64_t summed = start, also = start
    for i in range(n):
        x = lower(cash[i], due[i])
        cash[i] -= x
        y = due[i] - x
        due[i] = y - y
        balance[i] += y
        total[i] += x
        deferred[i] += y
        summed += lanes_bits(x + magic)
        also += lanes_bits(y + magic)
    sums[0] += summed
    more[0] += also

cdef inline lane_void sweep_when(lanes_rw cash, lanes_ro condition, lanes_rw balance, lanes_rw total, double magic,
                                 double zero, uint64_t start, sums_rw sums, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    cdef uint64_t summed = start
    for i in range(n):
        x = lower(balance[i], cash[i])
        x = higher(x, zero)
        x = either_of(condition[i] != 0, x, zero)
        cash[i] -= x
        balance[i] -= x
        total[i] += x
        summed += lanes_bits(x + magic)
    sums[0] += summed

cdef inline lane_void fall_due(lanes_rw interest, lanes_ro balance, lanes_ro rate, lanes_rw principal,
                               lanes_ro instalment, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        interest[i] += balance[i] * rate[i]
        principal[i] = lower(balance[i], instalment[i])

cdef inline lane_void fall_due_again(lanes_rw interest, lanes_ro balance, lanes_ro rate, lanes_rw principal,
                                     lanes_ro instalment, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double owed
    for i in range(n):
        interest[i] += balance[i] * rate[i]
        owed = principal[i] + instalment[i]
        principal[i] = lower(balance[i], owed)

cdef inline lane_void close(lanes_rw total, lanes_ro a, lanes_ro b, lanes_ro balance, double magic, double zero,
                            uint64_t start, sums_rw sums, sums_rw more, sums_rw strange, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    cdef uint64_t summed = start, also = start, bits, odd = 0, expected = lanes_bits(magic)
    for i in range(n):
        x = a[i] + b[i]
        total[i] += x
        summed += lanes_bits(x + magic)
        bits = lanes_bits(balance[i] + magic)
        also += bits
        odd |= bits ^ expected
    sums[0] += summed
    more[0] += also
    strange[0] |= odd

cdef inline lane_void record_two(lanes_ro a, lanes_ro b, double magic, double zero, uint64_t start, sums_rw sums,
                                 sums_rw more, sums_rw strange, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef uint64_t summed = start, also = start, bits, other, odd = 0, expected = lanes_bits(magic)
    for i in range(n):
        bits = lanes_bits(a[i] + magic)
        other = lanes_bits(b[i] + magic)
        summed += bits
        also += other
        odd |= (bits ^ expected) | (other ^ expected)
    sums[0] += summed
    more[0] += also
    strange[0] |= odd

cdef inline lane_void pay_all(lanes_rw cash, lanes_rw due, lanes_rw total, double magic, double zero, uint64_t start,
                              sums_rw sums, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    cdef uint64_t summed = start
    for i in range(n):
        x = lower(cash[i], due[i])
        cash[i] -= x
        due[i] -= x
        total[i] += x
        summed += lanes_bits(x + magic)
    sums[0] += summed

cdef inline lane_void repay_all(lanes_rw cash, lanes_rw due, lanes_rw balance, lanes_rw total, double magic,
                                double zero, uint64_t start, sums_rw sums, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    cdef uint64_t summed = start
    for i in range(n):
        x = lower(cash[i], due[i])
        x = lower(balance[i], x)
        cash[i] -= x
        due[i] -= x
        balance[i] -= x
        total[i] += x
        summed += lanes_bits(x + magic)
    sums[0] += summed

cdef inline lane_void take_all(lanes_rw cash, lanes_rw total, double magic, double zero, uint64_t start, sums_rw sums,
                               Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    cdef uint64_t summed = start
    for i in range(n):
        x = cash[i]
        cash[i] -= x
        total[i] += x
        summed += lanes_bits(x + magic)
    sums[0] += summed

cdef inline lane_void cover(lanes_rw account, lanes_rw cash, lanes_ro need, lanes_rw total, double magic, double zero,
                            uint64_t start, sums_rw sums, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x, lack
    cdef uint64_t summed = start
    for i in range(n):
        lack = need[i] - cash[i]
        x = lower(account[i], lack)
        x = higher(x, zero)
        account[i] -= x
        cash[i] += x
        total[i] += x
        summed += lanes_bits(x + magic)
    sums[0] += summed

cdef inline lane_void excess(lanes_rw d, lanes_ro a, lanes_ro b, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = higher(0.0, a[i] - b[i])

cdef inline lane_void best(lanes_rw d, lanes_ro a, lanes_ro b, double factor, double less, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = higher(a[i], b[i] * factor - less)

cdef inline lane_void scale(lanes_rw d, lanes_ro a, double factor, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = a[i] * factor

cdef inline lane_void scale_add(lanes_rw d, lanes_ro a, double factor, lanes_ro b, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = a[i] * factor + b[i]

cdef inline lane_void mul_add(lanes_rw d, lanes_ro a, lanes_ro b, lanes_ro c, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = a[i] * b[i] + c[i]

cdef inline lane_void add_three(lanes_rw d, lanes_ro a, lanes_ro b, lanes_ro c, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = (a[i] + b[i]) + c[i]

cdef inline lane_void add_seven(lanes_rw d, lanes_ro a, lanes_ro b, lanes_ro c, lanes_ro e, lanes_ro f, lanes_ro g,
                                lanes_ro h, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = (((((a[i] + b[i]) + c[i]) + e[i]) + f[i]) + g[i]) + h[i]
