# cython: cdivision=True
# One function for each instruction: its operands as registers, then the loop over the lanes of `lanes.pxd` or
# `fused.pxd`; and `execute`, which chooses. All of it is inlined into the walk, once for each width and instruction
# set.
from libc.stdint cimport int32_t, uint64_t

cimport fused
cimport lanes
from program cimport *

cdef extern from *:
    """
    #if defined(__GNUC__)
      #define OPERATION __attribute__((always_inline))
    #else
      #define OPERATION
    #endif
    """
    ctypedef void operation "OPERATION void"

cdef enum:
    PADDING = 8                 # doubles between registers, so that not all start in the same cache set

cdef struct Call:               # what an instruction needs to know besides its operands
    double** at                 # the lanes of each register
    Py_ssize_t period
    double magic                # see lanes.pxd
    double zero
    uint64_t start
    uint64_t* sums
    uint64_t* more
    uint64_t* strange           # see lanes.record

cdef inline operation do_copy(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.copy(at[r[0]], at[r[1]], n)

cdef inline operation do_add(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.add(at[r[0]], at[r[1]], at[r[2]], n)

cdef inline operation do_sub(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.sub(at[r[0]], at[r[1]], at[r[2]], n)

cdef inline operation do_mul(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.mul(at[r[0]], at[r[1]], at[r[2]], n)

cdef inline operation do_div(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.div(at[r[0]], at[r[1]], at[r[2]], n)

cdef inline operation do_min(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.minimum(at[r[0]], at[r[1]], at[r[2]], n)

cdef inline operation do_max(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.maximum(at[r[0]], at[r[1]], at[r[2]], n)

cdef inline operation do_abs(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.absolute(at[r[0]], at[r[1]], n)

cdef inline operation do_sqrt(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.root(at[r[0]], at[r[1]], n)

cdef inline operation do_lt(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.less(at[r[0]], at[r[1]], at[r[2]], n)

cdef inline operation do_le(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.at_most(at[r[0]], at[r[1]], at[r[2]], n)

cdef inline operation do_eq(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.equal(at[r[0]], at[r[1]], at[r[2]], n)

cdef inline operation do_and(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.both(at[r[0]], at[r[1]], at[r[2]], n)

cdef inline operation do_or(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.either(at[r[0]], at[r[1]], at[r[2]], n)

cdef inline operation do_not(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.negate(at[r[0]], at[r[1]], n)

cdef inline operation do_select(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.select(at[r[0]], at[r[1]], at[r[2]], at[r[3]], n)

cdef inline operation do_window(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.window(at[r[0]], at[r[1]], at[r[2]], r[3], call.period, n + PADDING, n)

cdef inline operation do_receive(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.receive(at[r[0]], at[r[1]], at[r[2]], call.magic, call.zero, call.start, call.sums, n)

cdef inline operation do_accrue(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.accrue(at[r[0]], at[r[1]], at[r[2]], n)

cdef inline operation do_pay(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.pay(at[r[0]], at[r[1]], at[r[2]], at[r[3]], call.magic, call.zero, call.start, call.sums, n)

cdef inline operation do_repay(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.repay(at[r[0]], at[r[1]], at[r[2]], at[r[3]], at[r[4]], call.magic, call.zero,
                call.start, call.sums, n)

cdef inline operation do_sweep(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.sweep(at[r[0]], at[r[1]], at[r[2]], at[r[3]], call.magic, call.zero, call.start, call.sums,
                n)

cdef inline operation do_take(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.take(at[r[0]], at[r[1]], at[r[2]], call.magic, call.zero, call.start, call.sums, n)

cdef inline operation do_fund(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.fund(at[r[0]], at[r[1]], at[r[2]], at[r[3]], at[r[4]], call.magic, call.zero,
               call.start, call.sums, n)

cdef inline operation do_release(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.release(at[r[0]], at[r[1]], at[r[2]], at[r[3]], at[r[4]], call.magic, call.zero,
                  call.start, call.sums, n)

cdef inline operation do_draw(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.draw(at[r[0]], at[r[1]], at[r[2]], at[r[3]], at[r[4]], call.magic, call.zero,
               call.start, call.sums, n)

cdef inline operation do_borrow(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.borrow(at[r[0]], at[r[1]], at[r[2]], at[r[3]], at[r[4]], at[r[5]], call.magic, call.zero,
                 call.start, call.sums, n)

cdef inline operation do_move(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.move(at[r[0]], at[r[1]], at[r[2]], at[r[3]], call.magic, call.zero, call.start, call.sums,
               n)

cdef inline operation do_capitalise(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.capitalise(at[r[0]], at[r[1]], at[r[2]], at[r[3]], call.magic, call.zero, call.start,
                     call.sums, n)

cdef inline operation do_test(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.coverage_test(at[r[0]], at[r[1]], at[r[2]], at[r[3]], at[r[4]], call.magic, call.zero,
                        call.start, call.sums, n)

cdef inline operation do_test_above(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.test_above(at[r[0]], at[r[1]], at[r[2]], at[r[3]], at[r[4]], call.magic, call.zero,
                     call.start, call.sums, n)

cdef inline operation do_prorata(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.prorata(at[r[0]], at[r[1]], at[r[2]], at[r[3]], n)

cdef inline operation do_shortfall(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.shortfall(at[r[0]], at[r[1]], at[r[2]], call.magic, call.zero, call.start, call.sums, n)

cdef inline operation do_record(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    lanes.record(at[r[0]], call.magic, call.zero, call.start, call.sums, call.strange, n)

cdef inline operation do_service(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    fused.service(at[r[0]], at[r[1]], at[r[2]], at[r[3]], at[r[4]], at[r[5]], call.magic,
                  call.zero, call.start, call.sums, call.more, n)

cdef inline operation do_top_up(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    fused.top_up(at[r[0]], at[r[1]], at[r[2]], at[r[3]], at[r[4]], call.magic, call.zero,
                 call.start, call.sums, call.more, n)

cdef inline operation do_pay_capitalise(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    fused.pay_capitalise(at[r[0]], at[r[1]], at[r[2]], at[r[3]], at[r[4]], call.magic, call.zero,
                         call.start, call.sums, call.more, n)

cdef inline operation do_sweep_when(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    fused.sweep_when(at[r[0]], at[r[1]], at[r[2]], at[r[3]], call.magic, call.zero, call.start,
                     call.sums, n)

cdef inline operation do_fall_due(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    fused.fall_due(at[r[0]], at[r[1]], at[r[2]], at[r[3]], at[r[4]], n)

cdef inline operation do_fall_due_again(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    fused.fall_due_again(at[r[0]], at[r[1]], at[r[2]], at[r[3]], at[r[4]], n)

cdef inline operation do_close(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    fused.close(at[r[0]], at[r[1]], at[r[2]], at[r[3]], call.magic, call.zero, call.start, call.sums,
                call.more, call.strange, n)

cdef inline operation do_record_two(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    fused.record_two(at[r[0]], at[r[1]], call.magic, call.zero, call.start, call.sums, call.more, call.strange, n)

cdef inline operation do_pay_all(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    fused.pay_all(at[r[0]], at[r[1]], at[r[2]],
                  call.magic, call.zero, call.start, call.sums, n)

cdef inline operation do_repay_all(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    fused.repay_all(at[r[0]], at[r[1]], at[r[2]], at[r[3]],
                    call.magic, call.zero, call.start, call.sums, n)

cdef inline operation do_take_all(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    fused.take_all(at[r[0]], at[r[1]],
                   call.magic, call.zero, call.start, call.sums, n)

cdef inline operation do_cover(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    fused.cover(at[r[0]], at[r[1]], at[r[2]], at[r[3]],
                call.magic, call.zero, call.start, call.sums, n)

cdef inline operation do_excess(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    fused.excess(at[r[0]], at[r[1]], at[r[2]], n)

# An operand that is the same for every path may have one lane only: its first is read.

cdef inline operation do_best(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    fused.best(at[r[0]], at[r[1]], at[r[2]], at[r[3]][0], at[r[4]][0], n)

cdef inline operation do_scale(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    fused.scale(at[r[0]], at[r[1]], at[r[2]][0], n)

cdef inline operation do_scale_add(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    fused.scale_add(at[r[0]], at[r[1]], at[r[2]][0], at[r[3]], n)

cdef inline operation do_mul_add(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    fused.mul_add(at[r[0]], at[r[1]], at[r[2]], at[r[3]], n)

cdef inline operation do_add_three(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    fused.add_three(at[r[0]], at[r[1]], at[r[2]], at[r[3]], n)

cdef inline operation do_add_seven(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double** at = call.at
    fused.add_seven(at[r[0]], at[r[1]], at[r[2]], at[r[3]], at[r[4]], at[r[5]], at[r[6]], at[r[7]], n)

cdef inline operation execute(const Call* call, int32_t op, const int32_t* r, Py_ssize_t n) noexcept nogil:
    """One instruction on n lanes (SKIP aside: it belongs to the walk)."""
    if op == OP_PAY:
        do_pay(call, r, n)
    elif op == OP_SERVICE:
        do_service(call, r, n)
    elif op == OP_REPAY:
        do_repay(call, r, n)
    elif op == OP_CLOSE:
        do_close(call, r, n)
    elif op == OP_FALL_DUE:
        do_fall_due(call, r, n)
    elif op == OP_TOP_UP:
        do_top_up(call, r, n)
    elif op == OP_PAY_CAPITALISE:
        do_pay_capitalise(call, r, n)
    elif op == OP_SWEEP_WHEN:
        do_sweep_when(call, r, n)
    elif op == OP_TEST:
        do_test(call, r, n)
    elif op == OP_TEST_ABOVE:
        do_test_above(call, r, n)
    elif op == OP_DRAW:
        do_draw(call, r, n)
    elif op == OP_RECEIVE:
        do_receive(call, r, n)
    elif op == OP_TAKE:
        do_take(call, r, n)
    elif op == OP_COPY:
        do_copy(call, r, n)
    elif op == OP_ADD:
        do_add(call, r, n)
    elif op == OP_SUB:
        do_sub(call, r, n)
    elif op == OP_MUL:
        do_mul(call, r, n)
    elif op == OP_DIV:
        do_div(call, r, n)
    elif op == OP_MIN:
        do_min(call, r, n)
    elif op == OP_MAX:
        do_max(call, r, n)
    elif op == OP_ABS:
        do_abs(call, r, n)
    elif op == OP_LT:
        do_lt(call, r, n)
    elif op == OP_LE:
        do_le(call, r, n)
    elif op == OP_EQ:
        do_eq(call, r, n)
    elif op == OP_AND:
        do_and(call, r, n)
    elif op == OP_OR:
        do_or(call, r, n)
    elif op == OP_NOT:
        do_not(call, r, n)
    elif op == OP_SELECT:
        do_select(call, r, n)
    elif op == OP_WINDOW:
        do_window(call, r, n)
    elif op == OP_ACCRUE:
        do_accrue(call, r, n)
    elif op == OP_SWEEP:
        do_sweep(call, r, n)
    elif op == OP_FUND:
        do_fund(call, r, n)
    elif op == OP_RELEASE:
        do_release(call, r, n)
    elif op == OP_MOVE:
        do_move(call, r, n)
    elif op == OP_CAPITALISE:
        do_capitalise(call, r, n)
    elif op == OP_PRORATA:
        do_prorata(call, r, n)
    elif op == OP_SHORTFALL:
        do_shortfall(call, r, n)
    elif op == OP_RECORD:
        do_record(call, r, n)
    elif op == OP_FALL_DUE_AGAIN:
        do_fall_due_again(call, r, n)
    elif op == OP_RECORD_TWO:
        do_record_two(call, r, n)
    elif op == OP_PAY_ALL:
        do_pay_all(call, r, n)
    elif op == OP_REPAY_ALL:
        do_repay_all(call, r, n)
    elif op == OP_TAKE_ALL:
        do_take_all(call, r, n)
    elif op == OP_COVER:
        do_cover(call, r, n)
    elif op == OP_SQRT:
        do_sqrt(call, r, n)
    elif op == OP_EXCESS:
        do_excess(call, r, n)
    elif op == OP_BORROW:
        do_borrow(call, r, n)
    elif op == OP_BEST:
        do_best(call, r, n)
    elif op == OP_SCALE:
        do_scale(call, r, n)
    elif op == OP_SCALE_ADD:
        do_scale_add(call, r, n)
    elif op == OP_MUL_ADD:
        do_mul_add(call, r, n)
    elif op == OP_ADD_THREE:
        do_add_three(call, r, n)
    elif op == OP_ADD_SEVEN:
        do_add_seven(call, r, n)
