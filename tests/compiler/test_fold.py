"""What the compiler folds for all periods at once is what the reference computes in each."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.compiler.fold import fold
from tranche.program import FUSED, OPERAND_ROLES, Op
from tranche.reference import evaluate

ARITHMETIC = [
    op for op, roles in OPERAND_ROLES.items() if roles[0] == ("d", "w") and op is not Op.WINDOW and op not in FUSED
]
NUMBERS = st.floats() | st.sampled_from([0.0, -0.0, 1.0, math.inf, -math.inf, math.nan])


@pytest.mark.parametrize("op", ARITHMETIC)
@given(st.data())
def test_the_bits_of_the_reference_in_every_period(op: Op, data: st.DataObject) -> None:
    count, periods = len(OPERAND_ROLES[op]) - 1, 3
    operands = [data.draw(NUMBERS | st.lists(NUMBERS, min_size=periods, max_size=periods)) for _ in range(count)]
    arrays = [np.array(one) if isinstance(one, list) else one for one in operands]
    found = np.broadcast_to(fold(op, arrays, periods), (periods,))
    for t in range(periods):
        expected = evaluate(op, *(one[t] if isinstance(one, list) else one for one in operands))
        both_nan = math.isnan(expected) and math.isnan(found[t])
        assert both_nan or np.float64(expected).tobytes() == found[t].tobytes(), (op, operands, t)
