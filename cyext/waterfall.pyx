# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Runs a Program over blocks of paths.

(A) A block is `width` paths. Its register file (registers x width doubles) stays in the first-level cache while the
    periods and the instructions are walked; the sources fill the block's input buffer before.
(B) The walk is compiled for each width of WIDTHS, whose loops then have a known length, and once for any length: the
    last block of a run has just as many lanes as there are paths left. Lanes never meet: the bits of a path do not
    depend on the width, on the block, or on the thread.
(C) Sums over paths are integers kept in two 64-bit limbs (low 32 bits, rest), so that adding threads, blocks and
    slices in any order gives the same bits. Two's complement wrap-around is what makes the limbs add up.
(D) What is known of the paths besides is tallied block by block (tally.pxd), while their registers are at hand: memory
    does not grow with the number of paths unless their totals are asked for.
(E) Constants and series of which every instruction reads one value for all paths have no lanes in the register file:
    they are read where they are.
"""
from cpython.pycapsule cimport PyCapsule_GetPointer
from cython.parallel cimport prange, threadid
from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset

cimport lanes
from operations cimport PADDING, Call, execute, operation
from program cimport *
from source cimport BlockSource
from tally cimport BINS, MOMENTS, WIDEST, WORST, Tally, Watched, add_block, carry_moments

import numpy as np

cdef enum:
    CARRY_AFTER = 2048

cdef extern from *:
    """
    #if defined(TRANCHE_NO_CLONES) || !defined(__GNUC__)
      #define TRANCHE_CLONES
    #else
      #define TRANCHE_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
    #endif
    #ifdef _OPENMP
      #define TRANCHE_OPENMP 1
    #else
      #define TRANCHE_OPENMP 0
    #endif
    """
    ctypedef void cloned_void "TRANCHE_CLONES void"
    ctypedef Py_ssize_t cloned_size "TRANCHE_CLONES Py_ssize_t"
    const int TRANCHE_OPENMP

WIDTHS = (32, 64, 96, WIDEST)
TALLY = {"moments": MOMENTS, "bins": BINS, "worst": WORST}  # lengths of what is tallied
openmp = bool(TRANCHE_OPENMP)

cdef struct Plan:                       # what all blocks share
    const Instruction* code
    Py_ssize_t length                   # instructions
    Py_ssize_t registers
    const double* initial               # [registers]
    const int32_t* slot                 # [registers], which of the block's lanes are theirs; -1: one value, see (E)
    Py_ssize_t slots
    Py_ssize_t series                   # series registers, the first of them, and their values [periods, series]
    Py_ssize_t first_series
    const double* series_values
    Py_ssize_t inputs                   # input registers and the first of them
    Py_ssize_t first_input
    Py_ssize_t periods
    Py_ssize_t records
    const int32_t* record_register      # [records]
    const int32_t* record_flow          # [records], 1 for a flow
    double magic                        # 1.5 * 2**52 * quantum
    double bound
    double zero                         # 0.0, kept where the compiler cannot see it: lanes.pxd says why
    Py_ssize_t width
    Py_ssize_t sources
    BlockSource** source                # [sources]
    Py_ssize_t* source_column           # [sources], the first input each fills
    Watched watched

cdef struct Worker:                     # what a thread owns
    double* registers                   # [slots, width + PADDING]
    double** at                         # [registers], the lanes of each: of an input those of the period in `inputs`
    double* inputs                      # [periods, inputs, width]
    char* scratch
    uint64_t* sums                      # [periods, records] and two that nobody reads
    Py_ssize_t summed                   # paths in `sums` since they were last carried
    uint64_t* low                       # [periods, records], what was carried
    uint64_t* high
    Tally tally                         # `moments` is NULL when nothing is tallied
    int64_t bad_path                    # the lowest path with unusable input, or -1
    int64_t bad_amount                  # the lowest path with an amount beyond `bound`, or -1
    Py_ssize_t odd_lane                 # the lowest with such a level in a period of the block, or its width


cdef void find_odd_lane(const Plan* plan, Worker* worker, Py_ssize_t n) noexcept nogil:
    """A level of this period is no number that can be summed: note the lane, the first if none shows it any more."""
    cdef Py_ssize_t i, k
    for i in range(n):
        for k in range(plan.records):
            if not plan.record_flow[k] and not lanes.fabs(worker.at[plan.record_register[k]][i]) < 2.0 * plan.bound:
                worker.odd_lane = min(worker.odd_lane, i)
                return
    worker.odd_lane = 0


cdef inline operation walk(const Plan* plan, Worker* worker, double* flows, Py_ssize_t n) noexcept nogil:
    """One block of n lanes through all periods. `flows` [n, periods, records] or NULL; with it, flow totals restart in
    every period."""
    cdef Call call
    cdef const Instruction* it
    cdef const int32_t* r
    cdef uint64_t* row
    cdef uint64_t* unread = worker.sums + plan.periods * plan.records
    cdef uint64_t strange = 0
    cdef Py_ssize_t t, k, i, periods = plan.periods, records = plan.records
    cdef const double* values
    cdef double* register
    call.at = worker.at
    call.magic = plan.magic
    call.zero = plan.zero
    call.strange = &strange
    call.start = (<uint64_t>0) - lanes.lanes_bits(plan.magic) * <uint64_t>n
    for t in range(periods):
        values = plan.series_values + t * plan.series
        for k in range(plan.series):
            if plan.slot[plan.first_series + k] < 0:
                call.at[plan.first_series + k] = <double*>values + k
            elif t == 0 or values[k] != values[k - plan.series]:
                register = call.at[plan.first_series + k]
                for i in range(n):
                    register[i] = values[k]
        for k in range(plan.inputs):
            call.at[plan.first_input + k] = worker.inputs + (t * plan.inputs + k) * n
        row = worker.sums + t * records
        call.period = t
        k = 0
        while k < plan.length:
            it = plan.code + k
            r = &it.r[0]
            k += 1
            call.sums = row + it.record[0] if it.record[0] >= 0 else unread
            call.more = row + it.record[1] if it.record[1] >= 0 else unread + 1
            if it.op == OP_SKIP:
                if not lanes.anywhere(call.at[r[0]], n):
                    k += r[1]
            else:
                execute(&call, it.op, r, n)
        if strange >> 52:
            find_odd_lane(plan, worker, n)
            strange = 0
        if flows != NULL:
            for k in range(records):
                register = call.at[plan.record_register[k]]
                for i in range(n):
                    flows[(i * periods + t) * records + k] = register[i]
                    if plan.record_flow[k]:
                        register[i] = 0.0


cdef cloned_void walk_block(const Plan* plan, Worker* worker, double* flows, Py_ssize_t n) noexcept nogil:
    """`walk` with the lane count known to the compiler for the widths offered."""
    if n == 64:
        walk(plan, worker, flows, 64)
    elif n == 128:
        walk(plan, worker, flows, 128)
    elif n == 96:
        walk(plan, worker, flows, 96)
    elif n == 32:
        walk(plan, worker, flows, 32)
    else:
        walk(plan, worker, flows, n)


cdef void carry(const Plan* plan, Worker* worker) noexcept nogil:
    """Move the sums into the limbs before they can overflow: CARRY_AFTER amounts of 2**51 quanta, and those
    of a block more, fit into 63 bits."""
    cdef Py_ssize_t k
    for k in range(plan.periods * plan.records):
        worker.low[k] += worker.sums[k] & 0xffffffffU
        worker.high[k] += <uint64_t>(<int64_t>worker.sums[k] >> 32)
        worker.sums[k] = 0
    worker.summed = 0
    if worker.tally.moments != NULL:
        carry_moments(&worker.tally, plan.records + plan.watched.debts)


cdef cloned_size store(const Plan* plan, double** at, double* totals, Py_ssize_t n) noexcept nogil:
    """`totals` [n, records], unless NULL, from the records' registers. Returns 0, or 1 + the lowest lane with an amount
    that is not a number or out of bounds."""
    cdef Py_ssize_t k, i
    cdef int wrong = 0
    cdef const double* register
    for k in range(plan.records):
        register = at[plan.record_register[k]]
        for i in range(n):
            wrong |= not lanes.fabs(register[i]) < plan.bound
    if totals != NULL:
        for i in range(n):
            for k in range(plan.records):
                totals[i * plan.records + k] = at[plan.record_register[k]][i]
    if wrong:
        for i in range(n):
            for k in range(plan.records):
                if not lanes.fabs(at[plan.record_register[k]][i]) < plan.bound:
                    return i + 1
    return 0


cdef cloned_void tally_block(const Plan* plan, Worker* worker, int64_t first_path, Py_ssize_t n) noexcept nogil:
    """Add a block to the worker's tally; the lane count is known to the compiler for the usual width."""
    if n == 64:
        add_block(&plan.watched, &worker.tally, worker.at, first_path, 64)
    else:
        add_block(&plan.watched, &worker.tally, worker.at, first_path, n)


