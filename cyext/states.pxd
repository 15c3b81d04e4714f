# cython: cdivision=True
# Steps that follow one of two laws, by a state of every lane: all lanes take the law that most of them have, and the
# others are then packed and take theirs. Each lane's result depends on the lane alone.
from libc.stdint cimport int32_t

from lanes cimport lane_void
from packing cimport VECTOR, pack, unpack, whole_vectors
from steps cimport CHUNK, positive
from student cimport LAW, MAP, score_row, value_row

cdef struct Few:
    int rare                    # the state that fewer lanes are in
    Py_ssize_t count
    int32_t where[CHUNK + 1]


cdef inline lane_void find_few(Few* few, const double* mask) noexcept nogil:
    cdef Py_ssize_t i, ones = 0
    for i in range(CHUNK):
        ones += mask[i] > 0.5
    few.rare = ones <= CHUNK // 2
    few.count = 0
    for i in range(CHUNK):
        few.where[few.count] = <int32_t>i
        few.count += (mask[i] > 0.5) == few.rare


cdef inline lane_void scores_by_state(double* z, const double* x, const double* mask, const double* c,
                                      Py_ssize_t rows) noexcept nogil:
    """Rows of values of Student's t to scores: by the first law where the mask is 0, by the second where it is 1."""
    cdef Few few
    cdef double packed[CHUNK + VECTOR]
    cdef double found[CHUNK + VECTOR]
    cdef Py_ssize_t j
    find_few(&few, mask)
    for j in range(rows):
        score_row(z + j * CHUNK, x + j * CHUNK, c + (0 if few.rare else LAW), CHUNK)
        if few.count:
            pack(packed, x + j * CHUNK, few.where, few.count)
            score_row(found, packed, c + (LAW if few.rare else 0), whole_vectors(few.count))
            unpack(z + j * CHUNK, found, few.where, few.count)


cdef inline lane_void value_by_state(double* x, const double* z, const double* mask, const double* c) noexcept nogil:
    """Scores to values of Student's t, likewise."""
    cdef Few few
    cdef double packed[CHUNK + VECTOR]
    cdef double found[CHUNK + VECTOR]
    find_few(&few, mask)
    value_row(x, z, c + (0 if few.rare else LAW), CHUNK)
    if few.count:
        pack(packed, z, few.where, few.count)
        value_row(found, packed, c + (LAW if few.rare else 0), whole_vectors(few.count))
        unpack(x, found, few.where, few.count)


cdef inline lane_void positive_by_state(double* d, const double* z, const double* mask, const double* c) noexcept nogil:
    """e to a rational function of a score, likewise."""
    cdef Few few
    cdef double packed[CHUNK + VECTOR]
    cdef double found[CHUNK + VECTOR]
    find_few(&few, mask)
    positive(d, z, c + (0 if few.rare else MAP), CHUNK)
    if few.count:
        pack(packed, z, few.where, few.count)
        positive(found, packed, c + (MAP if few.rare else 0), whole_vectors(few.count))
        unpack(d, found, few.where, few.count)
