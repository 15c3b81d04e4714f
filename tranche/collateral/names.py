"""What a fleet puts into the symbol table, what of it is known in advance, and the market factors that it reads."""

from __future__ import annotations

from collections.abc import Iterator

from .cohort import Cohort
from .fleet import ALONE, Fleet

SCHEDULED = ("book", "appraised", "owned", "capex")  # of the fleet and of each cohort: they depend on the date alone
EARNED = ("revenue", "opex")


def names_of(collateral: object) -> dict[str, list[str]]:
    """What the collateral names itself, by the section of the deal in which it stands."""
    if not isinstance(collateral, Fleet):
        return {}
    return {"collateral.fleet.cohorts": [cohort.name for cohort in collateral.cohorts if cohort.name != ALONE]}


def fleet_names(fleet: Fleet) -> set[str]:
    """Every name in formulas."""
    owners = {ALONE, *(cohort.name for cohort in fleet.cohorts)}
    names = {f"{owner}.{field}" for owner in owners for field in (*SCHEDULED, *EARNED)}
    return names | {"fleet.unfunded", "fleet.complete"}


def scheduled_names(fleet: Fleet) -> set[str]:
    """The names whose values depend on the period alone."""
    owners = {ALONE, *(cohort.name for cohort in fleet.cohorts)}
    return {f"{owner}.{field}" for owner in owners for field in SCHEDULED} | {"fleet.complete"}


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