cdef void run_block(const Plan* plan, Worker* worker, int64_t first_path, Py_ssize_t n, double* totals,
                    double* flows) noexcept nogil:
    """Fill, walk, tally and store one block. `totals` [n, records] or NULL."""
    cdef Py_ssize_t k, i, bad
    cdef const BlockSource* source
    for k in range(plan.sources):
        source = plan.source[k]
        bad = source.fill(source.self, first_path, n, n, plan.inputs, worker.inputs + plan.source_column[k] * n,
                          worker.scratch)
        if bad and (worker.bad_path < 0 or first_path + bad - 1 < worker.bad_path):
            worker.bad_path = first_path + bad - 1
    for k in range(plan.registers):
        if plan.slot[k] < 0:
            worker.at[k] = <double*>plan.initial + k
            continue
        worker.at[k] = worker.registers + plan.slot[k] * (n + PADDING)
        for i in range(n):
            worker.at[k][i] = plan.initial[k]
    worker.odd_lane = n
    walk_block(plan, worker, flows, n)
    if worker.tally.moments != NULL:
        tally_block(plan, worker, first_path, n)
    worker.summed += n
    if worker.summed >= CARRY_AFTER:
        carry(plan, worker)
    bad = store(plan, worker.at, totals, n)
    if worker.odd_lane < n and (bad == 0 or worker.odd_lane < bad - 1):
        bad = worker.odd_lane + 1
    if bad and (worker.bad_amount < 0 or first_path + bad - 1 < worker.bad_amount):
        worker.bad_amount = first_path + bad - 1


