# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The user's own collections as a source of inputs: an array [paths, periods, columns], copied block by block."""
from cpython.pycapsule cimport PyCapsule_New
from libc.stdint cimport int64_t

from source cimport BlockSource

import numpy as np

cdef extern from "float.h":
    const double DBL_MAX

cdef struct Array:
    const double* values
    Py_ssize_t periods
    Py_ssize_t columns
    int64_t first_path      # the path number of the array's first row


cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>
    #ifdef TRANCHE_NO_CLONES
      #define CASH_CLONES
    #else
      #define CASH_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
    #endif
    #if defined(__GNUC__) && !defined(__clang__)
      #define CASH_TILES 1
      #define CASH_INLINE static inline __attribute__((always_inline))
      /* Four paths by four periods at once, in 32-byte vectors: wider ones fall apart where there is no AVX-512. */
      typedef double cash_row __attribute__((vector_size(32)));
      typedef int64_t cash_mask __attribute__((vector_size(32)));
      #define CASH_EVEN (cash_mask){0, 4, 2, 6}
      #define CASH_ODD (cash_mask){1, 5, 3, 7}
      #define CASH_FIRST (cash_mask){0, 1, 4, 5}
      #define CASH_LAST (cash_mask){2, 3, 6, 7}
      CASH_INLINE void cash_tile(const double* in, Py_ssize_t stride, double* out, Py_ssize_t step, int64_t* bad)
      {
          cash_row r[4], even[2], odd[2], t[4];
          cash_mask usable = {-1, -1, -1, -1};
          for (int k = 0; k < 4; k++) {
              memcpy(&r[k], in + k * stride, sizeof r[k]);
              usable &= (r[k] >= 0.0) & (r[k] <= 1.7976931348623157e308);
              r[k] += 0.0;
          }
          for (int k = 0; k < 2; k++) {
              even[k] = __builtin_shuffle(r[2 * k], r[2 * k + 1], CASH_EVEN);
              odd[k] = __builtin_shuffle(r[2 * k], r[2 * k + 1], CASH_ODD);
          }
          t[0] = __builtin_shuffle(even[0], even[1], CASH_FIRST);
          t[1] = __builtin_shuffle(odd[0], odd[1], CASH_FIRST);
          t[2] = __builtin_shuffle(even[0], even[1], CASH_LAST);
          t[3] = __builtin_shuffle(odd[0], odd[1], CASH_LAST);
          for (int k = 0; k < 4; k++) memcpy(out + k * step, &t[k], sizeof t[k]);
          *bad |= ~(usable[0] & usable[1] & usable[2] & usable[3]);
      }
    #else
      #define CASH_TILES 0
      static void cash_tile(const double* in, Py_ssize_t stride, double* out, Py_ssize_t step, int64_t* bad) {}
    #endif
    """
    ctypedef int cloned_int "CASH_CLONES int"
    const int CASH_TILES
    void cash_tile(const double* row, Py_ssize_t stride, double* out, Py_ssize_t step, int64_t* bad) noexcept nogil


cdef inline int64_t copy_part(const double* rows, Py_ssize_t columns, Py_ssize_t stride, Py_ssize_t first_lane,
                              Py_ssize_t last_lane, Py_ssize_t first_period, Py_ssize_t last_period, double* out,
                              Py_ssize_t step, Py_ssize_t width) noexcept nogil:
    """One amount at a time; not 0 if any is unusable."""
    cdef Py_ssize_t j, t, c
    cdef int64_t bad = 0
    cdef double x
    for j in range(first_lane, last_lane):
        for t in range(first_period, last_period):
            for c in range(columns):
                x = rows[j * stride + t * columns + c]
                bad |= not ((x >= 0) & (x <= DBL_MAX))
                out[t * step + c * width + j] = x + 0.0
    return bad


cdef int first_bad(const double* rows, Py_ssize_t stride, Py_ssize_t count) noexcept nogil:
    """1 + the first row that holds an unusable amount."""
    cdef Py_ssize_t j, k
    for j in range(count):
        for k in range(stride):
            if not (rows[j * stride + k] >= 0 and rows[j * stride + k] <= DBL_MAX):
                return <int>(j + 1)
    return 0


cdef cloned_int fill(const void* self, int64_t first_path, Py_ssize_t count, Py_ssize_t width, Py_ssize_t inputs,
                     double* out, void* scratch) noexcept nogil:
    """Transposed in tiles: rows are read as a few streams and whole cache lines are written.

    A negative, infinite or NaN amount makes the lane bad. Adding 0.0 turns -0.0 into 0.0.
    """
    cdef const Array* array = <const Array*>self
    cdef Py_ssize_t periods = array.periods, columns = array.columns, stride = periods * columns
    cdef Py_ssize_t step = inputs * width, i = 0, t = 0
    cdef const double* rows = array.values + (first_path - array.first_path) * stride
    cdef int64_t bad = 0
    if CASH_TILES and columns == 1:
        while i + 8 <= count:
            t = 0
            while t + 4 <= periods:
                cash_tile(rows + i * stride + t, stride, out + t * step + i, step, &bad)
                cash_tile(rows + (i + 4) * stride + t, stride, out + t * step + i + 4, step, &bad)
                t += 4
            bad |= copy_part(rows, 1, stride, i, i + 8, t, periods, out, step, width)
            i += 8
    bad |= copy_part(rows, columns, stride, i, count, 0, periods, out, step, width)
    return first_bad(rows, stride, count) if bad else 0


cdef class CashFlows:
    """`values` float64 [paths, periods, columns], C-contiguous, not copied; `first` is the path number of row 0."""
    cdef Array array
    cdef BlockSource source
    cdef object values
    cdef readonly tuple columns
    cdef readonly Py_ssize_t periods
    cdef readonly object paths

    def __cinit__(self, const double[:, :, ::1] values, tuple columns, int64_t first=0):
        if values.shape[2] != len(columns) or not columns or not values.shape[0] or not values.shape[1]:
            raise ValueError("values must be [paths, periods, columns], none of them 0")
        self.values = np.asarray(values)
        self.columns = columns
        self.periods = values.shape[1]
        self.paths = values.shape[0]
        self.array.values = &values[0, 0, 0]
        self.array.periods = values.shape[1]
        self.array.columns = values.shape[2]
        self.array.first_path = first
        self.source.fill = fill
        self.source.self = &self.array
        self.source.periods = values.shape[1]
        self.source.columns = values.shape[2]
        self.source.scratch_bytes = 0

    @property
    def capsule(self):
        """Valid as long as this object lives."""
        return PyCapsule_New(<void*>&self.source, b"tranche.BlockSource", NULL)

    def rows(self, int64_t first, Py_ssize_t count):
        """Paths first ≤ p < first + count as [count, periods, columns], as given."""
        offset = first - self.array.first_path
        return self.values[offset:offset + count]
