"""For every field of every class of the term sheet: who reads it from a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any

from cattrs import Converter

from tranche.collateral.terms import Collections
from tranche.deal import (
    Account,
    Amortisation,
    AvailableFundsCap,
    BorrowingBase,
    BorrowingClass,
    CallOption,
    Cap,
    CleanUpCall,
    Concentration,
    Coupon,
    CoverageTest,
    Debt,
    Draws,
    EquityCure,
    Expect,
    Expectation,
    Extension,
    Facility,
    Fee,
    Formula,
    Guarantee,
    Ledger,
    MakeWhole,
    Margin,
    Pik,
    Residual,
    Revolving,
    Schedule,
    StatusRules,
    Swap,
    Termination,
)
from tranche.deal.check_collateral import relative_path
from tranche.deal.conversion import Conversion
from tranche.deal.frozen_map import FrozenMap
from tranche.deal.test import LEVELS
from tranche.errors import Invalid, nearest
from tranche.terms import day, money, percent, rate, tenor_days
from tranche.terms.literal import literal
from tranche.terms.tolerance import tolerance

from .collateral_fields import collateral_readers, miner_readers
from .coverage import read_level
from .gather import Gather
from .liabilities import dated_rates, one_or_more, read_lag, read_late_interest, read_notional
from .market import named
from .market_fields import market_readers
from .readers import Reader, flag, formula, integer, listing, mapping, text


def field_readers(currency: str, converter: Converter) -> dict[type, Mapping[str, Reader]]:
    """Class → field → reader; `currency` is the deal's, `converter` reads what is a class itself."""
    cash = partial(money, currency=currency)

    def of(kind: type) -> Reader:
        return lambda raw: converter.structure(raw, kind)

    def named_as(kind: type) -> Reader:
        return lambda raw: named(raw, lambda name, body: converter.structure({**mapping(body), "name": name}, kind))

    return {
        Schedule: {
            "closing": day, "maturity": day, "frequency": text, "first_payment": day, "calendar": text,
            "convention": text, "determination_days": tenor_days, "day_count": text, "end_of_month": flag,
        },
        Debt: {
            "name": text, "notional": partial(read_notional, cash), "coupon": of(Coupon), "sculpted": flag,
            "amortisation": of(Amortisation), "unpaid_interest": text, "interest_on_unpaid": read_late_interest,
            "pik": of(Pik), "available_funds_cap": of(AvailableFundsCap), "maturity": day,
            "extensions": listing(of(Extension)), "draws": of(Draws), "conversion": of(Conversion),
            "call": of(CallOption), "price": percent, "strip": formula, "day_count": text, "rank": integer,
        },
        Amortisation: {
            "kind": text, "amounts": listing(cash), "amount": formula, "cfads": formula, "dscr": formula,
            "over": integer, "first": day, "arrears": text, "balloon": flag,
        },
        Coupon: {
            "spread": rate, "index": text, "floor": rate, "cap": rate, "all_in_floor": rate, "all_in_cap": rate,
            "reset_lag": read_lag, "step_up": dated_rates, "margins": one_or_more(of(Margin)),
        },
        Margin: {"when": formula, "add": rate},
        Pik: {"when": formula, "share": percent, "premium": rate},
        AvailableFundsCap: {"amount": formula, "rate": formula, "excess": text},
        Extension: {"to": day, "when": formula, "add": rate},
        Conversion: {"parity": formula, "puts": listing(day), "forced": percent, "forced_from": day},
        CallOption: {
            "when": formula, "first": day, "price": read_level, "make_whole": of(MakeWhole), "proceeds": text,
        },
        MakeWhole: {"rate": of(Coupon), "until": day},
        CleanUpCall: {"when": formula, "first": day, "purchase_price": formula, "proceeds": text},
        Draws: {
            "initial": cash, "amount": formula, "first": day, "until": day, "when": formula, "limit": formula,
            "to": text, "revolving": flag, "fee": rate,
        },
        Residual: {"name": text, "notional": cash, "rank": integer},
        Fee: {
            "name": text, "amount": formula, "rate": rate, "on": formula, "count": formula, "price": cash, "per": text,
            "steps": stepped, "growth": rate,
            "index": formula, "cap": formula, "cap_per": text, "day_count": text, "unpaid": text,
            "interest_on_unpaid": rate,
        },
        Facility: {
            "name": text, "commitment": formula, "coupon": of(Coupon), "commitment_fee": rate, "covers": names,
            "available": formula, "until": day, "day_count": text,
        },
        Guarantee: {
            "name": text, "limit": formula, "steps": stepped, "fee": rate, "covers": names, "reimbursed": flag,
            "reinstated": flag, "available": formula, "until": day, "day_count": text,
        },
        Swap: {
            "name": text, "notional": formula, "pay": of(Coupon), "receive": of(Coupon), "day_count": text,
            "pay_day_count": text, "receive_day_count": text, "start": day, "end": day, "to": text,
            "termination": of(Termination),
        },
        Cap: {
            "name": text, "notional": formula, "index": text, "strike": rate, "premium": formula, "day_count": text,
            "start": day, "end": day, "to": text, "termination": of(Termination),
        },
        Termination: {"when": formula, "counterparty": formula, "value": formula, "recovery": percent},
        Ledger: {"name": text, "tranche": text, "losses": formula, "to": text},
        Account: {
            "name": text, "target": formula, "initial": partial(_initial, cash), "earns": of(Coupon),
            "earnings_to": text, "day_count": text, "closes": day,
        },
        CoverageTest: {
            "name": text, "numerator": formula, "denominator": formula, "breach": text,
            **dict.fromkeys(LEVELS, read_level), "first_test": day, "every": integer, "grace": integer,
            "clean": integer, "unit": text, "cure": formula, "equity_cure": of(EquityCure),
        },
        EquityCure: {
            "limit": integer, "of": text, "in_a_row": integer, "amount": formula, "most": formula, "when": formula,
            "to": text,
        },
        BorrowingBase: {
            "classes": named_as(BorrowingClass), "concentrations": named_as(Concentration), "reserves": _formulas,
            "limit": formula, "debts": _one_or_several, "deficiency": text,
        },
        BorrowingClass: {
            "name": text, "cost": formula, "appraisal": formula, "ineligible": _formulas, "cap": percent,
            "advance_rate": percent,
        },
        Concentration: {"name": text, "of": formula, "cap": percent, "within": text},
        StatusRules: {
            "revolving": of(Revolving), "lock_up": formula, "early_amortisation": formula,
            "early_amortisation_is_final": flag, "default": formula, "payment_default": _counts,
            "acceleration": flag, "cross_acceleration": flag,
        },
        Revolving: {"until": day, "ends_when": formula},
        Expect: {"paths": integer, "seed": integer, "figures": lambda raw: named(raw, read_expectation)},
        Collections: {
            "file": relative_path, "components": listing(text), "amounts": partial(read_amounts, cash),
            "route": read_route,
        },
        **collateral_readers(currency, converter),
        **miner_readers(currency, converter),
        **market_readers(currency, converter),
    }  # fmt: skip