cdef class Kernel:
    """A Program made ready to run. Holds no path: `run` may be called from several threads at once.

    Arguments are the arrays of `tranche.program.Program`; `sources` pairs a source object with the first input column
    that it fills; `narrow` is `Program.narrow`, `watched` a `tranche.reduction.Watched`.
    """
    cdef Plan plan
    cdef object keep
    cdef Py_ssize_t scratch_bytes

    def __cinit__(self, const int32_t[:, ::1] code, const double[::1] initial, narrow, const double[:, ::1] series,
                  Py_ssize_t first_series, Py_ssize_t inputs, Py_ssize_t first_input,
                  const int32_t[::1] record_register, const int32_t[::1] record_flow, double quantum, list sources,
                  Py_ssize_t width, watched):
        cdef BlockSource* source
        cdef Py_ssize_t k
        cdef const int32_t[:, ::1] owed = watched.owed
        cdef const double[::1] notional = watched.notional
        cdef const double[::1] side = watched.side
        if code.shape[1] * sizeof(int32_t) != sizeof(Instruction):
            raise ValueError("code has the wrong record size")
        if width not in WIDTHS:
            raise ValueError(f"width {width} is not offered; known: {WIDTHS}")
        if owed.shape[0] != notional.shape[0] or side.shape[0] != record_register.shape[0]:
            raise ValueError("what is watched does not fit the program")
        if owed.shape[0] and (np.min(owed) < -1 or np.max(owed) >= initial.shape[0]):
            raise ValueError("an owed register does not exist")
        if len(narrow) != initial.shape[0]:
            raise ValueError("narrow has the wrong shape")
        wide = ~np.asarray(narrow, dtype=bool)
        slots = np.where(wide, np.cumsum(wide) - 1, -1).astype(np.int32)
        by_period = np.ascontiguousarray(np.asarray(series).T)
        cdef const int32_t[::1] slot = slots
        cdef const double[:, ::1] values = by_period
        self.keep = (watched, np.asarray(code), np.asarray(initial), slots, by_period, np.asarray(record_register),
                     np.asarray(record_flow), [pair[0].capsule for pair in sources], [pair[0] for pair in sources])
        p = &self.plan
        p.code = <const Instruction*>&code[0, 0] if code.shape[0] else NULL
        p.length = code.shape[0]
        p.registers = initial.shape[0]
        p.initial = &initial[0]
        p.slot = &slot[0]
        p.slots = np.count_nonzero(wide)
        p.series = series.shape[0]
        p.periods = series.shape[1]
        p.first_series = first_series
        p.series_values = &values[0, 0] if series.shape[0] else NULL
        p.inputs = inputs
        p.first_input = first_input
        p.records = record_register.shape[0]
        p.record_register = &record_register[0] if p.records else NULL
        p.record_flow = &record_flow[0] if p.records else NULL
        p.magic = 1.5 * 4503599627370496.0 * quantum
        p.zero = 0.0
        p.bound = quantum * 1125899906842624.0
        p.width = width
        p.watched.records = p.records
        p.watched.register = p.record_register
        p.watched.debts = owed.shape[0]
        p.watched.parts = owed.shape[1]
        p.watched.owed = &owed[0, 0] if owed.shape[0] else NULL
        p.watched.notional = &notional[0] if owed.shape[0] else NULL
        p.watched.dust = watched.dust
        p.watched.side = &side[0] if p.records else NULL
        p.watched.start = watched.start
        p.watched.magic = p.magic
        p.sources = len(sources)
        p.source = <BlockSource**>malloc(max(1, p.sources) * sizeof(BlockSource*))
        p.source_column = <Py_ssize_t*>malloc(max(1, p.sources) * sizeof(Py_ssize_t))
        if p.source == NULL or p.source_column == NULL:
            raise MemoryError
        self.scratch_bytes = 64
        for k in range(p.sources):
            source = <BlockSource*>PyCapsule_GetPointer(sources[k][0].capsule, b"tranche.BlockSource")
            if source.periods != p.periods:
                raise ValueError(f"a source has {source.periods} periods, the program {p.periods}")
            if sources[k][1] < 0 or sources[k][1] + source.columns > inputs:
                raise ValueError("a source fills inputs that the program does not have")
            p.source[k] = source
            p.source_column[k] = sources[k][1]
            self.scratch_bytes = max(self.scratch_bytes, source.scratch_bytes)

    def __dealloc__(self):
        free(self.plan.source)
        free(self.plan.source_column)

    def run(self, int64_t first_path, Py_ssize_t paths, int threads, double[:, ::1] totals,
            uint64_t[:, :, ::1] sums, double[:, :, ::1] flows=None, list tallies=None):
        """Run paths first_path ≤ p < first_path + paths.

        `totals` [paths, records], when given, receives each record's final value; `sums` [2, periods, records] (low and
        high limb) is added to; `flows` [paths, periods, records], when given, receives each period's movement or level;
        `tallies`, when given, are added to: a `tranche.reduction.Tally` for each thread.
        Returns (lowest path with unusable input or -1, lowest path with an amount out of bounds or -1).
        """
        cdef Plan* plan = &self.plan
        cdef Py_ssize_t width = plan.width, blocks = (paths + width - 1) // width
        cdef Py_ssize_t b, k, lanes_here, cells = plan.periods * plan.records
        cdef int w, failed = 0, count = max(1, min(threads, <int>blocks))
        cdef Worker* workers
        cdef int64_t bad_path = -1, bad_amount = -1
        cdef double* totals_at = NULL
        cdef double* flows_at = &flows[0, 0, 0] if flows is not None else NULL
        if totals is not None:
            if totals.shape[0] != paths or totals.shape[1] != plan.records:
                raise ValueError("totals has the wrong shape")
            totals_at = &totals[0, 0] if paths and plan.records else NULL
        if tallies is not None:
            if flows is not None:
                raise ValueError("totals restart in every period when flows are kept: nothing can be tallied")
            count = min(count, <int>len(tallies))
        if sums.shape[0] != 2 or sums.shape[1] != plan.periods or sums.shape[2] != plan.records:
            raise ValueError("sums has the wrong shape")
        if flows is not None and (flows.shape[0] != paths or flows.shape[1] != plan.periods
                                  or flows.shape[2] != plan.records):
            raise ValueError("flows has the wrong shape")
        workers = <Worker*>calloc(count, sizeof(Worker))
        if workers == NULL:
            raise MemoryError
        try:
            for w in range(count if tallies is not None else 0):
                bind(plan, &workers[w].tally, tallies[w])
        except ValueError:
            free(workers)
            raise
        for w in range(count):
            failed |= not open_worker(plan, &workers[w], self.scratch_bytes)
        if not failed:
            with nogil:
                for b in prange(blocks, num_threads=count, schedule="dynamic"):
                    lanes_here = width if (b + 1) * width <= paths else paths - b * width
                    run_block(plan, &workers[threadid()], first_path + b * width, lanes_here,
                              totals_at + b * width * plan.records if totals_at != NULL else NULL,
                              flows_at + b * width * cells if flows_at != NULL else NULL)
            for w in range(count):
                carry(plan, &workers[w])
                for k in range(cells):
                    (&sums[0, 0, 0])[k] += workers[w].low[k]
                    (&sums[0, 0, 0])[cells + k] += workers[w].high[k]
                bad_path = lowest(bad_path, workers[w].bad_path)
                bad_amount = lowest(bad_amount, workers[w].bad_amount)
        for w in range(count):
            close_worker(&workers[w])
        free(workers)
        if failed:
            raise MemoryError
        return bad_path, bad_amount


