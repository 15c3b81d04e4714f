# The tape of a market: what the scenario kernel does in each period, step by step. Twin: `tranche/market/tape.py`.
from libc.stdint cimport int32_t

cdef enum:
    TAPE_NORMALS = 0
    TAPE_UNIFORMS = 1
    TAPE_SCORES = 2
    TAPE_MIX = 3
    TAPE_AFFINE = 4
    TAPE_SUM = 5
    TAPE_PRODUCT = 6
    TAPE_QUOTIENT = 7
    TAPE_HIGHER = 8
    TAPE_LOWER = 9
    TAPE_SELECT = 10
    TAPE_BELOW = 11
    TAPE_SWITCH = 12
    TAPE_ADVANCE = 13
    TAPE_EXP = 14
    TAPE_CLIP = 15
    TAPE_LOG = 16
    TAPE_SQRT = 17
    TAPE_LOGISTIC = 18
    TAPE_CDF = 19
    TAPE_POSITIVE = 20
    TAPE_T_VALUE = 21
    TAPE_T_SCORE = 22
    TAPE_LINK = 23
    TAPE_CLAYTON = 24
    TAPE_FRANK = 25
    TAPE_GUMBEL = 26
    TAPE_COUNT = 27
    TAPE_SKIP = 28
    TAPE_CLAYTON_H = 29
    TAPE_GUMBEL_H = 30
    TAPE_FRANK_H = 31
    TAPE_FRANK_H_INVERSE = 32
    TAPE_T_VALUE_BY_STATE = 33
    TAPE_POSITIVE_BY_STATE = 34

cdef struct TapeStep:
    int32_t op
    int32_t begin           # done in the periods begin <= t < end
    int32_t end
    int32_t param           # the first of its numbers in the period's row of `params`
    int32_t constant        # the first of its numbers in `constants`
    int32_t r[6]            # registers, counts and slots