def _initial(cash: Reader, raw: Any) -> Any:
    """Money, or a formula."""
    try:
        return cash(raw)
    except Invalid:
        if not isinstance(raw, str) or not any(letter.isalpha() for letter in raw):
            raise
        return formula(raw)


def read_route(raw: Any) -> tuple[tuple[str, str], ...]:
    """`{interest: interest_account}`: component → account."""
    return named(raw, lambda component, account: (component, text(account)))


def stepped(raw: Any) -> tuple[tuple[dt.date, float], ...]:
    """`{2026-01-01: 2%, 2027-01-01: 3%}`: a number from each date on."""
    return named(raw, lambda key, value: (day(key), literal(value)))


def names(raw: Any) -> tuple[str, ...]:
    """One name, or a list of names."""
    return (text(raw),) if isinstance(raw, str) else listing(text)(raw)


def read_amounts(cash: Reader, raw: Any) -> tuple[tuple[str, tuple[float, ...]], ...]:
    """`[1m, 1m, 0]`, the component `cash`, or `{interest: […], principal: […]}`."""
    if isinstance(raw, dict):
        return named(raw, lambda name, amounts: (name, listing(cash)(amounts)))
    return (("cash", listing(cash)(raw)),)


def _formulas(value: Any) -> FrozenMap[Formula]:
    """`{aged: 10% * cost}`: names and formulas."""
    with Gather() as gather:
        found = {key: gather.read(key, formula, text) for key, text in mapping(value, "{aged: 2m}").items()}
    return FrozenMap({key: tree for key, tree in found.items() if tree is not None})


def _one_or_several(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else listing(text)(value)


def _counts(value: Any) -> FrozenMap[int]:
    """`{senior.interest: 2}`: dues and numbers of dates."""
    with Gather() as gather:
        found = {key: gather.read(key, integer, number) for key, number in mapping(value, "{a.interest: 2}").items()}
    return FrozenMap({key: number for key, number in found.items() if number is not None})


def read_expectation(figure: str, raw: Any) -> Expectation:
    """`0.02 ± 1e-6`, or `{value: 0.02, within: 1e-6}`."""
    if not isinstance(raw, dict):
        value, within = tolerance(raw)
        return Expectation(figure=figure, value=value, within=within)
    for key in raw:
        if key not in ("value", "within"):
            raise Invalid(f"unknown key {key!r}", nearest(key, ("value", "within")))
    if len(raw) != 2:
        raise Invalid("value and within are both needed", "write {value: 0.02, within: 1e-6}")
    return Expectation(figure=figure, value=literal(raw["value"]), within=literal(raw["within"]))
