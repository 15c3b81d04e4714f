# Counter-based words, see `philox.h`.
from libc.stdint cimport uint32_t, uint64_t

cdef extern from "philox.h":
    ctypedef void philox_rows(uint64_t key, uint64_t first, int halve, uint32_t third, uint32_t fourth, uint64_t* low,
                              uint64_t* high, Py_ssize_t n) noexcept nogil
    void philox_choose() noexcept
    int philox_known
    const char* philox_names[4]
    philox_rows* philox_versions[4]
    philox_rows* philox_best
