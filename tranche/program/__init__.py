"""Floor 0. The Program: a deal resolved to registers and one flat array of instructions. It is data.

A register is a column of float64 lanes, one lane per path of a block. The kernel walks the instructions once per
period; each one is a loop over the lanes. Conditions are registers of 0.0 and 1.0, never branches per path.

Design notes
(A) An instruction never names a register that it writes a second time, neither to read nor to write: its operands
    may then be `restrict` pointers in C, and its meaning does not depend on the order of loads and stores.
(B) Payment instructions are fused: one moves the cash, reduces what is due, reduces the balance and adds to the total.
(C) What is reported is a Record: a register whose final value is kept per path and whose movement (flow) or level
    (stock) is summed over the paths in every period. Sums are integers (multiples of `quantum`), so that they do not
    depend on the order in which paths, blocks, threads or slices are added.
"""

from __future__ import annotations

from .check import check
from .code import Instruction, code_of, ratio_of
from .fused import FUSED, NOTHING, SCRATCH, UNCLAMPED, UNLIMITED, Part
from .instructions import (
    COMMUTATIVE,
    INSTRUCTION,
    OPERAND_ROLES,
    OPERANDS,
    READ,
    RECORDED,
    REGISTERS,
    SAME,
    WRITTEN,
    Op,
)
from .program import Program, fails_above, instruction
from .registers import FIXED, Claim, Kind, Record, Register, Step, constant

__all__ = [
    "COMMUTATIVE",
    "FIXED",
    "FUSED",
    "INSTRUCTION",
    "NOTHING",
    "OPERANDS",
    "OPERAND_ROLES",
    "READ",
    "RECORDED",
    "REGISTERS",
    "SAME",
    "SCRATCH",
    "UNCLAMPED",
    "UNLIMITED",
    "WRITTEN",
    "Claim",
    "Instruction",
    "Kind",
    "Op",
    "Part",
    "Program",
    "Record",
    "Register",
    "Step",
    "check",
    "code_of",
    "constant",
    "fails_above",
    "instruction",
    "ratio_of",
]
