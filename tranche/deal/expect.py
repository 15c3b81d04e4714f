"""Figures a deal file states about itself; `tranche check --run` verifies them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import attrs

from tranche.errors import Invalid

from . import validators as v


def figure_name(text: Any) -> Any:
    """One way to write a figure of a date: `senior.balance @ 2026-03-01`, whatever blanks stand about the @."""
    return " @ ".join(part.strip() for part in text.split("@")) if isinstance(text, str) else text


def _once(instance: Any, attribute: Any, value: Any) -> None:
    v.each(v.instance_of(Expectation))(instance, attribute, value)
    for name, times in Counter(item.figure for item in value).items():
        if times > 1:
            raise Invalid(f"the figure {name!r} is given twice", "keep one")


@attrs.frozen(kw_only=True)
class Expectation:
    """`figure` (e.g. `senior.expected_loss`, `audit.relative`, or of one payment date `senior.balance @ 2026-03-01`)
    equals `value` within `within` (absolute) on the scenario of the block: `paths` and `seed`."""

    figure: str = attrs.field(converter=figure_name, validator=v.text)
    value: float = attrs.field(validator=v.number())
    within: float = attrs.field(validator=v.number(0))


@attrs.frozen(kw_only=True)
class Expect:
    """The figures of a deal and the run that gives them."""

    paths: int = attrs.field(default=1_000, validator=v.whole(1, 100_000_000))
    seed: int = attrs.field(default=0, validator=v.whole(0, 2**64 - 1))
    figures: tuple[Expectation, ...] = attrs.field(default=(), converter=v.as_tuple, validator=_once)
