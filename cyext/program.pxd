# The instruction record and the opcodes, shared by the kernels. `tranche.program` is the master; a test compares them.
from libc.stdint cimport int32_t

cdef enum:
    OP_COPY = 0
    OP_ADD = 1
    OP_SUB = 2
    OP_MUL = 3
    OP_DIV = 4
    OP_MIN = 5
    OP_MAX = 6
    OP_ABS = 7
    OP_LT = 8
    OP_LE = 9
    OP_EQ = 10
    OP_AND = 11
    OP_OR = 12
    OP_NOT = 13
    OP_SELECT = 14
    OP_WINDOW = 15
    OP_SKIP = 16
    OP_RECEIVE = 17
    OP_ACCRUE = 18
    OP_PAY = 19
    OP_REPAY = 20
    OP_SWEEP = 21
    OP_TAKE = 22
    OP_FUND = 23
    OP_RELEASE = 24
    OP_DRAW = 25
    OP_MOVE = 26
    OP_CAPITALISE = 27
    OP_TEST = 28
    OP_PRORATA = 29
    OP_SHORTFALL = 30
    OP_RECORD = 31
    OP_SERVICE = 32
    OP_TOP_UP = 33
    OP_PAY_CAPITALISE = 34
    OP_SWEEP_WHEN = 35
    OP_FALL_DUE = 36
    OP_FALL_DUE_AGAIN = 37
    OP_CLOSE = 38
    OP_RECORD_TWO = 39
    OP_PAY_ALL = 40
    OP_REPAY_ALL = 41
    OP_TAKE_ALL = 42
    OP_COVER = 43
    OP_EXCESS = 44
    OP_TEST_ABOVE = 45
    OP_SQRT = 46
    OP_BORROW = 47
    OP_BEST = 48
    OP_SCALE = 49
    OP_SCALE_ADD = 50
    OP_MUL_ADD = 51
    OP_ADD_THREE = 52
    OP_ADD_SEVEN = 53

cdef struct Instruction:
    int32_t op
    int32_t record[2]   # the records that sum what moves, or -1
    int32_t r[8]        # registers, in the order of OPERAND_ROLES
