"""Tranches, their amortisation and their coupons: the forms a file may write them in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import attrs

from tranche.deal import Amortisation, AvailableFundsCap, Coupon, Debt, Lag, LateInterest, Residual
from tranche.deal.amortisation import AMORTISATIONS
from tranche.errors import Invalid
from tranche.terms.coupon import coupon
from tranche.terms.day import day
from tranche.terms.rate import rate
from tranche.terms.tenor import tenor_days

from .gather import Gather
from .readers import Reader, listing, mapping
from .unions import tagged

SCULPTED = "sculpted"
_DEBT_KEYS = {field.name for field in attrs.fields(Debt)}


def read_tranche(raw: Any, debt: Callable[[Any], Debt], residual: Callable[[Any], Residual]) -> Debt | Residual:
    """`{debt: {...}}`, `{residual: {...}}` or `residual` alone; without a tag it is debt."""
    kinds: dict[str, Callable[[Any], Debt | Residual]] = {"debt": partial(_debt, debt), "residual": residual}
    if isinstance(raw, str):
        return tagged(raw, "tranche", kinds, words=("residual",))
    body = mapping(raw, "{notional: 70m, coupon: 6%}")
    if kinds.keys() & body.keys():
        return tagged(body, "tranche", kinds)
    only = next(iter(body), "")
    if len(body) == 1 and only not in _DEBT_KEYS and isinstance(body[only], dict):  # a misspelt tag
        return tagged(body, "tranche", kinds)
    return _debt(debt, body)


def _debt(debt: Callable[[Any], Debt], raw: Any) -> Debt:
    """`notional: sculpted` leaves the size to the compiler."""
    if isinstance(raw, dict) and "sculpted" in raw:
        raise Invalid("unknown key 'sculpted'", "write notional: sculpted")
    return debt({**raw, "sculpted": True} if isinstance(raw, dict) and raw.get("notional") == SCULPTED else raw)


def read_notional(money: Reader, raw: Any) -> float:
    """An amount above 0; the word `sculpted` is 0, which the compiler sizes."""
    if raw == SCULPTED:
        return 0.0
    amount: float = money(raw)
    if amount <= 0:
        raise Invalid(f"notional is {amount:,.10g}", "write more than 0")
    return amount


def read_amortisation(structure: Callable[[Any], Amortisation], raw: Any) -> Amortisation:
    """`level`, `{level: {arrears: leave}}`, `{schedule: [...]}`, `{pass_through: collections.principal}`,
    `{sculpted: {cfads: base_case, dscr: 1.30x}}`."""
    kinds = {kind: partial(_amortisation_body, structure, kind) for kind in AMORTISATIONS}
    return tagged(raw, "amortisation", kinds, WORDS)


# kind → the field that its value is when it is no mapping
SHORT = {"schedule": "amounts", "target_balance": "amount", "pass_through": "amount"}
WORDS = tuple(kind for kind in AMORTISATIONS if kind not in (*SHORT, "sculpted"))  # that may stand alone


def _amortisation_body(structure: Callable[[Any], Amortisation], kind: str, raw: Any) -> Amortisation:
    short = SHORT.get(kind)
    plain = short is not None and (isinstance(raw, list) if short == "amounts" else not isinstance(raw, (dict, list)))
    terms = {short: raw} if plain and raw is not None else mapping(raw, "{arrears: leave}")
    if "kind" in terms:
        raise Invalid("unknown key 'kind'", f"the kind is {kind!r} already, the key above: remove it")
    if "amounts" in terms and kind != "schedule":
        raise Invalid(f"amounts below {kind!r}", "amounts belong to `schedule`")
    if kind == "schedule" and not terms.get("amounts"):
        raise Invalid("a schedule without amounts", "write {schedule: {amounts: [1m, 1m, …]}}")
    if short == "amount" and terms.get("amount") is None:
        raise Invalid(f"{kind} without its amount", f"write {{{kind}: collections.principal}}")
    return structure({**terms, "kind": kind})


def read_coupon(structure: Callable[[Any], Coupon], raw: Any) -> Coupon:
    """`SOFR + 600bp floor 0%`; or a mapping, in which `rate` may say the same beside the other terms."""
    if not isinstance(raw, dict):
        return Coupon(**_coupon_terms(raw))
    body = dict(raw)
    with Gather() as gather:
        if "rate" in body:
            terms = gather.read("rate", _coupon_terms, body.pop("rate")) or {"spread": 0.0}
            for key in sorted(terms.keys() & body.keys()):
                gather.refuse(key, f"{key} is stated in `rate` too", "keep one")
            body = terms | body
        made = gather.read(None, structure, body)
    assert made is not None  # else the gathered errors were raised
    return made


def _coupon_terms(raw: Any) -> dict[str, Any]:
    return {key: value for key, value in attrs.asdict(coupon(raw)).items() if value is not None}


def read_lag(raw: Any) -> Lag:
    """`2bd` or `2 business days`: business days; `5d`: days of the calendar."""
    match = _BUSINESS.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if match is not None:
        return Lag(days=int(match[1]), business=True)
    return Lag(days=tenor_days(raw))


_BUSINESS = re.compile(r"(\d{1,3})\s*(?:bd|business days?)", re.ASCII)


def read_late_interest(raw: Any) -> LateInterest:
    """`coupon`, `coupon + 200bp`, or a rate of its own such as `8%`."""
    match = _ON_COUPON.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if match is None:
        return LateInterest(spread=rate(raw), on_coupon=False)
    return LateInterest(spread=rate(match[1].replace(" ", "")) if match[1] else 0.0)


_ON_COUPON = re.compile(r"coupon\s*([+-]\s*[\d._]+\s*(?:%|bps|bp)?)?", re.ASCII)


def read_funds_cap(structure: Callable[[Any], AvailableFundsCap], raw: Any) -> AvailableFundsCap:
    """A formula (money), or `{rate: …}` or `{amount: …}` with what becomes of the excess."""
    return structure(raw if isinstance(raw, dict) else {"amount": raw})


def dated_rates(raw: Any) -> tuple[tuple[dt.date, float], ...]:
    """`{2027-01-01: 100bp}`: a rate on each date."""
    with Gather() as gather:
        pairs = [
            (gather.read(key, day, key), gather.read(key, rate, value))
            for key, value in mapping(raw, "{2027-01-01: 100bp}").items()
        ]
    return tuple((date, add) for date, add in pairs if date is not None and add is not None)


def one_or_more(reader: Reader) -> Reader:
    """One item, or a list of them, as a tuple."""
    return lambda raw: listing(reader)(raw) if isinstance(raw, list) else (reader(raw),)
