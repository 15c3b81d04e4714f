"""Validators of single fields. Each raises Invalid, which says what is wrong and what would be right; whoever read the
value from a file adds the place."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Collection
from typing import Any

from tranche.errors import Invalid, nearest
from tranche.terms.calendars import calendar_parts
from tranche.terms.day import day
from tranche.terms.number import describe

from .formula import Formula, Number
from .names import check_identifier, check_name

Validator = Callable[[Any, Any, Any], None]
"""`(instance, attribute, value)`: the first is not used: a reader may run a validator before there is an instance."""


def optional(inner: Validator) -> Validator:
    """`inner`, but None passes."""

    def validate(instance: Any, attribute: Any, value: Any) -> None:
        if value is not None:
            inner(instance, attribute, value)

    return validate


def number(low: float = -math.inf, high: float = math.inf, *, above: float | None = None, hint: str = "") -> Validator:
    """A finite number in [low, high], or greater than `above`. `hint` is said when it is out of these bounds."""
    if above is not None:
        wanted = f"more than {above:g}"
    elif math.isinf(high):
        wanted = f"{low:g} or more"
    else:
        wanted = f"{low:g} to {high:g}"

    def validate(instance: Any, attribute: Any, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Invalid(f"{attribute.name} is {describe(value)}", f"write a number, {wanted}")
        if not -math.inf < value < math.inf:
            raise Invalid(f"{attribute.name} is {value}", f"write a finite number, {wanted}")
        if not low <= value <= high or (above is not None and value <= above):
            raise Invalid(f"{attribute.name} is {value:,.10g}", hint or f"write {wanted}")

    return validate


def rate(low: float = -0.5, high: float = 2.0) -> Validator:
    """A rate per annum as a decimal; beyond 200% somebody forgot the percent sign."""
    return number(low, high, hint=f"write {low:.0%} to {high:.0%} a year, with the % sign (6% is 0.06)")


def whole(low: int, high: int | None = None) -> Validator:
    """A whole number from `low` to `high`."""
    wanted = f"write a whole number, {low} {'or more' if high is None else f'to {high}'}"

    def validate(instance: Any, attribute: Any, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise Invalid(f"{attribute.name} is {describe(value)}", wanted)
        if value < low or (high is not None and value > high):
            raise Invalid(f"{attribute.name} is {value}", wanted)

    return validate


def text(instance: Any, attribute: Any, value: Any) -> None:
    if not isinstance(value, str):
        raise Invalid(f"{attribute.name} is {describe(value)}", "write text; put it in quotes")


def flag(instance: Any, attribute: Any, value: Any) -> None:
    if not isinstance(value, bool):
        raise Invalid(f"{attribute.name} is {describe(value)}", "write true or false")


def name(instance: Any, attribute: Any, value: Any) -> None:
    check_name(value)


def identifier(instance: Any, attribute: Any, value: Any) -> None:
    check_identifier(value)


def reference(instance: Any, attribute: Any, value: Any) -> None:
    """What a step pays or moves: a name, or names joined by dots, such as senior.interest."""
    text(instance, attribute, value)
    parts = value.split(".")
    if len(parts) > 3:
        raise Invalid(f"{value[:60]!r} has too many dots", "write a name such as senior.interest")
    for part in parts:
        check_identifier(part)


def date(instance: Any, attribute: Any, value: Any) -> None:
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise Invalid(f"{attribute.name} is {describe(value)}", "write a date such as 2025-01-31")
    day(value)


def formula(instance: Any, attribute: Any, value: Any) -> None:
    if not isinstance(value, Formula):
        raise Invalid(f"{attribute.name} is {describe(value)}", "give a Formula: parse_formula('2% * pool / 12')")


def amount(instance: Any, attribute: Any, value: Any) -> None:
    """A formula for money: no bare share, which would be a few cents."""
    formula(instance, attribute, value)
    if isinstance(value.tree, Number) and value.text.rstrip().endswith(("%", "bp")):
        what = f"{attribute.name} is {value.text.strip()}, a share, and not an amount of money"
        raise Invalid(what, f"write what it is a share of, as in {value.text.strip()} * senior.balance, or an amount")


def calendar(instance: Any, attribute: Any, value: Any) -> None:
    text(instance, attribute, value)
    calendar_parts(value)


def one_of(words: Collection[str]) -> Validator:
    """One of `words`."""

    def validate(instance: Any, attribute: Any, value: Any) -> None:
        if not isinstance(value, str) or value not in words:
            raise Invalid(f"{attribute.name} is {describe(value)}", nearest(str(value), words))

    return validate


def instance_of(*kinds: type) -> Validator:
    """An instance of one of `kinds`."""
    wanted = " or ".join(kind.__name__ for kind in kinds)

    def validate(instance: Any, attribute: Any, value: Any) -> None:
        if not isinstance(value, kinds):
            raise Invalid(f"{attribute.name} is {describe(value)}", f"give a {wanted}")

    return validate


def each(inner: Validator, *, at_least: int = 0, at_most: int = 1_200) -> Validator:
    """A tuple of `at_least` to `at_most` items that all pass `inner`."""

    def validate(instance: Any, attribute: Any, value: Any) -> None:
        if not isinstance(value, tuple):
            raise Invalid(f"{attribute.name} is {describe(value)}", "give a list")
        if len(value) < at_least:
            raise Invalid(f"{attribute.name} is empty", f"write at least {at_least}")
        if len(value) > at_most:
            raise Invalid(f"{attribute.name} has {len(value):,} items", f"at most {at_most:,} are allowed")
        for item in value:
            inner(instance, attribute, item)

    return validate


def dated(inner: Validator) -> Validator:
    """A pair of a date and what `inner` passes."""

    def validate(instance: Any, attribute: Any, value: Any) -> None:
        if not isinstance(value, tuple) or len(value) != 2:
            raise Invalid(f"{attribute.name} is {describe(value)}", "give pairs of a date and a number")
        date(instance, attribute, value[0])
        inner(instance, attribute, value[1])

    return validate


def as_tuple(value: Any) -> Any:
    """A list as a tuple; anything else as it is (the validator speaks about it)."""
    return tuple(value) if isinstance(value, list) else value


def by_date(instance: Any, attribute: Any, value: Any) -> None:
    """Pairs of a date and a finite number; every date once."""
    each(dated(number()))(instance, attribute, value)
    dates = [day_of for day_of, _ in value]
    for day_of in dates:
        if dates.count(day_of) > 1:
            raise Invalid(f"{day_of} is there twice", "write each date once")
