# cython: cdivision=True
# A few lanes among many: packed into whole vectors, worked on there, and put back where they were.
from libc.stdint cimport int32_t

from lanes cimport lane_void

cdef enum:
    VECTOR = 8                  # lanes of the widest vectors


cdef inline Py_ssize_t whole_vectors(Py_ssize_t count) noexcept nogil:
    return (count + VECTOR - 1) // VECTOR * VECTOR


cdef inline lane_void pack(double* packed, const double* x, const int32_t* where, Py_ssize_t count) noexcept nogil:
    """The lanes `where`, and zeros up to whole vectors."""
    cdef Py_ssize_t i
    for i in range(count):
        packed[i] = x[where[i]]
    for i in range(count, whole_vectors(count)):
        packed[i] = 0.0


cdef inline lane_void unpack(double* d, const double* found, const int32_t* where, Py_ssize_t count) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(count):
        d[where[i]] = found[i]
