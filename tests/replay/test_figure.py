"""What is done with figures is done again with others: the same numbers, or a refusal."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.compiler.signs import first_level
from tranche.program import Kind, Register
from tranche.replay import Escaped, Figure, Row, Tape, called, decimal_of, figure_of, holds_figure, recorded, vector
from tranche.replay.figure import node_of, value_of
from tranche.replay.tape import Played

MARKS = {"3.00": 0, "5.00": 1}
ARRAY = np.array([1.0, 2.0, 4.0])


def do(work: Callable[[Any, Any], Any]) -> tuple[Tape, list[Any]]:
    """A tape on which `work(3, 5)` was recorded, and what it gave."""
    tape = Tape(dict(MARKS))
    with recorded(tape):
        found = work(figure_of("3.00", 0), figure_of("5.00", 0))
    return tape, list(found) if isinstance(found, Row | np.ndarray | list) else [found]


def again(tape: Tape, found: Sequence[Any], figures: Sequence[float]) -> list[float] | None:
    """What was found, with other figures than 3 and 5."""
    nodes = [node_of(tape, one) for one in found]
    kept = Played.of(tape, nodes)
    values = kept.play([figures[leaf.literal] for leaf in kept.leaves])
    return None if values is None else [float(values[kept.slots[node]]) for node in nodes]


WORKS: dict[str, Callable[[Any, Any], Any]] = {
    "arithmetic": lambda a, b: (a + b) * a - b / a + 2 * -a + abs(-b) + (1 - b) + 7 / b,
    "powers": lambda a, b: a**2 + 2.0**b + a**0.5,
    "numpy scalars": lambda a, b: np.float64(2.5) * a + b * np.float64(1.5) - np.int64(2),
    "rows": lambda a, b: a * ARRAY + ARRAY / b - (ARRAY - a) * 2.0,
    "numpy's powers": lambda a, b: (1.0 + a) ** ARRAY + ARRAY**b,
    "bounds": lambda a, b: np.minimum(a * ARRAY, 100.0) + np.maximum(0.0, b - 0.5 * ARRAY),
    "where": lambda a, b: np.where(ARRAY > 1.0, a * ARRAY, b),
    "diff": lambda a, b: np.diff(vector([a, b, 1.0]), prepend=0.0),
    "running sums": lambda a, b: np.cumsum(a * ARRAY + b),
    "a vector": lambda a, b: vector([a, 1.0, b]) * 2.0,
    "a whole function": lambda a, b: called(lambda x, y: [math.exp(x / 9), math.log(x + y)], a, b),
    "in a branch": lambda a, b: a * 2 if a < b else b,
    "min and max": lambda a, b: max(a, 1.0) + min(b, 1e9) + sorted([a, b])[0],
}


@pytest.mark.parametrize("name", WORKS)
def test_plays_what_python_computes(name: str) -> None:
    work = WORKS[name]
    tape, found = do(work)
    for a, b in ((3.0, 5.0), (2.75, 6.125), (3.3, 3.4), (1.1, 99.9)):
        assert again(tape, found, (a, b)) == pytest.approx(np.atleast_1d(work(a, b)).tolist(), rel=0, abs=0)


@given(st.floats(0.01, 100), st.floats(0.01, 100))
def test_the_same_bits_or_nothing(a: float, b: float) -> None:
    """Branches that figures decide: played only where they go the same way."""

    def work(x: Any, y: Any) -> Any:
        level = x * 1.1 if x > y / 3 else y
        return (level - y if level > y else y - level / 7) / (x if x + y < 90 else 3.0)

    tape, found = do(work)
    played = again(tape, found, (a, b))
    same = (a > b / 3, (a * 1.1 if a > b / 3 else b) > b, a + b < 90) == (True, False, True)
    assert (played == [work(a, b)]) if same else (played is None or played == [work(a, b)])


@pytest.mark.parametrize(
    "work",
    [
        lambda a, b: a == 3.0, lambda a, b: bool(a - 3.0), lambda a, b: a in (1.0, b), lambda a, b: a >= 3.0,
        lambda a, b: np.maximum(a * ARRAY, 6.0), lambda a, b: a * ARRAY > 11.7,
    ],
)  # fmt: skip
def test_another_answer_is_no_play(work: Callable[[Any, Any], Any]) -> None:
    tape, _ = do(work)
    assert again(tape, [], (3.0, 5.0)) == []
    assert again(tape, [], (2.9, 2.9)) is None


def test_a_division_by_nothing_is_no_play() -> None:
    tape, found = do(lambda a, b: 1.0 / (a - b))
    assert again(tape, found, (4.0, 6.0)) == [-0.5]
    assert again(tape, found, (4.0, 4.0)) is None


ESCAPES: dict[str, Callable[[Any, Any], Any]] = {
    "int": lambda a, b: int(a),
    "float": lambda a, b: float(a),
    "round": lambda a, b: round(a, 2),
    "floor": lambda a, b: math.floor(a),
    "remainder": lambda a, b: a % 2,
    "sum": lambda a, b: sum([a, b]),
    "a key": lambda a, b: {a: 1},
    "an array": lambda a, b: np.asarray(a * ARRAY),
    "an array of one": lambda a, b: np.array([a], dtype=np.float64),
    "a choice of two": lambda a, b: np.where(ARRAY > 1.0, a, b),
    "a text that tells it from others": lambda a, b: repr(a),
    "in place": lambda a, b: np.add(a, ARRAY, out=np.empty(3)),
    "what only an array has": lambda a, b: (a * ARRAY).sum(),
    "a part": lambda a, b: (a * ARRAY)[1:],
    "yes and no of numpy's own": lambda a, b: np.isfinite(a * ARRAY),
    "whether whole": lambda a, b: a.is_integer(),
    "the real part": lambda a, b: a.real,
    "the conjugate": lambda a, b: a.conjugate(),
    "complex": lambda a, b: (-a) ** 0.5,
    "a division of arrays by nothing": lambda a, b: ARRAY / (a - 3.0),
    "another tape": lambda a, b: a + do(lambda x, y: x)[1][0],
}


@pytest.mark.parametrize("name", ESCAPES)
def test_what_cannot_be_followed_says_so(name: str) -> None:
    with pytest.raises(Escaped):
        do(ESCAPES[name])


@pytest.mark.parametrize("leak", [math.sqrt, math.exp, lambda a: math.fsum([a])])
def test_what_goes_unseen_is_no_number(leak: Callable[[Any], float]) -> None:
    """C code reads the float inside, which is NaN: the Program that comes of it is none that was compiled."""
    _, found = do(lambda a, b: leak(a))
    assert math.isnan(found[0])


def test_the_sign_of_a_nothing_is_seen() -> None:
    """A constant -0.0 is laid out otherwise than 0.0."""

    def level(a: Any, b: Any) -> int:
        return first_level(0, Register("", Kind.CONSTANT, (a - b) * 0.0), {})

    tape, (found,) = do(level)
    assert found == level(3.0, 5.0) == 0 != level(5.0, 3.0)
    assert again(tape, [], (4.0, 5.0)) == []
    assert again(tape, [], (5.0, 3.0)) is None


def test_decimals_cannot_be_made_of_figures() -> None:
    _, found = do(lambda a, b: Decimal(a))
    assert found[0].is_nan()
    with pytest.raises(Escaped):  # as a price does, which is par or more: the NaN would be gone
        do(lambda a, b: max(1.0, float(decimal_of(a) / 2)))
    assert decimal_of(0.1) == Decimal.from_float(0.1)


def test_only_marked_numbers_are_figures() -> None:
    tape = Tape(dict(MARKS))
    assert figure_of("3.00", 0) is None, "nothing is recorded"
    with recorded(tape):
        assert figure_of("3.0", 0) is None
        scaled = figure_of("-3.00", 6)
        assert isinstance(scaled, Figure) and value_of(scaled) == -3e6
    assert again(tape, [scaled], (3e6, 0.0)) == [-3e6], "a leaf is its literal times the power"


def test_figures_are_found_where_they_are() -> None:
    _, (figure,) = do(lambda a, b: a)
    assert holds_figure({"a": [(1.0, figure)]}) and not holds_figure({"a": [(1.0, 2.0)]})


def test_what_nobody_needs_is_not_kept() -> None:
    tape, found = do(lambda a, b: [a * 2 + 0 * (b**3 - b**2), a + 1][1])
    kept = Played.of(tape, [node_of(tape, found[0])])
    assert len(kept.rows) == 1 and len(kept.leaves) == 1
