"""Tranches, their amortisation and their coupons: the forms a file may write them in."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import attrs

from tranche.deal import Amortisation, Coupon, Debt, Residual
from tranche.deal.amortisation import AMORTISATIONS
from tranche.errors import Invalid
from tranche.terms.coupon import coupon

from .readers import mapping
from .unions import tagged

_DEBT_KEYS = {field.name for field in attrs.fields(Debt)}


def read_tranche(raw: Any, debt: Callable[[Any], Debt], residual: Callable[[Any], Residual]) -> Debt | Residual:
    """`{debt: {...}}`, `{residual: {...}}` or `residual` alone; without a tag it is debt."""
    kinds: dict[str, Callable[[Any], Debt | Residual]] = {"debt": debt, "residual": residual}
    if isinstance(raw, str):
        return tagged(raw, "tranche", kinds, words=("residual",))
    body = mapping(raw, "{notional: 70m, coupon: 6%}")
    if kinds.keys() & body.keys():
        return tagged(body, "tranche", kinds)
    only = next(iter(body), "")
    if len(body) == 1 and only not in _DEBT_KEYS and isinstance(body[only], dict):  # a misspelt tag
        return tagged(body, "tranche", kinds)
    return debt(body)


def read_amortisation(structure: Callable[[Any], Amortisation], raw: Any) -> Amortisation:
    """`level`, `{level: {arrears: leave}}`, `{schedule: {amounts: [...]}}`, `{schedule: [...]}`."""
    words = tuple(kind for kind in AMORTISATIONS if kind != "schedule")
    kinds = {kind: partial(_amortisation_body, structure, kind) for kind in AMORTISATIONS}
    return tagged(raw, "amortisation", kinds, words)


def _amortisation_body(structure: Callable[[Any], Amortisation], kind: str, raw: Any) -> Amortisation:
    terms = {"amounts": raw} if kind == "schedule" and isinstance(raw, list) else mapping(raw, "{arrears: leave}")
    if "kind" in terms:
        raise Invalid("unknown key 'kind'", f"the kind is {kind!r} already, the key above: remove it")
    if "amounts" in terms and kind != "schedule":
        raise Invalid(f"amounts below {kind!r}", "amounts belong to `schedule`")
    if kind == "schedule" and not terms.get("amounts"):
        raise Invalid("a schedule without amounts", "write {schedule: {amounts: [1m, 1m, …]}}")
    return structure({**terms, "kind": kind})


def read_coupon(structure: Callable[[Any], Coupon], raw: Any) -> Coupon:
    """`SOFR + 600bp floor 0%`, or the same as a mapping."""
    if isinstance(raw, dict):
        return structure(raw)
    terms = coupon(raw)
    return Coupon(spread=terms.spread, index=terms.index, floor=terms.floor, cap=terms.cap)
