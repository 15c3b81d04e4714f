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
    bint signed             # whether an amount may be negative or infinite: factors, not cash


cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>
    #ifdef TRANCHE_NO_CLONES
      #define CASH_CLONES
    #else
      #define CASH_CLONES __attribute__((target_clones("avx2", "default")))
      #define CASH_WIDE
    #endif
    #if defined(__GNUC__) && !defined(__clang__)
      #define CASH_TILES 1
      /* A strip is 8 paths, read in square tiles that are transposed in registers: 4 by 4 in 32-byte vectors, and
         8 by 8 in 64-byte ones, which fall apart where there is no AVX-512. To transpose is to exchange the
         off-diagonal squares of side 1, 2, 4. An amount is unusable when its sign is set, or when its exponent is all
         ones: one more in the exponent then sets the sign. The rows of the next strip are asked for ahead. */
      #define CASH_STRIP(NAME, LANES, ATTRIBUTE) \
      typedef double NAME##_row __attribute__((vector_size(8 * LANES))); \
      typedef int64_t NAME##_bits __attribute__((vector_size(8 * LANES))); \
      static inline __attribute__((always_inline)) void NAME##_exchange(NAME##_row* x, int side) \
      { \
          NAME##_bits low, high; \
          for (int v = 0; v < LANES; v++) { \
              low[v] = v & side ? LANES + v - side : v; \
              high[v] = v & side ? LANES + v : v + side; \
          } \
          for (int k = 0; k < LANES; k++) { \
              const NAME##_row a = x[k], b = x[(k + side) % LANES]; \
              if (k & side) continue; \
              x[k] = __builtin_shuffle(a, b, low); \
              x[k + side] = __builtin_shuffle(a, b, high); \
          } \
      } \
      ATTRIBUTE static Py_ssize_t NAME(const double* in, Py_ssize_t stride, Py_ssize_t periods, double* out, \
                                       Py_ssize_t step, int64_t* bad) \
      { \
          Py_ssize_t t; \
          NAME##_row x[LANES]; \
          NAME##_bits bits, wrong = {0}; \
          for (t = 0; t + LANES <= periods; t += LANES) \
              for (int part = 0; part < 8; part += LANES) { \
                  for (int k = 0; k < LANES; k++) { \
                      const double* at = in + (part + k) * stride + t; \
                      memcpy(&x[k], at, sizeof x[k]); \
                      __builtin_prefetch(at + 8 * stride); \
                      x[k] += 0.0; \
                      bits = (NAME##_bits)x[k]; \
                      wrong |= bits | (bits + 0x0010000000000000); \
                  } \
                  NAME##_exchange(x, 1); \
                  NAME##_exchange(x, 2); \
                  if (LANES == 8) NAME##_exchange(x, 4); \
                  for (int k = 0; k < LANES; k++) memcpy(out + (t + k) * step + part, &x[k], sizeof x[k]); \
              } \
          for (int k = 0; k < LANES; k++) *bad |= wrong[k] < 0; \
          return t; \
      }
      CASH_STRIP(cash_narrow, 4, CASH_CLONES)
      #ifdef CASH_WIDE
      CASH_STRIP(cash_wide, 8, __attribute__((target("avx512f"))))
      #endif
      static Py_ssize_t cash_strip(const double* in, Py_ssize_t stride, Py_ssize_t periods, double* out,
                                   Py_ssize_t step, int64_t* bad)
      {
      #ifdef CASH_WIDE
          if (__builtin_cpu_supports("avx512f")) return cash_wide(in, stride, periods, out, step, bad);
      #endif
          return cash_narrow(in, stride, periods, out, step, bad);
      }
    #else
      #define CASH_TILES 0
      static Py_ssize_t cash_strip(const double* in, Py_ssize_t stride, Py_ssize_t periods, double* out,
                                   Py_ssize_t step, int64_t* bad) { return 0; }
    #endif
    """
    ctypedef int cloned_int "CASH_CLONES int"
    const int CASH_TILES
    Py_ssize_t cash_strip(const double* rows, Py_ssize_t stride, Py_ssize_t periods, double* out, Py_ssize_t step,
                          int64_t* bad) noexcept nogil


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
            t = cash_strip(rows + i * stride, stride, periods, out + i, step, &bad)
            bad |= copy_part(rows, 1, stride, i, i + 8, t, periods, out, step, width)
            i += 8
    bad |= copy_part(rows, columns, stride, i, count, 0, periods, out, step, width)
    return first_bad(rows, stride, count) if bad and not array.signed else 0


cdef class CashFlows:
    """`values` float64 [paths, periods, columns], C-contiguous, not copied; `first` is the path number of row 0. Unless
    they are `signed`, a negative, infinite or NaN value makes its path unusable."""
    cdef Array array
    cdef BlockSource source
    cdef object values
    cdef readonly tuple columns
    cdef readonly Py_ssize_t periods
    cdef readonly object paths

    def __cinit__(self, const double[:, :, ::1] values, tuple columns, int64_t first=0, bint signed=False):
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
        self.array.signed = signed
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
