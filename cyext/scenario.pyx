# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Draws the factors of a market, block by block. Twin in plain Python: `tranche/market/twin.py`.

(A) The draw of driver j in period t (from 0) of path p is the Philox word at the counter (p, p >> 32, t, j // 2) under
    the key `seed`, its lower half for even j and its upper half for odd j: nothing else enters, so any path can be
    drawn alone, and a factor added at the end moves no draw of the others.
(B) Lanes never meet and every lane takes the same operations, so that the bits of a path do not depend on the width,
    the lanes, the first path, the thread or the vector unit.
(C) All dynamics are one recursion, y <- decay y + (shift + scale z), and one of two readings of it: level e**y, or
    level + y within [low, high]. z is the row of `mixing` times the drivers.
"""
from cpython.pycapsule cimport PyCapsule_New
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc

from normals cimport exponential, indices_rw, lane_void, lanes_ro, lanes_rw, normal, philox, uniform, words_rw
from source cimport BlockSource

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
    CHUNK = 64                  # lanes drawn together, whatever the block's width

cdef struct Model:
    uint64_t seed
    Py_ssize_t periods
    Py_ssize_t factors
    const double* decay         # [periods, factors], like shift and scale
    const double* shift
    const double* scale
    const double* start         # [factors], like level, low, high and is_exponential
    const double* level
    const double* low
    const double* high
    const int32_t* is_exponential
    const double* mixing        # [factors, factors], lower triangular


cdef inline lane_void mix(const double* mixing, Py_ssize_t factors, double* z) noexcept nogil:
    """z <- mixing z in place, the last row first, because row i reads the drivers before it."""
    cdef Py_ssize_t i, j
    for i in range(factors - 1, -1, -1):
        multiply(z + i * CHUNK, mixing[i * factors + i])
        for j in range(i):
            if mixing[i * factors + j] != 0:
                add_multiple(z + i * CHUNK, z + j * CHUNK, mixing[i * factors + j])


cdef inline lane_void multiply(lanes_rw z, double weight) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        z[i] = weight * z[i]


cdef inline lane_void add_multiple(lanes_rw z, lanes_ro driver, double weight) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        z[i] = z[i] + weight * driver[i]


cdef inline lane_void advance(lanes_rw y, lanes_ro z, double decay, double shift, double scale) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(CHUNK):
        y[i] = decay * y[i] + (shift + scale * z[i])


cdef inline lane_void write_exponential(lanes_rw out, lanes_ro y, double level, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        out[i] = level * exponential(y[i])


cdef inline lane_void write_clipped(lanes_rw out, lanes_ro y, double level, double low, double high,
                                    Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    cdef double x
    for i in range(n):
        x = level + y[i]
        x = x if x > low else low
        out[i] = x if x < high else high


cdef cloned_void fill_chunk(const Model* model, uint64_t first, Py_ssize_t lanes, Py_ssize_t width, Py_ssize_t inputs,
                            double* out, char* scratch) noexcept nogil:
    """Draws CHUNK paths from `first` and writes the first `lanes` of them."""
    cdef Py_ssize_t factors = model.factors, rows = (factors + 1) // 2 * 2, t, f, i, at
    cdef double* y = <double*>scratch                               # [rows, CHUNK]
    cdef double* u = y + rows * CHUNK
    cdef double* z = u + rows * CHUNK
    cdef double* p = z + rows * CHUNK                               # rows * CHUNK + 8, like the next two
    cdef double* tail = p + rows * CHUNK + 8
    cdef int32_t* where = <int32_t*>(tail + rows * CHUNK + 8)
    cdef uint64_t low[CHUNK]
    cdef uint64_t high[CHUNK]
    cdef double* target
    for f in range(factors):
        for i in range(CHUNK):
            y[f * CHUNK + i] = model.start[f]
    for t in range(model.periods):
        for f in range(0, rows, 2):
            philox(model.seed, first, <uint32_t>t, <uint32_t>(f // 2), low, high, CHUNK)
            uniform(low, u + f * CHUNK, CHUNK)
            uniform(high, u + (f + 1) * CHUNK, CHUNK)
        normal(u, z, p, tail, where, factors * CHUNK)
        mix(model.mixing, factors, z)
        for f in range(factors):
            at = t * factors + f
            advance(y + f * CHUNK, z + f * CHUNK, model.decay[at], model.shift[at], model.scale[at])
            target = out + (t * inputs + f) * width
            if model.is_exponential[f] and lanes == CHUNK:
                write_exponential(target, y + f * CHUNK, model.level[f], CHUNK)
            elif model.is_exponential[f]:
                write_exponential(target, y + f * CHUNK, model.level[f], lanes)
            else:
                write_clipped(target, y + f * CHUNK, model.level[f], model.low[f], model.high[f], lanes)


cdef int fill(const void* self, int64_t first_path, Py_ssize_t lanes, Py_ssize_t width, Py_ssize_t inputs,
              double* out, void* scratch) noexcept nogil:
    cdef Py_ssize_t lane = 0
    while lane < lanes:
        fill_chunk(<const Model*>self, <uint64_t>(first_path + lane), lanes - lane if lanes - lane < CHUNK else CHUNK,
                   width, inputs, out + lane, <char*>scratch)
        lane += CHUNK
    return 0


cdef class Scenario:
    """The factors `columns` at the end of each period, from arrays that `tranche.market.scenario` works out.

    decay, shift, scale: float64 [periods, factors]; start, level, low, high: float64 [factors]; is_exponential: int32
    [factors]; mixing: float64 [factors, factors], lower triangular. The arrays are kept, not copied.
    """
    cdef Model model
    cdef BlockSource source
    cdef tuple arrays
    cdef readonly tuple columns
    cdef readonly Py_ssize_t periods
    cdef readonly uint64_t seed

    def __cinit__(self, tuple columns, uint64_t seed, const double[:, ::1] decay, const double[:, ::1] shift,
                  const double[:, ::1] scale, const double[::1] start, const double[::1] level, const double[::1] low,
                  const double[::1] high, const int32_t[::1] is_exponential, const double[:, ::1] mixing):
        cdef Py_ssize_t factors = len(columns), periods = decay.shape[0]
        cdef Py_ssize_t rows = (factors + 1) // 2 * 2
        self.arrays = (np.asarray(decay), np.asarray(shift), np.asarray(scale), np.asarray(start), np.asarray(level),
                       np.asarray(low), np.asarray(high), np.asarray(is_exponential), np.asarray(mixing))
        if [a.shape for a in self.arrays] != 3 * [(periods, factors)] + 5 * [(factors,)] + [(factors, factors)]:
            raise ValueError("decay, shift, scale [periods, factors]; start, level, low, high, is_exponential [factors]; "
                             "mixing [factors, factors]")
        self.columns = columns
        self.periods = periods
        self.seed = seed
        self.model.seed = seed
        self.model.periods = periods
        self.model.factors = factors
        if factors and periods:
            self.model.decay = &decay[0, 0]
            self.model.shift = &shift[0, 0]
            self.model.scale = &scale[0, 0]
            self.model.start = &start[0]
            self.model.level = &level[0]
            self.model.low = &low[0]
            self.model.high = &high[0]
            self.model.is_exponential = &is_exponential[0]
            self.model.mixing = &mixing[0, 0]
        self.source.fill = fill
        self.source.self = &self.model
        self.source.periods = periods
        self.source.columns = factors
        self.source.scratch_bytes = (5 * rows * CHUNK + 16) * sizeof(double) + (rows * CHUNK + 8) * sizeof(int32_t)

    def __reduce__(self):
        return Scenario, (self.columns, self.seed, *self.arrays)

    @property
    def paths(self):
        """None: there is no last path."""
        return None

    @property
    def capsule(self):
        """Valid as long as this object lives."""
        return PyCapsule_New(<void*>&self.source, b"tranche.BlockSource", NULL)

    def rows(self, int64_t first, Py_ssize_t count):
        """Paths first <= p < first + count as float64 [count, periods, factors], drawn by the kernel's own fill."""
        cdef Py_ssize_t factors = len(self.columns), width, lane, lanes
        cdef double[:, :, ::1] block
        cdef char* scratch
        if first < 0 or count < 0:
            raise ValueError("first and count must not be negative")
        rows = np.empty((count, self.periods, factors))
        if rows.size == 0:
            return rows
        width = min(count, 1024)
        drawn = np.empty((self.periods, factors, width))
        block = drawn
        scratch = <char*>malloc(self.source.scratch_bytes)
        if scratch == NULL:
            raise MemoryError()
        try:
            for lane in range(0, count, width):
                lanes = min(width, count - lane)
                with nogil:
                    self.source.fill(self.source.self, first + lane, lanes, width, factors, &block[0, 0, 0], scratch)
                rows[lane:lane + lanes] = drawn[:, :, :lanes].transpose(2, 0, 1)
        finally:
            free(scratch)
        return rows


def philox_words(tuple counter, tuple key):
    """Philox4x32-10: four 32-bit words from a counter of four and a key of two."""
    cdef uint64_t low[1]
    cdef uint64_t high[1]
    cdef uint32_t c[4]
    cdef uint32_t k[2]
    c = counter
    k = key
    philox(<uint64_t>k[0] | (<uint64_t>k[1] << 32), <uint64_t>c[0] | (<uint64_t>c[1] << 32), c[2], c[3], low, high, 1)
    return low[0] & 0xFFFFFFFF, low[0] >> 32, high[0] & 0xFFFFFFFF, high[0] >> 32


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
