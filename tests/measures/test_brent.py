"""Brent's method against scipy's, bit for bit."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from tranche.measures.brent import root

numbers = st.floats(-5.0, 5.0)


@given(numbers, numbers, numbers, st.floats(0.1, 4.0))
def test_the_same_bits_as_scipy(a: float, b: float, c: float, width: float) -> None:
    def function(x: float) -> float:
        return a + b * x + c * x**9 + math.exp(x) + math.tanh(40.0 * (x - b / 5.0))

    low, high = -width, width / 3.0
    if function(low) * function(high) < 0.0:
        assert root(function, low, high, tolerance=1e-14) == brentq(function, low, high, xtol=1e-14, rtol=1e-14)


def test_a_root_at_either_end() -> None:
    assert root(lambda x: x, 0.0, 1.0, tolerance=1e-14) == 0.0
    assert root(lambda x: x - 1.0, 0.0, 1.0, tolerance=1e-14) == 1.0


@pytest.mark.parametrize("function", [lambda x: 1.0 + x * x, lambda x: 1e-200, lambda x: math.nan])
def test_no_change_of_sign_is_refused(function) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ArithmeticError, match="no two signs"):
        root(function, -1.0, 2.0, tolerance=1e-14)
