"""What sets the status of a deal besides the levels of its tests, and what a default makes due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import attrs

from tranche.errors import Invalid

from . import validators as v
from .formula import Formula
from .frozen_map import FrozenMap


def _payment(instance: Any, attribute: Any, value: Any) -> None:
    v.instance_of(FrozenMap)(instance, attribute, value)
    for due, dates in value.items():
        v.reference(instance, attribute, due)
        if isinstance(dates, bool) or not isinstance(dates, int) or not 1 <= dates <= 1_200:
            raise Invalid(f"{attribute.name}.{due} is {dates!r}", "write on how many dates in a row, 1 to 1,200")


def _frozen(value: Any) -> Any:
    return FrozenMap(value) if isinstance(value, Mapping) else value


@attrs.frozen(kw_only=True)
class Revolving:
    """The revolving period: from closing to the payment date `until` (inclusive), or for good until `ends_when`
    (formula) holds. Early amortisation and default end it for good too; lock-up interrupts it."""

    until: dt.date | None = attrs.field(default=None, validator=v.optional(v.date))
    ends_when: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))


@attrs.frozen(kw_only=True)
class StatusRules:
    """The status of a payment date is the gravest that holds, and picks the waterfall:

        revolving            within the revolving period
        performing           otherwise
        lock_up              a test's `lock_up` level bites, or the formula `lock_up` holds
        early_amortisation   a test's `early_amortisation` level bites, or the formula holds; for good if
                             `early_amortisation_is_final`
        default              a test's `default` level has bitten, the formula `default` has held, or a payment default;
                             for good

    The formulas are read with the tests, before any payment of the date: `default: sponsor_default > 0` makes any named
    condition accelerate the deal. `payment_default`: a due (`senior.interest`) and a number of payment dates: left
    unpaid at the close of so many in a row, by more than a billionth of the tranche's notional, it is a default of the
    next.

    `acceleration`: from a default on, the whole balance of every debt is due on every date. (`X.principal.due` stays
    what the schedule had made due; `X.principal.unpaid` is the accelerated amount.) `cross_acceleration`: a payment
    default of one debt is a default of the deal and accelerates all; without it, it accelerates that debt alone, and
    the status does not change.
    """

    revolving: Revolving | None = attrs.field(default=None, validator=v.optional(v.instance_of(Revolving)))
    lock_up: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))
    early_amortisation: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))
    early_amortisation_is_final: bool = attrs.field(default=False, validator=v.flag)
    default: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))
    payment_default: Mapping[str, int] = attrs.field(factory=FrozenMap, converter=_frozen, validator=_payment)
    acceleration: bool = attrs.field(default=True, validator=v.flag)
    cross_acceleration: bool = attrs.field(default=True, validator=v.flag)