cdef int bind(const Plan* plan, Tally* tally, given) except -1:
    """Point a worker at the arrays of a `tranche.reduction.Tally`."""
    cdef Py_ssize_t debts = plan.watched.debts, quantities = plan.records + debts
    cdef uint64_t[:, ::1] now = given.now
    cdef uint64_t[:, :, ::1] moments = given.moments
    cdef int64_t[:, ::1] extremes = given.extremes
    cdef int64_t[::1] positive = given.positive
    cdef int64_t[:, ::1] histogram = given.histogram
    cdef int64_t[:, ::1] worst_path = given.worst_path
    cdef double[:, ::1] worst_loss = given.worst_loss
    cdef double[::1] residual = given.residual
    cdef int64_t[::1] residual_path = given.residual_path
    if (now.shape[0] != quantities or now.shape[1] != MOMENTS
            or moments.shape[0] != 2 or moments.shape[1] != quantities or moments.shape[2] != MOMENTS
            or extremes.shape[0] != 2 or extremes.shape[1] != quantities or positive.shape[0] != quantities
            or histogram.shape[0] != debts or histogram.shape[1] != BINS
            or worst_path.shape[0] != debts or worst_path.shape[1] != WORST
            or worst_loss.shape[0] != debts or worst_loss.shape[1] != WORST
            or residual.shape[0] != 2 or residual_path.shape[0] != 1):
        raise ValueError("a tally has the wrong shape")
    if quantities:
        tally.now, tally.moments = &now[0, 0], &moments[0, 0, 0]
        tally.extremes, tally.positive = &extremes[0, 0], &positive[0]
    if debts:
        tally.histogram, tally.worst_path, tally.worst_loss = &histogram[0, 0], &worst_path[0, 0], &worst_loss[0, 0]
    tally.residual, tally.residual_path = &residual[0], &residual_path[0]
    return 0


