# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Draws the factors of a market, block by block. Twin in plain Python: `tranche/market/twin.py`.

(A) The draw at slot j of period t (from 0) of path p is the Philox word at the counter (p, p >> 32, t, j // 2) under
    the key `seed`, its lower half for even j and its upper half for odd j: nothing else enters, so any path can be
    drawn alone. Driver j has slot j, so a factor added at the end moves no draw of the others.
(B) Lanes never meet and every lane takes the same operations, so that the bits of a path do not depend on the width,
    the lanes, the first path, the thread or the vector unit.
(C) What is done in a period is a tape of steps over registers of CHUNK lanes, which stay in the first-level cache.
    The first registers are the columns, written anew in every period: those of a whole chunk lie in the block's own
    input buffer.
(D) Antithetic: paths 2k and 2k + 1 share the words of k; the odd one takes 1 - u for u, everywhere.
(E) Sobol: path p is point p, its 52 digits the exclusive or of the direction numbers of the bits of p and of a shift.
    The drivers' scores of all periods are drawn first, in the order of the bridge; a period's are a row of `bridge`
    times them. `market.sobol` says which draw has which dimension.
"""
from cpython.pycapsule cimport PyCapsule_New
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc

cimport copulas
cimport states
cimport steps
cimport student
from elementary cimport RATIONAL
from lanes cimport lane_void
from normals cimport exponential, normal, uniform, words_rw
from philox cimport philox_best, philox_choose, philox_known, philox_names, philox_versions
from source cimport BlockSource
from steps cimport CHUNK
from tape cimport *

import numpy as np

cdef extern from *:
    """
    #if defined(TRANCHE_NO_CLONES)
      #define SCENARIO_CLONES
    #elif defined(__clang__) || __GNUC__ < 12
      #define SCENARIO_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
    #else   /* chosen by what the processor can do; arch=skylake-avx512 by its name, which misses every later one */
      #define SCENARIO_CLONES __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
    #endif
    """
    ctypedef void cloned_void "SCENARIO_CLONES void"

cdef enum:
    PAD = 16                    # what `normal` may write beyond its rows
    BITS = 52                   # digits of a Sobol point
    OWNER = 1 << 17             # slots below are those of drivers

STEP_FIELDS = 11

philox_choose()
PHILOX = tuple(philox_names[k].decode() for k in range(philox_known))
"""Versions that this processor can run; the last one is used."""

cdef struct Model:
    uint64_t seed
    int antithetic
    Py_ssize_t periods
    Py_ssize_t columns
    Py_ssize_t registers
    Py_ssize_t most_drawn       # by one step
    Py_ssize_t length
    const TapeStep* tape        # [length]
    Py_ssize_t params
    const double* param         # [periods, params]
    const double* constant
    const double* initial       # [registers]
    int sobol
    Py_ssize_t drivers
    Py_ssize_t others
    const uint64_t* direction   # [dimensions, BITS]
    const uint64_t* shift       # [dimensions]
    const int32_t* table        # [periods, others]
    const double* bridge        # [periods, periods]
    const double* mills

cdef struct Room:               # what a chunk works in
    double** at                 # [registers]
    double* own                 # [registers, CHUNK]
    double* u                   # [most_drawn + 1, CHUNK]
    double* p                   # [most_drawn, CHUNK] + PAD, like the next two
    double* tail
    int32_t* where
    double* eps                 # [periods, drivers, CHUNK]; Sobol only


cdef inline lane_void sobol(const uint64_t* direction, uint64_t shift, uint64_t first, words_rw word) noexcept nogil:
    """The digits of a dimension for CHUNK paths, at the upper end of a word."""
    cdef Py_ssize_t i, b = 0
    cdef uint64_t left = first | (first + CHUNK - 1), v
    left = left | (left >> 1) | CHUNK - 1
    for i in range(CHUNK):
        word[i] = shift
    while left and b < BITS:
        v = direction[b]
        for i in range(CHUNK):
            word[i] = word[i] ^ (v & (<uint64_t>0 - (((first + <uint64_t>i) >> b) & 1)))
        left >>= 1
        b += 1
    for i in range(CHUNK):
        word[i] = word[i] << (64 - BITS)


cdef inline lane_void draw_bridge(const Model* model, const Room* room, uint64_t first) noexcept nogil:
    """The independent scores of all drivers, in the order of the bridge."""
    cdef uint64_t word[CHUNK]
    cdef Py_ssize_t m, k, dimension = 0
    for m in range(model.periods):
        for k in range(model.drivers):
            sobol(model.direction + dimension * BITS, model.shift[dimension], first, word)
            uniform(word, room.u + k * CHUNK, CHUNK)
            dimension += 1
        normal(room.u, room.eps + m * model.drivers * CHUNK, room.p, room.tail, room.where, model.drivers * CHUNK)


cdef inline lane_void bridged(const Model* model, const Room* room, Py_ssize_t t, double* d, Py_ssize_t n) noexcept nogil:
    """The scores of n drivers in period t."""
    cdef Py_ssize_t m, k
    for k in range(n):
        steps.scale(d + k * CHUNK, room.eps + k * CHUNK, model.bridge[t * model.periods])
        for m in range(1, model.periods):
            if model.bridge[t * model.periods + m] != 0:
                steps.add_scaled(d + k * CHUNK, room.eps + (m * model.drivers + k) * CHUNK,
                                 model.bridge[t * model.periods + m])


cdef inline lane_void draw_others(const Model* model, uint64_t first, Py_ssize_t t, Py_ssize_t ordinal, Py_ssize_t n,
                                  double* u) noexcept nogil:
    """Puts quasi-random draws in the place of pseudo-random ones, where there is a dimension."""
    cdef uint64_t word[CHUNK]
    cdef Py_ssize_t k
    cdef int32_t dimension
    for k in range(n):
        dimension = model.table[t * model.others + ordinal + k]
        if dimension >= 0:
            sobol(model.direction + dimension * BITS, model.shift[dimension], first, word)
            uniform(word, u + k * CHUNK, CHUNK)


cdef inline lane_void draw(const Model* model, uint64_t first, Py_ssize_t t, Py_ssize_t slot, Py_ssize_t n,
                           double* u) noexcept nogil:
    """Uniforms of the slots slot <= j < slot + n, `slot` even; row n is written when n is odd."""
    cdef uint64_t low[CHUNK]
    cdef uint64_t high[CHUNK]
    cdef Py_ssize_t j, i
    for j in range(0, n, 2):
        philox_best(model.seed, first, model.antithetic, <uint32_t>t, <uint32_t>((slot + j) // 2), low, high,
                    CHUNK)
        uniform(low, u + j * CHUNK, CHUNK)
        uniform(high, u + (j + 1) * CHUNK, CHUNK)
    if model.antithetic:
        for j in range(n):
            for i in range(CHUNK):
                if (first + <uint64_t>i) & 1:
                    u[j * CHUNK + i] = 1.0 - u[j * CHUNK + i]


cdef inline lane_void copy(double* d, const double* a, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        d[i] = a[i]


cdef inline lane_void execute(const Model* model, const Room* room, const TapeStep* it, uint64_t first, Py_ssize_t t,
                              const double* param) noexcept nogil:
    cdef const int32_t* r = &it.r[0]
    cdef double** at = room.at
    cdef double* d = at[r[0]]
    cdef const double* p = param + it.param
    cdef const double* c = model.constant + it.constant
    cdef int op = it.op
    cdef Py_ssize_t k
    if op == TAPE_NORMALS or op == TAPE_UNIFORMS:
        if model.sobol and r[2] < OWNER:
            bridged(model, room, t, d, r[1])
            if op == TAPE_UNIFORMS:
                for k in range(r[1]):
                    steps.normal_cdf(room.u, d + k * CHUNK, model.mills)
                    copy(d + k * CHUNK, room.u, CHUNK)
        else:
            draw(model, first, t, r[2], r[1], room.u)
            if model.sobol:
                draw_others(model, first, t, r[3], r[1], room.u)
            if op == TAPE_NORMALS:
                normal(room.u, d, room.p, room.tail, room.where, r[1] * CHUNK)
            else:
                copy(d, room.u, r[1] * CHUNK)
    elif op == TAPE_SCORES:
        normal(at[r[1]], d, room.p, room.tail, room.where, r[2] * CHUNK)
    elif op == TAPE_MIX:
        steps.mix(d, at[r[1]], c, r[2])
    elif op == TAPE_AFFINE:
        steps.affine(d, at[r[1]], p)
    elif op == TAPE_SUM:
        steps.weighted_sum(d, at[r[1]], at[r[2]], p)
    elif op == TAPE_PRODUCT:
        steps.product(d, at[r[1]], at[r[2]])
    elif op == TAPE_QUOTIENT:
        steps.quotient(d, at[r[1]], at[r[2]])
    elif op == TAPE_HIGHER:
        steps.at_least(d, at[r[1]], at[r[2]])
    elif op == TAPE_LOWER:
        steps.at_most(d, at[r[1]], at[r[2]])
    elif op == TAPE_SELECT:
        steps.select(d, at[r[1]], at[r[2]], at[r[3]])
    elif op == TAPE_BELOW:
        steps.below(d, at[r[1]], p[0])
    elif op == TAPE_SWITCH:
        steps.switch(d, at[r[1]], p[0], p[1])
    elif op == TAPE_ADVANCE:
        steps.advance(d, at[r[1]], p[0], p[1], p[2])
    elif op == TAPE_EXP:
        steps.exponential_level(d, at[r[1]], p[0])
    elif op == TAPE_CLIP:
        steps.clipped(d, at[r[1]], p[0], p[1], p[2])
    elif op == TAPE_LOG:
        steps.logarithms(d, at[r[1]])
    elif op == TAPE_SQRT:
        steps.roots(d, at[r[1]])
    elif op == TAPE_LOGISTIC:
        steps.logistic(d, at[r[1]])
    elif op == TAPE_CDF:
        steps.normal_cdf(d, at[r[1]], c)
    elif op == TAPE_POSITIVE:
        steps.positive(d, at[r[1]], c, CHUNK)
    elif op == TAPE_POSITIVE_BY_STATE:
        states.positive_by_state(d, at[r[1]], at[r[2]], c)
    elif op == TAPE_T_VALUE:
        student.value_row(d, at[r[1]], c, CHUNK)
    elif op == TAPE_T_VALUE_BY_STATE:
        states.value_by_state(d, at[r[1]], at[r[2]], c)
    elif op == TAPE_T_SCORE:
        if r[3] < 0:
            student.student_scores(d, at[r[1]], c, r[2])
        else:
            states.scores_by_state(d, at[r[1]], at[r[3]], c, r[2])
    elif op == TAPE_LINK:
        copulas.link(d, at[r[1]], at[r[2]], at[r[3]], c, c + r[4] * (r[4] + 1) // 2, r[4])
    elif op == TAPE_CLAYTON:
        copulas.clayton(d, at[r[1]], at[r[2]], c[0], r[3])
    elif op == TAPE_FRANK:
        if r[3] == 0:
            copulas.frank_frailty(d, at[r[1]], at[r[2]], c[0])
        else:
            copulas.frank(d, at[r[1]], at[r[2]], c[0])
    elif op == TAPE_GUMBEL:
        copulas.gumbel(d, at[r[1]], at[r[2]], c[0], c + 1, r[3])
    elif op == TAPE_COUNT:
        steps.count_below(d, at[r[1]], p[0], r[2])
    elif op == TAPE_CLAYTON_H:
        copulas.clayton_h(d, at[r[1]], at[r[2]], c[0])
    elif op == TAPE_GUMBEL_H:
        copulas.gumbel_h(d, at[r[1]], at[r[2]], c[0])
    elif op == TAPE_FRANK_H:
        copulas.frank_h(d, at[r[1]], at[r[2]], c[0])
    elif op == TAPE_FRANK_H_INVERSE:
        copulas.frank_h_inverse(d, at[r[1]], at[r[2]], c[0])


cdef cloned_void fill_chunk(const Model* model, uint64_t first, Py_ssize_t lanes, Py_ssize_t width, Py_ssize_t inputs,
                            double* out, const Room* room) noexcept nogil:
    """Draws CHUNK paths from `first` and writes the first `lanes` of them."""
    cdef Py_ssize_t t, k, i
    cdef const TapeStep* it
    cdef double** at = room.at
    cdef const double* param
    for k in range(model.registers):
        at[k] = room.own + k * CHUNK
        for i in range(CHUNK):
            at[k][i] = model.initial[k]
    if model.sobol and model.drivers:
        draw_bridge(model, room, first)
    for t in range(model.periods):
        param = model.param + t * model.params
        if lanes == CHUNK:
            for k in range(model.columns):
                at[k] = out + (t * inputs + k) * width
        k = 0
        while k < model.length:
            it = model.tape + k
            k += 1
            if it.begin <= t < it.end:
                if it.op == TAPE_SKIP:
                    if not steps.anywhere(at[it.r[0]], it.r[1]):
                        k += it.r[2]
                else:
                    execute(model, room, it, first, t, param)
        if lanes < CHUNK:
            for k in range(model.columns):
                copy(out + (t * inputs + k) * width, at[k], lanes)


cdef int fill(const void* self, int64_t first_path, Py_ssize_t lanes, Py_ssize_t width, Py_ssize_t inputs,
              double* out, void* scratch) noexcept nogil:
    cdef const Model* model = <const Model*>self
    cdef Room room
    cdef Py_ssize_t lane = 0
    room.own = <double*>scratch
    room.u = room.own + model.registers * CHUNK
    room.p = room.u + (model.most_drawn + 1) * CHUNK
    room.tail = room.p + model.most_drawn * CHUNK + PAD
    room.at = <double**>(room.tail + model.most_drawn * CHUNK + PAD)
    room.eps = <double*>(room.at + model.registers)
    room.where = <int32_t*>(room.eps + (model.periods * model.drivers * CHUNK if model.sobol else 0))
    while lane < lanes:
        fill_chunk(model, <uint64_t>(first_path + lane), lanes - lane if lanes - lane < CHUNK else CHUNK,
                   width, inputs, out + lane, &room)
        lane += CHUNK
    return 0


cdef class Scenario:
    """The factors `columns` at the end of each period, by the tape that `tranche.market.scenario` writes.

    steps: int32 [steps, STEP_FIELDS]; params: float64 [periods, params]; constants: float64; initial: float64
    [registers], of which the first are the columns. The arrays are kept, not copied, and trusted: `market.tape` checks.
    """
    cdef Model model
    cdef BlockSource source
    cdef tuple arrays
    cdef readonly tuple columns
    cdef readonly Py_ssize_t periods
    cdef readonly uint64_t seed
    cdef readonly bint antithetic
    cdef readonly tuple sobol

    def __cinit__(self, tuple columns, uint64_t seed, const int32_t[:, ::1] steps, const double[:, ::1] params,
                  const double[::1] constants, const double[::1] initial, bint antithetic=False, tuple sobol=None):
        cdef Py_ssize_t k, most = 1
        cdef const uint64_t[:, ::1] direction
        cdef const uint64_t[::1] shift
        cdef const int32_t[:, ::1] table
        cdef const double[:, ::1] bridge
        cdef const double[::1] mills
        cdef Model* model = &self.model
        if steps.shape[1] != STEP_FIELDS or initial.shape[0] < len(columns):
            raise ValueError("steps [steps, 11], a register for every column")
        self.arrays = (np.asarray(steps), np.asarray(params), np.asarray(constants), np.asarray(initial))
        self.sobol = sobol
        if sobol is not None:
            model.drivers, direction, shift, table, bridge, mills = sobol
            model.sobol = 1
            model.others = table.shape[1]
            model.direction = &direction[0, 0]
            model.shift = &shift[0]
            model.bridge = &bridge[0, 0]
            model.mills = &mills[0]
            if table.size:
                model.table = &table[0, 0]
        self.columns = columns
        self.periods = params.shape[0]
        self.seed = model.seed = seed
        self.antithetic = model.antithetic = antithetic
        model.periods = params.shape[0]
        model.columns = len(columns)
        model.registers = initial.shape[0]
        model.length = steps.shape[0]
        model.params = params.shape[1]
        if steps.shape[0]:
            model.tape = <const TapeStep*>&steps[0, 0]
        if params.size:
            model.param = &params[0, 0]
        if constants.size:
            model.constant = &constants[0]
        if initial.size:
            model.initial = &initial[0]
        for k in range(model.length):
            if steps[k, 0] in (TAPE_NORMALS, TAPE_UNIFORMS):
                most = max(most, steps[k, 6])
            elif steps[k, 0] == TAPE_SCORES:
                most = max(most, steps[k, 7])
        model.most_drawn = most
        self.source.fill = fill
        self.source.self = model
        self.source.periods = model.periods
        self.source.columns = model.columns
        self.source.scratch_bytes = (
            ((model.registers + 3 * most + 1) * CHUNK + 2 * PAD) * sizeof(double) + model.registers * sizeof(double*)
            + (most * CHUNK + PAD) * sizeof(int32_t)
            + (model.periods * model.drivers * CHUNK * sizeof(double) if model.sobol else 0))

    def __reduce__(self):
        return Scenario, (self.columns, self.seed, *self.arrays, self.antithetic, self.sobol)

    @property
    def paths(self):
        """None: there is no last path."""
        return None

    @property
    def capsule(self):
        """Valid as long as this object lives."""
        return PyCapsule_New(<void*>&self.source, b"tranche.BlockSource", NULL)

    def rows(self, int64_t first, Py_ssize_t count):
        """Paths first <= p < first + count as float64 [count, periods, columns], drawn by the kernel's own fill."""
        cdef Py_ssize_t columns = len(self.columns), width, lane, lanes
        cdef double[:, :, ::1] block
        cdef char* scratch
        if first < 0 or count < 0:
            raise ValueError("first and count must not be negative")
        rows = np.empty((count, self.periods, columns))
        if rows.size == 0:
            return rows
        width = min(count, 1024)
        drawn = np.empty((self.periods, columns, width))
        block = drawn
        scratch = <char*>malloc(self.source.scratch_bytes)
        if scratch == NULL:
            raise MemoryError()
        try:
            for lane in range(0, count, width):
                lanes = min(width, count - lane)
                with nogil:
                    self.source.fill(self.source.self, first + lane, lanes, width, columns, &block[0, 0, 0], scratch)
                rows[lane:lane + lanes] = drawn[:, :, :lanes].transpose(2, 0, 1)
        finally:
            free(scratch)
        return rows


def philox_lanes(tuple counter, tuple key, Py_ssize_t lanes=1, Py_ssize_t version=-1):
    """Philox4x32-10, uint32 [lanes, 4], by one of PHILOX: four words from a counter of four, whose first two go up by one
    from lane to lane as one number of 64 bits, and a key of two."""
    cdef uint64_t[::1] low = np.empty(lanes, dtype=np.uint64), high = np.empty(lanes, dtype=np.uint64)
    cdef uint32_t c[4]
    cdef uint32_t k[2]
    c = counter
    k = key
    version = range(philox_known)[version]
    if lanes:
        philox_versions[version](<uint64_t>k[0] | (<uint64_t>k[1] << 32), <uint64_t>c[0] | (<uint64_t>c[1] << 32), 0,
                                 c[2], c[3], &low[0], &high[0], lanes)
    words = (np.asarray(low), np.asarray(high))
    return np.array([part >> shift & 0xFFFFFFFF for part in words for shift in (0, 32)], dtype=np.uint32).T


cdef cloned_void inverse(const double* u, double* z, double* p, double* tail, int32_t* where, Py_ssize_t n) noexcept nogil:
    normal(u, z, p, tail, where, n)


def inverse_normal(const double[::1] u):
    """The standard normal quantile of each u in (2.3e-308, 1), float64 [n]; of no meaning elsewhere."""
    cdef Py_ssize_t n = u.shape[0]
    cdef double[::1] z = np.empty(n), p = np.empty(n + 8), tail = np.empty(n + 8)
    cdef int32_t[::1] where = np.empty(n + 8, dtype=np.int32)
    if n:
        inverse(&u[0], &z[0], &p[0], &tail[0], &where[0], n)
    return np.asarray(z)


def exp(double x):
    """e**x with the kernel's own bits, the same on every machine; |x| <= 708, beyond it the value at the bound."""
    return exponential(x)
