# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Plays a tape of float64 operations and comparisons. Twin of its numbers: `tranche/replay/tape.py`."""
from libc.math cimport fabs, isfinite, pow
from libc.stdint cimport int32_t

cdef enum:
    ADD = 0
    SUB = 1
    MUL = 2
    DIV = 3
    NEG = 4
    ABS = 5
    POW = 6
    LT = 7      # from here on comparisons: c is what they gave when the tape was recorded
    LE = 8
    EQ = 9


def play(const int32_t[:, ::1] rows, double[::1] values, Py_ssize_t first, Py_ssize_t last, Py_ssize_t offset):
    """Rows first ≤ k < last of (op, a, b, c) over `values`: an operation writes values[offset + k]. False at the first
    comparison that gives anything else than it did, or where Python would have raised."""
    cdef Py_ssize_t k
    cdef int32_t op
    cdef double a, b, found = 0.0
    cdef bint same
    if first < 0 or last > rows.shape[0] or offset + last > values.shape[0]:
        raise IndexError("rows or values beyond the tape")
    for k in range(first, last):
        op = rows[k, 0]
        a = values[rows[k, 1]]
        b = values[rows[k, 2]]
        if op >= LT:
            if op == LT:
                same = a < b
            elif op == LE:
                same = a <= b
            else:
                same = a == b
            if same != rows[k, 3]:
                return False
            continue
        if op == ADD:
            found = a + b
        elif op == SUB:
            found = a - b
        elif op == MUL:
            found = a * b
        elif op == DIV:
            if b == 0.0:
                return False
            found = a / b
        elif op == NEG:
            found = -a
        elif op == ABS:
            found = fabs(a)
        else:
            found = pow(a, b)
            if not isfinite(found):
                return False
        values[offset + k] = found
    return True