cdef int64_t lowest(int64_t a, int64_t b) noexcept:
    if a < 0:
        return b
    return a if b < 0 or a < b else b


cdef bint open_worker(const Plan* plan, Worker* worker, Py_ssize_t scratch_bytes) noexcept:
    worker.registers = <double*>aligned(plan.slots * (plan.width + PADDING) * sizeof(double))
    worker.at = <double**>aligned(plan.registers * sizeof(double*))
    worker.inputs = <double*>aligned(plan.periods * plan.inputs * plan.width * sizeof(double))
    worker.scratch = <char*>aligned(scratch_bytes)
    worker.sums = <uint64_t*>aligned((plan.periods * plan.records + 2) * sizeof(uint64_t))
    worker.low = <uint64_t*>calloc(plan.periods * plan.records + 1, sizeof(uint64_t))
    worker.high = <uint64_t*>calloc(plan.periods * plan.records + 1, sizeof(uint64_t))
    worker.bad_path = worker.bad_amount = -1
    if worker.sums != NULL:
        memset(worker.sums, 0, (plan.periods * plan.records + 2) * sizeof(uint64_t))
    return (worker.registers != NULL and worker.at != NULL and worker.inputs != NULL and worker.scratch != NULL
            and worker.sums != NULL and worker.low != NULL and worker.high != NULL)


