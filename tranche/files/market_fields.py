"""For every field of the classes of a market: who reads it from a file, by the quantity that it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from cattrs import Converter

from tranche.market.dependence import NAMES
from tranche.market.quantity import quantities
from tranche.market.terms import KINDS, Gaussian, Jump, Regime, StressLink, Student
from tranche.terms import day, level, percent, rate, tenor_years
from tranche.terms.literal import literal

from .dependence import read_dependence
from .market import named
from .readers import Reader, flag, integer, listing, mapping, text
from .unions import tagged

CLASSES: tuple[type, ...] = (*KINDS.values(), Jump, *NAMES)


def market_readers(currency: str, converter: Converter) -> dict[type, Mapping[str, Reader]]:
    """Class → field → reader; `currency` is the deal's, `converter` reads what is a class itself."""

    def of(kind: type) -> Reader:
        return lambda raw: converter.structure(raw, kind)

    def copulas(*kinds: type) -> Mapping[str, Reader]:
        return {NAMES[kind]: of(kind) for kind in kinds}

    static = copulas(*(kind for kind in NAMES if kind not in (Regime, StressLink)))
    readers: dict[str, Reader] = {
        "name": text, "text": text, "word": text, "factor": text, "grade": text,
        "level": partial(level, currency=currency),
        "rate": rate, "number": literal, "share": percent, "years": tenor_years, "count": integer, "date": day,
        "dates": listing(day), "flag": flag, "names": listing(text), "pairs": _by_key,
        "jumps": lambda raw: named(raw, lambda name, value: (name, _jump(of(Jump), value))),
        "steps": lambda raw: named(raw, lambda name, value: (name, percent(value))),
        "default curve": default_curve,
        "curve": lambda raw: named(raw, lambda key, value: (day(key), rate(value))),
        "copula": partial(read_dependence, static),
        "vine pairs": _by_key,
        "linked copula": lambda raw: tagged(raw, "copula", copulas(Gaussian, Student)),
    }  # fmt: skip
    return {kind: {name: readers[one.kind] for name, one in quantities(kind).items()} for kind in CLASSES}


def default_curve(raw: Any) -> tuple[tuple[float, float], ...]:
    """`2%` within a year, the same every year, or cumulative probabilities by years `{1y: 2%, 5y: 14%}`."""
    if not isinstance(raw, dict):
        return ((1.0, percent(raw)),)
    return named(mapping(raw, "1y: 2%"), lambda key, value: (tenor_years(key), percent(value)))


def _jump(read: Callable[[Any], Any], raw: Any) -> Any:
    """`-15%`, or `{jump: -15%, deviation: 10%}`."""
    return read(raw if isinstance(raw, dict) else {"jump": raw})


def _by_key(raw: Any) -> Any:
    """Pairs stand among the keys of their copula: `files.dependence` and `files.vine` read them."""
    return raw
