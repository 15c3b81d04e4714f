# cython: cdivision=True
# One function for each instruction: its operands as registers, then the loop over the lanes of `lanes.pxd`; and
# `execute`, which chooses. All of it is inlined into the walk, once for each width and instruction set.
from libc.stdint cimport int32_t, uint64_t

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
    double* registers           # [registers, n + PADDING]
    Py_ssize_t period
    double magic                # see lanes.pxd
    double zero
    uint64_t start
    uint64_t* sums
    uint64_t* more

cdef inline operation do_copy(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.copy(R + r[0] * step, R + r[1] * step, n)

cdef inline operation do_add(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.add(R + r[0] * step, R + r[1] * step, R + r[2] * step, n)

cdef inline operation do_sub(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.sub(R + r[0] * step, R + r[1] * step, R + r[2] * step, n)

cdef inline operation do_mul(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.mul(R + r[0] * step, R + r[1] * step, R + r[2] * step, n)

cdef inline operation do_div(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.div(R + r[0] * step, R + r[1] * step, R + r[2] * step, n)

cdef inline operation do_min(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.minimum(R + r[0] * step, R + r[1] * step, R + r[2] * step, n)

cdef inline operation do_max(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.maximum(R + r[0] * step, R + r[1] * step, R + r[2] * step, n)

cdef inline operation do_abs(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.absolute(R + r[0] * step, R + r[1] * step, n)

cdef inline operation do_lt(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.less(R + r[0] * step, R + r[1] * step, R + r[2] * step, n)

cdef inline operation do_le(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.at_most(R + r[0] * step, R + r[1] * step, R + r[2] * step, n)

cdef inline operation do_eq(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.equal(R + r[0] * step, R + r[1] * step, R + r[2] * step, n)

cdef inline operation do_and(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.both(R + r[0] * step, R + r[1] * step, R + r[2] * step, n)

cdef inline operation do_or(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.either(R + r[0] * step, R + r[1] * step, R + r[2] * step, n)

cdef inline operation do_not(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.negate(R + r[0] * step, R + r[1] * step, n)

cdef inline operation do_select(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.select(R + r[0] * step, R + r[1] * step, R + r[2] * step, R + r[3] * step, n)

cdef inline operation do_window(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.window(R + r[0] * step, R + r[1] * step, R + r[2] * step, r[3], call.period, step, n)

cdef inline operation do_receive(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.receive(R + r[0] * step, R + r[1] * step, R + r[2] * step, call.magic, call.zero, call.start, call.sums, n)

cdef inline operation do_accrue(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.accrue(R + r[0] * step, R + r[1] * step, R + r[2] * step, n)

cdef inline operation do_pay(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.pay(R + r[0] * step, R + r[1] * step, R + r[2] * step, R + r[3] * step, call.magic, call.zero, call.start, call.sums, n)

cdef inline operation do_repay(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.repay(R + r[0] * step, R + r[1] * step, R + r[2] * step, R + r[3] * step, R + r[4] * step, call.magic, call.zero,
                call.start, call.sums, n)

cdef inline operation do_sweep(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.sweep(R + r[0] * step, R + r[1] * step, R + r[2] * step, R + r[3] * step, call.magic, call.zero, call.start, call.sums,
                n)

cdef inline operation do_take(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.take(R + r[0] * step, R + r[1] * step, R + r[2] * step, call.magic, call.zero, call.start, call.sums, n)

cdef inline operation do_fund(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.fund(R + r[0] * step, R + r[1] * step, R + r[2] * step, R + r[3] * step, R + r[4] * step, call.magic, call.zero,
               call.start, call.sums, n)

cdef inline operation do_release(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.release(R + r[0] * step, R + r[1] * step, R + r[2] * step, R + r[3] * step, R + r[4] * step, call.magic, call.zero,
                  call.start, call.sums, n)

cdef inline operation do_draw(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.draw(R + r[0] * step, R + r[1] * step, R + r[2] * step, R + r[3] * step, R + r[4] * step, call.magic, call.zero,
               call.start, call.sums, n)

cdef inline operation do_move(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.move(R + r[0] * step, R + r[1] * step, R + r[2] * step, R + r[3] * step, call.magic, call.zero, call.start, call.sums,
               n)

cdef inline operation do_capitalise(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.capitalise(R + r[0] * step, R + r[1] * step, R + r[2] * step, R + r[3] * step, call.magic, call.zero, call.start,
                     call.sums, n)

cdef inline operation do_test(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.coverage_test(R + r[0] * step, R + r[1] * step, R + r[2] * step, R + r[3] * step, R + r[4] * step, call.magic, call.zero,
                        call.start, call.sums, n)

cdef inline operation do_prorata(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.prorata(R + r[0] * step, R + r[1] * step, R + r[2] * step, R + r[3] * step, n)

cdef inline operation do_shortfall(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.shortfall(R + r[0] * step, R + r[1] * step, R + r[2] * step, call.magic, call.zero, call.start, call.sums, n)

cdef inline operation do_record(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.record(R + r[0] * step, call.magic, call.zero, call.start, call.sums, n)

cdef inline operation do_service(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.service(R + r[0] * step, R + r[1] * step, R + r[2] * step, R + r[3] * step, R + r[4] * step, R + r[5] * step, call.magic,
                  call.zero, call.start, call.sums, call.more, n)

cdef inline operation do_top_up(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.top_up(R + r[0] * step, R + r[1] * step, R + r[2] * step, R + r[3] * step, R + r[4] * step, call.magic, call.zero,
                 call.start, call.sums, call.more, n)

cdef inline operation do_pay_capitalise(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.pay_capitalise(R + r[0] * step, R + r[1] * step, R + r[2] * step, R + r[3] * step, R + r[4] * step, call.magic, call.zero,
                         call.start, call.sums, call.more, n)

cdef inline operation do_sweep_when(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.sweep_when(R + r[0] * step, R + r[1] * step, R + r[2] * step, R + r[3] * step, call.magic, call.zero, call.start,
                     call.sums, n)

cdef inline operation do_fall_due(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.fall_due(R + r[0] * step, R + r[1] * step, R + r[2] * step, R + r[3] * step, R + r[4] * step, n)

cdef inline operation do_fall_due_again(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.fall_due_again(R + r[0] * step, R + r[1] * step, R + r[2] * step, R + r[3] * step, R + r[4] * step, n)

cdef inline operation do_close(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.close(R + r[0] * step, R + r[1] * step, R + r[2] * step, R + r[3] * step, call.magic, call.zero, call.start, call.sums,
                call.more, n)

cdef inline operation do_record_two(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.record_two(R + r[0] * step, R + r[1] * step, call.magic, call.zero, call.start, call.sums, call.more, n)

cdef inline operation do_pay_all(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.pay_all(R + r[0] * step, R + r[1] * step, R + r[2] * step,
                  call.magic, call.zero, call.start, call.sums, n)

cdef inline operation do_repay_all(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.repay_all(R + r[0] * step, R + r[1] * step, R + r[2] * step, R + r[3] * step,
                    call.magic, call.zero, call.start, call.sums, n)

cdef inline operation do_take_all(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.take_all(R + r[0] * step, R + r[1] * step,
                   call.magic, call.zero, call.start, call.sums, n)

cdef inline operation do_cover(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.cover(R + r[0] * step, R + r[1] * step, R + r[2] * step, R + r[3] * step,
                call.magic, call.zero, call.start, call.sums, n)

cdef inline operation do_excess(const Call* call, const int32_t* r, Py_ssize_t n) noexcept nogil:
    cdef double* R = call.registers
    cdef Py_ssize_t step = n + PADDING
    lanes.excess(R + r[0] * step, R + r[1] * step, R + r[2] * step, n)

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
    elif op == OP_EXCESS:
        do_excess(call, r, n)
