"""Brent's method: the roots of scipy's brentq, and closed forms."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.optimize import brentq

from tranche.measures.root import root

FUNCTIONS: dict[str, Callable[[float], float]] = {
    "a line": lambda x: 3.0 * x - 1.0,
    "steep on one side": lambda x: math.exp(20.0 * x) - 5.0,
    "flat at its root": lambda x: (x - 0.3) ** 3 + 1e-4 * (x - 0.3),
    "three roots": lambda x: (x - 0.9) * (x + 0.2) * (x - 0.1),
    "a jump": lambda x: -1.0 if x < 0.125 else 1e-9,
    "values that underflow": lambda x: 1e-200 * (x**3 - 0.01),
}


def found(function: Callable[[float], float], low: float, high: float) -> float:
    return root(function, low, high, function(low), function(high), 1e-14)


@pytest.mark.parametrize("name", FUNCTIONS)
@given(st.floats(-3.0, -0.5), st.floats(1.0, 3.0))
def test_it_goes_the_steps_of_brentq(name: str, low: float, high: float) -> None:
    function = FUNCTIONS[name]
    assert found(function, low, high) == pytest.approx(brentq(function, low, high, xtol=1e-14, rtol=1e-14), abs=1e-13)


def test_it_looks_where_brentq_looks() -> None:
    for function in FUNCTIONS.values():
        ours: list[float] = []
        theirs: list[float] = []
        found(lambda x, f=function, seen=ours: seen.append(x) or f(x), -1.0, 2.0)  # type: ignore[misc]
        brentq(lambda x, f=function, seen=theirs: seen.append(x) or f(x), -1.0, 2.0, xtol=1e-14, rtol=1e-14)
        assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-12)


@given(st.floats(0.01, 1.0))
@example(0.0)
def test_a_square_root(x: float) -> None:
    assert found(lambda y: y * y - x, 0.0, 1.0) == pytest.approx(math.sqrt(x), abs=2e-14)


def test_so_flat_that_brentq_gives_up() -> None:
    def flat(x: float) -> float:
        return (x - 0.3) ** 3

    with pytest.raises(RuntimeError, match="after 100 iterations"):
        brentq(flat, -1.0, 2.0, xtol=1e-14, rtol=1e-14)
    with pytest.raises(RuntimeError, match="after 100 steps"):
        found(flat, -1.0, 2.0)


def test_an_end_may_be_the_root() -> None:
    assert found(lambda x: x + 1.0, -1.0, 1.0) == -1.0
    assert found(lambda x: x - 1.0, -1.0, 1.0) == 1.0


def test_what_has_no_root_there_is_told() -> None:
    with pytest.raises(ValueError, match=r"no change of sign between -1\.0 and 1\.0"):
        found(lambda x: x * x + 1.0, -1.0, 1.0)
    with pytest.raises(ValueError, match="is not a number"):
        found(lambda x: math.nan if abs(x) < 0.5 else x, -1.0, 1.0)
    with pytest.raises(ValueError, match=r"the value at -1\.0 is not a number"):
        found(lambda x: math.nan, -1.0, 1.0)
