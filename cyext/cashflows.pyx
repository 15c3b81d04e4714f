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


cdef int fill(const void* self, int64_t first_path, Py_ssize_t count, Py_ssize_t width, Py_ssize_t inputs,
                     double* out, void* scratch) noexcept nogil:
    """Transposed in tiles of 8 paths x 8 periods: rows are read as streams and whole cache lines are written.

    A negative, infinite or NaN amount makes the lane bad. Adding 0.0 turns -0.0 into 0.0.
    """
    cdef const Array* array = <const Array*>self
    cdef Py_ssize_t periods = array.periods, columns = array.columns, step = inputs * width
    cdef Py_ssize_t i, j, t, c, tile, last_lane, last_t
    cdef int bad = 0
    cdef const double* row
    cdef double x
    cdef bint usable
    cdef const double* rows = array.values + (first_path - array.first_path) * periods * columns
    for i in range(0, count, 8):
        last_lane = i + 8 if i + 8 < count else count
        for tile in range(0, periods, 8):
            last_t = tile + 8 if tile + 8 < periods else periods
            for j in range(i, last_lane):
                row = rows + j * periods * columns
                usable = True
                for c in range(columns):
                    for t in range(tile, last_t):
                        x = row[t * columns + c]
                        usable &= (x >= 0) & (x <= DBL_MAX)
                        out[t * step + c * width + j] = x + 0.0
                if not usable and (bad == 0 or j + 1 < bad):
                    bad = <int>(j + 1)
    return bad


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
