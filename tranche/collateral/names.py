"""What a fleet puts into the symbol table, what of it is known in advance, and the market factors that it reads."""

from __future__ import annotations

from collections.abc import Iterator

from .cohort import Cohort
from .fleet import ALONE, Fleet
from .liquidation import APPRAISED, ECONOMIC
from .miner import Miner

# of the fleet and of each cohort; they depend on the date alone, unless machines are sold
SCHEDULED = ("book", "appraised", "owned", "capex")
EARNED = ("revenue", "opex", "contracted")
SOLD = ("orderly", "forced", "sold", "proceeds")


def names_of(collateral: object) -> dict[str, list[str]]:
    """What the collateral names itself, by the section of the deal in which it stands."""
    if isinstance(collateral, Miner):
        own = {
            "collateral.miner.sites": [site.name for site in collateral.sites],
            "collateral.miner.treasury": [held.name for held in collateral.treasury],
        }
        return {**own, **{nested(path): names for path, names in names_of(collateral.fleet).items()}}
    if not isinstance(collateral, Fleet):
        return {}
    return {
        "collateral.fleet.cohorts": [cohort.name for cohort in collateral.cohorts if cohort.name != ALONE],
        "collateral.fleet.tenants": [tenant.name for tenant in collateral.tenants],
    }


def nested(path: str) -> str:
    """Where the terms of a fleet stand when a miner owns it."""
    return path.replace("collateral.fleet", "collateral.miner.fleet", 1)


def fleet_names(fleet: Fleet) -> set[str]:
    """Every name in formulas."""
    owners = {ALONE, *(cohort.name for cohort in fleet.cohorts)}
    fields = [*SCHEDULED, *EARNED, *(["economic"] if fleet.valuation is not None else [])]
    if fleet.liquidation is not None:
        fields += SOLD
    names = {f"{owner}.{field}" for owner in owners for field in fields} | set(_tenant_names(fleet))
    return names | {"fleet.unfunded", "fleet.complete"} | ({"fleet.liquidating"} if fleet.liquidation else set())


def _tenant_names(fleet: Fleet) -> Iterator[str]:
    for tenant in fleet.tenants:
        yield from (f"{tenant.name}.{field}" for field in ("alive", "downgraded", "rent", "share"))
        if fleet.receivables is not None:
            yield from (f"{tenant.name}.receivables", f"{tenant.name}.past_due")
        if tenant.backstop is not None:
            yield f"{tenant.name}.backstop"


def scheduled_names(fleet: Fleet) -> set[str]:
    """The names whose values depend on the period alone."""
    owners = {ALONE, *(cohort.name for cohort in fleet.cohorts)}
    scheduled = SCHEDULED if fleet.liquidation is None else ("capex",)
    return {f"{owner}.{field}" for owner in owners for field in scheduled} | {"fleet.complete"}


def cohort_path(cohort: Cohort) -> str:
    """Where the terms of a cohort stand in a deal."""
    return "collateral.fleet" if cohort.name == ALONE else f"collateral.fleet.cohorts.{cohort.name}"


def factor_fields(fleet: Fleet) -> Iterator[tuple[str, str]]:
    """(path, factor) of every field that names a market factor."""
    for cohort in fleet.cohorts:
        path = cohort_path(cohort)
        for field in ("rent", "utilisation", "power_price"):
            if isinstance(getattr(cohort, field), str):
                yield f"{path}.{field}", getattr(cohort, field)
        if cohort.lease is not None and isinstance(cohort.lease.usage, str):
            yield f"{path}.lease.usage", cohort.lease.usage
    for tenant in fleet.tenants:
        for field in ("credit", "downgrade"):
            if getattr(tenant, field) is not None:
                yield f"collateral.fleet.tenants.{tenant.name}.{field}", getattr(tenant, field)
    for generation, outlet in () if fleet.liquidation is None else fleet.liquidation.generations:
        if outlet.price not in (ECONOMIC, APPRAISED):
            own = f"generations.{generation}." if generation else ""
            yield f"collateral.fleet.liquidation.{own}price", outlet.price
