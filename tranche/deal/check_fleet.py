"""What must hold inside a fleet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from tranche.collateral.cohort import Cohort
from tranche.collateral.fleet import Fleet
from tranche.collateral.lease import Lease, Renewal, Service
from tranche.collateral.liquidation import ECONOMIC, SHAPES, Impact, Liquidation, Outlet
from tranche.collateral.names import cohort_path
from tranche.collateral.receivables import Receivables
from tranche.collateral.tenant import Backstop, Renegotiation, Tenant, Termination
from tranche.collateral.valuation import Valuation
from tranche.errors import Invalid, Place, Problem, nearest

from . import validators as v
from .check_market import field_problems

MOST_COHORTS = 200

SHARE = v.number(0, 1, hint="write 0% to 100%, with the % sign (95% is 0.95)")
PRICE = v.number(0)
DAYS = v.whole(0, 3_660)


def factor_or(inner: v.Validator) -> v.Validator:
    def validate(instance: Any, attribute: Any, value: Any) -> None:
        (v.identifier if isinstance(value, str) else inner)(instance, attribute, value)

    return validate


def _dated_prices(instance: Any, attribute: Any, value: Any) -> None:
    v.each(_pair)(instance, attribute, value)
    for (before, _), (after, _) in pairwise(value):
        if after <= before:
            raise Invalid(f"{after} follows {before}", "write the dates in order, each once")


def _pair(instance: Any, attribute: Any, value: Any) -> None:
    date, price = value
    v.date(instance, attribute, date)
    PRICE(instance, attribute, price)


def _release(instance: Any, attribute: Any, value: Any) -> None:
    date, share = value
    v.date(instance, attribute, date)
    SHARE(instance, attribute, share)


def _outlet(instance: Any, attribute: Any, value: Any) -> None:
    generation, outlet = value
    v.text(instance, attribute, generation)
    v.instance_of(Outlet)(instance, attribute, outlet)


SERVICE: Mapping[str, v.Validator] = {"availability": SHARE, "credit": v.number(0, 1_000)}
RENEWAL: Mapping[str, v.Validator] = {"rate": PRICE, "term_days": v.whole(1, 36_600)}
LEASE: Mapping[str, v.Validator] = {
    "rate": PRICE, "end": v.date, "start": v.optional(v.date), "take_or_pay": SHARE, "usage": factor_or(SHARE),
    "escalator": v.rate(), "steps": _dated_prices, "prepayment": SHARE, "prepaid_on": v.optional(v.date),
    "tenant": v.optional(v.identifier), "residual_value_guarantee": SHARE,
    "service": v.optional(v.instance_of(Service)), "renewal": v.optional(v.instance_of(Renewal)),
}  # fmt: skip
COHORT: Mapping[str, v.Validator] = {
    "gpus": v.number(0, 1e9, above=0),
    "lease": v.optional(v.instance_of(Lease)),
    "rent": v.optional(factor_or(PRICE)),
    "generation": v.text,
    "site": v.text,
    "basis": v.number(0, 10),
    "utilisation": factor_or(SHARE),
    "reserve_price": v.optional(PRICE),
    "switch_off": v.flag,
    "releasing_gap_days": DAYS,
    "in_service": v.optional(v.date),
    "ramp_days": DAYS,
    "delay_days": DAYS,
    "ordered": v.optional(v.date),
    "delay_damages_per_gpu_day": PRICE,
    "delay_damages_cap": SHARE,
    "failure_rate": v.number(0, 0.99, hint="write 0% to 99% a year, with the % sign (9% is 0.09)"),
    "unrepairable": SHARE,
    "repair_days": v.whole(0, 365),
    "repair_cost": PRICE,
    "kw_per_gpu": PRICE,
    "kw_per_rack": PRICE,
    "liquid_cooled": v.flag,
    "pue": v.number(1, 10),
    "power_price": factor_or(PRICE),
    "hosting_per_kw_month": PRICE,
    "maintenance_per_gpu_month": PRICE,
    "insurance": v.rate(0),
    "property_tax": v.rate(0),
    "cost_inflation": v.rate(),
    "cost_per_gpu": PRICE,
    "life_years": v.number(0, 100, above=0),
    "appraisal": v.each(v.number(0, 10), at_least=1),
}
VALUATION: Mapping[str, v.Validator] = {
    "discount": v.rate(0),
    "rent_trend": v.number(-0.95, 10, hint="write -95% to 1000% a year, with the % sign (-25% is -0.25)"),
    "life_years": v.number(0, 100, above=0),
}
IMPACT: Mapping[str, v.Validator] = {
    "shape": v.one_of(SHAPES), "discount": v.number(0, 100), "most": SHARE,
}  # fmt: skip
OUTLET: Mapping[str, v.Validator] = {
    "depth": v.number(above=0), "impact": v.instance_of(Impact), "price": v.identifier,
    "pace": v.number(0, 1_000, above=0), "superseded": v.each(_release),
}  # fmt: skip
LIQUIDATION: Mapping[str, v.Validator] = {
    "generations": v.each(_outlet, at_least=1),
    "delay_days": DAYS,
    "cost": SHARE,
    "storage_per_gpu_month": PRICE,
    "earns_until_sold": v.flag,
    "liquid_cooled_haircut": SHARE,
    "dense_haircut": SHARE,
    "dense_above": PRICE,
    "credit_bid": SHARE,
    "orderly_months": v.number(0, 120, above=0),
    "forced_months": v.number(0, 120, above=0),
}
TERMINATION: Mapping[str, v.Validator] = {"fee_months": v.number(0, 600), "moving_cost": v.number(0, 10)}
RENEGOTIATION: Mapping[str, v.Validator] = {"below": SHARE, "keeps": SHARE, "times": v.whole(1, 100)}
BACKSTOP: Mapping[str, v.Validator] = {"limits": _dated_prices}
TENANT: Mapping[str, v.Validator] = {
    "name": v.name, "credit": v.optional(v.identifier), "downgrade": v.optional(v.identifier),
    "termination": v.optional(v.instance_of(Termination)),
    "renegotiation": v.optional(v.instance_of(Renegotiation)),
    "backstop": v.optional(v.instance_of(Backstop)), "note": v.text,
}  # fmt: skip
RECEIVABLES: Mapping[str, v.Validator] = {
    "days_outstanding": v.whole(0, 365), "dilution": SHARE, "late": SHARE, "late_days": v.whole(1, 730),
    "recovery": SHARE,
}  # fmt: skip
FLEET: Mapping[str, v.Validator] = {
    "cohorts": v.each(v.instance_of(Cohort), at_least=1, at_most=MOST_COHORTS),
    "staff_per_month": PRICE,
    "staff_inflation": v.rate(),
    "tenants": v.each(v.instance_of(Tenant), at_most=MOST_COHORTS),
    "receivables": v.optional(v.instance_of(Receivables)),
    "valuation": v.optional(v.instance_of(Valuation)),
    "liquidation": v.optional(v.instance_of(Liquidation)),
}
FLEET_VALIDATORS: Mapping[type, Mapping[str, v.Validator]] = {
    Service: SERVICE, Renewal: RENEWAL, Lease: LEASE, Cohort: COHORT, Valuation: VALUATION, Impact: IMPACT,
    Outlet: OUTLET, Liquidation: LIQUIDATION, Termination: TERMINATION, Renegotiation: RENEGOTIATION,
    Backstop: BACKSTOP, Tenant: TENANT, Receivables: RECEIVABLES, Fleet: FLEET,
}  # fmt: skip
"""What a deal asks of the fields of each class of a fleet."""


def fleet_problems(fleet: Fleet) -> Iterator[Problem]:
    """Every problem of the cohorts and of what they share."""
    found = list(field_problems(fleet, "collateral.fleet", FLEET))
    yield from found
    if any(one.place.path == "collateral.fleet.cohorts" for one in found):
        return
    for cohort in fleet.cohorts:
        path = cohort_path(cohort)
        yield from field_problems(cohort, path, COHORT)
        if isinstance(cohort.lease, Lease):
            yield from _lease(cohort.lease, f"{path}.lease")
            if cohort.lease.residual_value_guarantee and fleet.liquidation is None:
                what = "the guarantee is measured on the orderly value, and there is no liquidation"
                place = Place(f"{path}.lease.residual_value_guarantee")
                yield Problem(what, "add `liquidation:` to the fleet", place)
            if cohort.lease.tenant is not None and fleet.tenant(cohort.lease.tenant) is None:
                known = [tenant.name for tenant in fleet.tenants]
                fix = nearest(cohort.lease.tenant, known) if known else "add it: fleet.tenants"
                yield Problem(f"unknown tenant {cohort.lease.tenant!r}", fix, Place(f"{path}.lease.tenant"))
    yield from _tenants(fleet)
    if isinstance(fleet.valuation, Valuation):
        yield from field_problems(fleet.valuation, "collateral.fleet.valuation", VALUATION)
    if isinstance(fleet.liquidation, Liquidation):
        yield from _liquidation(fleet, fleet.liquidation)


def _tenants(fleet: Fleet) -> Iterator[Problem]:
    parts: Mapping[str, Mapping[str, v.Validator]] = {
        "termination": TERMINATION, "renegotiation": RENEGOTIATION, "backstop": BACKSTOP,
    }  # fmt: skip
    for tenant in fleet.tenants:
        path = f"collateral.fleet.tenants.{tenant.name}"
        yield from field_problems(tenant, path, TENANT)
        for field, validators in parts.items():
            if getattr(tenant, field) is not None:
                yield from field_problems(getattr(tenant, field), f"{path}.{field}", validators)
        if tenant.backstop is not None and not tenant.backstop.limits:
            yield Problem("there is no limit", "write {2026-01-01: 100m, …}", Place(f"{path}.backstop.limits"))
        if tenant.backstop is not None and tenant.credit is None:
            fix = "add `credit:`, the market factor of its default"
            yield Problem("a backstop of a tenant that never defaults", fix, Place(f"{path}.backstop"))
    terms = fleet.receivables
    if isinstance(terms, Receivables):
        yield from field_problems(terms, "collateral.fleet.receivables", RECEIVABLES)
        if terms.dilution + terms.late > 1:
            what = f"dilution and late are {terms.dilution + terms.late:.4g} of an invoice"
            yield Problem(what, "at most all of it", Place("collateral.fleet.receivables.late"))


def _liquidation(fleet: Fleet, terms: Liquidation) -> Iterator[Problem]:
    path = "collateral.fleet.liquidation"
    yield from field_problems(terms, path, LIQUIDATION)
    if terms.forced_months > terms.orderly_months:
        what = f"the forced sale takes {terms.forced_months:g} months, the orderly one {terms.orderly_months:g}"
        yield Problem(what, "the orderly one takes longer", Place(f"{path}.forced_months"))
    for generation, outlet in terms.generations:
        at = f"{path}.generations.{generation}" if generation else path
        yield from field_problems(outlet, at, OUTLET)
        if isinstance(outlet.impact, Impact):
            yield from field_problems(outlet.impact, f"{at}.impact", IMPACT)
        if outlet.price == ECONOMIC and fleet.valuation is None:
            fix = "add `valuation: {discount: …, rent_trend: …, life: …}` to the fleet"
            yield Problem("the price is the economic value, and there is no valuation", fix, Place(f"{at}.price"))
    used = {cohort.generation for cohort in fleet.cohorts}
    for generation in sorted(one for one in used if terms.outlet(one) is None):
        what = f"nothing says where machines of the generation {generation!r} are sold"
        yield Problem(what, "add its depth, impact and price, or give them for all", Place(f"{path}.generations"))


def _lease(lease: Lease, path: str) -> Iterator[Problem]:
    yield from field_problems(lease, path, LEASE)
    if isinstance(lease.service, Service):
        yield from field_problems(lease.service, f"{path}.service", SERVICE)
    if isinstance(lease.renewal, Renewal):
        yield from field_problems(lease.renewal, f"{path}.renewal", RENEWAL)
    if lease.prepayment == 0 and lease.prepaid_on is not None:
        yield Problem("a date without a prepayment", "add `prepayment: 20%`", Place(f"{path}.prepaid_on"))
