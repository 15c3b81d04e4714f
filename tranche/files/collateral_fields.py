"""For every field of the classes of a fleet and of a miner: who reads it from a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any

from cattrs import Converter

from tranche.collateral.cohort import Cohort
from tranche.collateral.fleet import Fleet
from tranche.collateral.lease import Lease, Renewal, Service
from tranche.collateral.liquidation import Impact, Liquidation, Outlet
from tranche.collateral.miner import Miner
from tranche.collateral.receivables import Receivables
from tranche.collateral.site import Hosting, PowerContract, Site
from tranche.collateral.tenant import Backstop, Renegotiation, Tenant, Termination
from tranche.collateral.treasury import Pledge, Treasury
from tranche.collateral.valuation import Valuation
from tranche.terms import day, measured, money, percent, rate, ratio, tenor_days, tenor_years, unit_price
from tranche.terms.literal import literal

from .liquidation import read_impact
from .market import named
from .readers import Reader, flag, integer, listing, structure_named, text


def collateral_readers(currency: str, converter: Converter) -> dict[type, Mapping[str, Reader]]:
    """Class → field → reader; `currency` is the deal's, `converter` reads what is a class itself."""
    cash = partial(money, currency=currency)

    def per(unit: str) -> Reader:
        return partial(unit_price, unit=unit, currency=currency)

    def of(kind: type) -> Reader:
        return lambda raw: converter.structure(raw, kind)

    hourly, kilowatts = per("gpu-hour"), partial(measured, unit="kW")
    return {
        Service: {"availability": percent, "credit": ratio},
        Renewal: {"rate": hourly, "term_days": tenor_days},
        Lease: {
            "rate": hourly, "end": day, "start": day, "take_or_pay": percent, "usage": factor_or(percent),
            "escalator": rate, "steps": partial(dated, hourly), "prepayment": percent, "prepaid_on": day,
            "residual_value_guarantee": percent, "tenant": text,
            "service": of(Service), "renewal": of(Renewal),
        },
        Cohort: {
            "name": text, "gpus": literal, "lease": of(Lease), "rent": factor_or(hourly), "generation": text,
            "site": text, "basis": percent, "utilisation": factor_or(percent), "reserve_price": hourly,
            "kw_per_rack": kilowatts, "liquid_cooled": flag, "switch_off": flag,
            "releasing_gap_days": tenor_days, "in_service": day, "ramp_days": tenor_days,
            "delay_days": tenor_days, "ordered": day, "delay_damages_per_gpu_day": per("gpu-day"),
            "delay_damages_cap": percent, "failure_rate": rate, "unrepairable": percent, "repair_days": tenor_days,
            "repair_cost": per("gpu"), "kw_per_gpu": kilowatts, "pue": ratio,
            "power_price": factor_or(per("kWh")), "hosting_per_kw_month": per("kW-month"),
            "maintenance_per_gpu_month": per("gpu-month"), "insurance": rate, "property_tax": rate,
            "cost_inflation": rate, "cost_per_gpu": per("gpu"), "life_years": tenor_years,
            "appraisal": listing(percent),
        },
        Valuation: {"discount": rate, "rent_trend": rate, "life_years": tenor_years},
        Impact: {"shape": text, "discount": percent, "most": percent},
        Outlet: {
            "depth": partial(measured, unit="gpu/month"), "impact": read_impact, "price": text, "pace": ratio,
            "superseded": partial(dated, percent),
        },
        Liquidation: {
            "generations": listing(text), "delay_days": tenor_days, "cost": percent,
            "storage_per_gpu_month": per("gpu-month"), "earns_until_sold": flag, "liquid_cooled_haircut": percent,
            "dense_haircut": percent, "dense_above": kilowatts, "credit_bid": percent, "orderly_months": months,
            "forced_months": months,
        },
        Termination: {"fee_months": months, "moving_cost": percent},
        Renegotiation: {"below": percent, "keeps": percent, "times": integer},
        Backstop: {"limits": partial(dated, cash)},
        Tenant: {
            "name": text, "credit": text, "downgrade": text, "termination": of(Termination),
            "renegotiation": of(Renegotiation), "backstop": of(Backstop), "note": text,
        },
        Receivables: {
            "days_outstanding": tenor_days, "dilution": percent, "late": percent, "late_days": tenor_days,
            "recovery": percent,
        },
        Fleet: {
            "tenants": lambda raw: named(raw, lambda name, body: structure_named(converter, Tenant, name, body)),
            "receivables": of(Receivables),
            "cohorts": listing(text), "staff_per_month": cash, "staff_inflation": rate, "valuation": of(Valuation),
            "liquidation": of(Liquidation),
        },
    }  # fmt: skip


def miner_readers(currency: str, converter: Converter) -> dict[type, Mapping[str, Reader]]:
    """The same for the classes of a miner."""
    cash = partial(money, currency=currency)

    def per(unit: str) -> Reader:
        return partial(unit_price, unit=unit, currency=currency)

    def of(kind: type) -> Reader:
        return lambda raw: converter.structure(raw, kind)

    def by_name(kind: type) -> Reader:
        return lambda raw: named(raw, lambda name, body: structure_named(converter, kind, name, body))

    kilowatt_hour, kilowatt_month = per("kWh"), per("kW-month")
    return {
        PowerContract: {
            "price": factor_or(kilowatt_hour), "take_or_pay": percent, "resale": factor_or(kilowatt_hour),
            "standby_per_kw_month": kilowatt_month, "curtailed": percent,
        },
        Hosting: {
            "start": day, "delay_days": tenor_days, "rent_per_kw_month": factor_or(kilowatt_month), "share": percent,
            "utilisation": factor_or(percent), "cost_per_kw_month": kilowatt_month, "capex_per_kw": per("kW"),
        },
        Site: {
            "name": text, "hashrate": partial(measured, unit="PH/s"), "efficiency": partial(measured, unit="J/TH"),
            "power": of(PowerContract), "uptime": percent, "pue": ratio, "pool_fee": percent, "attrition": rate,
            "in_service": day, "ramp_days": tenor_days, "upkeep_per_ph_month": per("PH-month"),
            "fixed_per_month": cash, "cost_inflation": rate, "switch_off": flag, "cost_per_ph": per("PH"),
            "life_years": tenor_years, "value_per_ph": factor_or(per("PH")), "forced_discount": percent,
            "hosting": of(Hosting),
        },
        Pledge: {
            "to": text, "coins": literal, "call": percent, "liquidation": percent, "restore": percent,
            "release": percent, "cost": percent,
        },
        Treasury: {
            "name": text, "price": text, "coins": literal, "mined": flag, "policy": text, "share": percent,
            "sale_cost": percent, "pledge": of(Pledge),
        },
        Miner: {
            "hashprice": text, "sites": by_name(Site), "treasury": by_name(Treasury), "staff_per_month": cash,
            "staff_inflation": rate, "fleet": of(Fleet),
        },
    }  # fmt: skip


def factor_or(reader: Reader) -> Reader:
    """The name of a market factor, or what `reader` reads."""
    return partial(_factor_or, reader)


def _factor_or(reader: Reader, value: Any) -> Any:
    return value if isinstance(value, str) and value[:1].isalpha() else reader(value)


def months(value: Any) -> float:
    """`6m` is 6.0, `1y` 12.0."""
    return 12.0 * tenor_years(value)


def dated(reader: Reader, raw: Any) -> tuple[tuple[dt.date, Any], ...]:
    """`{2026-01-01: 1.90, …}` as (date, value) pairs in the order of the file."""
    return named(raw, lambda key, value: (day(key), reader(value)))
