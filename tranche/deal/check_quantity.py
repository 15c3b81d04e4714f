"""From the quantity that a field of a market holds to the validator of it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import Any

import attrs

from tranche.errors import Invalid
from tranche.market.quantity import Quantity, quantities
from tranche.market.terms import Gaussian, Independent, Jump, Static, Student

from . import validators as v

NUMBERS = ("level", "rate", "number", "share", "years")


@attrs.frozen
class Named:
    """Stands for an attrs attribute where a validator only wants its name."""

    name: str


@cache
def validators_of(kind: type) -> Mapping[str, v.Validator]:
    """Field → validator, for every field of `kind` that holds a quantity."""
    return {name: _validator(quantity) for name, quantity in quantities(kind).items()}


def _validator(quantity: Quantity) -> v.Validator:
    if quantity.kind in NUMBERS:
        found = v.number(quantity.low, quantity.high, above=quantity.above, hint=quantity.hint)
    elif quantity.kind == "count":
        found = v.whole(int(quantity.low), None if math.isinf(quantity.high) else int(quantity.high))
    elif quantity.kind == "word":
        found = v.one_of(quantity.words)
    else:
        found = _PLAIN[quantity.kind]
    return v.optional(found) if quantity.optional else found


def check_correlation(value: Any) -> None:
    """A correlation lies in [-1, 1]. Raises Invalid."""
    v.number(-1, 1)(None, Named("the correlation"), value)


def _default_curve(instance: Any, attribute: Any, value: Any) -> None:
    """Years and cumulative probabilities, both rising."""
    v.each(_point, at_least=1)(instance, attribute, value)
    for (t0, p0), (t1, p1) in pairwise(((0.0, 0.0), *value)):
        if not t0 < t1:
            raise Invalid(f"{t1:g} years follow {t0:g}", "write the years in order, each once, above 0")
        if not p0 <= p1:
            raise Invalid(f"{p1:g} by year {t1:g} follows {p0:g}", "write cumulative probabilities, which rise")


def _point(instance: Any, attribute: Any, value: Any) -> None:
    years, probability = value
    v.number(above=0.0)(instance, Named("the number of years"), years)
    v.number(0, 0.999999)(instance, Named("the probability"), probability)


def _curve(instance: Any, attribute: Any, value: Any) -> None:
    v.each(_rate_point)(instance, attribute, value)
    for (before, _), (after, _) in pairwise(value):
        if after <= before:
            raise Invalid(f"{after} follows {before}", "write the dates in order, each once")


def _rate_point(instance: Any, attribute: Any, value: tuple[dt.date, float]) -> None:
    v.date(instance, Named("the date"), value[0])
    v.rate()(instance, Named("the rate"), value[1])


def _steps(instance: Any, attribute: Any, value: Any) -> None:
    v.each(lambda one, field, pair: v.number(0, 1)(one, Named(pair[0]), pair[1]))(instance, attribute, value)


def _jumps(instance: Any, attribute: Any, value: Any) -> None:
    def check(one: Any, field: Any, pair: tuple[str, Jump]) -> None:
        for name, validate in validators_of(Jump).items():
            validate(one, Named(name), getattr(pair[1], name))

    v.each(check)(instance, attribute, value)


def _pairs(instance: Any, attribute: Any, value: Any) -> None:
    """Checked one by one, with the drivers known: `check_dependence`."""


_PLAIN: Mapping[str, v.Validator] = {
    "name": v.identifier, "factor": v.identifier, "text": v.text, "grade": v.text, "date": v.date,
    "dates": v.each(v.date), "flag": v.flag, "names": v.each(v.identifier), "pairs": _pairs, "vine pairs": _pairs,
    "jumps": _jumps, "steps": _steps, "default curve": _default_curve, "curve": _curve,
    "copula": v.instance_of(*Static.__args__), "linked copula": v.instance_of(Gaussian, Student, Independent),
}  # fmt: skip