cdef void close_worker(Worker* worker) noexcept:
    free_aligned(worker.registers)
    free_aligned(worker.at)
    free_aligned(worker.inputs)
    free_aligned(worker.scratch)
    free_aligned(worker.sums)
    free(worker.low)
    free(worker.high)


cdef void* aligned(size_t size) noexcept:
    """Memory on a cache line; the block's true start is kept in the word before it."""
    cdef char* start = <char*>malloc(size + 128)
    cdef size_t address
    if start == NULL:
        return NULL
    address = (<size_t>start + 64 + sizeof(void*)) & ~<size_t>63
    (<void**>address - 1)[0] = start
    return <void*>address


cdef void free_aligned(void* address) noexcept:
    if address != NULL:
        free((<void**>address - 1)[0])


def opcodes():
    """The opcodes that the kernel was compiled with, by name: compared with `tranche.program.Op` by a test."""
    return {
        "COPY": OP_COPY, "ADD": OP_ADD, "SUB": OP_SUB, "MUL": OP_MUL, "DIV": OP_DIV, "MIN": OP_MIN, "MAX": OP_MAX,
        "ABS": OP_ABS, "LT": OP_LT, "LE": OP_LE, "EQ": OP_EQ, "AND": OP_AND, "OR": OP_OR, "NOT": OP_NOT,
        "SELECT": OP_SELECT, "WINDOW": OP_WINDOW, "SKIP": OP_SKIP, "RECEIVE": OP_RECEIVE, "ACCRUE": OP_ACCRUE,
        "PAY": OP_PAY, "REPAY": OP_REPAY, "SWEEP": OP_SWEEP, "TAKE": OP_TAKE, "FUND": OP_FUND,
        "RELEASE": OP_RELEASE, "DRAW": OP_DRAW, "MOVE": OP_MOVE, "CAPITALISE": OP_CAPITALISE, "TEST": OP_TEST,
        "PRORATA": OP_PRORATA, "SHORTFALL": OP_SHORTFALL, "RECORD": OP_RECORD, "SERVICE": OP_SERVICE,
        "TOP_UP": OP_TOP_UP, "PAY_CAPITALISE": OP_PAY_CAPITALISE, "SWEEP_WHEN": OP_SWEEP_WHEN,
        "FALL_DUE": OP_FALL_DUE, "FALL_DUE_AGAIN": OP_FALL_DUE_AGAIN, "CLOSE": OP_CLOSE,
        "RECORD_TWO": OP_RECORD_TWO, "PAY_ALL": OP_PAY_ALL, "REPAY_ALL": OP_REPAY_ALL, "TAKE_ALL": OP_TAKE_ALL,
        "COVER": OP_COVER, "EXCESS": OP_EXCESS, "TEST_ABOVE": OP_TEST_ABOVE,
        "SQRT": OP_SQRT, "BORROW": OP_BORROW, "BEST": OP_BEST, "SCALE": OP_SCALE, "SCALE_ADD": OP_SCALE_ADD,
        "MUL_ADD": OP_MUL_ADD, "ADD_THREE": OP_ADD_THREE, "ADD_SEVEN": OP_ADD_SEVEN,
    }
