"""Keys of caches tell apart what Python's equality does not."""

from __future__ import annotations

import pytest

from tranche.terms.by_bytes import by_bytes


@pytest.mark.parametrize(("one", "other"), [(0.0, -0.0), (1, 1.0), (1, True), ("1", 1), ([1], (1,))])
def test_what_python_takes_for_equal_are_two_keys(one: object, other: object) -> None:
    assert by_bytes({"x": one}) != by_bytes({"x": other})


def test_equal_values_are_one_key() -> None:
    a, b = ({"points": [(2026, float(text))], "name": f"SOFR {text}"} for text in ("0.25", "0.25"))
    assert by_bytes(a) == by_bytes(b)
    assert hash(by_bytes(a)) == hash(by_bytes(b))
