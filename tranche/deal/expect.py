"""Figures a deal file states about itself; `tranche check --run` verifies them."""

from __future__ import annotations

import attrs

from . import validators as v


@attrs.frozen(kw_only=True)
class Expectation:
    """`figure` (e.g. `senior.expected_loss`, `audit.relative`, or of one payment date `senior.balance @ 2026-03-01`)
    equals `value` within `within` (absolute) on the scenario of the block: `paths` and `seed`."""

    figure: str = attrs.field(validator=v.text)
    value: float = attrs.field(validator=v.number())
    within: float = attrs.field(validator=v.number(0))


@attrs.frozen(kw_only=True)
class Expect:
    """The figures of a deal and the run that gives them."""

    paths: int = attrs.field(default=1_000, validator=v.whole(1, 100_000_000))
    seed: int = attrs.field(default=0, validator=v.whole(0, 2**63 - 1))
    figures: tuple[Expectation, ...] = attrs.field(
        default=(), converter=v.as_tuple, validator=v.each(v.instance_of(Expectation))
    )
