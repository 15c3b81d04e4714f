"""The dependence of a market's drivers: one copula, or two with what chooses between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from tranche.deal.check_quantity import check_correlation
from tranche.errors import Invalid
from tranche.market.terms import Independent
from tranche.terms.literal import literal
from tranche.terms.number import suffixed

from .gather import Gather
from .readers import listing, mapping, text
from .unions import tagged

Structure = Callable[[Any], Any]
Pairs = tuple[tuple[str, str, float], ...]


def read_dependence(kinds: Mapping[str, Structure], raw: Any) -> Any:
    """`independent`, or `{gaussian: {rent ~ btc: 0.3}}` and the like. Raises everything that is wrong."""
    return tagged(raw, "dependence", {**kinds, "independent": lambda _: Independent()}, ("independent",))


def read_correlated(read: Structure, kind: type, raw: Any) -> Any:
    """A copula whose correlations stand among its keys by pair, `rent ~ btc: 0.3`, or in a `matrix`."""
    body = mapping(raw, "rent ~ btc: 0.3")
    own = {field.name for field in attrs.fields(kind)} - {"correlations"}
    pairs: list[tuple[str, str, float]] = []
    made: Any = None
    with Gather() as gather:
        for key, value in body.items():
            if key == "matrix":
                pairs += gather.read(key, _matrix, value) or ()
            elif key not in own:
                pair = gather.read(key, lambda raw, key=key: _pair(key, raw), value)  # type: ignore[misc]
                pairs += [pair] if pair is not None else []
        made = gather.read(None, read, {key: value for key, value in body.items() if key in own})
    return attrs.evolve(made, correlations=tuple(pairs))


def _pair(key: str, value: Any) -> tuple[str, str, float]:
    names = [part.strip() for part in key.split("~")]
    if len(names) != 2 or not all(names):
        raise Invalid(f"{key!r} is not a pair of factors", "write two names with ~ between them, such as rent ~ btc")
    correlation = suffixed(value, {"%": -2}, "a correlation such as 0.3")
    check_correlation(correlation)
    return names[0], names[1], correlation


def _matrix(raw: Any) -> Pairs:
    """`{of: [rent, btc], rows: [[1, 0.3], [0.3, 1]]}`."""
    body = mapping(raw, "of: [rent, btc] and rows: [[1, 0.3], [0.3, 1]]")
    if set(body) != {"of", "rows"}:
        fix = "write of: [rent, btc] and rows: [[1, 0.3], [0.3, 1]]"
        raise Invalid(f"a matrix has {', '.join(body) or 'nothing'}", fix)
    with Gather() as gather:
        names = gather.read("of", listing(text), body["of"]) or ()
        rows = gather.read("rows", listing(listing(literal)), body["rows"]) or ()
    size = len(names)
    if [len(row) for row in rows] != [size] * size:
        shape = f"{len(rows)} rows of {', '.join(sorted({str(len(row)) for row in rows})) or 'no'} numbers"
        raise Invalid(f"the matrix has {shape}", f"{size} rows of {size} for {', '.join(names)}")
    for i in range(size):
        if rows[i][i] != 1.0:
            raise Invalid(f"the correlation of {names[i]} with itself is {rows[i][i]:g}", "1")
        for j in range(i):
            if rows[i][j] != rows[j][i]:
                what = f"{names[i]} ~ {names[j]} is {rows[i][j]:g} below the diagonal and {rows[j][i]:g} above it"
                raise Invalid(what, "a symmetric matrix")
            check_correlation(rows[i][j])
    return tuple((names[j], names[i], rows[i][j]) for i in range(size) for j in range(i))
