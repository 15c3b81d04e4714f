# A source of inputs: fills a block's input buffer. Shared by the kernels; sources hand it over in a PyCapsule.
from libc.stdint cimport int64_t

# Writes out[(t * inputs + column) * width + lane] for t < periods, column < columns, lane < lanes.
# Returns 0, or 1 + the lowest lane whose input is unusable.
ctypedef int (*fill_fn)(const void* self, int64_t first_path, Py_ssize_t lanes, Py_ssize_t width, Py_ssize_t inputs,
                        double* out, void* scratch) noexcept nogil

cdef struct BlockSource:
    fill_fn fill
    const void* self
    Py_ssize_t periods
    Py_ssize_t columns
    Py_ssize_t scratch_bytes
